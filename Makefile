# Every target works on a fresh clone: .venv is made when it is missing or when the pins change.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# Tests start Python some two hundred times; compiling all of it each time would be a third of that.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check format bench torture install notebook clean

help: ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: $(STAMP) ## post a video to two of four virtual phones, on this machine only
	@$(BIN)/tm demo

test: $(STAMP) ## the whole suite, on a real adb server and virtual phones
	$(BIN)/python -m pytest -n 6 --dist worksteal

check: $(STAMP) ## formatting, lint, types, import directions, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 6 --dist worksteal

format: $(STAMP) ## format and mend what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP) ## measured figures, each beside a floor of the same run
	$(BIN)/python -m tests.bench

torture: $(STAMP) ## kills, frosts, power cuts, faults and a whole week (25 min; SEED=N repeats)
	$(BIN)/python -m tests.torture $(if $(SEED),--seed $(SEED))

install: ## put tm on the PATH (~/.local/bin), with an environment of its own
	$(PYTHON) -m venv $(HOME)/.local/share/tmrack/venv
	$(HOME)/.local/share/tmrack/venv/bin/pip install --quiet --constraint constraints.txt .
	mkdir -p $(HOME)/.local/bin
	ln -sf $(HOME)/.local/share/tmrack/venv/bin/tm $(HOME)/.local/bin/tm
	@echo "tm is in $(HOME)/.local/bin"

notebook: $(STAMP) ## make examples/notebook.ipynb from examples/notebook.py
	@$(BIN)/python -m tests.faces.notebook

clean: ## remove what was made here
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,notebook,notify]'
	@touch $(STAMP)
