"""Measures a finished run of the embedded default against what the project promises of it.

Run by `make bench-goals`. The recordings are simulated: these numbers judge the workflow, not a scorer of mice. Prints
a table and writes results/benchmarks/goals.json.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.evaluation.metrics import correlation
from scripts.evaluation.read_predictions import read_moments
from scripts.grimace import ACTION_UNITS, CAMERAS
from scripts.settings import SIMULATED, fold_subjects, read_experiments

RESULTS = Path("results")
MEMORY_LIMIT_MIB = 4096
TIE = 0.02  # of an exposure
NETWORK = "compact_regression"


def sync_errors(experiments: list[str]) -> int:
    """Number of cameras whose synchronisation frame is not the first that was lit for half of its exposure."""
    wrong = 0
    for experiment in experiments:
        found = pd.read_csv(RESULTS / "sync" / f"{experiment}.csv", index_col="camera").sync_frame
        for camera in CAMERAS:
            path = RESULTS / "simulated" / experiment / f"{camera}.truth.parquet"
            light = pd.read_parquet(path).set_index("frame_num").light
            # Where the light came on in the very middle of an exposure, either frame is right.
            right = light[found[camera]] > 0.5 - TIE and light[found[camera] - 1] < 0.5 + TIE
            wrong += int(not right)
    return wrong


def detection_goals() -> list[dict]:
    """The face detector's quality over all recordings."""
    table = pd.read_csv(RESULTS / "tables" / "detection.csv").set_index("scope").loc["all"]
    return [
        {"name": "face detector, AP50", "value": float(table.ap50), "goal": ">= 0.95"},
        {"name": "face detector, mean IoU", "value": float(table.mean_iou), "goal": ">= 0.75"},
        {"name": "face detector, false faces where hidden", "value": float(table.false_faces), "goal": "<= 0.01"},
    ]


def network_goals(folds: int) -> list[dict]:
    """Correlation and error of the compact network and its references over the folds."""

    def moments(network):
        return read_moments(
            [f"results/predictions/{network}/LOSOCV-{k}-test_corr.parquet" for k in range(1, folds + 1)]
        )

    def per_fold(table):
        return np.array([correlation(f.score.to_numpy(), f.prediction.to_numpy()) for _, f in table.groupby("fold")])

    ours, shuffled, constant = (moments(name) for name in (NETWORK, f"{NETWORK}_shuffled", "constant_regression"))
    r = per_fold(ours)
    mae = [(t.prediction - t.score).abs().groupby(t.fold).mean().mean() for t in (ours, constant)]
    pooled = float(correlation(ours.score.to_numpy(), ours.prediction.to_numpy()))
    control = float(np.mean(per_fold(shuffled)))
    control_pooled = float(correlation(shuffled.score.to_numpy(), shuffled.prediction.to_numpy()))
    return [
        {"name": "r, mean over folds", "value": float(r.mean()), "goal": ">= 0.75"},
        {"name": "r, all moments pooled", "value": pooled, "goal": ">= 0.75"},
        {"name": "r, worst fold", "value": float(r.min()), "goal": ""},
        {"name": "MAE", "value": float(mae[0]), "goal": ""},
        {"name": "MAE of the constant predictor", "value": float(mae[1]), "goal": ""},
        {"name": "MAE / MAE of the constant", "value": float(mae[0] / mae[1]), "goal": "<= 0.8"},
        {"name": "r of the shuffled-label control, mean over folds", "value": control, "goal": "within 0.25"},
        {"name": "r of the shuffled-label control, pooled", "value": control_pooled, "goal": "within 0.25"},
    ]


def timeline_goal(experiment: str) -> dict:
    """Correlation of a timeline's smoothed and raw fused score with the simulated mean of the five units."""
    timeline = pd.read_csv(RESULTS / "timelines" / f"{experiment}.csv")
    truth = pd.read_parquet(RESULTS / "simulated" / experiment / "C1.truth.parquet")
    truth = (
        truth.assign(sync_index=truth.frame_num - truth.sync_frame)
        .set_index("sync_index")[list(ACTION_UNITS)]
        .mean(axis=1)
    )
    true = truth.loc[timeline.sync_index].to_numpy()
    return {column: float(correlation(timeline[column].to_numpy(), true)) for column in ("fused", "smoothed")}


def resources() -> list[dict]:
    """The largest job's memory, and the size of the results."""
    jobs = pd.concat(
        [pd.read_csv(path, sep="\t").assign(job=path) for path in (RESULTS / "benchmarks" / "jobs").rglob("*.tsv")]
    )
    size = sum(path.stat().st_size for path in RESULTS.rglob("*") if path.is_file())
    return [
        {"name": "largest job, MiB resident", "value": float(jobs.max_rss.max()), "goal": f"< {MEMORY_LIMIT_MIB}"},
        {"name": "results, MiB", "value": size / 2**20, "goal": "< 1024"},
        {"name": "computing time of all jobs, s", "value": float(jobs.s.sum()), "goal": ""},
    ]


def met(value: float, goal: str) -> str:
    """Whether a value meets its goal, in a word."""
    if not goal:
        return ""
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


def main() -> None:
    """Print and write all goals."""
    table = read_experiments("experiments.tsv", [])
    simulated = list(table.index[table.videos == SIMULATED])
    if not (RESULTS / "timelines").is_dir():
        sys.exit("results/timelines is missing: run `make run` with the embedded default first")
    goals = [{"name": "cameras with a wrong synchronisation frame", "value": sync_errors(simulated), "goal": "= 0"}]
    goals += detection_goals()
    goals += network_goals(len(fold_subjects(table.reset_index())))
    for experiment in table.index[table.role == "score"]:
        for column, value in timeline_goal(experiment).items():
            goals.append(
                {"name": f"r of {experiment}'s {column} curve with the truth", "value": value, "goal": ">= 0.75"}
            )
    goals += resources()
    for goal in goals:
        print(f"{goal['name']:<52}{goal['value']:>10.3f}  {goal['goal']:<12}{met(goal['value'], goal['goal'])}")
    missed = [goal["name"] for goal in goals if met(goal["value"], goal["goal"]) == "MISSED"]
    output = RESULTS / "benchmarks" / "goals.json"
    output.write_text(json.dumps({goal["name"]: goal["value"] for goal in goals}, indent=2) + "\n")
    if missed:
        sys.exit(f"missed: {', '.join(missed)}")


if __name__ == "__main__":
    main()
