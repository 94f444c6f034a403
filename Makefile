# From an empty folder: `make serve` or `make test`. Needs Python 3.11 or newer; `make help` lists the rest.

VENV := .venv
BIN := $(VENV)/bin
# The newest Python on the path that is new enough; PYTHON=/path/to/python overrides.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(firstword $(foreach name,python3.11 python3 python3.12 python3.13 python3.14,\
	$(shell $(name) -c '$(NEW_ENOUGH)' >/dev/null 2>&1 && echo $(name))))
RUNTIME := $(VENV)/.runtime-installed
DEVELOPMENT := $(VENV)/.development-installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Arguments passed on, as in: make serve ARGS="--port 8080", make pytest ARGS="-k cursor"
ARGS ?=
WORKERS ?= 2

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help serve test install develop pytest bench soak format lint types contracts containers schema-check deploy-check browser prometheus rsyslog lock clean

include clients/rules.mk

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: $(RUNTIME) graphiql-optional ## Serve on http://127.0.0.1:8000 with embedded servers and demo data (ARGS="--help")
	@exec $(BIN)/insitechart serve --with-parent $(ARGS)

test: lint types contracts containers schema-check deploy-check clients-check graphiql-optional browser prometheus rsyslog pytest ## Run every check and test

install: $(RUNTIME) ## Make the environment that serving needs
develop: $(DEVELOPMENT) ## Make the environment that checks and tests need

pytest: $(DEVELOPMENT) ## Run the tests on real servers (ARGS="-k name" chooses)
	$(BIN)/pytest -q -n $(WORKERS) $(ARGS)

bench: $(DEVELOPMENT) ## Measure speed against its targets, in about ten minutes (QUICK=1 in three)
	$(BIN)/python -m tests.bench $(if $(QUICK),--quick) $(ARGS)

soak: $(DEVELOPMENT) ## Load a server for half an hour, and see whether anything grows (ARGS="--minutes 10")
	$(BIN)/python -m tests.bench.soak $(ARGS)

format: $(DEVELOPMENT) ## Format the code, and fix what the linter can
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lint: $(DEVELOPMENT) ## Check style and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(DEVELOPMENT) ## Check types
	$(BIN)/mypy

contracts: $(DEVELOPMENT) ## Check which rooms import which
	$(BIN)/lint-imports

containers: $(DEVELOPMENT) ## Check the Dockerfile and the compose file
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml

schema-check: $(DEVELOPMENT) ## Check schema.graphql against the code, and against breaking changes
	$(BIN)/insitechart schema check
	$(BIN)/insitechart schema check --against base

deploy-check: $(DEVELOPMENT) ## Check dashboards, rules and alerts against the objectives that they are made of
	$(BIN)/python -m ops.deploy check

# A system package is installed only where nobody minds; elsewhere the browser tests say that they were skipped.
browser:
	@if [ -n "$$CI" ] && ! command -v chromium >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium \
	    >/dev/null || echo "browser: chromium could not be installed; its tests will be skipped" >&2; \
	fi

# As above. Tests start a Prometheus of their own: in this run level nothing starts its service.
prometheus:
	@if [ -n "$$CI" ] && ! command -v prometheus >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get -qq update && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
	    prometheus >/dev/null || echo "prometheus: it could not be installed; its tests will be skipped" >&2; \
	fi

# The shipper that log lines are tried with; its service is not started.
rsyslog:
	@if [ -n "$$CI" ] && ! command -v rsyslogd >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get -qq update && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
	    rsyslog rsyslog-elasticsearch >/dev/null || echo "rsyslog: it could not be installed; a test will be skipped" >&2; \
	fi

LOCK := $(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	--no-emit-options --no-header --allow-unsafe --strip-extras --extra demo --extra build
# What development and containers install is what serving installs, with more or without the embedded servers.
SAME := -c requirements/runtime.lock
lock: $(DEVELOPMENT) ## Choose versions anew within pyproject.toml's bounds (ARGS="--upgrade", or "-P name")
	$(LOCK) $(ARGS) --extra embedded -o requirements/runtime.lock pyproject.toml
	$(LOCK) $(ARGS) --extra embedded --extra dev $(SAME) -o requirements/development.lock pyproject.toml
	$(LOCK) $(ARGS) $(SAME) -o requirements/container.lock pyproject.toml

clean: ## Remove the environment, builds and caches; data stays in .insitechart
	rm -rf $(VENV) build *.egg-info graph/static/graphiql clients/*/node_modules clients/checks/generated
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
	  echo "InsiteChart needs Python 3.11 or newer, and none is on the path. Install one, or name it:" >&2; \
	  echo "  make PYTHON=/path/to/python3.11 ..." >&2; exit 1; \
	fi
	@$(PYTHON) -c '$(NEW_ENOUGH)' 2>/dev/null || { echo "$(PYTHON) is not there, or older than Python 3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Every package by the hash in its list. The project itself is installed in place, from what the list brought.
$(RUNTIME): requirements/runtime.lock pyproject.toml | $(BIN)/python
	@echo "Installing the runtime packages ..."
	@$(PIP) install --require-hashes -r requirements/runtime.lock
	@$(PIP) install --no-index --no-deps --no-build-isolation -e .
	@touch $@

$(DEVELOPMENT): requirements/development.lock $(RUNTIME)
	@echo "Installing the development packages ..."
	@$(PIP) install --require-hashes -r requirements/development.lock
	@touch $@
