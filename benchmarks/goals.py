"""Measures a finished run of the larger simulated study against what the project promises of it.

Run by `make bench-goals`, which first runs configs/simulated_study.yaml in results.study. The recordings are simulated:
these numbers judge the workflow, not a scorer of mice. Prints a table and writes
results.study/results/benchmarks/goals.json.
"""

import os
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from benchmarks.measures import CAMERAS, met, print_measure, tested_subjects, write_measures
from squint.config.experiments import SIMULATED, read_experiments
from squint.measures.bootstrap import interval, over_folds, sample_moments
from squint.measures.metric_tables import read_metrics
from squint.measures.metrics import correlation, read_moments
from squint.simulation.units import UNITS

STUDY = "results.study"
RESULTS = Path("results")
RULES = Path(__file__).parent.parent / "rules"
PROFILE = Path(__file__).parent.parent / "profiles" / "default" / "config.yaml"
TIE = 0.02  # of an exposure
DRAWS = 2000
# A network that sees all views at once, and the one whose views are averaged, which it starts as.
ALL_VIEWS, AVERAGED = "compact_views", "compact_units"


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
        {"name": "face detector, AP50", "value": float(table.ap50), "goal": ""},
        {"name": "face detector, AP50, low of 95 %", "value": float(table.ap50_low), "goal": ">= 0.9"},
        {"name": "face detector, mean IoU", "value": float(table.mean_iou), "goal": ">= 0.75"},
        {"name": "face detector, false faces where hidden", "value": float(table.false_faces), "goal": "<= 0.01"},
    ]


def read_network(name: str) -> pd.Series:
    """Means over folds of one network: by view, test, metric; and `all` folds together for r."""
    table = read_metrics([str(RESULTS / "metrics" / f"{name}.csv")])
    return table[table.discarded == ""].set_index(["fold", "view", "test", "metric"]).value


def true_scores(experiment: str, moments: pd.DataFrame) -> pd.Series:
    """The simulated mean of the five units of each moment of one recording."""
    truth = pd.concat(
        [
            pd.read_parquet(RESULTS / "simulated" / experiment / f"{camera}.truth.parquet").assign(camera=camera)
            for camera in CAMERAS
        ]
    )
    truth["true"] = truth[list(UNITS)].mean(axis=1)
    selected = pd.read_parquet(RESULTS / "moments" / f"{experiment}.parquet")
    found = selected.merge(truth[["camera", "frame_num", "true"]], on=["camera", "frame_num"]).groupby("item").true
    return found.mean().reindex(moments["item"])


def read_tests(name: str, folds: int) -> pd.DataFrame:
    """One row a test moment of all folds (see read_moments)."""
    return read_moments([f"results/predictions/{name}/LOSOCV-{k}-test_corr.parquet" for k in range(1, folds + 1)])


def difference_interval(first: str, second: str, folds: int) -> tuple[float, float]:
    """95 % interval of the MAE of `first` less that of `second`, over draws of animals and of the moments of both."""
    key = ["fold", "experiment", "item"]
    both = read_tests(first, folds).merge(read_tests(second, folds), on=key, suffixes=("", "_other"))
    both["more"] = (both.prediction - both.score).abs() - (both.prediction_other - both.score).abs()
    generator = np.random.default_rng(1)
    samples = [
        fold.more.to_numpy()[sample_moments(len(fold), DRAWS, generator)].mean(axis=1)
        for _, fold in both.groupby("fold")
    ]
    return interval(over_folds(np.stack(samples), generator), 0.95)


def network_goals(experiments: pd.DataFrame) -> list[dict]:
    """Errors and correlations of the networks, of their references, and of a scorer that knows the truth.

    The best network is the one with the least error on the validation subsets.
    """
    folds = len(tested_subjects(experiments))
    names = list(pd.read_csv(RESULTS / "tables" / "intervals.csv").network.drop_duplicates())
    networks = {name: read_network(name) for name in names}
    errors = {name: n["mean", "multi", "VALIDATION", "mae"] for name, n in networks.items()}
    best = min((name for name in names if not name.startswith("constant")), key=lambda name: errors[name])
    ours, constant = networks[best], networks["constant_regression"]
    key = ("multi", "CORR")
    averaged, together = (networks[name]["mean", *key, "mae"] for name in (AVERAGED, ALL_VIEWS))
    moments = read_tests(best, folds)
    parts = [part.assign(true=true_scores(name, part).to_numpy()) for name, part in moments.groupby("experiment")]
    moments = pd.concat(parts)

    def mean_r(x, y):
        return float(np.mean([correlation(f[x].to_numpy(), f[y].to_numpy()) for _, f in moments.groupby("fold")]))

    def pooled_r(x, y):
        return float(correlation(moments[x].to_numpy(), moments[y].to_numpy()))

    intervals = pd.read_csv(RESULTS / "tables" / "intervals.csv")
    coverage = intervals[intervals.score == "all"].set_index("network").coverage
    control = read_network("compact_units_shuffled")
    least = f"MAE of {best}, which validation chooses"
    return [
        {"name": least, "value": float(ours["mean", *key, "mae"]), "goal": ""},
        {
            "name": f"{best} less the constant, high of 95 %",
            "value": difference_interval(best, "constant_regression", folds)[1],
            "goal": "< 0",
        },
        *(
            {"name": f"MAE of {name}", "value": float(n["mean", *key, "mae"]), "goal": ""}
            for name, n in networks.items()
        ),
        {
            "name": "MAE / MAE of the constant",
            "value": float(ours["mean", *key, "mae"] / constant["mean", *key, "mae"]),
            "goal": "<= 0.8",
        },
        # An expert's scores are off too: the truth itself correlates with them by less than 1.
        *(
            {"name": name, "value": value, "goal": goal}
            for over, r, best_r in (
                ("mean over folds", float(ours["mean", *key, "r"]), mean_r("true", "score")),
                ("pooled", float(ours["all", *key, "r"]), pooled_r("true", "score")),
            )
            for name, value, goal in (
                (f"r, {over}", r, ""),
                (f"r of the truth with the expert, {over}", best_r, ""),
                (f"r / r of the truth, {over}", r / best_r, ">= 0.95"),
            )
        ),
        {"name": "MAE of the truth", "value": float((moments.true - moments.score).abs().mean()), "goal": ""},
        {"name": "r with the truth, mean over folds", "value": mean_r("true", "prediction"), "goal": ""},
        {"name": "r with the truth, pooled", "value": pooled_r("true", "prediction"), "goal": ""},
        *(
            {"name": f"coverage of {name}", "value": float(coverage[name]), "goal": "0.85 to 0.95"}
            for name in names
            if not name.startswith("constant")
        ),
        {
            "name": f"MAE of {ALL_VIEWS} / of {AVERAGED}, averaged",
            "value": float(together / averaged),
            "goal": "<= 1",
        },
        *(
            {"name": f"{ALL_VIEWS} less {AVERAGED}, averaged, {end} of 95 %", "value": value, "goal": ""}
            for end, value in zip(("low", "high"), difference_interval(ALL_VIEWS, AVERAGED, folds), strict=True)
        ),
        {
            "name": "r of the shuffled-label control, mean over folds",
            "value": float(control["mean", *key, "r"]),
            "goal": "within 0.25",
        },
        {
            "name": "r of the shuffled-label control, pooled",
            "value": float(control["all", *key, "r"]),
            "goal": "within 0.25",
        },
    ]


