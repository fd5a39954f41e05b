# Two commands for a newcomer: `make up` and `make test`. Each does all the set-up it needs and is fast the second time.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
FRONT  := gateway/web/static/vendor/.ready
PYTEST := $(BIN)/python -m pytest
# Browsers and killed processes want a machine that is not busy with all else, which runs on four processes, since most
# of them wait. What takes longest is dealt out first, and that is the order of the folders.
ALONE  := tests/browser tests/outage
DEALT  := --dist loadfile --no-loadscope-reorder
BESIDE := --numprocesses 4 $(DEALT) $(ALONE:%=--ignore=%)
# Half of the work of collecting tests, and of every process that a test starts, would be to compile what was compiled.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup up stand test test-all check bench peers clean check-format check-lint check-types check-floors check-tests

help: ## show the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

setup: $(READY) $(FRONT) ## install what the project needs into .venv and node_modules

$(READY): pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Python packages into $(VENV) (the first time takes a minute or two)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

$(FRONT): package.json $(READY)
	@$(BIN)/python -m gateway.web.vendor
	@touch $@

up: setup ## raise the portal, the desk and every simulator; Ctrl-C stops them
	@$(BIN)/qyzmet up

stand: $(READY) ## raise ЭҮШ with the state databases, to test a client of your own; Ctrl-C stops it
	@$(BIN)/qyzmet stand

test: setup peers ## the fast sample of every kind of test (CI runs this)
	@$(PYTEST) $(BESIDE) -m "not full"
	@$(PYTEST) --numprocesses 2 $(DEALT) $(ALONE) -m "not full"

test-all: setup peers ## everything: every walk, the whole outage table, fuzzing, large conformance suites
	@$(PYTEST) $(BESIDE)
	@$(PYTEST) $(ALONE)

peers: $(READY) # Debian's programs and the files that some tests use; what is absent is skipped with its reason
	@sh tests/install-peers.sh
	@$(BIN)/python tests/fetch_fixtures.py

CHECKS := check-format check-lint check-types check-floors check-tests

check: setup ## formatting, lint, types, floors, and whether every test can be collected
	@$(MAKE) --no-print-directory --jobs --output-sync=target $(CHECKS)

check-format:
	@$(BIN)/ruff format --check .

check-lint:
	@$(BIN)/ruff check .

check-types:
	@$(BIN)/mypy

check-floors:
	@$(BIN)/lint-imports

check-tests: # what is compiled here need not be compiled by every process of `make test`
	@said=$$($(PYTEST) --collect-only -qq 2>&1) || { echo "$$said"; exit 1; }

bench: setup bench/node_modules/.ready ## measured ratios, printed
	@$(BIN)/python -m bench

bench/node_modules/.ready: bench/package.json # WireMock, to measure beside; without npm it is passed over
	@if command -v npm >/dev/null; then \
	  npm install --prefix bench --no-package-lock --ignore-scripts --no-audit --no-fund --silent && touch $@; \
	else echo "No npm here: the simulated gateway is not measured beside WireMock"; fi

clean: ## remove what set-up and `make up` made (stops nothing)
	rm -rf $(VENV) node_modules gateway/web/static/vendor .qyzmet
