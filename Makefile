# Two commands do everything on a machine with Python >= 3.11: `make run` and `make test`.

PYTHON ?= python3
BIN := .venv/bin
FLASK := $(BIN)/flask --app traitdunion
export UV_PYTHON_DOWNLOADS := never
# Where the machine forbids to keep what Python compiled, each process would compile everything again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help run test lint format bench bench-full lock clean

help: ## Says what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-11s %s\n", $$1, $$2}'

run: .venv/runtime ## Installs, prepares the database and serves http://127.0.0.1:5000 (PORT to change)
	@exec $(FLASK) serve

test: .venv/dev ## Installs the tests' needs (a browser included) and runs the whole suite
	@scripts/find_browser.sh
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

lint: .venv/dev ## Checks style, types, layers and templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --check --quiet

format: .venv/dev ## Puts code and templates in form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint templates --reformat --quiet

bench: .venv/dev ## Prints the benchmark table (needs ../shared/data)
	@$(BIN)/python -m tests.benchmarks

bench-full: .venv/dev ## The same with the million rows
	@$(BIN)/python -m tests.benchmarks --full

lock: .venv/dev ## Renews the locked versions
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean: ## Removes what was installed and the local database
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/uv: requirements-uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 ou plus récent est nécessaire (PYTHON=… pour le choisir)."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@touch $@

.venv/runtime: .venv/uv requirements.txt
	@$(BIN)/uv pip install --quiet --require-hashes -r requirements.txt
	@touch $@

.venv/dev: .venv/runtime requirements-dev.txt
	@$(BIN)/uv pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@
