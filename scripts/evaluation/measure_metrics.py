"""Measures all networks and references on all folds into one tidy table."""

import pandas as pd

from scripts.evaluation.metrics import TESTS, measure, merge_views
from scripts.job import job, progress
from scripts.seeds import named_generator

COLUMNS = [
    "network",
    "output",
    "fold",
    "view",
    "test",
    "balanced",
    "metric",
    "value",
    "low",
    "high",
    "images",
    "moments",
]


def metrics_of(output: str, view: str) -> list[tuple[str, bool]]:
    """The metrics of a network, each with whether it is balanced. Correlation is between moments."""
    names = ["mae", "accuracy"] if output == "regression" else ["accuracy"]
    pairs = [(name, balanced) for name in names for balanced in (False, True)]
    return [*pairs, ("r", False)] if view == "multi" else pairs


def measure_network(
    name: str, output: str, tests: dict[str, dict[int, pd.DataFrame]], draws: int, confidence: float, seed: int
) -> list[dict]:
    """All rows of one network; `tests` maps ORGN and CORR to the predictions of each fold."""
    rows = []
    for test, folds in tests.items():
        views = {"single": folds, "multi": {k: merge_views(table) for k, table in folds.items()}}
        for view, tables in views.items():
            for metric, balanced in metrics_of(output, view):
                # The same draws for every network, so that their intervals can be compared.
                generator = named_generator(seed, "bootstrap", test, view, metric, balanced)
                rows += [
                    {"network": name, "output": output, "test": test} | row
                    for row in measure(tables, metric, output, view, balanced, draws, confidence, generator)
                ]
    return rows


def measure_metrics(
    networks: list[dict], folds: list[int], table_path: str, draws: int, confidence: float, seed: int
) -> None:
    """Write the tidy metrics; `networks` holds `name`, `output` and `folder` of predictions of each."""
    rows = []
    for network in progress(networks, unit="network"):
        tests = {
            label: {k: pd.read_parquet(f"{network['folder']}/LOSOCV-{k}-{subset}.parquet") for k in folds}
            for subset, label in TESTS.items()
        }
        rows += measure_network(network["name"], network["output"], tests, draws, confidence, seed)
    pd.DataFrame(rows)[COLUMNS].to_csv(table_path, index=False, float_format="%.6f")


if __name__ == "__main__":
    with job(snakemake):
        measure_metrics(
            snakemake.params.networks,
            snakemake.params.folds,
            snakemake.output.table,
            snakemake.params.draws,
            snakemake.params.confidence,
            snakemake.params.seed,
        )
