"""The trivial reference: the one value that fits a fold's training moments best, said of every image."""

import numpy as np
import pandas as pd

from scripts.grimace import PAIN_THRESHOLD
from scripts.job import job
from scripts.networks.predictions import write_predictions
from scripts.networks.targets import MOMENT, pain_labels, training_classes
from scripts.stores import open_fold, read_columns


def best_constant(scores: np.ndarray, settings: dict) -> float:
    """The median score, which has the least mean absolute error; the share of pain; or the most frequent class."""
    if settings["output"] == "binary":
        return float(np.nanmean(pain_labels(scores, (PAIN_THRESHOLD, PAIN_THRESHOLD))))
    if settings["output"] == "classes":
        return float(np.bincount(training_classes(scores, settings).astype(int)).argmax())
    return float(np.median(scores))


def predict_constant(train_path: str, folds: list[str], outputs: list[str], settings: dict) -> None:
    """Write the constant's predictions for each subset in `folds`. Each training moment counts once."""
    moments = read_columns(train_path).groupby(MOMENT).score.first()
    value = best_constant(moments.to_numpy(), settings)
    for path, written in zip(folds, outputs, strict=True):
        table = open_fold(path).table
        write_predictions(written, table, pd.DataFrame({"prediction": np.full(len(table), value)}))


if __name__ == "__main__":
    with job(snakemake):
        given, made = snakemake.input, snakemake.output.predictions
        subsets = len(given.folds) // len(given.trains)
        for place, train in enumerate(given.trains):
            ours = slice(place * subsets, (place + 1) * subsets)
            predict_constant(train, given.folds[ours], made[ours], snakemake.params.settings)
