# The commands of the project; `make` alone lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
CORES ?= all
LIVE := results.live/results
READY := $(VENV)/.ready
APP_VENV := .venv-app
APP_BIN := $(APP_VENV)/bin
APP_READY := $(APP_VENV)/.ready
DOCS_VENV := .venv-docs
DOCS_READY := $(DOCS_VENV)/.ready
LINT_VENV := .venv-lint
LINT_BIN := $(LINT_VENV)/bin
LINT_READY := $(LINT_VENV)/.ready

.PHONY: help setup run app live live-study compare test test-app test-slurm test-faults test-live lint format lock chromium slurm docs docs-site screenshots detector clean
.PHONY: bench-run bench-goals bench-video bench-drift bench-datasets bench-training bench-app bench-house bench-scale bench-unlike bench-detector bench-live

# What makes an environment from a lock: $(call environment,folder,lock). The lock names all that is needed, and uv
# installs it in a part of pip's time; where it can't (it does not read pip's settings), pip does. Modules are compiled
# here and now: where the environment may not be written to later, each job would compile what it imports, for seconds.
define environment
@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(v != (3, 11) and f"Squint is locked for Python 3.11, found {v[0]}.{v[1]} at {sys.executable}: install Python 3.11, or name it with make PYTHON=…")'
$(PYTHON) -m venv $(1)
@echo "Installing what $(2) lists into $(1)"
@$(1)/bin/python -m pip install --quiet --disable-pip-version-check "$$(grep '^uv==' $(2))"
@VIRTUAL_ENV="$(CURDIR)/$(1)" $(1)/bin/uv pip install --quiet --no-deps --compile-bytecode --requirement $(2) || \
	$(1)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement $(2)
@touch $(1)/.ready
endef

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(READY): requirements.lock
	$(call environment,$(VENV),$<)

$(APP_READY): envs/app.lock
	$(call environment,$(APP_VENV),$<)

$(DOCS_READY): envs/docs.lock
	$(call environment,$(DOCS_VENV),$<)

$(LINT_READY): envs/lint.lock
	$(call environment,$(LINT_VENV),$<)

setup: $(READY) ## make the environment in .venv

run: $(READY) ## set up, run the workflow on the config, end with results/summary.html
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/snakemake --cores $(CORES) --quiet reason
	@echo "The summary is results/summary.html, the full report results/report.html"

app: $(APP_READY) ## score and correct a recording in the browser: make app RECORDING=EXP1 CODER=ayse; or annotate faces: VIDEOS=films
	@$(APP_BIN)/python -m squint.app $(RECORDING) $(if $(VIDEOS),--annotate $(VIDEOS)) $(addprefix --coder ,$(CODER)) $(ARGS)

live-study: $(READY) ## learn live scoring from simulated racks, in results.live: segmentation, eye patches, a scorer (some 25 minutes)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/snakemake --cores $(CORES) --quiet reason --directory results.live --configfile configs/live.yaml
	@echo "The scorer is $(LIVE)/scorer/regions.squint; try it with make live"

live: $(APP_READY) ## score a video or a camera live, on a page: make live VIDEO=film.mp4 ARGS="--scorer FILE"; alone: a simulated rack
	@$(APP_BIN)/python -m squint live $(if $(VIDEO),$(VIDEO),$(LIVE)/simulated/racks/NEW1.mp4 --scorer $(LIVE)/scorer/regions.squint --loop) $(ARGS)

compare: $(READY) ## list what differs between two runs and why it may: make compare ONE=results OTHER=/elsewhere/results
	@[ -n "$(ONE)" ] && [ -n "$(OTHER)" ] || { echo "Which runs? make compare ONE=results OTHER=/elsewhere/results"; exit 2; }
	@$(BIN)/python -m squint.provenance.compare "$(ONE)/provenance.json" "$(OTHER)/provenance.json"

lint: $(READY) $(LINT_READY) ## check format, types, spelling and rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/snakefmt --check Snakefile rules
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/snakemake --lint
	$(LINT_BIN)/codespell
	$(LINT_BIN)/pyright --pythonpath $(BIN)/python --warnings

test: lint ## check format, types, spelling and rules, run all tests: units side by side, then a miniature of the whole workflow
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pytest --numprocesses 2 -m "not workflow"
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pytest -m workflow