def timeline_goal(experiment: str) -> dict:
    """Correlation of a timeline's smoothed and raw fused score with the simulated mean of the five units."""
    timeline = pd.read_csv(RESULTS / "timelines" / f"{experiment}.csv")
    truth = pd.read_parquet(RESULTS / "simulated" / experiment / "C1.truth.parquet")
    truth = (
        truth.assign(sync_index=truth.frame_num - truth.sync_frame).set_index("sync_index")[list(UNITS)].mean(axis=1)
    )
    true = truth.loc[timeline.sync_index].to_numpy()
    return {column: float(correlation(timeline[column].to_numpy(), true)) for column in ("fused", "smoothed")}


def asked_mb() -> dict[str, int]:
    """The memory that each rule asks for, in MB; one that is made of another as much as that, if it does not say.

    What says nothing is not named, and asks for the profile's default.
    """
    rule = r"^(?:use )?(?:rule|checkpoint) (?:(\w+) as )?(\w+)(?: with)?:\n(.*?)(?=^\S|\Z)"
    asked: dict[str, int] = {}
    for path in sorted(RULES.glob("*.smk")):
        for base, name, block in re.findall(rule, path.read_text(), re.M | re.S):
            stated = re.search(r"\bmem_mb=(\d+)", block)
            if stated or base in asked:
                asked[name] = int(stated[1]) if stated else asked[base]
    return asked


def resources() -> list[dict]:
    """The jobs' memory, and the size of the results."""
    folder, asked = RESULTS / "benchmarks" / "jobs", asked_mb()
    default = yaml.safe_load(PROFILE.read_text())["default-resources"]["mem_mb"]
    jobs = pd.concat(
        [
            pd.read_csv(path, sep="\t").assign(
                asked=asked.get(path.relative_to(folder).parts[0].removesuffix(".tsv"), default)
            )
            for path in folder.rglob("*.tsv")
        ]
    )
    share = jobs.max_rss * 2**20 / (jobs.asked * 1e6)
    size = sum(path.stat().st_size for path in RESULTS.rglob("*") if path.is_file())
    return [
        {"name": "largest job, MiB resident", "value": float(jobs.max_rss.max()), "goal": ""},
        {"name": "memory of a job / what its rule asks for, most", "value": float(share.max()), "goal": "<= 1"},
        {"name": "results, MiB", "value": size / 2**20, "goal": "< 1024"},
        {"name": "computing time of all jobs, s", "value": float(jobs.s.sum()), "goal": ""},
    ]


def main() -> None:
    """Print and write all goals."""
    table = read_experiments("configs/simulated_study.tsv", [])
    os.chdir(STUDY)
    simulated = list(table.index[table.videos == SIMULATED])
    if not (RESULTS / "timelines").is_dir():
        sys.exit(f"{STUDY}/results/timelines is missing: `make bench-goals` runs the study first")
    goals = [{"name": "cameras with a wrong synchronisation frame", "value": sync_errors(simulated), "goal": "= 0"}]
    goals += detection_goals()
    goals += network_goals(table)
    for experiment in table.index[table.role == "score"]:
        for column, value in timeline_goal(experiment).items():
            goals.append(
                {"name": f"r of {experiment}'s {column} curve with the truth", "value": value, "goal": ">= 0.75"}
            )
    goals += resources()
    for goal in goals:
        print_measure(**goal)
    missed = [goal["name"] for goal in goals if met(goal["value"], goal["goal"]) == "MISSED"]
    write_measures(RESULTS / "benchmarks" / "goals.json", {goal["name"]: goal["value"] for goal in goals})
    if missed:
        sys.exit(f"missed: {', '.join(missed)}")


if __name__ == "__main__":
    main()
