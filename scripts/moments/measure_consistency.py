"""Measures how an expert's scores of duplicated moments differ, and lets that choose the loss (thesis, 4.8.4)."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from squint.jobs.job import job
from squint.measures.consistency import choose_loss, duplicate_differences


def measure_consistency(scored_paths: dict[str, str], record_path: str, table_path: str) -> None:
    """Write the overall choice as JSON, and MAE, RMSE and ratio per recording and overall as CSV."""
    differences = {name: duplicate_differences(pd.read_parquet(path)) for name, path in scored_paths.items()}
    together = np.concatenate([np.zeros(0), *differences.values()])
    Path(record_path).write_text(json.dumps(choose_loss(together), indent=2) + "\n")
    rows = [{"experiment": name} | choose_loss(values) for name, values in (differences | {"all": together}).items()]
    pd.DataFrame(rows).drop(columns="loss").to_csv(table_path, index=False, float_format="%.4f")


if __name__ == "__main__":
    with job(snakemake):
        measure_consistency(
            scored_paths=dict(zip(snakemake.params.experiments, snakemake.input.scored, strict=True)),
            record_path=snakemake.output.record,
            table_path=snakemake.output.table,
        )