chromium:
	@command -v chromium chromedriver >/dev/null || { \
		echo "Installing Debian's packages chromium and chromium-driver (some 300 MB, as root)"; \
		[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null || \
			{ echo "Not root on a Debian system: install a chromium and its chromedriver into /usr/bin first"; exit 1; }; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends \
			chromium chromium-driver >/dev/null; }

test-app: $(READY) $(APP_READY) chromium ## test the app in headless Chromium (installs Debian's chromium and chromium-driver)
	$(APP_BIN)/python -m pytest tests/squint/app/pages tests/squint/live/pages

slurm:
	@[ "$$(id -u)" = 0 ] || { echo "Not run: the SLURM test starts daemons and mounts folders, as root"; exit 1; }
	@command -v slurmctld slurmd munged >/dev/null || { \
		command -v apt-get >/dev/null || { echo "Not run: install slurm-wlm and munge first (no apt-get here)"; exit 1; }; \
		echo "Installing Debian's packages slurm-wlm and munge (some 60 MB, as root)"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends \
			slurm-wlm munge >/dev/null; }

test-slurm: $(READY) slurm ## run the miniature through SLURM on two nodes that fail (some 35 minutes; installs slurm-wlm and munge)
	$(BIN)/pytest -s tests/cluster

test-faults: $(READY) ## wrong input, killed jobs, full disks, lost and cut files, on the miniature (some 45 minutes)
	$(BIN)/pytest tests/faults

test-live: $(READY) ## run a miniature of live scoring's learning and look at all that it makes (some 4 minutes)
	$(BIN)/pytest tests/live_study

format: $(READY) ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/snakefmt Snakefile rules

bench-run: $(READY) ## tell what the finished run took: time, CPU by rule and of Snakemake itself, jobs, memory, bytes
	@$(BIN)/python -m benchmarks.run $(ARGS)

bench-goals: $(READY) ## run the larger simulated study in results.study and measure it against the truth (some 30 minutes)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/snakemake --quiet all --cores $(CORES) --directory results.study --configfile configs/simulated_study.yaml
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

bench-app: $(APP_READY) chromium ## measure how soon the next item is to be seen, in headless Chromium
	$(APP_BIN)/python -m benchmarks.app

bench-house: $(READY) ## measure the code: files and lines, what an edit reruns, what a new output touches (ARGS="--run FOLDER")
	$(BIN)/python -m benchmarks.house $(ARGS)

bench-unlike: $(READY) ## measure how a finished run's scorer notices other light, a black coat and blur, and false alarms
	$(BIN)/python -m benchmarks.unlike $(ARGS)

bench-detector: $(READY) ## measure what a face detector learns from so many frames of so many simulated animals
	$(BIN)/python -m benchmarks.detector $(ARGS)

bench-live: $(APP_READY) chromium ## measure live scoring with a page in headless Chromium, after make live-study (ARGS="--minutes 30")
	$(APP_BIN)/python -m benchmarks.live $(ARGS)

bench-scale: $(READY) ## measure a dry run for 10, 100 and 1,000 recordings
	$(BIN)/python -m benchmarks.scale

docs: $(READY) ## draw the documentation's pictures from a finished default run
	$(BIN)/python -m docs.draw_pictures
	$(BIN)/python -m docs.draw_architecture

# Not --quiet: MkDocs would not count warnings then, and --strict would pass them.
docs-site: $(DOCS_READY) ## build the documentation as a site in site/, strictly: a broken link is an error
	$(DOCS_VENV)/bin/mkdocs build --strict
	@echo "The documentation is site/index.html"

screenshots: $(APP_READY) chromium ## take the documentation's pictures of the app, of a finished default run
	$(APP_BIN)/python -m docs.take_screenshots $(ARGS)

lock: $(READY) ## resolve requirements.in, envs/*.in anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --override envs/overrides.txt requirements.in -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header -c requirements.lock envs/app.in -o envs/app.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header -c requirements.lock envs/docs.in -o envs/docs.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header -c requirements.lock envs/lint.in -o envs/lint.lock

detector: $(READY) ## train the shipped detector of the simulated rig anew, in results.detector (some 15 minutes)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/snakemake results/faces/detector.tflite results/tables/detection.csv --quiet all --cores $(CORES) --directory results.detector --configfile detectors/simulated_rig.yaml
	$(BIN)/python -m detectors.ship

clean: ## remove results, keep the environment
	find results -mindepth 1 -not -name .gitkeep -delete
