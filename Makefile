.PHONY: demo test lint bench peers
PYTHON ?= python3
BIN := .venv/bin

demo: .venv/ready
	@$(BIN)/python -m tests.web.demo

test: .venv/ready
	@$(BIN)/pytest -q -m "slow or not slow" -n auto --dist loadgroup

lint: .venv/ready
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy crawler dedupe storage tests benchmarks
	@$(BIN)/lint-imports --no-logo

bench: .venv/ready
	@$(BIN)/python -m benchmarks.dedupe

.venv/ready: pyproject.toml constraints.txt
	@echo "Making .venv (once) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

peers: .venv-peers/ready

.venv-peers/ready: benchmarks/peers.txt
	@$(PYTHON) -m venv .venv-peers
	@.venv-peers/bin/pip install --quiet --disable-pip-version-check -r benchmarks/peers.txt
	@touch $@
