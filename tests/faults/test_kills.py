"""The first job of every rule is killed, and Snakemake itself three times: the same results in the end."""

import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.conftest import ENVIRONMENT, TARGETS, Workplace, command, planned_jobs, set_up, take_over_videos
from tests.outputs import differences, files_of

# Rules with whose first job Snakemake is killed too: early, in the middle, and late.
SNAKEMAKE_TOO = ("detect_faces", "train_network", "measure_intervals")
MOST_RUNS = 60
# What is added to squint/jobs/job.py: the first job of each rule is killed, by itself, at a point of its work and at no
# time. That is when it does something after one of its outputs has begun, or at the latest when all its work is done.
YIELD = "            yield logging.getLogger(snakemake.rule)\n"
DYING = """

def die_once(snakemake):
    marks = Path(os.environ["SQUINT_KILLED"])
    try:
        (marks / snakemake.rule).touch(exist_ok=False)
    except FileExistsError:
        return
    if snakemake.rule in os.environ["SQUINT_SNAKEMAKE_TOO"].split():
        while not (marks.parent / "snakemake.pid").exists():
            pass  # it is being written
        os.kill(int((marks.parent / "snakemake.pid").read_text()), 9)
    os.kill(os.getpid(), 9)


def die_half_way(snakemake):
    looking = True

    def look(event, arguments):
        nonlocal looking
        if looking and any(map(os.path.lexists, snakemake.output)):
            looking = False
            die_once(snakemake)

    sys.addaudithook(look)
"""


def dying_project(project: Path, folder: Path) -> Path:
    """A copy of the project in which the first job of each rule dies."""
    copy = shutil.copytree(project, folder)
    path = copy / "squint" / "jobs" / "job.py"
    text = path.read_text()
    assert text.count(YIELD) == 1
    indent = " " * 12
    dying = f"{indent}die_half_way(snakemake)\n{YIELD}{indent}die_once(snakemake)\n"
    path.write_text(text.replace(YIELD, dying) + DYING)
    return copy


def dying_place(project: Path, folder: Path) -> Workplace:
    """A place for the miniature whose jobs die; which of them have is noted in a folder."""
    (folder / "killed").mkdir()
    environment = {"SQUINT_KILLED": str(folder / "killed"), "SQUINT_SNAKEMAKE_TOO": " ".join(SNAKEMAKE_TOO)}
    place = Workplace(dying_project(project, folder / "project"), set_up(folder / "work"))
    place.environment = ENVIRONMENT | environment
    return place


def killed_rules(place: Workplace) -> set[str]:
    return {path.name for path in (place.folder.parent / "killed").iterdir()}


def script_jobs(place: Workplace) -> list[psutil.Process]:
    """The running scripts of a workplace's jobs."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):  # it has just begun or ended
            line = process.cmdline()
            if len(line) > 1 and "/.snakemake/scripts/" in line[1] and Path(process.cwd()) == place.folder:
                found.append(process)
    return found


def run_to_its_end(place: Workplace, *targets: str) -> int:
    """One run; its exit code."""
    pid = place.folder.parent / "snakemake.pid"
    pid.unlink(missing_ok=True)
    with (place.folder / "terminal.txt").open("a") as terminal:
        line = command(place.project, place.folder, "--cores", "2", "--keep-going", "--", *targets)
        run = subprocess.Popen(line, stdout=terminal, stderr=terminal, cwd=place.folder, env=place.environment)
    written = pid.with_suffix(".new")
    written.write_text(str(run.pid))
    written.rename(pid)
    code = run.wait()
    while script_jobs(place):  # what Snakemake left behind when it was killed
        time.sleep(0.2)
    return code


def run_until_done(place: Workplace, *targets: str) -> list[int]:
    """Run on and on until a run comes to its end; all exit codes."""
    codes = []
    while len(codes) < MOST_RUNS:
        before = killed_rules(place)
        codes.append(run_to_its_end(place, *targets))
        if codes[-1] == 0:
            return codes
        if codes[-1] == -signal.SIGKILL:
            code, output = place.snakemake("--cores", "1", *targets)
            # Snakemake says what to do with the lock that was left.
            assert code != 0 and "unlock" in output, output[-3000:]
            code, output = place.snakemake("--unlock")
            assert code == 0, output[-3000:]
        now, planned = killed_rules(place) - before, planned_jobs(place, *targets)
        assert now, (place.folder / "terminal.txt").read_text()[-3000:]
        assert now <= planned.keys(), f"killed in the middle, and taken for finished: {now - planned.keys()}"
    raise AssertionError(f"not finished: {(place.folder / 'terminal.txt').read_text()[-3000:]}")


@pytest.fixture(scope="module")
def survivor(project, miniature, tmp_path_factory) -> tuple[Workplace, list[int]]:
    """A run that was killed on and on until it came to its end, and the exit codes of its parts."""
    place = dying_place(project, tmp_path_factory.mktemp("killed"))
    # All simulated videos are taken over, but one recording of each kind: one is enough to kill.
    take_over_videos(miniature, place)
    for recording in ("EXP1", "FACE1"):
        shutil.rmtree(place.results / "simulated" / recording)
    return place, run_until_done(place, *TARGETS)


def test_a_job_of_every_rule_was_killed(survivor, miniature):
    place, codes = survivor
    jobs = (miniature.results / "benchmarks" / "jobs").iterdir()
    # The recordings of faces are noted with the others.
    assert killed_rules(place) == {path.name.removesuffix(".tsv") for path in jobs} | {"simulate_face_camera"}
    assert codes.count(-signal.SIGKILL) == len(SNAKEMAKE_TOO)
    print(
        f"\n{len(killed_rules(place))} rules' jobs killed, and Snakemake {len(SNAKEMAKE_TOO)} times; {len(codes)} runs"
    )


def test_the_results_are_those_of_an_undisturbed_run(survivor, miniature):
    place, _ = survivor
    whole = files_of(miniature.results)
    assert differences(whole, files_of(place.results)) == []
    assert differences(files_of(place.results), whole) == []
    assert planned_jobs(place, *TARGETS) == {}


def test_nothing_is_left_running(survivor):
    place, _ = survivor
    assert not script_jobs(place)
    assert list((place.folder / ".snakemake" / "locks").iterdir()) == []
