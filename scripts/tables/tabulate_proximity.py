"""Tabulates how far each fold's errors are from their mean over folds (thesis, Table 5.11)."""

import pandas as pd

from squint.jobs.job import job
from squint.measures.metric_tables import read_metrics
from squint.measures.ranking import FOUR_TESTS, nearest_fold, proximities


def tabulate_proximity(metrics: pd.DataFrame, fixed: int = 0) -> pd.DataFrame:
    """A row a fold: its errors, their distances to the mean of all folds, and which fold is chosen, or was `fixed`."""
    distances = proximities(metrics)
    chosen = str(fixed or nearest_fold(distances))
    rows = metrics[(metrics.metric == "mae") & (metrics["view"] == "single")]
    errors = rows.pivot(index="fold", columns="test", values="value").loc[distances.index, FOUR_TESTS]
    distances = distances.rename(columns={test: f"{test} distance" for test in FOUR_TESTS})
    table = errors.join(distances).rename(columns={"mean": "mean distance", "spread": "root mean square distance"})
    table["tied"] = table.tied.map({True: "yes", False: ""})
    table["chosen"] = ["yes" if fold == chosen else "" for fold in table.index]
    return table.reset_index()


if __name__ == "__main__":
    with job(snakemake):
        table = tabulate_proximity(metrics=read_metrics(snakemake.input.metrics), fixed=snakemake.params.fixed)
        table.to_csv(snakemake.output.table, index=False, float_format="%.4f")
