"""What tests share: a copy of the project, and the miniature of the whole workflow, run on two cores, parts on one too.

Tests that need the miniature come last, so that a mistake in a unit shows in the first minutes.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# What a user's machine sets for Keras, Snakemake and GPUs is not under test.
OWN_SETTINGS = tempfile.TemporaryDirectory(prefix="squint-tests")
for variable in ("KERAS_BACKEND", "SNAKEMAKE_PROFILE"):
    os.environ.pop(variable, None)
os.environ |= {"KERAS_HOME": OWN_SETTINGS.name, "XDG_CONFIG_HOME": OWN_SETTINGS.name, "CUDA_VISIBLE_DEVICES": ""}
# For processes that tests start: Keras in the tests' own process leaves its variables behind (squint.models.backend).
ENVIRONMENT = dict(os.environ)
# By default Hypothesis judges how long an example takes, and tries others each time.
settings.register_profile(
    "any machine", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

ROOT = Path(__file__).parent.parent
MINIATURE = ROOT / "tests" / "miniature"
CODE = ["Snakefile", "config.yaml", "experiments.tsv", "requirements.lock", "rules", "scripts", "squint", "schemas"]
CODE += ["scales", "report", "envs", "configs", "profiles", "detectors", "LICENSE"]
# A finished run of the miniature that tests of faults take instead of making one: for who works on these tests.
FINISHED = os.environ.get("SQUINT_FINISHED_MINIATURE")
# What a run of the miniature makes: all that the default does, and what else the workflow can.
TARGETS = ("all", "coco", "results/faces/detector.tflite")
# What is made of the miniature's videos once more, on one core: all from detection to a trained network's features.
ONE_CORE_TARGETS = ("results/features/compact_units/LOSOCV-1",)


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
    simulated = finished.results / "simulated"
    for path in [*simulated.glob("*/*.mp4"), *simulated.glob("*/*.truth.parquet")]:
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


@dataclass
class Runs:
    """The miniature on two cores, finished, and what is made of its videos once more on one, perhaps not yet."""

    miniature: Workplace
    one_core: Workplace
    process: subprocess.Popen | None = None


def start(place: Workplace, *arguments: str) -> subprocess.Popen:
    """Run Snakemake in the background; what it prints goes into a file."""
    with (place.folder / "terminal.txt").open("w") as terminal:
        line = command(place.project, place.folder, *arguments)
        how = {"cwd": place.folder, "env": place.environment}
        return subprocess.Popen(line, stdout=terminal, stderr=subprocess.STDOUT, **how)


def wait_for(process: subprocess.Popen, place: Workplace) -> Workplace:
    """The place of a run that has come to a good end."""
    assert process.wait() == 0, (place.folder / "terminal.txt").read_text()[-4000:]
    return place


@pytest.fixture(scope="session")
def runs(request, project, tmp_path_factory) -> Iterator[Runs]:
    """The miniature; where a test asks for it, the run on one core goes on beside the tests that read the miniature."""
    folders = [tmp_path_factory.mktemp(name) for name in ("two_cores", "one_core")]
    two, one = (Workplace(project, set_up(folder)) for folder in folders)
    if FINISHED:
        two.folder = Path(FINISHED)
    else:
        wait_for(start(two, "--cores", "2", "--", *TARGETS), two)
    if not any("one_core" in item.fixturenames for item in request.session.items):
        yield Runs(two, one)
        return
    take_over_videos(two, one)
    process = start(one, "--cores", "1", "--", *ONE_CORE_TARGETS)
    yield Runs(two, one, process)
    process.terminate()  # of a session that was stopped
    process.wait()


@pytest.fixture(scope="session")
def miniature(runs) -> Workplace:
    """The miniature run on two cores. Tests leave its files as they are."""
    return runs.miniature


@pytest.fixture
def one_core(runs) -> Workplace:
    """What was made once more on one core."""
    return wait_for(runs.process, runs.one_core)


@pytest.fixture
def finished(miniature, tmp_path) -> Workplace:
    """A copy of the finished miniature that a test may change."""
    shutil.copytree(miniature.folder, tmp_path / "work")
    return Workplace(miniature.project, tmp_path / "work")


@pytest.fixture
def keras():
    """Keras, its draws seeded before each test, so that no test depends on those before it."""
    from squint.models.backend import load_keras

    return load_keras(1, 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the miniature, and put it last; what waits for the run on one core comes at the very end."""
    for item in items:
        if "runs" in item.fixturenames:
            item.add_marker(pytest.mark.workflow)
    items.sort(key=lambda item: ("runs" in item.fixturenames) + ("one_core" in item.fixturenames))


@pytest.fixture(scope="session")
def region_scorer(tmp_path_factory) -> Path:
    """A scorer of regions that tells classes by their shades."""
    from squint.models.backend import load_keras
    from tests.squint.regions.scorers import make_region_scorer

    return make_region_scorer(load_keras(1, 1), tmp_path_factory.mktemp("scorer") / "regions.squint")
