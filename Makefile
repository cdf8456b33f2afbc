# Each target does its own set-up; all that is needed is Python 3.11 or newer and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
# Tests at a time: two for each processor, because most of a test's time is waiting. What they print is seen where it is one.
JOBS ?= $(if $(filter -s,$(ARGS)),0,$(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN)))))

.PHONY: run test test-pythons lint format regold bench screenshots real-parts fuzz fuzz-http lock share wheel clean

run: $(READY) ## the daemon on 127.0.0.1:2525, with real bounces played at it
	$(BIN)/bouncer demo

test: $(READY) ## all tests; those that need a real part from Debian run when it is there (make real-parts)
	$(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

test-pythons: $(READY) ## unit tests and golden letters on every other Python that pyproject.toml names and this machine has
	tests/pythons

lint: $(READY) ## format, rules, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(READY) ## put the code into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

regold: $(READY) ## write what the reader says today beside the golden letters; read the diff before you commit it
	REGOLD=1 $(BIN)/pytest tests/golden -q

bench: $(READY) real-parts ## the figures in docs/figures.md
	$(BIN)/python tests/bench/bench_reading.py
	$(BIN)/python tests/bench/bench_store.py
	$(BIN)/python tests/bench/bench_suppressions.py
	$(BIN)/python tests/bench/bench_forged.py
	$(BIN)/python tests/bench/bench_hostile.py
	$(BIN)/python tests/bench/bench_receiving.py
	$(BIN)/python tests/bench/bench_daemon.py
	$(BIN)/python tests/bench/bench_path.py
	$(BIN)/python tests/bench/bench_milter.py
	$(BIN)/python tests/bench/bench_notices.py
	$(BIN)/python tests/bench/bench_webhooks.py
	$(BIN)/python tests/bench/bench_http.py
	$(BIN)/python tests/bench/bench_pages.py

screenshots: $(READY) ## notice and digest in every language, and each web page: light, dark and narrow, drawn by Chromium into .cache/
	tests/programs/fetch chromium
	$(BIN)/python tests/programs/screenshots.py
	$(BIN)/python tests/programs/page_screenshots.py

real-parts: ## Postfix, Exim, swaks ... from Debian, unpacked into .cache/; nothing is installed
	tests/programs/fetch

fuzz: $(VENV)/fuzz ## look for octets that harm a reader: make fuzz FOR=60 (seconds for each target) TARGETS="letter path"
	$(BIN)/python tests/fuzz/fuzz.py $(or $(FOR),60) $(TARGETS)

fuzz-http: $(READY) ## try ten times as many requests of the HTTP API as the tests do
	BOUNCER_EXAMPLES=10 $(BIN)/pytest -q -s --timeout 3600 tests/fuzz/test_http_garbage.py

$(VENV)/fuzz: $(READY) tests/fuzz/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/fuzz/requirements.txt
	@touch $@

COMPILE := uv pip compile --all-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header

lock: ## renew requirements.lock, for developers, and out of it production.lock, for machines that serve (needs uv)
	$(COMPILE) --group dev pyproject.toml -o requirements.lock
	$(COMPILE) --constraints requirements.lock pyproject.toml -o production.lock

share: $(READY) ## the man page and the shells' completions, out of the commands
	$(BIN)/python share/generate.py

wheel: $(READY) ## dist/bouncer_mx-*.whl, built with the locked tools
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -w dist .

clean: ## what was set up and made; var/ (letters and records) stays
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache dist

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing (Debian: apt-get install python3-venv)"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $(READY)
