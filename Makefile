# Tandem. `make help` lists the targets.
# Needs GNU make, git and Python 3.11 or newer. Everything else goes into .venv.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
TANDEM := $(PY) -m generator
WORKERS ?= 2

# Given on the command line or by the environment. They reach the recipes as environment variables only, so that no
# value is ever read as shell code.
DATA ?=
AS_OF ?=
STATUS ?=
DEST ?=
REMOTE ?= origin
DATA_BRANCH ?= data
SITE_URL ?=
export DATA AS_OF STATUS DEST REMOTE DATA_BRANCH SITE_URL

.DEFAULT_GOAL := help
.PHONY: help site serve offline check publish test test-long lint types contracts environment \
	environment-dev browser-packages restore-data record-data deliver clean

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo "  Variables: DATA=FOLDER  AS_OF=YYYY-MM-DD  SITE_URL=https://…  DEST=FOLDER  PYTHON=python3.12"

# --- the site -----------------------------------------------------------------------------------------------------

site: environment ## Build the site into site/. DATA=FOLDER uses your own files instead of the network.
	@set --; if [ -n "$$AS_OF" ]; then set -- --as-of "$$AS_OF"; fi; code=0; \
	if [ -n "$$DATA" ]; then \
	  $(TANDEM) build --data "$$DATA" "$$@" || code=$$?; \
	else \
	  $(TANDEM) fetch --auto || code=$$?; \
	  if [ $$code -eq 0 ] || [ $$code -eq 3 ]; then code=0; $(TANDEM) build --data auto "$$@" || code=$$?; fi; \
	fi; \
	if [ -n "$$STATUS" ]; then echo $$code > "$$STATUS"; fi; \
	if [ $$code -eq 3 ]; then code=0; fi; exit $$code   # 3: published, with a banner that says what is missing

serve: environment ## Serve site/ on this machine.
	@$(TANDEM) serve

offline: environment ## Write tandem-offline.zip, a copy that opens from the disk.
	@$(TANDEM) offline

check: environment ## Check configuration, store, editions and the built site.
	@$(TANDEM) check
	@$(TANDEM) verify

# --- publishing ---------------------------------------------------------------------------------------------------
# The same order of steps as .github/workflows/publish.yml, for any other host.

publish: ## Publish into DEST: restore, fetch, gate, build, check, record, deliver.
	@if [ -z "$$DEST" ]; then echo "make publish: DEST is empty; say where the site goes: make publish DEST=FOLDER" >&2; exit 2; fi
	@$(MAKE) --no-print-directory restore-data
	@$(MAKE) --no-print-directory site
	@$(MAKE) --no-print-directory check
	@$(MAKE) --no-print-directory record-data
	@$(MAKE) --no-print-directory deliver

restore-data: ## Bring store/ up to the data branch of REMOTE.
	@$(PYTHON) .ci/data_branch.py restore

record-data: ## Add store/ to the data branch and push it to REMOTE.
	@$(PYTHON) .ci/data_branch.py record

deliver: ## Put site/ at DEST, whole or not at all.
	@$(PYTHON) .ci/deliver.py

# --- checks -------------------------------------------------------------------------------------------------------

test: lint types contracts browser-packages ## Run every check and every quick test.
	@$(PY) -m pytest -m "not slow" -n $(WORKERS) --benchmark-disable

test-long: environment-dev browser-packages ## Run the simulation studies and kill loops as well; takes long.
	@$(PY) -m pytest -m slow -n $(WORKERS) --benchmark-disable

lint: environment-dev ## Check format, lint and spelling.
	@$(PY) -m ruff format --check --quiet .
	@$(PY) -m ruff check --quiet .
	@git ls-files -z | xargs -0 $(VENV)/bin/codespell

types: environment-dev ## Check the types.
	@$(PY) -m mypy

contracts: environment-dev ## Check the import contracts.
	@$(VENV)/bin/lint-imports

# --- the environment ----------------------------------------------------------------------------------------------
# The file of versions is copied into .venv after it was installed; a different file installs again.

environment:
	@$(call install,requirements.txt)

environment-dev:
	@$(call install,requirements-dev.txt)
	@cp requirements.txt $(VENV)/requirements.txt

define install
cmp -s $(1) $(VENV)/$(1) || { sh .ci/environment "$(PYTHON)" $(VENV) $(1) && cp $(1) $(VENV)/$(1); }
endef

browser-packages: environment-dev
	@sh .ci/browser_packages

clean: ## Remove what a build and the checks made; store/ stays.
	rm -rf site site.* public tandem-offline.zip $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache \
	  .hypothesis .benchmarks .coverage htmlcov node_modules tests/browser/node_modules
