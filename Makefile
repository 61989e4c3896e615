# The commands of the project; `make` alone lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
CORES ?= all
READY := $(VENV)/.ready

.PHONY: help run test lint format lock bench-goals bench-video bench-drift bench-datasets bench-training docs clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(READY): requirements.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(v != (3, 11) and f"Squint is locked for Python 3.11, found {v[0]}.{v[1]} at {sys.executable}: install Python 3.11, or name it with make PYTHON=…")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@touch $@

run: $(READY) ## set up, run the workflow on the config, end with results/report.html
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/snakemake --cores $(CORES) --quiet reason
	@echo "The report is results/report.html"

lint: $(READY) ## check format and rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/snakefmt --check Snakefile rules
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/snakemake --lint

test: lint ## check format and rules, run all tests
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pytest

format: $(READY) ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/snakefmt Snakefile rules

bench-goals: $(READY) ## measure the finished default run against the simulated truth
	$(BIN)/python -m benchmarks.goals

bench-video: $(READY) ## measure the video stage beside ffmpeg and OpenCV (needs ffmpeg)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/snakemake --quiet all --cores $(CORES) results/faces/detector.tflite
	$(BIN)/python -m benchmarks.video

bench-drift: $(READY) ## measure how far cameras drift apart in an hour, with and without a second light event
	$(BIN)/python -m benchmarks.drift

bench-datasets: $(READY) ## measure the datasets' layout beside copies of each fold's images, on a finished run's crops
	$(BIN)/python -m benchmarks.datasets

bench-training: $(READY) ## measure training over stored features beside the plain way, on a finished default run
	$(BIN)/python -m benchmarks.training

docs: $(READY) ## draw the README's pictures from a finished default run
	$(BIN)/python -m docs.draw_pictures

lock: $(READY) ## resolve requirements.in anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --no-header requirements.in -o requirements.lock

clean: ## remove results, keep the environment
	find results -mindepth 1 -not -name .gitkeep -delete
