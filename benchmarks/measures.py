"""What benchmarks share: measures beside their goals, the subjects of folds, and the memory of a process.

A goal is `>= 0.9`, `<= 1`, `< 1024`, `= 0`, `within 0.25` (of zero), or `0.85 to 0.95`.
"""

import json
import re
from pathlib import Path

import pandas as pd

CAMERAS = tuple(f"C{number}" for number in range(1, 7))  # of the default's rig, which is measured


def met(value: float, goal: str) -> str:
    """Whether a value meets its goal, in a word; none where there is no goal."""
    if not goal:
        return ""
    if " to " in goal:
        low, high = map(float, goal.split(" to "))
        return "met" if low <= value <= high else "MISSED"
    relation, number = goal.split()
    number = float(number)
    good = {
        ">=": value >= number,
        "<=": value <= number,
        "<": value < number,
        "=": value == number,
        "within": abs(value) <= number,
    }
    return "met" if good[relation] else "MISSED"


def print_measure(name: str, value: float, goal: str = "", unit: str = "") -> None:
    """One line of a benchmark's table."""
    print(f"{name:<60}{value:>12.6g} {unit:<9}{goal:<14}{met(value, goal)}".rstrip(), flush=True)


def write_measures(path: Path, measures: dict) -> None:
    """Write all that a benchmark measured as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(measures, indent=2) + "\n")


def tested_subjects(experiments: pd.DataFrame) -> list[str]:
    """The subjects of role rotate in the sheet's order; fold k of leave-one-subject-out tests the k-th."""
    return list(dict.fromkeys(experiments.subject[experiments.role == "rotate"]))


def peak_memory_mib() -> float:
    """The most memory that this process has had at once, in MiB; unlike `getrusage`, nothing of its parent's."""
    (peak_kib,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(peak_kib) / 1024
