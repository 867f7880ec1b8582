# `make` lists what there is. Python 3.11 or newer is all that a machine needs for it.

PORT ?= 8787

# The newest Python at hand that is new enough; `make PYTHON=…` chooses another.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

VENV := .venv
BIN := $(VENV)/bin
CLERESTORY := $(BIN)/clerestory
# Somebody's own dashboards and data, in place of the demo's.
NAMED_DASHBOARDS = $(if $(DASHBOARDS),--dashboards "$(DASHBOARDS)")
NAMED_DATA = $(if $(DATA),--data "$(DATA)")
# Each file's tests in one process, and the files in their order: the longest ones don't come last.
PYTEST := $(BIN)/python -m pytest --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder
SAM ?= $(CURDIR)/.build/sam/bin/sam

# Exactly the files that a lock names, and nothing that they might ask for beside them.
INSTALL := -m pip install --quiet --no-deps --require-hashes --requirement
COMPILE = $(BIN)/uv --quiet --no-config pip compile --upgrade --generate-hashes --no-emit-index-url \
	--custom-compile-command 'make lock'

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help run test test-long test-browser test-others test-long-browser test-long-others test-deploy check data upload-data \
	build steps client lint-js site doctor benchmarks mutations mutations-sample sam emulator lint format lock clean

help:
	@echo 'make run          serve everything on http://127.0.0.1:$(PORT) (PORT=…)'
	@echo 'make test         lint, check the types and run the tests that this machine can run'
	@echo 'make test-long    run what is slow by nature: npm, Docker, further deployments'
	@echo 'make test-deploy  deploy to an emulator of AWS in every way that the tests do'
	@echo 'make check        say what is wrong in the dashboards, by file and line'
	@echo 'make data         make the demo'"'"'s data in .data/'
	@echo 'make upload-data  put what the dashboards name into the bucket of a deployed pack (BUCKET=… PREFIX=data)'
	@echo 'make build        build what sam deploy deploys'
	@echo 'make steps        print what to do once it is deployed, ready to paste (STACK=… REGION=…)'
	@echo 'make site         the site as static files, in .build/site/ (CONFIG=config.json)'
	@echo 'make client       build site/clerestory.js from site/client/ (the one thing that needs npm)'
	@echo 'make doctor       say why an embed'"'"'s URL works or not (URL=… ORIGIN=the site that frames it)'
	@echo 'make benchmarks   measure the functions, each against a floor'
	@echo 'make mutations    take each mechanism out and see a test of it fail (ONLY=words)'
	@echo 'make lint         lint and check the types; lint-js does so for JavaScript alone'
	@echo 'make format       format the code, and mend what can be mended'
	@echo 'make lock         lock the newest of what pyproject.toml and the layers leave open, by hash'
	@echo 'make clean        remove all that was made'
	@echo
	@echo 'DASHBOARDS=… and DATA=… name folders of your own for run, check, build, upload-data and doctor.'
	@echo 'These are the short forms of $(CLERESTORY), whose --help says more.'

run: $(VENV)/.run
	@$(if $(DASHBOARDS),,$(CLERESTORY) data >/dev/null)
	@exec $(CLERESTORY) run --port $(PORT) $(NAMED_DASHBOARDS) $(NAMED_DATA)

# Everything is run and everything is reported, whatever fails on the way; the exit code is that of all. The
# browser's tests are a run of their own: Playwright keeps an event loop for itself, and open pages would count as
# viewers in others' packs.
each_of = failed=; for part in $(1); do $(MAKE) --no-print-directory $$part || failed="$$failed $$part"; done; \
	[ -z "$$failed" ] || { echo "Failed:$$failed" >&2; exit 1; }

test: data
	@$(call each_of,lint sam emulator test-browser test-others)

# What is slow by nature: Docker's containers, npm's builds, further deployments.
test-long: data
	@$(call each_of,sam emulator test-long-browser test-long-others mutations-sample)

test-browser: $(VENV)/.test
	@SAM="$(SAM)" $(PYTEST) -m 'not slow' tests/browser

test-others: $(VENV)/.test
	@SAM="$(SAM)" $(PYTEST) -m 'not slow' --ignore=tests/browser

# All of the deployments by themselves.
test-deploy: $(VENV)/.test data sam emulator
	@SAM="$(SAM)" $(PYTEST) tests/deploy

test-long-browser: $(VENV)/.test
	@SAM="$(SAM)" $(PYTEST) -m slow tests/browser

test-long-others: $(VENV)/.test
	@SAM="$(SAM)" $(PYTEST) -m slow --ignore=tests/browser

lint: $(VENV)/.test
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory lint-js; else echo 'JavaScript is not linted: there is no npm.'; fi

lint-js: node_modules/.made
	@npm run --silent lint
	@npm run --silent types

format: $(VENV)/.test
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

