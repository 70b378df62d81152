# Tandem. `make help` lists the targets.
# Needs GNU make, git and Python 3.11 or newer. Everything else goes into .venv.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
TANDEM := $(PY) -m generator
PUBLISHING := $(PYTHON) -m generator.publishing
WORKERS ?= 2

# Given on the command line or by the environment. They reach the recipes as environment variables only, so that no
# value is ever read as shell code.
DATA ?=
AS_OF ?=
PAIRS ?=
STATUS ?=
DEST ?=
REMOTE ?= origin
DATA_BRANCH ?= data
SITE_URL ?=
# Which tests `make test` runs; a machine without the recorded data adds "and not recorded".
MARKS ?= not slow
export MARKS DATA AS_OF PAIRS STATUS DEST REMOTE DATA_BRANCH SITE_URL

.DEFAULT_GOAL := help
.PHONY: help site fetch serve offline check publish inputs restore-data summary record-data deliver test test-long \
	lint types contracts environment environment-dev browser-packages lock clean

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo "  Variables: DATA=FOLDER  AS_OF=YYYY-MM-DD  SITE_URL=https://…  DEST=FOLDER  PYTHON=python3.12"

# --- the site -----------------------------------------------------------------------------------------------------

# Exit status 3 of the generator: published, but with a banner that names old or missing data. STATUS=FILE keeps it.

site: environment ## Build the site into site/. DATA=FOLDER uses your own files instead of the network.
	@if [ -z "$$DATA" ]; then $(MAKE) --no-print-directory fetch; fi
	@set -- --data "$${DATA:-auto}"; \
	if [ -n "$$AS_OF" ]; then set -- "$$@" --as-of "$$AS_OF"; fi; \
	if [ -n "$$PAIRS" ]; then set -- "$$@" --pairs "$$PAIRS"; fi; \
	code=0; $(TANDEM) build "$$@" || code=$$?; \
	if [ -n "$$STATUS" ]; then echo $$code > "$$STATUS"; fi; \
	if [ $$code -eq 3 ]; then code=0; fi; exit $$code

fetch: environment ## Get new data into store/; without a network, say so and go on.
	@code=0; $(TANDEM) fetch --auto || code=$$?; if [ $$code -eq 3 ]; then code=0; fi; exit $$code

serve: environment ## Serve site/ on this machine.
	@$(TANDEM) serve

offline: environment ## Write tandem-offline.zip, a copy that opens from the disk.
	@$(TANDEM) offline

check: environment ## Test the frozen editions and the built site.
	@$(TANDEM) verify
	@$(PUBLISHING) guard

# --- publishing ---------------------------------------------------------------------------------------------------
# The same steps in the same order as .github/workflows/publish.yml, for any other host. Publishing never falls back to
# simulated data: with DATA=store a build without a usable store is an error, and the site that is served stays.

publish: ## Publish into DEST: restore, fetch, gate, build, check, record, deliver.
	@if [ -z "$$DEST" ]; then echo "make publish: say where the site goes: make publish DEST=FOLDER" >&2; exit 2; fi
	@$(MAKE) --no-print-directory restore-data
	@$(MAKE) --no-print-directory fetch
	@$(MAKE) --no-print-directory site DATA=store STATUS=$(VENV)/run-status
	@$(MAKE) --no-print-directory check
	@$(MAKE) --no-print-directory summary
	@$(MAKE) --no-print-directory record-data
	@$(MAKE) --no-print-directory deliver
	@if [ "$$(cat $(VENV)/run-status)" = 3 ]; then echo "make publish: published, but with old or missing data" >&2; exit 3; fi

inputs:
	@$(PUBLISHING) inputs

restore-data: ## Bring store/ up to the data branch of REMOTE.
	@$(PUBLISHING) restore

summary: ## List every headline number, old and new; stop at a step nobody can explain.
	@$(PUBLISHING) summary

record-data: ## Add store/ to the data branch and push it to REMOTE.
	@$(PUBLISHING) record

deliver: ## Put site/ at DEST, whole or not at all.
	@$(PUBLISHING) deliver

# --- checks -------------------------------------------------------------------------------------------------------

test: lint types contracts browser-packages ## Run every check and every quick test.
	@$(PY) -m pytest -m "$$MARKS" -n $(WORKERS) --benchmark-disable

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

# Needs uv. UPGRADE=yfinance raises one package, UPGRADE=all raises everything.
UPGRADE ?=
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-strip-extras --no-emit-index-url \
	--no-emit-find-links $(if $(UPGRADE),$(if $(filter all,$(UPGRADE)),--upgrade,--upgrade-package $(UPGRADE)))

lock: ## Write the files of locked versions anew. UPGRADE=NAME raises one package.
	@$(LOCK) --output-file requirements.txt pyproject.toml
	@$(LOCK) --output-file requirements-dev.txt --constraint requirements.txt --extra dev pyproject.toml

clean: ## Remove what a build and the checks made; store/ stays.
	rm -rf site site.* public tandem-offline.zip $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache \
	  .hypothesis .benchmarks .coverage htmlcov node_modules tests/browser/node_modules
