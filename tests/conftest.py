"""What tests share: a copy of the project, and the miniature of the whole workflow, run on two cores, parts on one too.

Tests that need the miniature come last, so that a mistake in a unit shows in the first minutes.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# What a user's machine sets for Keras, Snakemake and GPUs is not under test.
OWN_SETTINGS = tempfile.TemporaryDirectory(prefix="squint-tests")
for variable in ("KERAS_BACKEND", "SNAKEMAKE_PROFILE"):
    os.environ.pop(variable, None)
os.environ |= {"KERAS_HOME": OWN_SETTINGS.name, "XDG_CONFIG_HOME": OWN_SETTINGS.name, "CUDA_VISIBLE_DEVICES": ""}
# For processes that tests start: Keras in the tests' own process leaves its variables behind (scripts.backend).
ENVIRONMENT = dict(os.environ)
# By default Hypothesis judges how long an example takes, and tries others each time.
settings.register_profile(
    "any machine", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

ROOT = Path(__file__).parent.parent
MINIATURE = ROOT / "tests" / "miniature"
CODE = ["Snakefile", "config.yaml", "experiments.tsv", "requirements.lock", "rules", "scripts", "schemas", "report"]
CODE += ["envs", "configs", "profiles", "detectors"]
# A finished run of the miniature that tests of faults take instead of making one: for who works on these tests.
FINISHED = os.environ.get("SQUINT_FINISHED_MINIATURE")
# What a run of the miniature makes: all that the default does, and what else the workflow can.
TARGETS = ("all", "coco", "results/faces/detector.tflite")
# One of what each rule makes whose work may depend on cores or order; made anew on one core.
ONE_CORE_TARGETS = (
    "results/simulated/EXP1/C1.mp4",
    "results/recordings/EXP1/C1.json",
    "results/sync/EXP1.csv",
    "results/faces/detector.tflite",
    "results/detections/EXP1/C1.parquet",
    "results/moments/EXP1.parquet",
    "results/frames/EXP1",
    "results/sheets/EXP1.csv",
    "results/simulated/EXP1/scores.csv",
    "results/labels/EXP1.parquet",
    "results/crops/EXP1_AUGM",
    "results/images/EXP1_AUGM.h5",
    "results/datasets/LOSOCV-1-train.h5",
    "results/features/compact_units/LOSOCV-1",
    "results/models/compact_units/LOSOCV-1.keras",
    "results/models/compact_views/LOSOCV-1.keras",
    "results/predictions/compact_views/LOSOCV-1-test_corr.parquet",
    "results/metrics/compact_views.csv",
    "results/tables/intervals.csv",
    "results/tables/detection.csv",
    "results/timelines/NEW1.csv",
    "results/figures/detected_faces.png",
    "results/figures/comparison.svg",
)


def command(project: Path, folder: Path, *arguments: str, python: str = sys.executable) -> list[str]:
    """Snakemake on the miniature config in `folder`, with the code in `project`."""
    start = [python, "-m", "snakemake", "--snakefile", str(project / "Snakefile"), "--directory", str(folder)]
    return [*start, "--configfile", str(folder / "config.yaml"), *arguments]


@dataclass
class Workplace:
    """A copy of the project and a working directory with the miniature's config and sample sheet."""

    project: Path
    folder: Path
    python: str = sys.executable  # of the workflow's environment
    environment: dict[str, str] = field(default_factory=ENVIRONMENT.copy)

    @property
    def results(self) -> Path:
        return self.folder / "results"

    def snakemake(self, *arguments: str) -> tuple[int, str]:
        """Run Snakemake; its exit code and what it printed."""
        result = subprocess.run(
            command(self.project, self.folder, *arguments, python=self.python),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            env=self.environment,
            check=False,
        )
        return result.returncode, result.stdout

    def remove(self, target: str) -> None:
        """Delete a file, or a folder with all that is in it."""
        path = self.folder / target
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def planned_jobs(place: Workplace, *targets: str) -> dict[str, int]:
    """Rule to number of jobs that Snakemake would run now for some targets (everything)."""
    code, output = place.snakemake("--dry-run", "--cores", "1", *targets)
    assert code == 0, output
    return jobs_in(output)


def jobs_in(output: str) -> dict[str, int]:
    """Rule to number of jobs in what a dry run printed."""
    return {name: int(number) for name, number in re.findall(r"^(\w+) +(\d+)$", output, re.M) if name != "total"}


def set_up(folder: Path) -> Path:
    """Put the miniature's config and sample sheet into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in MINIATURE.iterdir():
        shutil.copy(path, folder / path.name)
    return folder


def take_over_videos(finished: Workplace, place: Workplace, but: str = "") -> None:
    """Copy the simulated videos of a finished run, with their truth, but those whose path matches `but`."""
    for path in (finished.results / "simulated").glob("*/C*"):
        if not (but and path.match(but)):
            target = place.results / path.relative_to(finished.results)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)


@pytest.fixture(scope="session")
def project(tmp_path_factory) -> Path:
    """A copy of the project's code, which tests may touch and edit."""
    copy = tmp_path_factory.mktemp("project")
    for name in CODE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, copy / name)
    return copy


@pytest.fixture
def workplace(project, tmp_path) -> Workplace:
    """A fresh working directory without results."""
    return Workplace(project, set_up(tmp_path / "work"))


def run_miniature(project: Path, folder: Path) -> Workplace:
    """The whole miniature in a new folder, on two cores."""
    place = Workplace(project, set_up(folder))
    code, output = place.snakemake("--cores", "2", "--", *TARGETS)
    (place.folder / "terminal.txt").write_text(output)
    assert code == 0, output[-4000:]
    return place


@pytest.fixture(scope="session")
def miniature(project, tmp_path_factory) -> Workplace:
    """The miniature run on two cores. Tests leave its files as they are."""
    if FINISHED:
        return Workplace(project, Path(FINISHED))
    return run_miniature(project, tmp_path_factory.mktemp("two_cores"))


@pytest.fixture(scope="session")
def one_core(miniature, tmp_path_factory) -> Workplace:
    """A copy of the miniature in which what `ONE_CORE_TARGETS` names was made anew, on one core."""
    folder = tmp_path_factory.mktemp("one_core") / "work"
    shutil.copytree(miniature.folder, folder)
    place = Workplace(miniature.project, folder)
    jobs = ("--cores", "1", "--rerun-triggers", "mtime", "--force", "--", *ONE_CORE_TARGETS)
    code, output = place.snakemake(*jobs)
    assert code == 0, output[-4000:]
    return place


@pytest.fixture
def finished(miniature, tmp_path) -> Workplace:
    """A copy of the finished miniature that a test may change."""
    shutil.copytree(miniature.folder, tmp_path / "work")
    return Workplace(miniature.project, tmp_path / "work")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the miniature, and put it last."""
    for item in items:
        if "miniature" in item.fixturenames:
            item.add_marker(pytest.mark.workflow)
    items.sort(key=lambda item: item.get_closest_marker("workflow") is not None)
