# Every door is one or two lines; `make` alone lists them.
VENV ?= .venv
PYTHON ?= python3
BIN = $(VENV)/bin
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help kernel setup fmt lint types rooms contracts test test-connected check demo city up up-local down-local bench lock

help: ## list the doors
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  make %-16s %s\n", $$1, $$2}'

# Stamps, so that running needs less than developing.
$(VENV)/.run: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.kernel: $(wildcard services/matcher/planning/kernel/*.py) $(VENV)/.run
	$(BIN)/python -m services.matcher.planning.kernel.warm_up
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run $(VENV)/.kernel
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

kernel: $(VENV)/.kernel ## compile the routing kernel, without which OR-Tools plans (once, half a minute)

setup: $(VENV)/.dev ## virtual environment with everything for developing

demo: $(VENV)/.kernel ## play one area's day and leave its page open (ARGS=--no-serve ends after the day)
	$(BIN)/linli demo $(ARGS)

city: $(VENV)/.kernel ## play the day of all 13 areas, 164 communities, 6,000 volunteers
	$(BIN)/linli city $(ARGS)

up: $(VENV)/.kernel ## run all services in one process on this computer, for real days
	$(BIN)/linli up $(ARGS)

test: $(VENV)/.dev ## everything that needs nothing but pip
	$(BIN)/pytest -n auto $(ARGS)

test-connected: $(VENV)/.dev ## with real servers and kill -9: Kafka, a MongoDB-protocol server (needs Java and Maven)
	$(BIN)/pytest -m connected -n 0 tests/connected tests/contract tests/town $(ARGS)

fmt: $(VENV)/.dev ## format the code
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lint: $(VENV)/.dev ## style
	$(BIN)/ruff format --check . && $(BIN)/ruff check .

types: $(VENV)/.dev ## mypy, strict
	$(BIN)/mypy

rooms: $(VENV)/.dev ## who may import whom
	$(BIN)/lint-imports

contracts: $(VENV)/.dev ## write JSON Schema and AsyncAPI of all facts to docs/contracts
	$(BIN)/python -m shared.contracts.export docs/contracts

check: lint types rooms test ## what every commit must pass
	$(BIN)/python -m shared.contracts.export docs/contracts --check

up-local: $(VENV)/.kernel ## Kafka, a MongoDB-protocol server and the four services as processes on this computer
	$(BIN)/python -m deploy.local up

down-local: $(VENV)/.run ## stop what up-local started
	$(BIN)/python -m deploy.local down

bench: $(VENV)/.dev ## measure against yardsticks in the same run
	$(BIN)/python -m tests.benchmarks $(ARGS)

lock: $(VENV)/.dev ## write both lock files anew from pyproject.toml
	$(BIN)/python -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url pyproject.toml --extra build --extra kernel --extra streets -o requirements.lock
	$(BIN)/python -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url pyproject.toml --extra build --extra otel --extra kernel --extra streets --extra dev -o requirements-dev.lock
