# DingBan: what a developer types. `make help` lists it.
SHELL       := /bin/bash
VERSION     ?= $(shell cat .version)
COMPOSE_LIB := $(shell awk '$$1=="github.com/docker/compose/v5"{print substr($$2,2);exit}' go.mod)
LDFLAGS     := -s -w -X dingban/configs.Version=$(VERSION) -X github.com/docker/compose/v5/internal.Version=$(COMPOSE_LIB)
OUT         ?= bin/dingban
WEB         := app/web
# 1: with Dameng's driver; 0: without; a file: with that dm-go-driver.zip of the customer's
DAMENG      ?= 1
ARGS        ?=

export GOFLAGS     := -buildvcs=false $(GOFLAGS)

.PHONY: help run build binary web tools test check bench bundle fmt clean

help:            ## this list
	@grep -hE '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/'

run: build       ## build and start on embedded SQLite; ARGS="--demo" brings demo data
	@exec $(OUT) serve --data-dir data $(ARGS)

build: web binary ## pages and binary

binary:
	@echo "building $(OUT) $(VERSION)"
	@CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o $(dir $(OUT))dingban-device ./cmd/dingban-device
	@flags=$$(.ci/dameng-driver '$(DAMENG)') && CGO_ENABLED=0 go build -trimpath $$flags -ldflags '$(LDFLAGS)' -o $(OUT) ./cmd/dingban

web: $(WEB)/dist/index.html

$(WEB)/node_modules/.package-lock.json: $(WEB)/package-lock.json
	@echo "installing the packages of the pages"
	@npm --prefix $(WEB) ci --no-fund --no-audit --loglevel=error
	@touch $@

$(WEB)/dist/index.html: $(WEB)/node_modules/.package-lock.json $(shell find $(WEB)/src $(WEB)/public $(WEB)/scripts $(WEB)/index.html $(WEB)/vite.config.ts -type f 2>/dev/null)
	@echo "building the pages"
	@npm --prefix $(WEB) run --silent build
	@touch $@

tools: .cache/bin/golangci-lint

.cache/bin/golangci-lint: .tools/go.sum
	@echo "building the linter"
	@cd .tools && go build -o ../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

test:            ## everything that must hold; installs what it needs (as root)
	@.ci/setup
	@$(MAKE) --no-print-directory build tools
	@.ci/suite all

check:           ## the quick part of it
	@$(MAKE) --no-print-directory build tools
	@.ci/suite quick

bundle: build    ## images without a registry, packed into dist/dingban-<version>-linux-amd64.tar.zst
	@go run ./compose/images/build --binary bin/dingban --version $(VERSION)
	@rm -f dist/dingban-*.tar.zst*
	@bin/dingban bundle build --from dist/images --version $(VERSION)

bench:           ## measure and write the report
	@$(MAKE) --no-print-directory build
	@.ci/bench

fmt: tools       ## format everything
	@.cache/bin/golangci-lint fmt
	@npm --prefix $(WEB) run --silent format:write

clean:           ## remove what was built
	rm -rf bin dist $(WEB)/dist/assets $(WEB)/dist/index.html
