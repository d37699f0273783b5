# Every target makes the set-up that it needs; on a fresh machine `make demo` is enough.
SHELL := /bin/bash
.NOTPARALLEL:
.DEFAULT_GOAL := help

PY := .venv/bin/python
# Tests start hundreds of processes: each would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE
# Three at once on two cores: most tests wait for servers, and for processes of their own (tests/conftest.py).
PYTEST_AT_ONCE := -n 3
# Extras stay in the lock: pip takes "coverage[toml]>=7" for unpinned when only "coverage" is, once a newer release exists.
LOCK := .venv/bin/uv pip compile --quiet --generate-hashes --python-version 3.11 --universal --no-header --no-strip-extras

.PHONY: help
help:  ## Show what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup:  ## Install what is missing: RabbitMQ by apt, Python packages into .venv
	@tools/setup .venv requirements-dev.lock

.PHONY: demo
demo: setup  ## Tell a milestone's whole life on a stack of its own, check the books, stop
	@$(PY) -m tools demo

.PHONY: demo-money
demo-money: setup  ## Tell all ways of the money: konbini, transfers, disputes, chargebacks, documents
	@$(PY) -m tools demo-money

.PHONY: demo-work
demo-work: setup  ## Tell how work goes: a company, a dispute, a hand-over, moved dates, a retainer
	@$(PY) -m tools demo-work

.PHONY: demo-programs
demo-programs: setup  ## Tell how a town trains a beginner: the path, a protected first job, the wallet
	@$(PY) -m tools demo-programs

.PHONY: run
run: setup  ## Start the stack on 127.0.0.1:8000 and stay (TASUKI_WEB_PORT=… for another port)
	@$(PY) -m tools run

.PHONY: stop
stop: setup  ## Stop what `make run` started, or what it left behind
	@$(PY) -m tools stop

.PHONY: status
status: setup  ## Show which processes of `make run` are up, their memory and logs
	@$(PY) -m tools status

.PHONY: setup-browser
setup-browser:
	@tools/setup .venv requirements-dev.lock browser

.PHONY: test
test: setup-browser  ## Run all tests (PYTEST='-k webhook' for some of them)
	@$(PY) -m pytest $(PYTEST_AT_ONCE) $(PYTEST)

.PHONY: check
check: setup-browser  ## What CI runs: linters, types, import rules, all tests
	.venv/bin/ruff check
	.venv/bin/ruff format --check
# mypy has one core; the other compiles what each worker of the tests would in a fresh clone.
	@$(PY) -m pytest --collect-only -qq >/dev/null 2>&1 & .venv/bin/mypy; typed=$$?; wait; exit $$typed
	.venv/bin/lint-imports
	$(PY) -m pytest $(PYTEST_AT_ONCE)

.PHONY: coverage
coverage: setup-browser  ## Run all tests with branch coverage: a quarter longer, so CI does without
	$(PY) -m pytest $(PYTEST_AT_ONCE) --cov --cov-report=term:skip-covered

.PHONY: fmt
fmt: setup  ## Format, and put right what the linter can
	@.venv/bin/ruff check --fix-only
	@.venv/bin/ruff format

.PHONY: bench
bench:  ## Measure against the peers, side by side, and write docs/benchmarks.md
	@tools/setup .venv-bench requirements-bench.lock
	@.venv-bench/bin/python -m tests.bench

.PHONY: migrate
migrate: setup  ## Bring the databases of `make run` (or of DATABASE_URL) to their newest revision
	@$(PY) -m tools migrate

.PHONY: lint-migrations
lint-migrations: setup  ## Refuse migrations that lock tables or break the version before
	@$(PY) -m tools.migration_lint

.PHONY: image
image: setup  ## Build the image of all services, and its bill of materials (needs docker)
	@deploy/build-image

.PHONY: image-check
image-check: setup  ## Prove the image and compose.yaml: rebuild, start everything, tell a story (needs docker)
	@deploy/check-image

.PHONY: ledger-doc
ledger-doc: setup  ## Render docs/ledger.md from the posting table
	@$(PY) -m tools.ledger_doc

.PHONY: scale-doc
scale-doc: setup  ## Write docs/scale.md from what was measured and what is assumed
	@$(PY) -m tests.bench.bill

.PHONY: state-doc
state-doc: setup  ## Render docs/states.md from the tables of states
	@$(PY) -m tools.state_doc

.PHONY: client
client: setup  ## Write the typed client anew from the services' APIs (a test compares)
	@$(PY) -m tools.client_code

.PHONY: metrics-doc
metrics-doc: setup  ## Render docs/metrics.md from the catalogue of metrics
	@$(PY) -m tools.metrics_doc

.PHONY: dashboards
dashboards: setup  ## Make Grafana's dashboards and the PrometheusRule of deploy/observability
	@$(PY) -m tools.dashboards

.PHONY: rights-doc
rights-doc: setup  ## Render docs/rights.md from the tables of who may do what
	@$(PY) -m tests.contract.rights

.PHONY: snapshots
snapshots: setup  ## Write the JSON Schemas of all messages anew (a test refuses what breaks readers)
	@$(PY) -m tests.contract.published

.PHONY: upgrade-drill
upgrade-drill: setup  ## Change from an old version to this one and back, under load (REF=v1.1.0)
	@$(PY) -m tools.releases.drill $(REF)

.PHONY: drill
drill: setup  ## Lose all servers under load, restore them from backups, and prove that nothing is lost
	@$(PY) -m tools.drill

.PHONY: release-snapshot
release-snapshot: setup  ## Keep what a release is remembered by (VERSION=1.2.0 REF=v1.2.0)
	@$(PY) -m tools.releases.snapshot $(VERSION) $(REF)

.PHONY: audit
audit: setup  ## Ask a vulnerability service about every locked package (ends with 2 where none can be reached)
	@$(PY) -m tools.audit

.PHONY: lock
lock: setup  ## Resolve pyproject.toml anew into the lock files
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) -c requirements.lock --extra local --extra dev pyproject.toml -o requirements-dev.lock
	$(LOCK) -c requirements-dev.lock --extra local --extra dev --extra bench pyproject.toml -o requirements-bench.lock
	$(LOCK) -c requirements-dev.lock deploy/trial.in -o deploy/trial.lock
