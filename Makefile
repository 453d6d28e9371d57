# Everything a person or CI does with this tree. Needs Python 3.11+ and make; the rest is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The gazetteer's arrays, unpacked once; whoever starts the bot without make gets them in the user's cache.
export TOCSIN_STATE ?= $(CURDIR)/$(VENV)/state
# One more than there are cores, for tests wait as long as they work; not too many, for each loads the gazetteer.
WORKERS := $(shell $(PYTHON) -c 'import os; print(min(4, (os.cpu_count() or 1) + 1))')
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help setup demo run test check soak bench texts screens lock clean
help:  ## list what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Tocsin needs Python 3.11 or newer; name one with: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV) || { echo "No venv module: on Debian or Ubuntu, install the package python3-venv."; rm -rf $(VENV); exit 1; }

# The command itself is built by hatchling, which is locked with the rest, so nothing unlocked is ever fetched.
$(VENV)/.run: requirements.txt pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements-dev.txt $(VENV)/.run
	$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

# The world takes ten seconds to unpack; the first demo should not wait for it.
$(VENV)/.world: bot/gazetteer/world.tsv.xz $(VENV)/.run
	$(BIN)/tocsin read </dev/null
	@touch $@

setup: $(VENV)/.run $(VENV)/.world  ## prepare .venv with the command tocsin in it

demo: setup  ## show the main job: feeds in, alerts out, on this terminal
	@$(BIN)/tocsin demo

run: setup  ## start the real bot with config.yaml
	$(BIN)/tocsin run

test: $(VENV)/.test $(VENV)/.world  ## all that guards the house, as CI runs it
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -p no:cacheprovider -n $(WORKERS) --dist worksteal

soak: $(VENV)/.test $(VENV)/.world  ## the heavy tests: hostile feeds, kills everywhere, workers side by side; about ten minutes
	$(BIN)/python -m pytest -m soak -s -o faulthandler_timeout=600

bench: $(VENV)/.test $(VENV)/.world  ## benchmarks, as ratios against a naive way
	$(BIN)/python -m pytest tests/bench -m bench -s

texts: $(VENV)/.test  ## collect what people read for translators: bot/locale
	$(BIN)/python -m tests.texts

screens: $(VENV)/.test $(VENV)/.world  ## draw what a chat shows, for README: docs/
	$(BIN)/python -m tests.screens

# What runs is what was tested: the one is locked within the other.
UV_COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock: $(VENV)/.test  ## resolve requirements*.in anew
	$(UV_COMPILE) requirements-dev.in -o requirements-dev.txt
	$(UV_COMPILE) requirements.in -c requirements-dev.txt -o requirements.txt

clean:  ## remove .venv and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
