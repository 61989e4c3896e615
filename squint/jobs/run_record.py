"""What each run of the workflow took, in a row of a table that `make bench-run` reads."""

import csv
import time
from pathlib import Path

import psutil

RUNS = "results/benchmarks/runs.csv"
COLUMNS = ("wall_s", "scheduler_cpu_s", "jobs_cpu_s", "jobs")


def record_run(jobs: int, path: str = RUNS) -> None:
    """Append what this process, Snakemake's own, has taken since it started, and what its ended jobs have.

    `jobs` is their number. Of jobs on a cluster only what sent them counts; a run that was killed leaves no row.
    """
    process, file = psutil.Process(), Path(path)
    times = process.cpu_times()
    row = (
        time.time() - process.create_time(),
        times.user + times.system,
        times.children_user + times.children_system,
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    new = not file.exists()
    with file.open("a", newline="") as table:
        writer = csv.writer(table, lineterminator="\n")
        if new:
            writer.writerow(COLUMNS)
        writer.writerow([*(f"{value:.2f}" for value in row), jobs])
