# Sealbook. `make help` lists what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
BENCH := $(VENV)/.bench
AUDIT_VENV := .venv-audit
AUDIT := $(AUDIT_VENV)/.installed
NODE_MODULES := contracts/node_modules/.package-lock.json
BENCH_NODE := scripts/bench/node_modules/.package-lock.json
ANVIL := tests/faults/node_modules/.package-lock.json
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
DIR := var/demo
SOURCES := ledger api hardhat-free-devnet/devnet scripts tests

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo serve test faults bench coverage lint format contracts audit mutants invariants fuzz regenerate check-generated lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

demo: $(RUNTIME) ## Run the whole job on a real invoice in var/demo (or DIR=…); an earlier one is kept beside it
	@$(BIN)/python -m scripts.demo --dir "$(DIR)"

serve: $(RUNTIME) ## Keep chain and API running on the state in var/demo (or DIR=…)
	@$(BIN)/python -m scripts.serve --dir "$(DIR)"

test: $(DEV) ## Run the tests, on every processor
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

faults: $(DEV) $(ANVIL) ## Kill, hang, drop, fork and fill whatever can be, and see that nothing accepted is lost
	$(BIN)/python -m pytest tests/faults --numprocesses 3 --dist worksteal -rs

coverage: $(DEV) ## Run the tests and report which lines and branches they reach
	$(BIN)/python -m pytest --cov --cov-report=term-missing

lint: $(DEV) ## Check style, types and the import order of the house
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV) ## Put the code into its style
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

contracts: $(DEV) $(NODE_MODULES) ## Compile the contracts and write contracts/artifacts
	$(BIN)/python -m scripts.compile_contracts

audit: $(DEV) $(NODE_MODULES) $(AUDIT) ## Examine the contracts with solhint and Slither
	npm --prefix contracts run --silent lint
	$(BIN)/python -m scripts.audit_contracts --slither $(AUDIT_VENV)/bin/slither

mutants: $(DEV) $(NODE_MODULES) ## Change the contracts one place at a time and see the tests notice (ARGS="--count 50 --seed 2")
	$(BIN)/python -m scripts.mutate_contracts $(ARGS)

# From Debian: wrk gcc libc6-dev libssl-dev openssl postgresql nodejs npm. What is missing is said.
bench: $(BENCH) ## Measure every stage beside its limit and its peers (ARGS="--quick", or the names of stages)
	-@$(MAKE) --no-print-directory --keep-going $(BENCH_NODE) $(ANVIL) # rows whose peers are missing say so
	$(BIN)/python -m scripts.bench $(ARGS)

invariants: $(DEV) ## Try long sequences of acts against the named invariants of the contracts
	SEALBOOK_EXAMPLES=$${SEALBOOK_EXAMPLES:-100} SEALBOOK_STEPS=$${SEALBOOK_STEPS:-80} $(BIN)/python -m pytest tests/contracts/test_conservation.py tests/contracts/test_certificate_invariants.py

fuzz: $(DEV) ## Read damaged and forged invoices for five minutes (ARGS="--seconds 60 --seed 7")
	$(BIN)/python -m scripts.fuzz_invoices --seconds 300 $(ARGS)

regenerate: contracts ## Write every generated file anew
	$(BIN)/python -m scripts.regenerate_fixtures
	$(BIN)/python -m scripts.regenerate_evidence_vectors
	$(BIN)/python -m scripts.regenerate_key_vectors
	$(BIN)/python -m scripts.report_invoices
	$(BIN)/python -m scripts.snapshot_gas
	$(BIN)/python -m scripts.snapshot_storage
	$(BIN)/python -m scripts.regenerate_contract_docs
	$(BIN)/python -m scripts.regenerate_openapi
	$(BIN)/python -m scripts.regenerate_readme_help

check-generated: $(DEV) $(NODE_MODULES) ## Fail if a generated file is not what its source makes
	$(BIN)/python -m scripts.compile_contracts --check
	$(BIN)/python -m scripts.regenerate_fixtures --check
	$(BIN)/python -m scripts.regenerate_evidence_vectors --check
	$(BIN)/python -m scripts.regenerate_key_vectors --check
	$(BIN)/python -m scripts.report_invoices --check
	$(BIN)/python -m scripts.snapshot_gas --check
	$(BIN)/python -m scripts.snapshot_storage --check
	$(BIN)/python -m scripts.regenerate_contract_docs --check
	$(BIN)/python -m scripts.regenerate_openapi --check
	$(BIN)/python -m scripts.regenerate_readme_help --check

lock: ## Pin all dependencies anew, with hashes (needs uv)
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --only-binary :all: --extra build pyproject.toml --output-file requirements.txt
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra build --extra dev --constraint requirements.txt pyproject.toml --output-file requirements-dev.txt
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group audit --output-file requirements-audit.txt
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group bench --constraint requirements-dev.txt --output-file requirements-bench.txt

clean: ## Remove what was installed and built (not var/)
	rm -rf $(VENV) $(AUDIT_VENV) contracts/node_modules scripts/bench/node_modules tests/faults/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis

# pip and not python: where ensurepip is missing, `venv` leaves a python that can install nothing.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Sealbook needs Python 3.11 or newer; say which: make PYTHON=python3.11")'
	@$(PYTHON) -m venv --clear $(VENV) && $(BIN)/python -m pip --version >/dev/null || \
	  { echo "No virtual environment could be made. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

$(RUNTIME): requirements.txt pyproject.toml | $(BIN)/pip
	@echo "Installing into $(VENV) (once; a minute or two)"
	$(PIP) --require-hashes -r requirements.txt
	$(PIP) --no-build-isolation --no-deps --editable .
	@touch $@

$(DEV): requirements-dev.txt pyproject.toml | $(BIN)/pip
	@echo "Installing into $(VENV) with what developers need (once; a minute or two)"
	$(PIP) --require-hashes -r requirements-dev.txt
	$(PIP) --no-build-isolation --no-deps --editable .
	@touch $@ $(RUNTIME)

# Without what packages ask for beyond the pinned ones: see [tool.uv] in pyproject.toml.
$(BENCH): requirements-bench.txt $(DEV)
	$(PIP) --require-hashes --no-deps -r requirements-bench.txt
	@rm -rf $(VENV)/lib/python3.*/site-packages/tests # merkletools brings its own, which would hide ours
	@touch $@

$(BENCH_NODE): scripts/bench/package-lock.json
	npm --prefix scripts/bench ci --loglevel=error --no-audit --no-fund --ignore-scripts
	@touch $@

# Slither wants other versions of what the ledger runs on.
$(AUDIT): requirements-audit.txt | $(BIN)/pip
	@echo "Installing Slither into $(AUDIT_VENV) (once; half a minute)"
	@$(PYTHON) -m venv --clear $(AUDIT_VENV)
	$(AUDIT_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.txt
	@touch $@

$(NODE_MODULES): contracts/package-lock.json
	npm --prefix contracts ci --loglevel=error --no-audit --no-fund
	@touch $@

$(ANVIL): tests/faults/package-lock.json
	npm --prefix tests/faults ci --loglevel=error --no-audit --no-fund
	@touch $@
