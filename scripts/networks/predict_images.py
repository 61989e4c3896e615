"""Predicts every image of every fold's validation and test subsets with that fold's network."""

import numpy as np

from scripts.backend import load_keras
from scripts.job import job, progress
from scripts.networks.predictions import write_predictions
from scripts.stores import open_fold

BATCH = 256


def predict(model, inputs: np.ndarray) -> np.ndarray:
    """The network's output for each input, shape (n,) float32: a score, or a probability of pain."""
    parts = [
        np.asarray(model.predict_on_batch(inputs[start : start + BATCH].astype(np.float32)))
        for start in range(0, len(inputs), BATCH)
    ]
    return np.concatenate(parts)[:, 0] if parts else np.empty(0, np.float32)


def predict_images(models: list[str], folds: list[str], outputs: list[str], features: str | None, threads: int) -> None:
    """Write predictions; `folds` and `outputs` list the same number of subsets for each model, model by model."""
    keras = load_keras(threads, 0)
    subsets = len(folds) // len(models)
    for place, path in enumerate(progress(models, unit="fold")):
        model = keras.models.load_model(path, compile=False)
        for subset in range(place * subsets, (place + 1) * subsets):
            fold = open_fold(folds[subset])
            inputs = fold.read() if features is None else fold.read("features", features)
            write_predictions(outputs[subset], fold.table, predict(model, inputs))


if __name__ == "__main__":
    with job(snakemake):
        predict_images(
            snakemake.input.models,
            snakemake.input.folds,
            snakemake.output.predictions,
            snakemake.params.features,
            snakemake.params.threads,
        )
