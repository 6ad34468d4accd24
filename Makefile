# make run    serve the demo on 127.0.0.1:8000      make test   every test       make check  style, types, contracts
# make bench  measure against the floors            make dist   build the wheel  make lock   resolve the locks again
#
# Needs Python 3.11 or later. npm, where present, brings GraphiQL's files; Chromium, where present, its tests.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PACKAGES := documents domain gateways models prorata resolvers schema services
CHECKED := $(PACKAGES) tests $(wildcard benchmarks)
WORKERS ?= 2

RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
NPM := $(shell command -v npm 2>/dev/null)
ASSETS := $(if $(NPM),node_modules/.installed)

.PHONY: run test check bench dist lock clean
.DELETE_ON_ERROR:

run: $(RUNTIME) $(ASSETS)
	@exec $(BIN)/prorata serve --seed

test: $(DEV) $(ASSETS)
	$(BIN)/python -m pytest -n $(WORKERS) $(PYTEST_ARGS)

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(CHECKED)
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/house

bench: $(DEV)
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

dist: $(DEV) $(ASSETS)
	$(BIN)/python -m prorata.web.graphiql.bundle
	rm -rf dist
	$(BIN)/python -m hatchling build --target wheel

lock: $(DEV)
	$(BIN)/uv pip compile $(LOCK_ARGS) --extra build --output-file requirements.lock pyproject.toml
	$(BIN)/uv pip compile $(LOCK_ARGS) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

# `make lock LOCK_ARGS+=--upgrade` takes newer versions.
LOCK_ARGS := --quiet --universal --generate-hashes --python-version 3.11 --custom-compile-command "make lock"

clean:
	rm -rf $(VENV) node_modules build dist prorata/web/graphiql/assets

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Prorata needs Python 3.11 or later; %s is %s. Try: make PYTHON=python3.12" % (sys.executable, sys.version.split()[0]))'
	$(PYTHON) -m venv $(VENV)

# The project is installed in place, so its code is read from this folder; only a change of metadata installs it again.
$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what Prorata needs …"
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	@echo "Installing what its tests need …"
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# Without these files the page loads the same ones from a CDN, so a failing npm stops nothing.
node_modules/.installed: package.json package-lock.json
	@echo "Installing GraphiQL's files …"
	@if npm ci --silent; then touch $@; else echo "npm could not install GraphiQL's files: the page will load them from a CDN."; fi
