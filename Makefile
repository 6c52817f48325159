# What can be done here. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help run test long fuzz check write docs journey bench web lock guide-pictures compose-test fresh-test slow-test update-test faults mutation point-in-time-test soak sbom upgrade-test old-kernel clean install install-dev
MAKEFLAGS += --no-print-directory
PYTHON_IN := .venv/bin/python
ONLY ?=
ARGS ?=
export FROM HOST PORT VAR_DIR PYTHON BASE_URL
# Some machines turn it off: three thousand tests are then compiled anew each time, and every process of the platform beside them.
export PYTHONDONTWRITEBYTECODE :=

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' Makefile

run: ## start the whole platform here (HOST=127.0.0.1 PORT=8000 VAR_DIR=var); Ctrl-C stops it
	@ops/install.sh run
	@ops/build_web.sh
	@STOP_WITH_PARENT=1 exec $(PYTHON_IN) -m ops.up

test: install-dev ## check and run every test against embedded servers (ARGS="tests/ops -k supervisor" for a part, without checks)
	@ops/test.sh $(ARGS)

long: install-dev ## the proofs that get better the longer they run, whole: generated input, the rush for seats, the seat machine
	@LONG=1 $(PYTHON_IN) -m pytest $$(grep -rl --include='test_*.py' at_length tests)

fuzz: install-dev ## some twenty thousand generated requests at every route, by every role
	@LONG=1 $(PYTHON_IN) -m pytest tests/contracts/test_generated_input.py -n 2

check: install-dev ## types, lint, import rules, the portal's own tests, everything generated up to date
	@$(PYTHON_IN) -m ops.check

write: install-dev ## write everything generated: documents, snapshots, the portal's types
	@$(PYTHON_IN) -m ops.docs
	@$(PYTHON_IN) -m tests.contracts.rewrite
	@ops/build_web.sh generate

docs: write

journey: install ## play the main job against the platform that runs here (or BASE_URL=…, PORT=…, VAR_DIR=…)
	@$(PYTHON_IN) -m ops.journey

bench: install-dev ## measure: one line per figure (ONLY=name for one)
	@$(PYTHON_IN) -m bench $(ONLY)

web: install ## build the portal into web/dist
	@ops/build_web.sh

lock: ## write requirements/*.txt anew from *.in (needs uv)
	@for name in runtime embedded dev; do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
			--no-emit-index-url --no-emit-find-links requirements/$$name.in -o requirements/$$name.txt; done

guide-pictures: install-dev ## take the pictures of web/guides anew (ONLY=name,name for some); look at each before you commit it
	@ONLY=$(ONLY) $(PYTHON_IN) -m tests.browser.guide_pictures

compose-test: install-dev ## the main job against docker compose
	@sh ops/compose_test.sh

fresh-test: ## the first command on bare machines, made with debootstrap (as root; SUITES=… CASES=…)
	@ops/fresh/test.sh

slow-test: install-dev ## the embedded platform beside BURNERS=8 loops
	@ops/slow_test.sh

update-test: install-dev ## an update of a platform in use, and taken back (FROM=HEAD~1)
	@ops/update_test.sh

faults: install-dev ## the main job RUNS=20 times while a seed decides what is killed, frozen, emptied, filled and slow under it (SEED=n for one)
	@$(PYTHON_IN) -m tests.faults.runs --runs $(or $(RUNS),20) $(if $(SEED),--seed $(SEED))

mutation: install-dev ## change the rules named in ops/mutation.toml one place at a time: the tests beside them must notice
	@nice $(PYTHON_IN) -m ops.mutation

point-in-time-test: install-dev ## recovery to a point in time as docs/operations.md tells it (needs Debian's postgresql)
	@ops/point_in_time.sh

soak: install-dev ## the main job without a pause for MINUTES=120, and whether memory, files and connections stay as they were
	@$(PYTHON_IN) -m tests.faults.soak --minutes $(or $(MINUTES),120)

sbom: install-dev ## what is in a release: var/release/sbom.json (CycloneDX) and licences.md
	@$(PYTHON_IN) -m ops.sbom var/release

upgrade-test: install-dev ## what touches private parts of libraries, against their newest releases (docs/weak-links.md)
	@ops/upgrade_test.sh

old-kernel: install-dev ## the portal in Chromium 88 (fetched once, 45 MB)
	@ops/old_kernel.sh

clean: ## remove what can be made again; the data in var/ and .venv stay
	rm -rf web/dist web/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -path ./.venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

install:
	@ops/install.sh use

install-dev:
	@ops/install.sh test