# The layers are locked to the versions that the tests have.
lock: $(VENV)/.test
	@$(COMPILE) pyproject.toml --group local --group test --universal --python-version 3.11 -o requirements/test.txt
	@$(COMPILE) pyproject.toml --group local --universal --python-version 3.11 -c requirements/test.txt \
		-o requirements/run.txt
	@$(COMPILE) --group sam --universal --python-version 3.11 -o requirements/sam.txt
	@$(COMPILE) --group emulator --python-platform linux --python-version 3.13 -o requirements/emulator.txt
	@for layer in clerestory query; do \
		$(COMPILE) layers/$$layer/requirements.in --python-platform linux --python-version 3.13 \
			-c requirements/test.txt -o layers/$$layer/requirements.txt || exit; done
	@for layer in dashboards page; do \
		$(COMPILE) layers/$$layer/requirements.in --universal --python-version 3.11 \
			-c requirements/test.txt -o layers/$$layer/requirements.txt || exit; done

check: $(VENV)/.run
	@$(CLERESTORY) check $(NAMED_DATA) $(if $(DASHBOARDS),"$(DASHBOARDS)")

data: $(VENV)/.run
	@$(CLERESTORY) data

upload-data: $(if $(DASHBOARDS),$(VENV)/.run,data)
	@: $${BUCKET:?is missing: the output DataBucketInUse of the stack has its name}
	@$(CLERESTORY) upload --bucket "$$BUCKET" --prefix "$${PREFIX:-data}" $(NAMED_DASHBOARDS) $(NAMED_DATA)

build: $(VENV)/.run sam
	@$(CLERESTORY) build --sam "$(SAM)" $(NAMED_DASHBOARDS)

steps: $(VENV)/.run
	@$(CLERESTORY) steps "$${STACK:-clerestory}" $${REGION:+--region "$$REGION"}

site: $(VENV)/.run
	@$(CLERESTORY) site .build/site $(if $(CONFIG),--config "$(CONFIG)")

# The only one that writes what git tracks, and the only one that needs Node.
client: node_modules/.made
	@npm run --silent build

doctor: $(VENV)/.run
	@: $${URL:?is missing: the URL of an embed, in quotes}
	@$(CLERESTORY) doctor "$$URL" $${ORIGIN:+--framed-by "$$ORIGIN"} $(NAMED_DASHBOARDS) || { code=$$?; case $$code in \
		1) echo 'Exit code 1: there is a cause, which keeps the embed from working.';; \
		2) echo 'Exit code 2: the URL or the ORIGIN could not be read, so nothing was examined.';; \
	esac >&2; exit $$code; }

benchmarks: data
	@$(BIN)/python -m benchmarks

mutations: $(VENV)/.test data node_modules/.made
	@$(BIN)/python -m tests.mutations $(ONLY)

# The same few each time, which tests without a pack see: one of each file of the catalogue.
mutations-sample: $(VENV)/.test
	@$(BIN)/python -m tests.mutations --sample

sam: $(if $(filter $(CURDIR)/%,$(SAM)),.build/sam/.made)

# Where no Python of the runtime's version is, what needs it is skipped.
emulator:
	@if $(BIN)/python -m cli.build python >/dev/null; then $(MAKE) --no-print-directory .build/emulator/.made; fi

clean:
	rm -rf $(VENV) node_modules .build .data .aws-sam .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp for each stage: one that is newer than pyproject.toml has nothing to do.

$(VENV)/.made:
	@[ -n "$(PYTHON)" ] || { echo 'Python 3.11 or newer is needed, and none was found (PYTHON=…).' >&2; exit 1; }
	@echo 'Making the environment in $(VENV)' >&2
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.made pyproject.toml requirements/run.txt
	@echo 'Fetching what the pack runs with' >&2
	@$(BIN)/python $(INSTALL) requirements/run.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements/test.txt
	@echo 'Fetching what the tests need' >&2
	@$(BIN)/python $(INSTALL) requirements/test.txt
	@touch $@

node_modules/.made: package.json package-lock.json
	@echo 'Fetching what builds and checks the JavaScript' >&2
	@npm ci --silent --no-audit --no-fund
	@touch $@

# In an environment of its own, for its pins disagree with the functions'.
.build/sam/.made: requirements/sam.txt | $(VENV)/.made
	@echo 'Fetching SAM CLI' >&2
	@$(BIN)/python -m venv --clear .build/sam
	@.build/sam/bin/python $(INSTALL) requirements/sam.txt
	@touch $@

# Functions run in its processes, so it has their Python.
.build/emulator/.made: requirements/emulator.txt | $(VENV)/.made
	@echo 'Fetching an emulator of AWS' >&2
	@"$$($(BIN)/python -m cli.build python)" -m venv --clear .build/emulator
	@.build/emulator/bin/python $(INSTALL) requirements/emulator.txt
	@touch $@
