"""The trivial reference: the one value that fits a fold's training moments best, said of every image."""

import numpy as np
import pandas as pd

from squint.files.stores import open_fold, read_columns
from squint.jobs.job import job
from squint.outputs import make_output
from squint.samples.labels import MOMENT
from squint.samples.predictions import write_predictions


def predict_constant(train_path: str, folds: list[str], outputs: list[str], settings: dict) -> None:
    """Write the constant's predictions for each subset in `folds`. Each training moment counts once."""
    moments = read_columns(train_path).groupby(MOMENT).score.first()
    value = make_output(settings).best_constant(moments.to_numpy())
    for path, written in zip(folds, outputs, strict=True):
        table = open_fold(path).table
        write_predictions(written, table, pd.DataFrame({"prediction": np.full(len(table), value)}))


def predict_constants(trains: list[str], folds: list[str], outputs: list[str], settings: dict) -> None:
    """Write them for all folds; `folds` and `outputs` list the same number of subsets for each of `trains` in turn."""
    subsets = len(folds) // len(trains)
    for index, train in enumerate(trains):
        ours = slice(index * subsets, (index + 1) * subsets)
        predict_constant(train, folds[ours], outputs[ours], settings)


if __name__ == "__main__":
    with job(snakemake):
        predict_constants(
            trains=snakemake.input.trains,
            folds=snakemake.input.folds,
            outputs=snakemake.output.predictions,
            settings=snakemake.params.settings,
        )
