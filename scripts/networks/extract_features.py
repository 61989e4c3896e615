"""Runs a frozen backbone over every image once; folds, heads, studies and epochs share its outputs."""

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np

from scripts.backend import apply_model, load_keras
from scripts.job import InputError, job, progress
from scripts.networks.build import build_backbone, normalise, trained_backbone
from scripts.networks.load import load_network
from scripts.rows import Rows, locate_rows
from scripts.seeds import named_seed
from scripts.stores import open_fold


def backbone_seed(seed: int, backbone: str) -> int:
    """The seed of a backbone's random weights, the same wherever it is built."""
    return named_seed(seed, "backbone", backbone)


def build_extractor(keras, settings: dict, image_size: int, source: str | None, mean: np.ndarray | None):
    """The frozen part of a network, from images (0 to 255) to features.

    `source` is the trained network whose backbone it is, if any; `mean` (3,) the training images' mean colour where
    `normalisation` is `dataset`.
    """
    if source:
        return trained_backbone(keras, load_network(keras, source))
    backbone = build_backbone(keras, settings["backbone"], settings["weights"], image_size)
    image = keras.Input((image_size, image_size, 3), name="image")
    return keras.Model(image, backbone(normalise(keras, settings, image, mean)))


def compute_features(model, images) -> Iterator[np.ndarray]:
    """Outputs of `model` for rows of images (n, size, size, 3) uint8, part by part: arrays (up to 64, …) float32."""
    return apply_model(model, lambda places: images[places], np.arange(len(images)))


def write_features(path: Path, model, images, half: bool) -> None:
    """Write `features` (n, …) of all `images`, part by part. Raises InputError for ones that are no finite numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        shape = (len(images), *model.output_shape[1:])
        data = file.create_dataset("features", shape, np.float16 if half else np.float32)
        place = 0
        for part in compute_features(model, images):
            with np.errstate(over="ignore"):
                stored = part.astype(data.dtype)
            if not np.isfinite(stored).all():
                raise InputError(
                    path,
                    "features that are finite numbers",
                    f"others among rows {place} to {place + len(part) - 1}",
                    "look at the backbone's weights" + (", or set `half_precision_features: false`" if half else ""),
                )
            data[place : place + len(part)] = stored
            place += len(part)


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
            snakemake.input.stores,
            snakemake.output.folder,
            snakemake.params.settings,
            snakemake.params.image_size,
            snakemake.params.train,
            snakemake.params.source,
            snakemake.params.half,
            snakemake.params.seed,
            snakemake.params.threads,
        )
