# What can be done here. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help run test long check journey bench docs web lock compose-test clean install install-dev
MAKEFLAGS += --no-print-directory
PYTHON_IN := .venv/bin/python
BASE_URL ?= http://127.0.0.1:8000
ONLY ?=
ARGS ?=
export PORT VAR_DIR
# Some machines turn it off: three thousand tests are then compiled anew each time, and every process of the platform beside them.
export PYTHONDONTWRITEBYTECODE :=

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

run: install ## start the whole platform here (PORT=8000 VAR_DIR=var); Ctrl-C stops it
	@ops/build_web.sh
	@STOP_WITH_PARENT=1 exec $(PYTHON_IN) -m ops.up

test: install-dev ## check and run every test against embedded servers (ARGS="tests/ops -k supervisor" for a part, without checks)
	@ops/test.sh $(ARGS)

long: install-dev ## the proofs that get better the longer they run, whole: generated input, the rush for seats, the seat machine
	@LONG=1 $(PYTHON_IN) -m pytest $$(grep -rl --include='test_*.py' at_length tests)

check: install-dev ## ruff, mypy, import rules, generated documents up to date
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@$(PYTHON_IN) -m ops.docs --check
	@ops/build_web.sh check

journey: install-dev ## play the main job against a running platform (BASE_URL=http://127.0.0.1:8000)
	@$(PYTHON_IN) -m ops.journey $(BASE_URL)

bench: install-dev ## measure: one line per figure (ONLY=name for one)
	@$(PYTHON_IN) -m bench $(ONLY)

docs: install-dev ## write the generated documents: workflows, events, OpenAPI
	@$(PYTHON_IN) -m ops.docs

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
