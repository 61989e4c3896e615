"""The first job of every rule is killed, and Snakemake itself three times: the same results in the end."""

import re
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.conftest import Workplace, command, planned_jobs, set_up, take_over_videos
from tests.outputs import differences, files_of

KILL_SNAKEMAKE_IN = (2, 5, 9)  # which runs
MOST_RUNS = 60
SCRIPT = re.compile(r"/\.snakemake/scripts/")


def script_jobs(place: Workplace) -> dict[psutil.Process, str]:
    """The running scripts of a workplace's jobs, and their rules; a job that has begun writes to its rule's log."""
    found = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):  # it has just begun or ended
            line = process.cmdline()
            if len(line) > 1 and SCRIPT.search(line[1]) and Path(process.cwd()) == place.folder:
                output = Path(f"/proc/{process.pid}/fd/1").readlink()
                logs = place.results / "logs"
                rule = output.relative_to(logs).parts[0].removesuffix(".log") if output.is_relative_to(logs) else ""
                found[process] = rule
    return found


def usual_seconds(undisturbed: Workplace) -> dict[str, float]:
    """How long a job of each rule takes."""
    seconds: dict[str, list[float]] = {}
    for path in (undisturbed.results / "benchmarks" / "jobs").rglob("*.tsv"):
        rule = path.relative_to(undisturbed.results / "benchmarks" / "jobs").parts[0].removesuffix(".tsv")
        seconds.setdefault(rule, []).append(float(path.read_text().splitlines()[1].split("\t")[0]))
    return {rule: min(times) for rule, times in seconds.items()}


def run_and_kill(
    place: Workplace, waits: dict[str, float], killed: set[str], kill_snakemake: bool
) -> tuple[int, set[str]]:
    """One run, in which the first job of each rule that is not in `killed` is killed half-way.

    Its exit code, and the rules whose job was killed. With `kill_snakemake` it is killed too, once some jobs run.
    """
    with (place.folder / "terminal.txt").open("a") as terminal:
        line = command(place.project, place.folder, "--cores", "2", "--keep-going")
        run = subprocess.Popen(line, stdout=terminal, stderr=terminal, cwd=place.folder)
    now: set[str] = set()
    while run.poll() is None:
        jobs = script_jobs(place)
        for job, rule in jobs.items():
            try:
                ripe = time.time() - job.create_time() > waits.get(rule, 1) / 2
                if rule and rule not in killed | now and ripe:
                    job.kill()
                    now.add(rule)
            except psutil.NoSuchProcess:
                continue
        if kill_snakemake and now and jobs:
            run.send_signal(signal.SIGKILL)
        time.sleep(0.02)
    end = time.monotonic() + 120
    while script_jobs(place) and time.monotonic() < end:  # what Snakemake left behind when it was killed
        time.sleep(0.2)
    return run.wait(), now


@pytest.fixture(scope="module")
def survivor(project, miniature, tmp_path_factory) -> tuple[Workplace, set[str], int]:
    """A run that was killed on and on until it came to its end; the killed rules, and how often it was started."""
    place = Workplace(project, set_up(tmp_path_factory.mktemp("killed")))
    # All simulated videos but one are taken over: one is enough to kill.
    take_over_videos(miniature, place, but="EXP1/C1.*")
    waits, killed = usual_seconds(miniature), set()
    for number in range(1, MOST_RUNS + 1):
        dies = number in KILL_SNAKEMAKE_IN
        code, now = run_and_kill(place, waits, killed, dies)
        killed |= now
        if code == 0:
            return place, killed, number
        if dies:
            assert code == -signal.SIGKILL, "Snakemake ended before it was killed"
            code, output = place.snakemake("--cores", "1")
            assert code != 0 and "unlock" in output, output[
                -3000:
            ]  # Snakemake says what to do with the lock that was left
            code, output = place.snakemake("--unlock")
            assert code == 0, output[-3000:]
        planned = planned_jobs(place)
        assert now <= planned.keys(), f"killed in the middle, and taken for finished: {now - planned.keys()}"
    raise AssertionError(f"not finished after {MOST_RUNS} runs: {(place.folder / 'terminal.txt').read_text()[-3000:]}")


def test_a_job_of_every_rule_was_killed(survivor, miniature):
    _, killed, runs = survivor
    every = set(usual_seconds(miniature))
    print(f"\n{len(killed)} rules' jobs killed, and Snakemake {len(KILL_SNAKEMAKE_IN)} times; {runs} runs")
    assert len(every - killed) <= len(every) // 10  # the shortest jobs may end before they are caught
    assert runs > max(KILL_SNAKEMAKE_IN)


def test_the_results_are_those_of_an_undisturbed_run(survivor, miniature):
    place, _, _ = survivor
    whole = files_of(miniature.results)
    assert len(whole) > 1500
    assert differences(whole, files_of(place.results)) == []
    assert differences(files_of(place.results), whole) == []
    assert planned_jobs(place) == {}


def test_nothing_is_left_running(survivor):
    place, _, _ = survivor
    assert not script_jobs(place)
    assert list((place.folder / ".snakemake" / "locks").iterdir()) == []
