# What can be done here. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help run test check write docs journey bench web lock compose-test clean install install-dev
MAKEFLAGS += --no-print-directory
PYTHON_IN := .venv/bin/python
BASE_URL ?= http://127.0.0.1:8000
ONLY ?=
export PORT VAR_DIR

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

run: install ## start the whole platform here (PORT=8000 VAR_DIR=var); Ctrl-C stops it
	@ops/build_web.sh
	@STOP_WITH_PARENT=1 exec $(PYTHON_IN) -m ops.up

test: install-dev ## install, check, and run every test against embedded servers
	@$(MAKE) check
	@$(PYTHON_IN) -m pytest

check: install-dev ## types, lint, import rules, the portal's own tests, everything generated up to date
	@$(PYTHON_IN) -m ops.check

write: install-dev ## write everything generated: documents, snapshots, the portal's types
	@$(PYTHON_IN) -m ops.docs
	@$(PYTHON_IN) -m tests.contracts.rewrite
	@ops/build_web.sh generate

docs: write

journey: install-dev ## play the main job against a running platform (BASE_URL=http://127.0.0.1:8000)
	@$(PYTHON_IN) -m ops.journey $(BASE_URL)

bench: install-dev ## measure: one line per figure (ONLY=name for one)
	@$(PYTHON_IN) -m bench $(ONLY)

web: install ## build the portal into web/dist
	@ops/build_web.sh

lock: ## write requirements/*.txt anew from *.in (needs uv)
	@for name in runtime embedded dev; do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
			--no-emit-index-url --no-emit-find-links requirements/$$name.in -o requirements/$$name.txt; done

compose-test: install-dev ## the main job against docker compose
	@sh ops/compose_test.sh

clean: ## remove what can be made again; the data in var/ and .venv stay
	rm -rf web/dist web/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -path ./.venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

install:
	@ops/install.sh

install-dev:
	@ops/install.sh dev
