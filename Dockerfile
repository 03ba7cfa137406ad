# The production binary alone: no shell, no root, nothing but certificates and zones.
ARG GO_IMAGE=golang:1.26-bookworm
ARG STATIC_IMAGE=gcr.io/distroless/static-debian12:nonroot

FROM ${GO_IMAGE} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w' -o /chattigo ./cmd/chattigo

FROM ${STATIC_IMAGE}
COPY --from=build /chattigo /chattigo
EXPOSE 8080
ENTRYPOINT ["/chattigo"]
CMD ["all"]
