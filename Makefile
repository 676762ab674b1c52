# Two commands do everything: `make demo` and `make test`. Each sets up what it needs, once.
SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= demo
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check core-test dictionary models browser clean

demo: models
	$(BIN)/voc demo --out $(DEMO)

test: models browser check
	$(BIN)/python -m pytest

core-test: $(VENV)/.installed
	$(BIN)/python -m pytest -m "not models and not flow and not browser"

check: $(VENV)/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The tables and CSVs as the contracts tell them; a test holds the committed page to it.
dictionary: $(VENV)/.installed
	$(BIN)/python -m voc_mining.export.dictionary docs/data_dictionary.md

models: $(VENV)/.installed
	$(BIN)/voc models install

# Pages are tested in a real browser, with fonts that can show Japanese.
browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
	  echo "Installing Chromium and Japanese fonts for the browser tests"; \
	  as_root=; [ "$$(id -u)" = 0 ] || as_root=sudo; \
	  $$as_root apt-get update -qq && $$as_root apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; }

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "Python 3.11 with venv is needed; name it with PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable ".[models,sample,dev]"
	# Only the weights of Resemblyzer are used; its own dependencies would need a compiler.
	$(BIN)/python -m pip install --quiet --no-deps Resemblyzer
	@touch $@

clean:
	rm -rf $(VENV) $(DEMO) .mypy_cache .pytest_cache .ruff_cache .hypothesis
