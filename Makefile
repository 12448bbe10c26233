# The open revenue cycle. Every command; `make help` lists them. All you need is Python 3.11 or newer.
.DEFAULT_GOAL := help
.PHONY: help run run-kafka demo test check bench bench-x12 clean lock format fuzz-x12 judge-x12 judge-x12-inquiries eval-coding train-coding

# The environment's own Python once there is one; before that the best one of this machine.
ifndef PYTHON
PYTHON := $(or $(wildcard .venv/bin/python),$(shell sh deploy/find_python.sh))
endif
SETUP := $(PYTHON) deploy/setup_environment.py
RCM := .venv/bin/rcm

export SAMPLES ?= 0.5
# Each worker has a PostgreSQL and, if a test of it wants one, a Kafka of its own: two cores need two, many cores not many.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(4, max(2, os.cpu_count() or 1)))')

help: ## Lists the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  \033[1mmake %-19s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Starts everything on the direct bus: services in one process, PostgreSQL, sandbox payer, page (SAMPLES=0: no sample encounters)
	@$(SETUP) run
	@exec $(RCM) up --samples $(SAMPLES)

run-kafka: ## Starts the production shape without Docker: Kafka, PostgreSQL, a process for each service
	@$(SETUP) run kafka
	@exec $(RCM) up --bus kafka --samples $(SAMPLES)

demo: ## Runs 500 invented encounters to their end and prints what became of them (N=, SEED=, BUS=direct|kafka)
	@$(SETUP) run $(if $(filter kafka,$(BUS)),kafka)
	@exec $(RCM) demo --encounters $(or $(N),500) --seed $(or $(SEED),1) --bus $(or $(BUS),direct)

test: ## Runs all tests, on real PostgreSQL and real Kafka (ARGS= goes to pytest; WORKERS=0: in one process)
	@$(SETUP) run test kafka? browser?
	@.venv/bin/python -m pytest --numprocesses $(WORKERS) $(ARGS)

check: ## Checks style, types, the house's walls, sizes, and the READMEs' tables against the code
	@$(SETUP) run test kafka? browser?
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
	.venv/bin/python -m pytest -q tests/architecture

fuzz-x12: ## Damages X12 files of every kind for FUZZ_SECONDS= (300) and looks for crashes, hangs and memory; prints JSON
	@$(SETUP) run test
	@exec .venv/bin/python -m tests.shared.x12.fuzz

judge-x12: ## pyx12 judges thousands of generated claims and remittances, and every fault of the tables
	@$(SETUP) run test
	@nice .venv/bin/python -m tests.shared.x12.judge_claims

judge-x12-inquiries: ## Has an outside judge, in an environment of its own, look at generated 270, 271, 276 and 277; prints JSON
	@$(SETUP) run test
	@exec .venv/bin/python -m tests.shared.x12.judge_inquiries

eval-coding: ## Measures search, assertion and suggestions on development sets (in ../shared) and prints JSON
	@$(SETUP) run test
	@PYTHONPATH=deploy:. nice .venv/bin/python deploy/eval_coding.py $(ARGS)

train-coding: ## Learns the engine's weights anew from CodiEsp's training notes, in an environment of its own (.rcm/training)
	@$(SETUP) run
	@test -x .rcm/training/bin/python || $(PYTHON) -m venv .rcm/training
	@.rcm/training/bin/python -m pip install --quiet --disable-pip-version-check -r deploy/requirements/training.txt
	@PYTHONPATH=deploy:shared/src:services/coding-svc/src RCM_COMPILED_CODES=.venv/share/rcm/codesets.sqlite \
		nice .rcm/training/bin/python deploy/train_coding.py

bench-x12: ## Measures the X12 codec against a naive split that keeps all segments, and prints JSON
	@$(SETUP) run
	@exec .venv/bin/python -m rcm_deploy.bench.x12

bench: ## Measures speed against two floors without logic and prints JSON
	@$(SETUP) run kafka
	@exec .venv/bin/python -m rcm_deploy.bench

clean: ## Forgets all local data (.rcm); the environment stays
	@if [ -x $(RCM) ]; then $(RCM) clean; else rm -rf .rcm; fi

format: ## Formats the code
	@$(SETUP) run test
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

lock: ## Writes requirements.lock anew from deploy/requirements (for developers; needs uv)
	@$(SETUP) run test
	@.venv/bin/python -c 'import uv' 2>/dev/null || .venv/bin/python -m pip install --quiet uv
	.venv/bin/python deploy/lock_requirements.py $(ARGS)
