# Needs Python 3.11 or later with pip and venv, a shell and a package registry; nothing else.
SHELL   := /bin/sh
PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
PIP     := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
# what is never imported need not be compiled: a third of the time
INSTALL := $(PIP) install --no-compile
RUNTIME := $(VENV)/.runtime.stamp
DEV     := $(VENV)/.dev.stamp
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
           --no-emit-index-url --no-header --no-annotate pyproject.toml

.PHONY: help demo serve test lint types format docs requirements clean
.DELETE_ON_ERROR:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(RUNTIME) ## crawl the bundled demonstration site and show what was kept and removed
	@$(BIN)/python demo/run.py

# what make demo left, as long as it is there
DATA ?= $(or $(WINNOW_DATA),$(if $(wildcard data/demo/corpus.db),data/demo,data))

serve: $(RUNTIME) ## browse the database in Datasette (DATA=folder for another one)
	@$(BIN)/winnow serve --data '$(DATA)'

test: $(DEV) ## run all tests (ARGS='-k crawl' goes to pytest)
	@$(BIN)/python -m pytest $(ARGS)

lint: $(DEV) ## check style, the direction of imports and the generated docs
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check --output-format concise
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/cog --check $(COGGED) || { echo "the generated docs are old: make docs" >&2; exit 1; }

types: $(DEV) ## check types
	@$(BIN)/mypy

format: $(DEV) ## lay out the code and mend what ruff can mend
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

COGGED := docs/cli.md docs/filters.md

docs: $(DEV) ## write the generated parts of the docs and the picture again
	@$(BIN)/cog -r $(COGGED)
	@$(BIN)/python docs/picture.py

requirements: ## pin all dependencies again (needs uv on the path)
	@command -v uv >/dev/null || { echo "make requirements needs uv: $(PYTHON) -m pip install uv" >&2; exit 1; }
	$(COMPILE) --upgrade --group dev --output-file requirements-dev.txt
	$(COMPILE) --group build --constraint requirements-dev.txt --output-file requirements.txt
	$(COMPILE) --upgrade --group bench --output-file requirements-bench.txt

clean: ## remove the environment, caches and built files; data/ stays
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "winnow needs Python 3.11 or later, and $(PYTHON) is older: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "$(PYTHON) cannot make an environment; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

# The stamps make the second run instant. They are touched last, so a run that was cut short starts again.
$(RUNTIME): requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing the pinned dependencies into $(VENV) ..." >&2
	@$(INSTALL) --require-hashes -r requirements.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements-dev.txt $(RUNTIME)
	@echo "Installing the development tools into $(VENV) ..." >&2
	@$(INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@
