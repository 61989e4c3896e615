"""Runs a frozen backbone over every image once; folds, heads, studies and epochs share its outputs."""

from pathlib import Path

import h5py
import numpy as np

from squint.errors import InputError
from squint.files.rows import Rows, locate_rows
from squint.files.stores import open_fold
from squint.jobs.job import job, progress
from squint.models.backend import load_keras
from squint.models.extractor import backbone_seed, build_extractor, compute_features


def write_features(path: Path, model, images, half: bool) -> None:
    """Write `features` (n, …) of all `images`, part by part. Raises InputError for ones that are no finite numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        shape = (len(images), *model.output_shape[1:])
        data = file.create_dataset("features", shape, np.float16 if half else np.float32)
        row = 0
        for part in compute_features(model, images):
            with np.errstate(over="ignore"):
                stored = part.astype(data.dtype)
            if not np.isfinite(stored).all():
                raise InputError(
                    path,
                    "features that are finite numbers",
                    f"others among rows {row} to {row + len(part) - 1}",
                    "look at the backbone's weights" + (", or set `half_precision_features: false`" if half else ""),
                )
            data[row : row + len(part)] = stored
            row += len(part)


def extract_features(
    stores: list[str],
    folder: str,
    settings: dict,
    image_size: int,
    train_path: str | None,
    source: str | None,
    half: bool,
    seed: int,
    threads: int,
) -> None:
    """Write the features of each image store into `folder`, in a file of the store's name.

    `train_path` is the fold whose mean colour is subtracted, None for none.
    """
    keras = load_keras(threads, backbone_seed(seed, settings["backbone"]), settings["precision"])
    mean = open_fold(train_path).mean_colour() if train_path else None
    model = build_extractor(keras, settings, image_size, source, mean)
    for store in progress(stores, unit="store"):
        stored = locate_rows(Path(store), "img")
        count = len(stored.offsets)
        images = Rows([stored], np.zeros(count, int), np.arange(count))
        write_features(Path(folder) / Path(store).name, model, images, half)
        images.close()


if __name__ == "__main__":
    with job(snakemake):
        extract_features(
            stores=snakemake.input.stores,
            folder=snakemake.output.folder,
            settings=snakemake.params.settings,
            image_size=snakemake.params.image_size,
            train_path=snakemake.params.train,
            source=snakemake.params.source,
            half=snakemake.params.half,
            seed=snakemake.params.seed,
            threads=snakemake.params.threads,
        )
