# The production binary alone: no shell, no root, nothing but certificates and zones.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w' -o /chattigo ./cmd/chattigo

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /chattigo /chattigo
EXPOSE 8080
ENTRYPOINT ["/chattigo"]
CMD ["all"]
