# Everything a developer or CI does. Needs Python 3.11 or newer, make and a package registry.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup warm fmt lint types contracts test test-fast check golden docs bench wheel demo \
	changelog

PYTHON ?= python3
# What a change is compared with to see whether it needs a changelog fragment.
BASE ?= origin/main
ARGS ?=

bin := .venv/bin
uv := $(or $(shell command -v uv 2>/dev/null),$(bin)/uv)
packages := scheduler scenarios atp integration truedate
# Never fetch another Python than the one that made the environment.
export UV_PYTHON_DOWNLOADS := never

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.synced ## make .venv and install what is locked

.venv/.synced: pyproject.toml uv.lock
	@test -x $(bin)/python || $(PYTHON) -m venv .venv
	@test -x "$(uv)" || $(bin)/python -m pip install --quiet uv
	$(uv) sync --locked
	@touch $@

warm: setup
	@$(bin)/truedate warm

fmt: setup ## format the code and mend what the linter can
	$(bin)/ruff check --fix-only --quiet
	$(bin)/ruff format

lint: setup ## look for faults in form and style
	$(bin)/ruff format --check
	$(bin)/ruff check

types: setup ## check the types
	$(bin)/mypy

contracts: setup ## check that imports point one way
	$(bin)/lint-imports

changelog: setup ## check the changelog fragments, and that a change of a package has one
	@$(bin)/towncrier build --draft --version next
	@if git rev-parse --verify --quiet $(BASE) >/dev/null; \
	then $(bin)/towncrier check --compare-with $(BASE); \
	else echo "No $(BASE) to compare with: not checked whether the change needs a fragment."; fi

docs: setup ## check the pages: links and listings
	$(bin)/pytest -q tests/truedate/test_docs.py

check: lint types contracts changelog docs ## everything short of the tests

test: warm ## all tests; pytest's summary comes last
	@HYPOTHESIS_PROFILE=ci $(bin)/pytest -n 2 $(ARGS)

test-fast: warm ## the quick tests, stopping at the first failure
	@$(bin)/pytest -x -q -m "not slow and not browser" $(ARGS)

golden: warm ## rewrite the golden files; review the difference
	TRUEDATE_GOLDEN=rewrite $(bin)/pytest -q -m golden tests

bench: warm ## measure one claim: make bench B=name
	@test -n "$(B)" || { echo "Which one? make bench B=name, with a name from benchmarks/."; exit 2; }
	$(bin)/python -m benchmarks.$(B) $(ARGS)

wheel: setup ## build the wheel and see that it holds exactly the five packages
	rm -rf build/wheel
	$(uv) build --quiet --wheel --out-dir build/wheel
	$(uv) venv --quiet --python $(bin)/python build/wheel/env
	$(uv) pip install --quiet --no-deps --python build/wheel/env build/wheel/*.whl
	@build/wheel/env/bin/python -I -c 'from importlib.metadata import packages_distributions as found; \
		names = sorted(found()); print(*names); \
		assert names == sorted("$(packages)".split()), "the wheel must hold: $(packages)"'

demo: warm ## plan a small plant and show what it promises
	@$(bin)/truedate demo
