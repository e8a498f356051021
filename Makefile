# Two commands do everything: `make demo` and `make test`. Each makes .venv itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export LIANDONG_HOME ?= $(CURDIR)/.home
export PIP_DISABLE_PIP_VERSION_CHECK := 1
## Some machines forbid it; but the tests start a hundred processes of our own modules, and each would compile them anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test check docs bench fuzz lock clean

$(VENV)/ready: requirements/dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Liandong needs Python 3.11 or later: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --no-deps --require-hashes --requirement requirements/dev.txt
	$(BIN)/pip install --quiet --no-build-isolation --no-deps --editable .
	touch $@

## The main job, on embedded defaults; `make demo ONCE=1` ends by itself and checks the ends.
demo: $(VENV)/ready
	@$(BIN)/liandong demo $(if $(ONCE),--once)

## `make test ARGS="-k quorum"` runs some of them.
test: $(VENV)/ready
	$(BIN)/pytest --numprocesses 3 -m "not acceptance" $(ARGS)
	$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder -m acceptance $(or $(ARGS),tests/acceptance)

## What CI runs.
check: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) docs CI=true
	$(MAKE) test

## What is made from the data; in CI it is only compared, and a stale file fails.
docs: $(VENV)/ready
	$(BIN)/liandong policy document docs/policy.md $(if $(CI),--check)

## Led by coverage, until stopped; `make fuzz ARGS=-max_total_time=600`. What it finds is kept in .fuzz.
fuzz: $(VENV)/ready
	@mkdir -p .fuzz/found .fuzz/corpus
	$(BIN)/python -m tests.fuzz.read_with_atheris .fuzz/corpus tests/corpus \
		-artifact_prefix=.fuzz/found/ -timeout=10 -rss_limit_mb=1024 $(ARGS)

bench: $(VENV)/ready
	$(BIN)/python -m benchmarks.run $(ARGS)
	$(BIN)/python -m benchmarks.letters $(filter --quick,$(ARGS))
	$(BIN)/python -m benchmarks.replies $(filter --quick,$(ARGS))

## The lock is whole, so it is installed without looking for dependencies (pip trips over extras and hashes).
## Lock anew, without a registry's address.
UV = UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras pyproject.toml
lock:
	$(UV) --output-file requirements/runtime.txt
	$(UV) --extra dev --output-file requirements/dev.txt

clean:
	rm -rf $(VENV) .home .mypy_cache .ruff_cache .pytest_cache .hypothesis
