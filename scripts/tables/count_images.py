"""Counts the images of each recording and kind, and measures what they take on disk (thesis, Tables 5.4 and 5.5)."""

from pathlib import Path

import h5py
import numpy as np
import pandas as pd

from squint.files.crop_names import KINDS
from squint.files.stores import read_columns
from squint.jobs.job import job

MB = 1e6


def count_images(experiments: list[str], stores: list[str]) -> pd.DataFrame:
    """One row a recording and their total; `stores` are all image stores. A role needs some kinds alone."""
    table = pd.DataFrame(0, pd.Index(experiments, name="experiment"), [*KINDS, "total"])
    for store in stores:
        experiment, kind = Path(store).stem.rsplit("_", 1)
        table.loc[experiment, kind] = len(read_columns(store))
    table["total"] = table[list(KINDS)].sum(axis=1)
    table.loc["total"] = table.sum()
    return table.reset_index()


def copied_bytes(path: str) -> int:
    """Bytes of the images of a fold file, were they copied into it."""
    with h5py.File(path) as file:
        return int(np.prod(file["img"].shape))


def measure_dataset_sizes(stores: list[str], folds: list[str], numbers: list[int], subsets: list[str]) -> pd.DataFrame:
    """A row a fold with MB of copied images by subset and of its index; then the stores, which all folds share.

    `folds` lists all subsets of each fold in turn.
    """
    rows = []
    for index, number in enumerate(numbers):
        paths = folds[index * len(subsets) : (index + 1) * len(subsets)]
        copies = {f"{subset} as copies": copied_bytes(path) / MB for subset, path in zip(subsets, paths, strict=True)}
        on_disk = sum(Path(path).stat().st_size for path in paths) / MB
        rows.append({"fold": str(number)} | copies | {"as copies": sum(copies.values()), "on disk": on_disk})
    shared = sum(Path(path).stat().st_size for path in stores) / MB
    table = pd.DataFrame([*rows, {"fold": "stores of all", "as copies": 0.0, "on disk": shared}])
    table.loc[len(table)] = table.drop(columns="fold").sum().to_dict() | {"fold": "total"}
    return table


if __name__ == "__main__":
    with job(snakemake):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        count_images(experiments=params.experiments, stores=given.stores).to_csv(made.table, index=False)
        sizes = measure_dataset_sizes(
            stores=given.stores, folds=given.folds, numbers=params.folds, subsets=params.subsets
        )
        sizes.to_csv(made.sizes, index=False, float_format="%.2f")
