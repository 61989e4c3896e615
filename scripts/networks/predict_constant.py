"""The trivial reference: the one value that fits a fold's training moments best, said of every image."""

import numpy as np
import pandas as pd

from scripts.job import job
from scripts.networks.predictions import write_predictions
from scripts.networks.targets import MOMENT, pain_labels
from scripts.stores import open_fold, read_columns


def best_constant(scores: np.ndarray, output: str, gap: tuple[float, float]) -> float:
    """The median score, which has the least mean absolute error; for a binary output the share of pain."""
    if output == "regression":
        return float(np.median(scores))
    return float(np.nanmean(pain_labels(scores, gap)))


def predict_constant(
    train_path: str, folds: list[str], outputs: list[str], output: str, gap: tuple[float, float]
) -> None:
    """Write the constant's predictions for each subset in `folds`. Each training moment counts once."""
    moments = read_columns(train_path).groupby(MOMENT).score.first()
    value = best_constant(moments.to_numpy(), output, gap)
    for path, written in zip(folds, outputs, strict=True):
        table: pd.DataFrame = open_fold(path).table
        write_predictions(written, table, np.full(len(table), value))


if __name__ == "__main__":
    with job(snakemake):
        predict_constant(
            snakemake.input.train,
            snakemake.input.folds,
            snakemake.output.predictions,
            snakemake.wildcards.output,
            snakemake.params.gap,
        )
