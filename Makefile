# The doors of the workshop. Needed: make, and Python 3.11 or later with venv; everything else comes from the locks.

BIN := .venv/bin
RUN := .venv/.installed-runtime
DEV := .venv/.installed-dev
PIP := $(BIN)/python -m pip --disable-pip-version-check
ROOMS := ledger projections scheduler app ops/migrations
COMPILED := build/compiled/.built
ON_COMPILED := PYTHONSAFEPATH=1 PYTHONPATH=build/compiled:. $(BIN)/python
# Measured is what a server would run: compiled where there is a compiler.
MEASURED := $(if $(shell command -v cc),$(COMPILED),$(DEV))
MEASURE := $(if $(shell command -v cc),$(ON_COMPILED),$(BIN)/python)
TESTS ?= tests
WORKERS ?= 2
QUESTIONS ?= 10000
KILLS ?= 200
HOUSEHOLDS ?= 1000
INSTANTS ?= 1000
FAMILIES ?= 3000

.PHONY: help demo setup test wheel test-compiled kills lint format coverage bench-append bench-explain bench-replay bench-checks bench-plan bench-berka questions years superset lock clean

help:
	@echo 'make demo          set up, then show an invented family and why its limit moved'
	@echo 'make test          set up, then run the tests (TESTS=path, WORKERS=n)'
	@echo 'make coverage      run the tests, and print what none of them reached'
	@echo 'make wheel         build the program for a server, its fold and checks compiled (needs a C compiler), in dist/'
	@echo 'make test-compiled hold the compiled fold and checks to the tests of the rules'
	@echo 'make questions     ask random questions of random histories (QUESTIONS=n, 10,000 unless told)'
	@echo 'make tables        compare every read table of random households with the fold (HOUSEHOLDS=n, INSTANTS=n; 1,000)'
	@echo 'make kills         kill commands, imports, the server and its keeper at seeded moments (KILLS=n each, 200 unless told)'
	@echo 'make years         let ten years of checks go by'
	@echo 'make superset      pack the dashboards for Superset as build/headroom-superset.zip'
	@echo 'make lint          ruff, mypy and the walls between the rooms'
	@echo 'make bench-append  measure the store beside plain inserts and COPY'
	@echo 'make bench-explain measure explanations beside a full fold'
	@echo 'make bench-replay  measure replay, rebuild, following and reading'
	@echo 'make bench-checks  measure checks of all households, idle looks and notices (FAMILIES=n, 3,000 unless told)'
	@echo 'make bench-plan    measure a repayment plan of a household with 8 lines'
	@echo 'make bench-berka   replay the accounts of a real bank beside its own balances (needs its files)'
	@echo 'make lock          renew the locks from pyproject.toml (needs uv)'

demo: $(RUN)
	@$(BIN)/headroom demo

setup: $(DEV)

test: $(DEV)
	@$(BIN)/python -m pytest -n $(WORKERS) $(TESTS)

wheel: $(COMPILED)
	@echo dist/headroom-*.whl

test-compiled: $(COMPILED)
	@PYTHONSAFEPATH=1 PYTHONPATH=build/compiled HEADROOM_TEST_COMPILED=1 $(BIN)/python -m pytest -n $(WORKERS) \
		--import-mode=append tests/ledger tests/properties tests/projections tests/readmodels/test_series.py \
		tests/readmodels/test_wire.py tests/scheduler/test_jobs.py tests/scheduler/test_lights.py \
		tests/scheduler/test_sweep.py tests/test_compiled.py

years: $(DEV)
	@HEADROOM_TEST_YEARS=10 $(BIN)/python -m pytest -n 0 tests/scheduler/test_years.py

kills: $(DEV)
	@HEADROOM_TEST_KILLS=$(KILLS) $(BIN)/python -m pytest -n 0 --durations 0 tests/faults/test_kills.py tests/database/test_kills.py

questions: $(DEV)
	@HEADROOM_TEST_QUESTIONS=$(QUESTIONS) $(BIN)/python -m pytest -n 0 tests/explanation/test_random_questions.py

tables: $(DEV)
	@HEADROOM_TEST_HOUSEHOLDS=$(HOUSEHOLDS) HEADROOM_TEST_INSTANTS=$(INSTANTS) \
		$(BIN)/python -m pytest -n 0 tests/readmodels/test_tables.py

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

coverage: $(DEV)
	@$(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report=term $(TESTS)

bench-append: $(MEASURED)
	@$(MEASURE) -m ops.benchmarks.append

bench-explain: $(MEASURED)
	@$(MEASURE) -m ops.benchmarks.explain

bench-replay: $(MEASURED)
	@$(MEASURE) -m ops.benchmarks.replay

bench-checks: $(MEASURED)
	@$(MEASURE) -m ops.benchmarks.checks --households $(FAMILIES)

bench-plan: $(MEASURED)
	@$(MEASURE) -m ops.benchmarks.plan

bench-berka: $(MEASURED)
	@$(MEASURE) -m ops.benchmarks.berka

superset: $(RUN)
	@$(BIN)/python -m ops.superset_bundle build/headroom-superset.zip
	@echo build/headroom-superset.zip

# The program as its wheel has it, with the rooms of setup.py compiled; an edited room is compiled anew.
$(COMPILED): $(DEV) setup.py pyproject.toml $(shell find $(ROOMS) -type f -not -name '*.pyc')
	@rm -rf build/compiled build/lib* build/bdist* build/temp* dist
	@HEADROOM_COMPILE=1 $(PIP) wheel --quiet --no-index --no-deps --no-build-isolation --wheel-dir dist .
	@$(PIP) install --quiet --no-index --no-deps --target build/compiled dist/headroom-*.whl
	@touch $@

$(RUN): requirements.lock pyproject.toml ops/venv.sh
	@sh ops/venv.sh requirements.lock
	@touch $@

$(DEV): requirements-dev.lock pyproject.toml ops/venv.sh
	@sh ops/venv.sh requirements-dev.lock
	@touch $@ $(RUN)

LOCKING = uv pip compile pyproject.toml --group build --universal --generate-hashes --no-emit-index-url \
	--custom-compile-command 'make lock' --quiet

lock:
	$(LOCKING) --output-file requirements.lock
	$(LOCKING) --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf .venv build dist ./*.egg-info .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
