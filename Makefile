# `make demo` shows the whole road from rules to a verified engine; `make test` runs every check.
# `make verify-full` is the long run for the night. SPEC=specs/x.yaml chooses the game, VENV=path another environment.

SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
SPEC ?= specs/tcg.yaml
EPISODES ?= 20000
MUTANTS ?= 300
WORKERS ?= 2
REPORTS ?= .specc-cache/reports
BIN := $(VENV)/bin
SPECC := $(BIN)/specc
STAMP := $(VENV)/.specc-installed

export JAX_PLATFORMS ?= cpu

.DEFAULT_GOAL := help
.PHONY: help venv check build verify verify-full play bench demo test test-slow lint format docs picture regen clean

help:
	@echo "make demo | test | test-slow | venv | check | build | verify | verify-full | play | bench | lint | format | docs | picture | regen | clean"

venv: $(STAMP)

$(STAMP): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $@

check: venv
	$(SPECC) check $(SPEC)

build: venv
	$(SPECC) build $(SPEC)

verify: venv
	$(SPECC) verify $(SPEC)

# The long run, for the night: the slow tests, every text compared at least 50 times on both engines, and mutants of the rules.
verify-full: test-slow
	mkdir -p $(REPORTS)
	$(SPECC) verify $(SPEC) --episodes $(EPISODES) --policy uniform,eager --workers $(WORKERS) --least 50 \
		--html $(REPORTS)/coverage.html --json $(REPORTS)/verify.json
	$(SPECC) verify $(SPEC) --engine interp --level L3 --episodes $(EPISODES) --policy eager,greedy --seed 1 \
		--workers $(WORKERS) --json $(REPORTS)/verify-interp.json
	$(SPECC) mutate $(SPEC) --count $(MUTANTS) --workers $(WORKERS) --at-least 0.95 --json $(REPORTS)/mutants.json

play: venv
	$(SPECC) play $(SPEC)

bench: venv
	$(SPECC) bench $(SPEC)

demo: venv
	$(SPECC) check $(SPEC)
	$(SPECC) build $(SPEC)
	$(SPECC) verify $(SPEC) --level L2,L3 --episodes 200
	$(SPECC) play $(SPEC) --auto
	$(SPECC) bench specs/connect_four.yaml --quick  # XLA:CPU does not get through the rollout of 337 cards: see README

test: lint
	$(BIN)/pytest -n 2 -m "not slow"

test-slow: venv
	$(BIN)/pytest -n 2 -m slow

lint: venv
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports
	$(SPECC) fmt --check specs tests/jax_games

format: venv
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(SPECC) fmt specs tests/jax_games

docs: venv
	$(BIN)/python -m compiler.codes > docs/diagnostics.md
	$(BIN)/python -m compiler.ops > docs/builtins.md

# README's picture, a step of a game between simple agents
picture: venv
	$(SPECC) play specs/tcg.yaml --auto --seed 4 --decks charizard_dance,starmie_articuno --viewer 0 --svg build/stills
	cp build/stills/058.svg docs/board.svg

regen: venv
	set -e; for spec in specs/*.yaml; do $(SPECC) build "$$spec"; done

clean:
	rm -rf .specc-cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist *.egg-info
	find compiler tests generated specs -name __pycache__ -type d -prune -exec rm -rf {} +
