# make chat       the web page, installing and building what is missing
# make test       checks, and the tests that take seconds
# make test-all   checks and every test; those of the page need Chromium
# Only Python 3.11 or newer and make are needed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
SOURCES := corpus embeddings rag ui tests benchmarks docs examples
# In two processes where there are two cores, each computing on one; a file's tests stay together.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses logical --maxprocesses 2 --dist loadfile

.PHONY: help chat test test-long test-all install check bench screenshots clean

help:
	@sed -n '1,/^$$/s/^# //p' Makefile

chat: install
	@$(BIN)/yinju chat --open

test: check
	@echo "== Tests"
	@$(PYTEST) -m "not long"

test-long: $(VENV)/installed-dev
	@echo "== Long tests"
	@$(PYTEST) -m long

test-all: test test-long

install: $(VENV)/installed

check: $(VENV)/installed-dev
	@echo "== Format, lint, types, floors"
	@$(BIN)/ruff format --check --quiet $(SOURCES)
	@$(BIN)/ruff check --quiet $(SOURCES)
	@$(BIN)/mypy --num-workers 2
	@$(BIN)/lint-imports --no-cache

bench: $(VENV)/installed-dev
	@for name in rebuild query pages page; do echo "== $$name"; $(BIN)/python benchmarks/$$name.py || exit 1; done

screenshots: $(VENV)/installed-dev
	@$(BIN)/python docs/screenshots.py

clean:
	rm -rf $(VENV) build dist *.egg-info

# The stamps are written last, so that an install that was broken off is done again.
$(VENV)/installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "== Installing Yinju and what it needs into $(VENV) (a few minutes the first time)"
	@PYTHONWARNINGS=ignore $(PIP) install --quiet --constraint constraints.txt --editable '.[ocr]'
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	@echo "== Installing the tools that check and test"
	@$(PIP) install --quiet --constraint constraints.txt --group dev
	@touch $@

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Yinju needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@echo "== Making $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --quiet --upgrade 'pip>=25.1'
