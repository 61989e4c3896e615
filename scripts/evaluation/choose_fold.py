"""Chooses the fold whose test errors are nearest to the mean of all, on which studies are made (thesis, Table 5.11)."""

import json
from pathlib import Path

from squint.jobs.job import job
from squint.measures.metric_tables import read_metrics
from squint.measures.ranking import nearest_fold, proximities


def choose_fold(metrics: list[str], choice_path: str) -> None:
    """Write the fold, and those that are as near. `metrics` are those of one network."""
    table = proximities(read_metrics(metrics))
    record = {"fold": nearest_fold(table), "tied": [int(fold) for fold in table.index[table.tied]]}
    Path(choice_path).write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    with job(snakemake):
        choose_fold(metrics=snakemake.input.metrics, choice_path=snakemake.output.choice)
