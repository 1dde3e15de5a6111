# The project's commands; `make help` lists them.

PYTHON ?= python3
BIN := .venv/bin
LAB ?= 07-rbac

.PHONY: help start test unit live certify certify-kind lint bench test-kind test-machine bench-kind node-image netpol lock clean

help: ## list the commands
	@sed -n 's/^\([a-z][a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

start: .venv/made ## set everything up and start a lab: make start LAB=07-rbac
	$(BIN)/labs start $(LAB)

test: lint unit live certify ## lint, types, unit tests, live tests on real control planes, and the proof of their labs

lint: .venv/made ## style, types, layers, and the labs' files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/labs lint

unit: .venv/made ## unit tests
	$(BIN)/python -m pytest -m "not live and not kind and not machine"

live: .venv/made ## live tests
	$(BIN)/labs prefetch --provider embedded
	$(BIN)/python -m pytest -m live

certify: .venv/made ## prove every lab of the embedded provider; REPORT=DIR writes a report
	$(BIN)/labs prefetch --provider embedded
	$(BIN)/labs certify --provider embedded $(if $(REPORT),--report $(REPORT))

certify-kind: node-image ## prove every lab that needs real nodes: needs Docker or Podman; CERTIFY=OPTIONS for labs certify
	$(BIN)/labs certify --provider kind $(CERTIFY)

bench: .venv/made ## the figures: start, grade, reset, memory, sandboxes at once
	$(BIN)/labs prefetch --provider embedded
	$(BIN)/python -m tests.bench

test-kind: node-image netpol ## live tests on kind clusters: needs Docker or Podman; PYTEST=OPTIONS for pytest
	$(BIN)/python -m pytest -m kind $(PYTEST)

netpol: ## tests of the network policy agent: needs Go, and root and nft for those that send packets
	cd kind-clusters/node-image/netpol && go test ./...

test-machine: .venv/made ## an exam outlives a reboot, on a machine of its own: needs User-mode Linux
	$(BIN)/labs prefetch --provider embedded
	$(BIN)/python -m pytest -m machine $(PYTEST)

bench-kind: node-image ## the figures of kind clusters, beside raw kind
	$(BIN)/python -m tests.bench.kind

node-image: .venv/made ## get or build what kind clusters are made of
	$(BIN)/labs prefetch --provider kind

lock: ## pin the versions again: needs uv
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements/dev.txt

clean: ## end all sandboxes and remove the virtual environment
	-$(BIN)/labs stop --all
	rm -rf .venv

# uv where present, else venv and pip; the versions and their hashes are in requirements/dev.txt.
.venv/made: requirements/dev.txt pyproject.toml
	@if command -v uv >/dev/null; then \
	  uv venv --quiet --allow-existing --python '>=3.11' .venv && \
	  uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt && \
	  uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
	  $(PYTHON) -m venv .venv && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $@
