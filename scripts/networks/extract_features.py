"""Runs a frozen backbone over every stored image once; folds, heads and epochs share its outputs."""

from pathlib import Path

import h5py
import numpy as np

from scripts.backend import load_keras
from scripts.job import job, progress
from scripts.networks.build import build_backbone, preprocess
from scripts.seeds import named_seed

BATCH = 64


def backbone_seed(seed: int, backbone: str) -> int:
    """The seed of a backbone's random weights, the same wherever it is built."""
    return named_seed(seed, "backbone", backbone)


def compute_features(keras, model, backbone: str, normalisation: str, images: np.ndarray) -> np.ndarray:
    """Outputs of `model` for images (n, size, size, 3) uint8, float32 (n, …)."""
    parts = [
        np.asarray(
            model.predict_on_batch(
                preprocess(keras, backbone, normalisation, images[start : start + BATCH].astype(np.float32))
            )
        )
        for start in range(0, len(images), BATCH)
    ]
    return np.concatenate(parts) if parts else np.empty((0, *model.output_shape[1:]), np.float32)


def extract_features(
    stores: list[str],
    outputs: list[str],
    backbone: str,
    weights: str,
    normalisation: str,
    image_size: int,
    seed: int,
    threads: int,
) -> None:
    """Write `features` (images, …) float32 for each image store."""
    keras = load_keras(threads, backbone_seed(seed, backbone))
    model = build_backbone(keras, backbone, weights, image_size)
    for store, output in progress(list(zip(stores, outputs, strict=True)), unit="store"):
        Path(output).parent.mkdir(parents=True, exist_ok=True)
        with h5py.File(store) as images, h5py.File(output, "w") as file:
            file["features"] = compute_features(keras, model, backbone, normalisation, images["img"][:])


if __name__ == "__main__":
    with job(snakemake):
        extract_features(
            snakemake.input.stores,
            snakemake.output.features,
            snakemake.params.backbone,
            snakemake.params.weights,
            snakemake.params.normalisation,
            snakemake.params.image_size,
            snakemake.params.seed,
            snakemake.params.threads,
        )
