# Three commands: `make run` serves the dashboard, `make refresh` brings the day's prices, `make test` proves it. Each sets up what it needs, once.
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.PHONY: run dev setup build refresh format check test-fast test proof benchmark lock audit clean

run: build
	@echo "Harbourview: http://127.0.0.1:$(PORT)  (Ctrl-C ends it)"
	@MALLOC_ARENA_MAX=2 $(BIN)/python -m streamlit run app.py --server.port $(PORT)

# For developers: a change of a file shows at once, an error with its traceback.
dev: build
	@$(BIN)/python -m streamlit run app.py --server.port $(PORT) --server.runOnSave true --server.fileWatcherType auto --client.showErrorDetails full

setup: $(STAMP)

build: setup
	@$(BIN)/python -m loaders build

# What a scheduler calls (docs/schedule.md). ARGS="--provider csv --from DIR" for another provider.
refresh: setup
	@$(BIN)/python -m loaders prices $(ARGS)

format: setup
	@$(BIN)/python -m ruff check --quiet --select I --fix .
	@$(BIN)/python -m ruff format .

# Format, lint and types, without running anything.
check: setup
	@$(BIN)/python -m ruff format --quiet --check . || { echo "not formatted: run make format"; exit 1; }
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m mypy

# Unit and page tests, for each change; what builds, clicks or computes for longer is in `make test`.
# Only their modules are read, and pytest keeps what it made of them.
FAST = $(shell grep -lE '^pytestmark = pytest\.mark\.(unit|page)$$' tests/test_*.py)
test-fast: setup
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -n auto --dist worksteal -m "not (browser or system or proof)" $(FAST)

test: check
	@$(BIN)/python -m pytest -q -n auto --dist worksteal

# The long proofs: kill -9 at random moments and before every file, ten thousand spoiled files, 24 defects of each kind.
proof: setup
	@$(BIN)/python -m pytest -q -m proof
	@HARBOURVIEW_FUZZ=10000 HARBOURVIEW_PLANTED=24 $(BIN)/python -m pytest -q tests/test_fuzz.py tests/test_price_rules.py

benchmark: build
	@$(BIN)/python benchmarks/speed.py

# The packages of a deployment with their hashes, and whether one has a known fault: a package that could not be checked fails too.
LOCK_HEAD := \# Every package of requirements.txt with what it needs, version and hash: `make lock` writes it, `pip install --require-hashes -r requirements.lock` installs just this.
lock: setup
	@command -v uv >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	@PATH="$(BIN):$$PATH" uv pip compile --quiet --generate-hashes --python-version 3.11 --universal --no-header requirements.txt -o requirements.lock
	@{ echo '$(LOCK_HEAD)'; cat requirements.lock; } > requirements.lock.new && mv requirements.lock.new requirements.lock

audit: setup
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-audit==2.10.1
	@$(BIN)/python -m pip_audit --strict --require-hashes --disable-pip -r requirements.lock

# uv where it is there, plain venv and pip otherwise; again only when a requirement changes.
$(STAMP): requirements.txt requirements-test.txt
	@$(PYTHON) -c 'import sys; sys.exit("Harbourview needs Python 3.11 or newer; this is %s. Name another: make PYTHON=python3.12" % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --clear --python "$$(command -v $(PYTHON))" $(VENV) && uv pip install --quiet --compile-bytecode --python $(BIN)/python -r requirements-test.txt; \
	else \
	  $(PYTHON) -m venv --clear $(VENV) && $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt; \
	fi
	@touch $(STAMP)
	@echo "set up: $(VENV)"

clean:
	rm -rf $(VENV) data/warehouse
