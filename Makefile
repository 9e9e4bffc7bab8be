# The two that most people need: `make run` (the program with demo data) and `make test` (everything that is checked).

SHELL := /bin/bash
export GOTOOLCHAIN := local

# The addresses of run and dev; `make run PORT=9000 SMTP_PORT=9025` overrides. A busy port gives way to the next free one.
PORT      ?= 8080
SMTP_PORT ?= 2525

serve_demo = serve --demo --next-free-port --db sqlite:$(1)/deskmesh.db --data $(1) \
	--listen 127.0.0.1:$(or $(PORT),8080) --smtp-listen 127.0.0.1:$(or $(SMTP_PORT),2525)

# Packages whose tests run a second time under the race detector, with small worlds (-short).
RACE_PACKAGES ?= ./internal/store ./internal/jobs/... ./internal/app/... ./internal/mail/smtpin/... ./internal/live/...
export RACE_PACKAGES

.PHONY: build web run dev test check bench prove mission setup clean

build: web ## bin/deskmesh, one file without C
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/deskmesh ./cmd/deskmesh

web: ## the agents' workspace, into web/dist
	@bash scripts/web.sh

run: build ## the demo on SQLite, kept in data/demo
	@mkdir -p data/demo
	@exec bin/deskmesh $(call serve_demo,data/demo)

dev: ## the demo from source beside Vite, kept in data/dev
	@mkdir -p data/dev
	go build -o bin/deskmesh-dev ./cmd/deskmesh
	@exec bash scripts/dev.sh bin/deskmesh-dev $(call serve_demo,data/dev)

test: ## sets up what is missing, then runs every suite
	@bash scripts/setup.sh
	@bash scripts/test.sh

check: ## gofmt, vet, staticcheck
	@bash scripts/check.sh

bench: ## the figures of docs/benchmarks.md, measured on this machine
	go run ./internal/bench $(ARGS)

prove: ## the long proofs: hours, not minutes
	@bash scripts/setup.sh compiler postgres browser peers
	@bash scripts/prove.sh

mission: ## which statements of docs/statements.md a test proves
	@go run ./internal/mission

setup: ## what the tests need beyond Go
	@bash scripts/setup.sh

clean: ## built files; data stays
	rm -rf bin build
