"""Pictures of regions that were marked or scored, in one HDF5 file a rack."""

from collections.abc import Iterable
from dataclasses import dataclass

import h5py
import numpy as np
import pandas as pd

from squint.files.result_tables import read_table

NO_MASK = 255  # in the place of a class
COLUMNS = ["rack", "region", "animal", "frame_num", "time_s", "score"]


@dataclass(frozen=True)
class RegionStore:
    """Pictures of regions, a row each.

    `table` has COLUMNS, `score` NaN where nobody scored it; `pictures` uint8 (n, height, width); `masks` uint8
    (n, height / step, width / step) of classes, all NO_MASK where nobody marked it.
    """

    table: pd.DataFrame
    pictures: np.ndarray
    masks: np.ndarray

    @property
    def marked(self) -> np.ndarray:
        """Which rows have a mask."""
        return self.masks[:, 0, 0] != NO_MASK if len(self.masks) else np.zeros(0, bool)

    @property
    def scored(self) -> np.ndarray:
        """Which rows have a score."""
        return self.table.score.notna().to_numpy()

    def chosen(self, rows: np.ndarray) -> "RegionStore":
        """Some rows, by their positions or as booleans."""
        return RegionStore(
            self.table[rows].reset_index(drop=True)
            if rows.dtype == bool
            else self.table.iloc[rows].reset_index(drop=True),
            self.pictures[rows],
            self.masks[rows],
        )


def write_store(path: str, store: RegionStore) -> None:
    """Write a store."""
    with h5py.File(path, "w", track_order=True) as file:
        for name in ("pictures", "masks"):
            values = getattr(store, name)
            chunks = (1, *values.shape[1:]) if len(values) else None
            file.create_dataset(name, data=values, chunks=chunks, compression="gzip" if len(values) else None)
        for column in COLUMNS:
            values = store.table[column].to_numpy()
            text = h5py.string_dtype() if column in COLUMNS[:3] else None
            file.create_dataset(column, data=values.astype(object) if text else values, dtype=text)


def read_stores(paths: Iterable[str]) -> RegionStore:
    """All rows of some stores, one file's after the other's."""
    parts = []
    for path in paths:
        with h5py.File(path) as file:
            columns = {name: file[name].asstr()[:] if name in COLUMNS[:3] else file[name][:] for name in COLUMNS}
            parts.append((pd.DataFrame(columns), file["pictures"][:], file["masks"][:]))
    tables, pictures, masks = zip(*parts, strict=True)
    return RegionStore(pd.concat(tables, ignore_index=True), np.concatenate(pictures), np.concatenate(masks))


def read_places(path: str) -> pd.DataFrame:
    """The regions of a rack (`place_regions`): `region`, `animal`, `left`, `top`, `width`, `height`."""
    return read_table(path, dtype={"region": str})


def read_found(stores: Iterable[str], labels: list[str], held_out: list[list[str]]) -> tuple[RegionStore, np.ndarray]:
    """All marked pictures in the order of the folds that hold their animals out, and the labels found in each.

    `labels` are files of `segment_regions`, one a fold; `held_out` each fold's animals.
    """
    store, rows, found = read_stores(stores), [], []
    for path, animals in zip(labels, held_out, strict=True):
        rows.append(np.flatnonzero(store.table.animal.isin(animals)))
        with h5py.File(path) as file:
            found.append(file["labels"][:])
    ordered = store.chosen(np.concatenate(rows))
    return ordered.chosen(ordered.marked), np.concatenate(found)[ordered.marked]
