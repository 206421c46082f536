# make demo   install, project the Geneva scenario on the terminal and to results/geneva, and write
#             its page; the last line is the path of the page
# make test   install, and run the tests
# make picture   photograph that page for the README; needs chromium
#
# Needs Python 3.11 or newer and make. Uses uv where it is present, venv and pip otherwise.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)

# Whoever does not keep compiled modules waits half a second longer at every start.
unexport PYTHONDONTWRITEBYTECODE

ifdef UV
  MAKE_VENV = $(UV) venv --quiet --python $(PYTHON) $(VENV)
  INSTALL = $(UV) pip install --quiet --compile-bytecode --python $(BIN)/python
else
  MAKE_VENV = $(PYTHON) -m venv $(VENV)
  INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

.DEFAULT_GOAL := help
.PHONY: help demo picture test tools gates docs bench clean

help:
	@sed -n 's/^# //p' $(MAKEFILE_LIST)

$(VENV)/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "tariffsim needs Python 3.11 or newer, got " + sys.version.split()[0] + "; name another with: make PYTHON=python3.12 demo")'
	@test -x $(BIN)/python || $(MAKE_VENV)
	@$(INSTALL) --editable .
	@$(BIN)/python -m compileall -q tariffsim
	@touch $@

$(VENV)/with-%: requirements/%.txt $(VENV)/installed
	@$(INSTALL) --requirement $<
	@touch $@

demo: $(VENV)/with-report
	@$(BIN)/tariffsim run scenarios/geneva.yaml --out results/geneva
	@echo
	@$(BIN)/tariffsim report results/geneva

picture: demo
	@$(BIN)/python docs/picture.py results/geneva/report.html docs/page.png

test: $(VENV)/with-test
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal

tools: $(VENV)/with-test $(VENV)/with-gates $(VENV)/with-docs

gates: $(VENV)/with-gates $(VENV)/with-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/tariffsim check geneva-2025 us-china canada-china geneva geneva-world policy minerals minerals-network canola tariffsim/data/materials/rare-earths.yaml tariffsim/data/materials/metals.yaml tariffsim/data/materials/other-side.yaml tariffsim/data/materials/industries.yaml

docs: $(VENV)/with-docs
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html

bench: $(VENV)/with-bench
	$(BIN)/python -m pytest tests/benchmarks --override-ini addopts="--import-mode=importlib" --benchmark-columns=min,median,rounds

clean:
	rm -rf $(VENV) docs/_build results
