"""Cuts the patches of scored frames, where the segmentation of a fold that never saw the animal found its eyes."""

import h5py
import numpy as np
import pandas as pd

from squint.errors import InputError
from squint.jobs.job import job, progress
from squint.regions.eyes import Spot
from squint.regions.patches import KINDS, STORED, cut_patches
from squint.regions.store import COLUMNS, RegionStore, read_stores

KEY = ["rack", "region", "frame_num"]
FEWEST = 30  # scored frames with an eye


def spots_of(rows: pd.DataFrame) -> list[Spot]:
    return [Spot(row.x, row.y, row.certainty, row.cells) for row in rows.itertuples()]


def cut_scored(store: RegionStore, spots: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """A row for each eye that was found in a scored frame (COLUMNS), and its patches uint8 (n, 86, 86, KINDS)."""
    ours = store.chosen(store.scored)
    of_frame = {key: rows for key, rows in spots.groupby(KEY)}
    rows, patches = [], []
    for row, picture in zip(progress(ours.table.itertuples(index=False), unit="picture"), ours.pictures, strict=True):
        found = of_frame.get((row.rack, row.region, row.frame_num))
        if found is None:
            continue
        ears = spots_of(found[found.kind == "ear"])
        for eye in spots_of(found[found.kind == "eye"]):
            rows.append(tuple(row))
            patches.append(cut_patches(picture, eye, ears, KINDS, STORED))
    return pd.DataFrame(rows, columns=COLUMNS), np.array(patches)


def check_samples(table: pd.DataFrame, scored: int) -> None:
    """Raise InputError for too few frames to learn from."""
    frames = len(table.drop_duplicates(KEY))
    if frames < FEWEST:
        found = f"{frames} of {scored} scored frames"
        remedy = "score more frames, or look at figures/segmentation.png: mark more eyes"
        raise InputError(
            "the scores of racks", f"at least {FEWEST} scored frames in which an eye is found", found, remedy
        )


if __name__ == "__main__":
    with job(snakemake) as log:
        stored = read_stores(snakemake.input.stores)
        spots = pd.concat([pd.read_parquet(path) for path in snakemake.input.spots])
        table, patches = cut_scored(stored, spots)
        scored = int(stored.scored.sum())
        check_samples(table, scored)
        log.info("%d eyes in %d of %d scored frames", len(table), len(table.drop_duplicates(KEY)), scored)
        with h5py.File(snakemake.output.patches, "w") as file:
            file.create_dataset("patches", data=patches)
        table.to_parquet(snakemake.output.table, index=False)
