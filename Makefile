# Everything a developer does here is one of these; `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Tools run by version, so that they are in no go.mod.
LINTER       := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
WORKFLOWLINT := go.temporal.io/sdk/contrib/tools/workflowcheck@v0.6.0

.PHONY: help
help: ## List what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ## Start everything on this machine: Temporal, its UI, the API, workers, a sample ISV
	@.ci/progress 'Building the embedded Temporal server: the first time takes 4 to 6 minutes on two cores' \
		go -C devserver build -o ../bin/chattigo-dev .
	@exec bin/chattigo-dev

.PHONY: stack
stack: ## Start what production has, in processes of their own, on PostgreSQL and without containers
	@.ci/progress 'Building the embedded Temporal server: the first time takes 4 to 6 minutes on two cores' \
		go -C devserver build -o ../bin/stack/stack ./cmd/stack
	@.ci/progress 'Building the service: the first time takes some minutes' go build -o bin/stack/chattigo ./cmd/chattigo
	@exec bin/stack/stack

.PHONY: demo
demo: ## Play one conversation against a running `make run` or `make stack`; BOT=NAME with one of examples/bots
	@go run ./examples/demo

.PHONY: test
test: ## Run every test, on SQLite and PostgreSQL, and end to end
	@.ci/test

.PHONY: lint
lint: ## Check style, the allowed imports, and that workflows are deterministic
	@.ci/progress 'Building golangci-lint: the first time takes some minutes' go run $(LINTER) version >/dev/null
	go run $(LINTER) run --allow-parallel-runners ./...
	cd devserver && go run $(LINTER) run --allow-parallel-runners --config ../.golangci.yaml ./...
	@.ci/arrows go run $(LINTER)
	go run $(WORKFLOWLINT) -test=false -config workflowcheck.config.yaml ./workflows/...
	go vet ./...
	cd devserver && go vet ./...
	go mod tidy -diff
	cd devserver && go mod tidy -diff

.PHONY: fmt
fmt: ## Format the code as the linter wants it
	go run $(LINTER) fmt ./...
	cd devserver && go run $(LINTER) fmt --config ../.golangci.yaml ./...

.PHONY: check
check: lint test ## Everything that must hold before a change is handed over

.PHONY: build
build: ## Build the production binary, bin/chattigo
	@.ci/progress 'Building bin/chattigo: the first time takes some minutes' \
		env CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/chattigo ./cmd/chattigo

.PHONY: chaos
chaos: ## Kill workers under load for three minutes, and hold the service against its promises
	@.ci/progress 'Building the embedded Temporal server: the first time takes 4 to 6 minutes on two cores' \
		go -C devserver vet ./e2e
	@cd devserver && go test ./e2e/ -run TestChaosKilledWorkers -count=1 -timeout 10m -v -chaos 3m

.PHONY: chaos-stack
chaos-stack: ## The same with API, workers, Temporal and PostgreSQL, which are also cut off from each other (as root on Linux)
	@.ci/progress 'Building the embedded Temporal server: the first time takes 4 to 6 minutes on two cores' \
		go -C devserver vet ./e2e
	@.ci/progress 'Building the service: the first time takes some minutes' go build -o bin/stack/chattigo ./cmd/chattigo
	@cd devserver && go test ./e2e/ -run TestChaosOnAFleet -count=1 -timeout 15m -v -chaos-fleet -chaos 3m

bin/stack/bench: FORCE
	@.ci/progress 'Building the embedded Temporal server: the first time takes 4 to 6 minutes on two cores' \
		go -C devserver build -o ../bin/stack/bench ./cmd/bench
	@.ci/progress 'Building the service: the first time takes some minutes' go build -o bin/stack/chattigo ./cmd/chattigo

.PHONY: FORCE
FORCE:

.PHONY: bench
bench: bin/stack/bench ## Measure against the plain way and the floor, on SQLite and PostgreSQL; writes docs/benchmarks.md
	@bin/stack/bench -chattigo bin/stack/chattigo -page docs/benchmarks.md

.PHONY: soak
soak: bin/stack/bench ## Load `make stack`'s processes for 30 minutes with half of what they can do; none may grow
	@bin/stack/bench -chattigo bin/stack/chattigo -soak 30m

.PHONY: compose
compose: ## Run docker-compose.yml with Docker: demo, faults, scaling, releases; STANDINS=1 without a registry
	@.ci/compose

.PHONY: isolation
isolation: ## Measure how long healthy webhooks wait with a tenth of all dead and a tenth slow
	@.ci/progress 'Building the embedded Temporal server: the first time takes 4 to 6 minutes on two cores' \
		go -C devserver vet ./e2e
	@cd devserver && go test ./e2e/ -run TestDeadAndSlowEndpoints -count=1 -timeout 60m -v -isolation 20s

.PHONY: histories
histories: ## Record the histories of the replay corpus anew, from end-to-end runs
	cd devserver && go test ./e2e/... -count=1 -update

.PHONY: clean
clean: ## Remove what was built; the data directory stays
	rm -rf bin
