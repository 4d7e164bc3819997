# run, new, test, test-fast, lint, lock, demo, bench. Needs Python 3.11 or newer, and make.

.PHONY: run new test test-fast lint lock demo bench install install-tests
.DEFAULT_GOAL := run

VENV := .venv
BIN := $(VENV)/bin
# The first of these that is there; `make PYTHON=/usr/bin/python3.12 run` chooses another.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)

run: install ## The site with demo content, a payment sandbox, workers and a clock
	@$(BIN)/python -m home.running

new: install ## The same on an empty site: no demo, no sandbox
	@$(BIN)/python -m home.running --new

test: install-tests ## Everything, on SQLite and on PostgreSQL
	@$(BIN)/python tests/run.py

test-fast: install-tests ## Without Chromium, PostgreSQL, Redis, nginx and what takes long
	@$(BIN)/pytest -n 2 -m "not browser and not postgres and not redis and not nginx and not slow"

lint: install-tests
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

lock: ## Writes both requirements files from pyproject.toml and tests/requirements.in
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes -o requirements.txt
	uv pip compile tests/requirements.in --universal --python-version 3.11 --generate-hashes -o tests/requirements.txt

demo: install ## Demo content once more into the site of `make run` (nothing is doubled)
	@$(BIN)/python manage.py load_demo

bench: install-tests ## Side-by-side figures: a table, and bench.json
	@$(BIN)/python -m benchmarks

# Installs only when the pinned list is another than the installed one.
install:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is missing."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -c 'import ensurepip' 2>/dev/null || \
		{ echo "Python cannot make a virtual environment: install python3-venv (apt-get install python3-venv)."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@cmp -s requirements.txt $(VENV)/installed.txt || { \
		echo "Installing the packages into $(VENV)/ ..."; \
		$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.txt && \
		cp requirements.txt $(VENV)/installed.txt; }

install-tests: install
	@cmp -s tests/requirements.txt $(VENV)/installed-tests.txt || { \
		echo "Installing what the tests need into $(VENV)/ ..."; \
		$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r tests/requirements.txt && \
		cp tests/requirements.txt $(VENV)/installed-tests.txt; }
