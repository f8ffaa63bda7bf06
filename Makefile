# Every verb of the repository. `make help` lists them; PYTHON chooses the interpreter (3.11 or newer).
PYTHON := python3
VENV := .venv

BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CODE := spec mock conformance scripts tests

# pyright: use the version that is installed, and do not ask whether there is a newer one.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test mock lint format types docs-check docs clients browser postgres test-postgres kill-rounds soak wheel-check bench bench-peers bench-check bench-blind bench-trust bench-growth clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

setup: $(STAMP) ## make the virtual environment and install everything into it

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "mailproof needs Python 3.11 or newer as '$(PYTHON)'; name one: make PYTHON=python3.12 setup" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "'$(PYTHON)' cannot make virtual environments; install it: sudo apt-get install python3-venv" >&2; exit 1; }
	@test -x $(BIN)/python && $(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@echo "installing mailproof and its tools into $(VENV) (about a minute the first time)"
	@$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

demo: setup ## start the mock, send sample requests, an import and a message, judge the answers
	@$(BIN)/python scripts/demo.py

test: setup ## run the whole test suite
	@$(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4

mock: setup ## serve all three APIs on 127.0.0.1:8410 until interrupted
	@$(BIN)/python -m mailproof mock

lint: setup ## check style, imports and the contracts
	@$(BIN)/python -m ruff check $(CODE)
	@$(BIN)/python -m ruff format --check $(CODE)
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml
	@$(BIN)/python -m mailproof lint

format: setup ## bring the code into shape
	@$(BIN)/python -m ruff check --fix $(CODE)
	@$(BIN)/python -m ruff format $(CODE)

types: setup ## check types with mypy and pyright
	@$(BIN)/python -m mypy
	@$(BIN)/python -m pyright --pythonpath $(BIN)/python

docs-check: setup ## prove that the documentation says what is so
	@$(BIN)/python scripts/docs_check.py

docs: setup ## write the generated pages and the checked samples anew
	@$(BIN)/python scripts/docs_check.py --write

bench-trust: setup ## plant every fault in the mock and write the table of docs/trust.md (about half an hour)
	@$(BIN)/python scripts/bench_trust.py

clients: ## install the languages that tests/clients tries the mock with (as root, from Debian's packages)
	@bash scripts/install_clients.sh

browser: ## install the browser that the tests look at a report in (as root, from Debian's packages)
	@bash scripts/install_chromium.sh

postgres: ## install the PostgreSQL that make test-postgres starts (as root, from Debian's packages)
	@bash scripts/install_postgres.sh

test-postgres: setup ## run the tests on a PostgreSQL of their own, or on the one in MAILPROOF_TEST_POSTGRES
	@$(BIN)/python scripts/postgres_cluster.py -- $(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4

kill-rounds: setup ## kill a mock under load 200 times and look whether all it acknowledged is there (a quarter of an hour)
	@$(BIN)/python scripts/kill_rounds.py

soak: setup ## keep a mock under mixed load for ten minutes: no 5xx, and memory, descriptors and journal stay as they are
	@$(BIN)/python scripts/soak.py

wheel-check: setup ## build the wheel and try it in environments of its own
	@$(BIN)/python scripts/wheel_check.py

bench: setup ## measure the mock beside its peers and write docs/benchmark.md (about seven minutes)
	@$(BIN)/python scripts/bench.py

bench-peers: setup ## install what make bench measures the mock beside (wrk as root, from Debian's packages)
	@bash scripts/install_bench_peers.sh

bench-check: setup ## compare the suite with stock Schemathesis: speed, false alarms, faults found (half an hour)
	@$(BIN)/python scripts/bench_check.py

bench-blind: setup ## plant the blind faults one by one and tell which of them the suite finds
	@$(BIN)/python scripts/bench_blind.py

bench-growth: setup ## measure requests and imports with a thousand and a million contacts; write docs/growth.md
	@$(BIN)/python scripts/bench_growth.py

clean: ## remove the virtual environment, build results and caches
	@rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +
