"""Segments the stored pictures of animals that a fold's network never saw: labels, eyes and ears."""

import h5py
import numpy as np
import pandas as pd

from squint.jobs.job import job, progress
from squint.models.litert import LiteNetwork
from squint.regions.segmentation import Segmenter
from squint.regions.store import COLUMNS, RegionStore, read_stores

SPOTS = [*COLUMNS[:4], "kind", "x", "y", "certainty", "cells"]


def segment(store: RegionStore, segmenter: Segmenter) -> tuple[np.ndarray, pd.DataFrame]:
    """Labels of each picture, uint8 (n, height, width), and a row for each eye and ear (SPOTS)."""
    labels, rows = [], []
    for row, picture in zip(
        progress(store.table.itertuples(), total=len(store.table), unit="picture"), store.pictures, strict=True
    ):
        seen = segmenter.see(picture)
        labels.append(seen.labels)
        for kind, spots in (("eye", seen.eyes), ("ear", seen.ears)):
            key = (row.rack, row.region, row.animal, row.frame_num, kind)
            rows += [(*key, spot.x, spot.y, spot.certainty, spot.cells) for spot in spots]
    return np.array(labels), pd.DataFrame(rows, columns=SPOTS)


if __name__ == "__main__":
    with job(snakemake):
        params = snakemake.params
        network = LiteNetwork(snakemake.input.model)
        segmenter = Segmenter(network, tuple(params.size), params.step, snakemake.input.model)
        stored = read_stores(snakemake.input.stores)
        labels, spots = segment(stored.chosen(stored.table.animal.isin(params.held_out).to_numpy()), segmenter)
        with h5py.File(snakemake.output.labels, "w") as file:
            file.create_dataset("labels", data=labels, compression="gzip" if len(labels) else None)
        spots.to_parquet(snakemake.output.spots, index=False)
