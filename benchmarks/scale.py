"""Measures what Snakemake needs to see what is to be done: a dry run for 10, 100 and 1,000 recordings.

Run by `make bench-scale`. The sample sheets are of a lab that films the same few animals again and again and scores
half of the recordings by hand; the six videos of each are empty files. The config is the embedded default with the
networks and studies of the default. Prints a table and writes results/benchmarks/scale.json.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import yaml

from benchmarks.measures import CAMERAS, print_measure, write_measures

ROOT = Path(__file__).parent.parent
OUTPUT = Path("results/benchmarks/scale.json")
SIZES = (10, 100, 1000)
# Of ten recordings; each animal that is tested in turn makes a fold, so their number stays.
ROLES = ("rotate", "rotate", "rotate", "train", "validate", *["score"] * 5)
GROWTH = 1.3  # of the time and of the memory for a job, from 100 recordings to 1,000, at most
HEADER = "experiment\tsubject\tcondition\trole\tvideos\tscores\tcorrections\tsync_frames\n"


def write_sheet(folder: Path, recordings: int) -> None:
    """A sample sheet of so many recordings in `folder`, with empty files for videos and scores."""
    rows = []
    for number in range(1, recordings + 1):
        place = number % len(ROLES)
        name, role = f"REC{number}", ROLES[place]
        for camera in CAMERAS:
            path = folder / "videos" / name / f"{camera}.mp4"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        scores = "" if role == "score" else f"scores/{name}.csv"
        rows.append(f"{name}\tmouse{place}\tpain\t{role}\tvideos/{name}/{{camera}}.mp4\t{scores}\t\t\n")
    (folder / "experiments.tsv").write_text(HEADER + "".join(rows))


def plan(folder: Path) -> tuple[int, float, float]:
    """Jobs, seconds and peak MiB of a dry run in `folder`. Raises RuntimeError with Snakemake's words if it fails."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--directory", str(folder)]
    command += ["--dry-run", "--cores", "1", "--quiet", "rules", "--configfile", str(folder / "config.yaml")]
    with (folder / "terminal.txt").open("w+") as terminal:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=terminal, stderr=subprocess.STDOUT, cwd=folder)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        terminal.seek(0)
        printed = terminal.read()
    jobs = re.search(r"^total +(\d+)$", printed, re.M)
    if status or jobs is None:
        raise RuntimeError(f"The dry run failed: {printed[-2000:]}")
    return int(jobs[1]), seconds, usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of recordings")
    sizes = parser.parse_args().sizes
    measures = {}
    for recordings in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_sheet(folder, recordings)
            (folder / "config.yaml").write_text(
                yaml.safe_dump({"experiments": "experiments.tsv", "faces": {"annotations": "faces.csv"}})
            )
            jobs, seconds, mib = plan(folder)
        print_measure(f"{recordings} recordings, {jobs} jobs: dry run", seconds, unit="s")
        print_measure(f"{recordings} recordings: memory", mib, unit="MiB")
        measures |= {f"jobs_{recordings}": jobs, f"seconds_{recordings}": seconds, f"mib_{recordings}": mib}
    for small, large in pairwise(sizes):
        for kind in ("seconds", "mib"):
            growth = measures[f"{kind}_{large}"] / measures[f"{kind}_{small}"]
            growth /= measures[f"jobs_{large}"] / measures[f"jobs_{small}"]
            goal = f"<= {GROWTH}" if (small, large) == SIZES[-2:] else ""
            print_measure(f"{kind} a job for {large} recordings / for {small}", growth, goal)
            measures[f"{kind}_growth_{large}"] = growth
    write_measures(OUTPUT, measures)


if __name__ == "__main__":
    main()
