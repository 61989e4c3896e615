"""Counts moments and images of each recording (thesis, Tables 5.3 and 5.4)."""

import pandas as pd

from scripts.grimace import KINDS
from scripts.job import job
from scripts.stores import read_columns
from scripts.table_page import write_page


def count_recording(moments: pd.DataFrame, labels: pd.DataFrame) -> dict:
    """Selected, duplicated and accepted moments of one recording, and its mean score."""
    items = moments.drop_duplicates("item")
    return {
        "selected moments": int((items.duplicate_of == 0).sum()),
        "duplicates": int((items.duplicate_of > 0).sum()),
        "accepted moments": len(labels),
        "mean score": labels.score.mean(),
    }


def count_images(
    experiments: list[str], moments: list[str], labels: list[str], stores: list[str], table_path: str
) -> None:
    """Write one row a recording and their total; `stores` are all image stores."""
    images = {name: 0 for name in (f"{e}_{k}" for e in experiments for k in KINDS)}
    for store in stores:
        name = store.rsplit("/", 1)[-1].removesuffix(".h5")
        images[name] = len(read_columns(store))
    rows = []
    for experiment, moment_path, label_path in zip(experiments, moments, labels, strict=True):
        row = {"experiment": experiment} | count_recording(pd.read_parquet(moment_path), pd.read_parquet(label_path))
        rows.append(row | {kind: images[f"{experiment}_{kind}"] for kind in KINDS})
    table = pd.DataFrame(rows)
    total = table.drop(columns=["experiment", "mean score"]).sum()
    weighted = (table["mean score"] * table["accepted moments"]).sum() / table["accepted moments"].sum()
    table.loc[len(table)] = {"experiment": "total", "mean score": weighted, **total}
    table.to_csv(table_path, index=False, float_format="%.2f")


if __name__ == "__main__":
    with job(snakemake):
        count_images(
            snakemake.params.experiments,
            snakemake.input.moments,
            snakemake.input.labels,
            snakemake.input.stores,
            snakemake.output.table,
        )
        write_page(snakemake.output.table, snakemake.output.page)
