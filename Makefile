# gallama: `make run` sets up and serves the shipped tiny model; `make test` sets up and tests.
# Both are idempotent: what is installed stays until pyproject.toml changes.
VENV := .venv
PY := $(VENV)/bin/python
SHELL := /bin/bash

# llama-cpp-python has no wheel: pip compiles it. This leaves out what text needs not (83 steps
# in place of 193).
SLIM := $(CURDIR)/scripts/slim.cmake
export CMAKE_ARGS ?= -DLLAVA_BUILD=OFF -DCMAKE_PROJECT_llama_cpp_INCLUDE=$(SLIM)
PIP := $(PY) -m pip --disable-pip-version-check install --quiet

.PHONY: run test check tiny clean help
.DELETE_ON_ERROR:

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort

run: $(VENV)/.run ## set up, then serve the shipped tiny model on http://127.0.0.1:8000
	$(VENV)/bin/gallama run $(ARGS)

test: $(VENV)/.dev ## set up, then run the whole test suite
	$(PY) -m pytest $(ARGS)

check: $(VENV)/.dev ## ruff (format and lint) and mypy
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy

tiny: $(VENV)/.tiny ## retrain the shipped tiny model (CPU, an hour or more)
	$(PY) -m scripts.tiny_model $(ARGS)

clean: ## remove the virtual environment and build outputs
	rm -rf $(VENV) build dist

$(PY):
	@echo "gallama: making $(VENV)"
	@for python in $(PYTHON) python3 python3.12 python3.11; do \
	  if $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null; \
	  then exec $$python -m venv $(VENV); fi; \
	done; echo "gallama: needs Python 3.11 or 3.12 (none found; name one with PYTHON=...)"; exit 1

$(VENV)/.run: pyproject.toml | $(PY)
	@echo "gallama: installing with the llama extra (compiles llama.cpp: 3 to 10 minutes the first time)"
	$(PIP) --editable '.[llama]'
	@touch $@

$(VENV)/.dev: pyproject.toml | $(PY)
	@echo "gallama: installing what the tests need (compiles llama.cpp: 3 to 10 minutes the first time)"
	$(PIP) --editable '.[llama,dev]'
	@touch $@ $(VENV)/.run

$(VENV)/.tiny: scripts/tiny_model/requirements.txt $(VENV)/.dev
	@echo "gallama: installing what training needs (torch)"
	$(PIP) --requirement scripts/tiny_model/requirements.txt --constraint constraints.txt
	@touch $@
