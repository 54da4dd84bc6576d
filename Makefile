# The same steps stand as plain commands in README.md, for Windows and for people without make.
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
PY := $(VENV)/bin/python
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := run
.PHONY: run test bench lint lock screenshots clean

run: $(VENV)/run.stamp
	@$(PY) tools/preflight.py port $(PORT)
	$(PY) manage.py run --demo --port $(PORT)

# Spark is 430 MB and does nothing without Java: only a machine that has the one downloads the other.
test: $(VENV)/test.stamp $(if $(shell command -v java),$(VENV)/spark.stamp)
	@$(PY) tools/chromium.py
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

bench: $(VENV)/test.stamp $(VENV)/bench.stamp
	@$(PY) tools/chromium.py
	$(PY) -m bench

lint: $(VENV)/test.stamp
	$(PY) -m ruff check .
	$(VENV)/bin/lint-imports

screenshots: $(VENV)/test.stamp
	@$(PY) tools/chromium.py
	$(PY) -m tests.browser.screenshots

# Needs uv (pip install uv). One version of a package for every Python and system, so that results are the same everywhere.
lock:
	UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile -q pyproject.toml --universal --python-version 3.11 \
		--fork-strategy fewest --unsafe-package pip --no-emit-index-url -o requirements.txt
	UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile -q --group dev --universal --python-version 3.11 \
		--fork-strategy fewest --unsafe-package pip --no-emit-index-url -c requirements.txt -o requirements-dev.txt
	UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile -q --group bench --universal --python-version 3.11 \
		--fork-strategy fewest --unsafe-package pip --no-emit-index-url -c requirements.txt -o requirements-bench.txt
	UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile -q --group spark --universal --python-version 3.11 \
		--fork-strategy fewest --unsafe-package pip --no-emit-index-url -c requirements.txt -o requirements-spark.txt

$(PY):
	@$(PYTHON) tools/preflight.py python
	$(PYTHON) -m venv $(VENV)

# A stamp is newer than its list of packages only after the whole of it was installed: a broken download is tried again.
$(VENV)/run.stamp: requirements.txt | $(PY)
	@echo "Installing the pinned packages into $(VENV): a minute or two, this once."
	$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/test.stamp: requirements-dev.txt $(VENV)/run.stamp
	$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@

$(VENV)/bench.stamp: requirements-bench.txt $(VENV)/run.stamp
	$(PIP_INSTALL) -r requirements-bench.txt
	@touch $@

$(VENV)/spark.stamp: requirements-spark.txt $(VENV)/run.stamp
	$(PIP_INSTALL) -r requirements-spark.txt
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis .import_linter_cache shots
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
