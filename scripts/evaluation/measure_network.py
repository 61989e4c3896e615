"""Measures one network or reference on its folds: a tidy table, one row a fold, view, test and metric."""

import pandas as pd

from squint.domain.seeds import named_generator
from squint.jobs.job import job, progress
from squint.measures.metrics import TEST_OF_SUBSET, measure, merge_views, outside_gap, single_views
from squint.outputs import make_output
from squint.outputs.output import Output

COLUMNS = [
    "network",
    "output",
    "fold",
    "view",
    "test",
    "balanced",
    "discarded",
    "metric",
    "value",
    "low",
    "high",
    "images",
    "moments",
]


def metrics_of(output: Output, view: str) -> list[tuple[str, bool]]:
    """The metrics of a network, each with whether it is balanced. Correlation is between moments."""
    pairs = [(name, balanced) for name in output.metrics for balanced in (False, True)]
    return [*pairs, ("r", False)] if view == "multi" and output.correlates else pairs


def scored_moments(tables: dict[int, pd.DataFrame], settings: dict) -> dict[str, dict[int, pd.DataFrame]]:
    """The folds' rows by the scores that are discarded: none, and those in each of `gaps` (5.5.2.7)."""
    return {"": tables} | {
        f"[{low:g}, {high:g})": {k: outside_gap(table, [low, high]) for k, table in tables.items()}
        for low, high in settings["gaps"]
    }


def measure_network(
    name: str,
    settings: dict,
    tests: dict[str, dict[int, pd.DataFrame]],
    draws: int,
    confidence: float,
    subjects: dict[str, str],
    seed: int,
) -> pd.DataFrame:
    """All rows of one network; `tests` maps VALIDATION, ORGN and CORR to the predictions of each fold.

    `subjects` maps recordings to their subjects.
    """
    output, rows = make_output(settings), []
    for test, folds in progress(list(tests.items()), unit="test"):
        views = {
            "single": {k: single_views(table) for k, table in folds.items()},
            "multi": {k: merge_views(table) for k, table in folds.items()},
        }
        for view, tables in views.items():
            for discarded, remaining in scored_moments(tables, settings).items():
                remaining = {k: table for k, table in remaining.items() if len(table)}
                if not remaining:  # all moments of all folds have scores in the gap
                    continue
                for metric, balanced in metrics_of(output, view):
                    # The same draws for every network, so that their intervals can be compared.
                    generator = named_generator(seed, "bootstrap", test, view, metric, balanced, discarded)
                    rows += [
                        {"network": name, "output": output.name, "test": test, "discarded": discarded} | row
                        for row in measure(
                            remaining, metric, output, view, balanced, draws, confidence, subjects, generator
                        )
                    ]
    return pd.DataFrame(rows)[COLUMNS]


def read_tests(folder: str, folds: list[int]) -> dict[str, dict[int, pd.DataFrame]]:
    """The predictions in `folder` by test and fold."""
    return {
        label: {k: pd.read_parquet(f"{folder}/LOSOCV-{k}-{subset}.parquet") for k in folds}
        for subset, label in TEST_OF_SUBSET.items()
    }


if __name__ == "__main__":
    with job(snakemake):
        measure_network(
            name=snakemake.wildcards.network,
            settings=snakemake.params.settings,
            tests=read_tests(folder=snakemake.params.folder, folds=snakemake.params.folds),
            draws=snakemake.params.draws,
            confidence=snakemake.params.confidence,
            subjects=snakemake.params.subjects,
            seed=snakemake.params.seed,
        ).to_csv(snakemake.output.table, index=False, float_format="%.6f")
