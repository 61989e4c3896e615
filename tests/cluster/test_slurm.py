"""The miniature through the SLURM profile, on two nodes that fail on the way: the same outputs as of a local run."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from squint.provenance.compare import compare_studies
from tests.cluster.slurm import NODE_IS_LOST_S, NODES, Cluster, Job, missing, wait_until
from tests.conftest import Workplace, command, set_up, take_over_videos
from tests.outputs import differences, files_of

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

LONGEST_S = 3000
BETWEEN_TROUBLES_S = 20


@dataclass
class Run:
    """What was seen of a run."""

    place: Workplace
    code: int = -1
    seconds: float = 0.0
    seen: dict[str, Job] = field(default_factory=dict)
    troubles: dict[str, Job] = field(default_factory=dict)

    @property
    def terminal(self) -> str:
        return (self.place.folder / "terminal.txt").read_text()


def cancel_job(cluster: Cluster, job: Job) -> None:
    cluster.ask("scancel", job.number)


def stop_daemon(cluster: Cluster, job: Job) -> None:
    """The node's daemon is away for less long than SLURM waits for it; what it started goes on."""
    cluster.kill_slurmd(job.node)
    time.sleep(NODE_IS_LOST_S / 2)
    cluster.start_node(job.node)


def restart_controller(cluster: Cluster, job: Job) -> None:
    cluster.stop_controller()
    time.sleep(10)
    cluster.start_controller()


def pull_plug(cluster: Cluster, job: Job) -> None:
    """All that runs on the node is gone; it comes back after SLURM has given it up."""
    cluster.lose_node(job.node)
    wait_until(lambda: cluster.states()[job.node].startswith("down"), f"{job.node} given up", 6 * NODE_IS_LOST_S)
    cluster.start_node(job.node)


# In this order, each as soon as a job of that name runs.
TROUBLES: list[tuple[Callable[[Cluster, Job], None], str]] = [
    (cancel_job, "detect_faces"),
    (stop_daemon, "crops"),
    (restart_controller, "extract_features"),
    (pull_plug, "train_"),
]


def run_through(cluster: Cluster, run: Run, environment: dict[str, str], *arguments: str) -> None:
    """Run the workflow through the profile, and make trouble on the way."""
    waiting, last = list(TROUBLES), time.monotonic()
    start = time.monotonic()
    with (run.place.folder / "terminal.txt").open("w") as terminal:
        line = command(run.place.project, run.place.folder, *arguments)
        process = subprocess.Popen(line, stdout=terminal, stderr=terminal, env=environment, cwd=run.place.folder)
    try:
        while process.poll() is None and time.monotonic() - start < LONGEST_S:
            running = cluster.running()
            run.seen |= running
            if waiting and time.monotonic() - last > BETWEEN_TROUBLES_S:
                trouble, name = waiting[0]
                job = next((job for job in running.values() if name in job.name), None)
                if job is not None:
                    trouble(cluster, job)
                    run.troubles[trouble.__name__] = job
                    waiting, last = waiting[1:], time.monotonic()
            time.sleep(1)
    finally:
        process.kill()
        run.code, run.seconds = process.wait(), time.monotonic() - start


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="session")
def cluster(tmp_path_factory, shared, project):
    with Cluster(tmp_path_factory.mktemp("slurm"), [shared, Path(sys.prefix)]) as running:
        yield running


@pytest.fixture(scope="session")
def run(cluster, shared, project, miniature) -> Run:
    """The miniature from its simulated videos on; rendering them would be two thirds of the time."""
    copy = shared / "project"
    shutil.copytree(project, copy)
    place = Workplace(copy, set_up(shared / "work"))
    take_over_videos(miniature, place)
    environment = cluster.environment | {"XDG_CACHE_HOME": str(shared / "cache")}
    profile = ["--workflow-profile", str(copy / "profiles" / "slurm"), "--slurm-init-seconds-before-status-checks", "5"]
    found = Run(place)
    run_through(cluster, found, environment, *profile, "--config", "gres=gpu:1")
    print(f"\n{len(found.seen)} SLURM jobs in {found.seconds:.0f} s; troubles: {found.troubles}")
    return found


def test_the_run_comes_to_its_end(run):
    assert run.code == 0, run.terminal[-4000:]


def test_its_outputs_are_those_of_a_local_run(run, miniature):
    local = {name: path for name, path in files_of(miniature.results).items() if not name.startswith("simulated/FACE")}
    assert len(local) > 1500
    assert differences(local, files_of(run.place.results)) == []


def test_what_each_table_came_from_is_on_record(run, miniature):
    """Snakemake writes its records of a group's jobs when the whole group has ended."""
    study, local = (json.loads((place.results / "provenance.json").read_text()) for place in (run.place, miniature))
    for kind in ("videos", "detector", "networks"):
        assert study[kind] == local[kind]
    assert study["tables"].keys() == local["tables"].keys()
    assert all(study["tables"][name]["digest"] == table["digest"] for name, table in local["tables"].items())
    # The simulated recordings were taken over, and no job of this run made them.
    assert all(path.startswith("results/simulated/") for path in study["unrecorded"])
    assert compare_studies(study, local)[0][-1].endswith(" 0 differ.")


def test_both_nodes_worked(run):
    assert {job.node for job in run.seen.values()} == set(NODES)


def test_nodes_have_only_the_shared_folder_in_common(cluster, shared):
    for node in NODES:
        script = f"hostname > /tmp/{node}; ls /tmp > {shared}/{node}.txt"
        cluster.ask("sbatch", "--wait", "--nodelist", node, "--output", str(shared / "job.txt"), "--wrap", script)
    for node, other in zip(NODES, reversed(NODES), strict=True):
        listed = (shared / f"{node}.txt").read_text().split()
        assert node in listed and other not in listed


def test_all_troubles_came(run):
    assert list(run.troubles) == [trouble.__name__ for trouble, _ in TROUBLES]


def test_a_cancelled_job_was_sent_again(run):
    cancelled = run.troubles["cancel_job"]
    told = f"SLURM-job '{cancelled.number}' failed, SLURM status is: 'CANCELLED'"
    assert told in run.terminal
    assert "Trying to restart job" in run.terminal.partition(told)[2]


def test_jobs_of_learning_alone_had_a_gpu(run):
    learning = ("rule_train_", "rule_extract_features", "predict_images", "predict_fold", "rule_score_")
    learning += ("rule_describe_training",)
    assert len(run.seen) > 60
    for job in run.seen.values():
        asked = "gpu:1" in job.gres
        assert asked == any(name in job.name for name in learning), job


def test_short_jobs_shared_slurm_jobs(run, miniature):
    jobs = list((miniature.results / "benchmarks" / "jobs").rglob("*.tsv"))
    rendered = [path for path in jobs if path.parent.name.startswith("simulate_camera")]
    sent = run.terminal.count("has been submitted with SLURM jobid")
    assert len(run.seen) <= sent < 0.6 * (len(jobs) - len(rendered))


def test_logs_are_where_the_readme_says(run):
    assert list((run.place.results / "logs" / "slurm").rglob("*.log"))  # of the jobs that failed
    assert (run.place.results / "logs" / "train_detector.log").exists()
