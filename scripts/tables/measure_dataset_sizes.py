"""Measures what the folds take on disk, beside what copies of their images would take (thesis, Table 5.5)."""

from pathlib import Path

import h5py
import numpy as np
import pandas as pd

from scripts.job import job
from scripts.table_page import write_page

MB = 1e6


def copied_bytes(path: str) -> int:
    """Bytes of the images of a fold file, were they copied into it."""
    with h5py.File(path) as file:
        return int(np.prod(file["img"].shape))


def measure_dataset_sizes(stores: list[str], folds: list[str], numbers: list[int], subsets: list[str]) -> pd.DataFrame:
    """A row a fold with MB of copied images by subset and of its index; then the stores, which all folds share.

    `folds` lists all subsets of each fold in turn.
    """
    rows = []
    for place, number in enumerate(numbers):
        paths = folds[place * len(subsets) : (place + 1) * len(subsets)]
        copies = {f"{subset} as copies": copied_bytes(path) / MB for subset, path in zip(subsets, paths, strict=True)}
        index = sum(Path(path).stat().st_size for path in paths) / MB
        rows.append({"fold": str(number)} | copies | {"as copies": sum(copies.values()), "on disk": index})
    shared = sum(Path(path).stat().st_size for path in stores) / MB
    table = pd.DataFrame([*rows, {"fold": "stores of all", "as copies": 0.0, "on disk": shared}])
    table.loc[len(table)] = table.drop(columns="fold").sum().to_dict() | {"fold": "total"}
    return table


if __name__ == "__main__":
    with job(snakemake):
        table = measure_dataset_sizes(
            snakemake.input.stores, snakemake.input.folds, snakemake.params.folds, snakemake.params.subsets
        )
        table.to_csv(snakemake.output.table, index=False, float_format="%.2f")
        write_page(snakemake.output.table, snakemake.output.page)
