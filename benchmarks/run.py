"""Tells what a finished run took: time, jobs, computing time by rule and of Snakemake itself, memory and bytes.

Run by `make bench-run` after `make run`. Where a run was stopped and went on, its parts are added up. Prints a table
and writes results/benchmarks/run.json; its `wall_s`, `cpu_s`, `scheduler_cpu_s` and `jobs` tell versions apart.
"""

import argparse
import sys
from pathlib import Path

import pandas as pd

from benchmarks.measures import print_measure, write_measures
from squint.jobs.run_record import RUNS

MIB = 1 << 20
SCHEDULER_SHARE, JOBS = 0.05, 250  # goals of the embedded default


def read_jobs(folder: Path) -> pd.DataFrame:
    """One row a job: `rule`, and Snakemake's `s`, `cpu_time` (s) and `max_rss` (MiB) of it.

    Snakemake samples a job's processes, so that a part of what short ones take is missing.
    """
    paths = sorted(folder.rglob("*.tsv"))
    tables = [pd.read_csv(path, sep="\t").assign(rule=path.relative_to(folder).parts[0]) for path in paths]
    jobs = pd.concat(tables, ignore_index=True)
    return jobs.assign(rule=jobs.rule.str.removesuffix(".tsv"))


def by_rule(jobs: pd.DataFrame) -> pd.DataFrame:
    """Number of jobs, their s, CPU s and largest MiB, a row a rule; the rule that computes longest first."""
    told = jobs.groupby("rule").agg(
        jobs=("s", "size"), s=("s", "sum"), cpu_s=("cpu_time", "sum"), mib=("max_rss", "max")
    )
    return told.sort_values("cpu_s", ascending=False)


def folder_bytes(results: Path) -> dict[str, int]:
    """Bytes of each folder and file in `results`, the largest first."""
    sizes = {
        place.name: sum(path.stat().st_size for path in [place, *place.rglob("*")] if path.is_file())
        for place in results.iterdir()
    }
    return dict(sorted(sizes.items(), key=lambda item: -item[1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--directory", default=".", help="Snakemake's working directory (default: here)")
    parser.add_argument("--all", action="store_true", help="list all rules, not the ten that compute longest")
    arguments = parser.parse_args()
    folder = Path(arguments.directory)
    results = folder / "results"
    if not (folder / RUNS).is_file():
        sys.exit(f"{folder / RUNS} is missing: no run of the workflow ended here; start one with `make run`")
    runs = pd.read_csv(folder / RUNS)
    jobs = read_jobs(results / "benchmarks" / "jobs")
    rules, sizes = by_rule(jobs), folder_bytes(results)
    wall_s, scheduler_s, jobs_s, count = (float(value) for value in runs.sum())
    cpu_s = scheduler_s + jobs_s
    print(rules.head(len(rules) if arguments.all else 10).to_string(float_format="{:.1f}".format), end="\n\n")
    print_measure("wall time", wall_s, unit="s")
    print_measure("computing time", cpu_s, unit="s")
    print_measure("computing time of Snakemake itself", scheduler_s, unit="s")
    print_measure("share of Snakemake itself", scheduler_s / cpu_s, f"<= {SCHEDULER_SHARE}")
    print_measure("jobs", count, f"<= {JOBS}")
    print_measure("largest job", float(jobs.max_rss.max()), unit="MiB")
    print_measure("results", sum(sizes.values()) / MIB, unit="MiB")
    measures = {"wall_s": wall_s, "cpu_s": cpu_s, "scheduler_cpu_s": scheduler_s, "jobs": int(count), "runs": len(runs)}
    measures |= {"largest_mib": float(jobs.max_rss.max()), "bytes": sum(sizes.values()), "bytes_by_folder": sizes}
    measures["rules"] = rules.round(2).to_dict("index")
    write_measures(results / "benchmarks" / "run.json", measures)


if __name__ == "__main__":
    main()
