"""Predicts every image of validation and test subsets with the network of their fold."""

import numpy as np
import pandas as pd

from scripts.backend import apply_model, load_keras
from scripts.grimace import CAMERAS
from scripts.job import job, progress
from scripts.networks.batches import NOTHING, read_inputs, view_sets
from scripts.networks.load import load_network
from scripts.networks.predictions import TOGETHER, write_predictions
from scripts.networks.targets import read_outputs
from scripts.rows import Rows
from scripts.stores import Fold, open_fold


def predict(model, inputs, items: np.ndarray) -> np.ndarray:
    """The network's outputs (n, values) for `items` (see read_inputs) of `inputs`, which may stand on disk."""
    parts = list(apply_model(model, lambda some: read_inputs(inputs, some), items))
    return np.concatenate(parts) if parts else np.empty((0, *model.output_shape[1:]), np.float32)


def single_views(count: int, settings: dict) -> np.ndarray:
    """Items for `count` crops that are shown one by one: their places, or sets of one view."""
    places = np.arange(count)
    if settings["views"] == "one":
        return places
    return np.pad(places[:, None], ((0, 0), (0, len(CAMERAS) - 1)), constant_values=NOTHING)


def predict_fold(model, fold: Fold, features: str | None, settings: dict) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows and what is said of them: of each image, and for a network of all views of each moment too."""
    inputs = fold.rows(features).held()
    table = fold.table
    said = read_outputs(predict(model, inputs, single_views(len(table), settings)), settings)
    if settings["views"] == "all":
        sets = view_sets(table)
        moments = table.iloc[sets[:, 0]].assign(camno=TOGETHER, video_frame=0)
        together = read_outputs(predict(model, inputs, sets), settings)
        table, said = pd.concat([table, moments]), pd.concat([said, together])
    if isinstance(inputs, Rows):
        inputs.close()
    return table, said


def predict_images(
    models: list[str], folds: list[str], outputs: list[str], features: list[str] | None, settings: dict, threads: int
) -> None:
    """Write predictions; `folds` and `outputs` list the same number of subsets for each model, model by model.

    `features` is the folder of a frozen backbone's outputs for each model.
    """
    keras = load_keras(threads, 0)
    subsets = len(folds) // len(models)
    for place, path in enumerate(progress(models, unit="fold")):
        model = load_network(keras, path)
        for subset in range(place * subsets, (place + 1) * subsets):
            table, said = predict_fold(model, open_fold(folds[subset]), features and features[place], settings)
            write_predictions(outputs[subset], table, said)


if __name__ == "__main__":
    with job(snakemake):
        predict_images(
            snakemake.input.models,
            snakemake.input.folds,
            snakemake.output.predictions,
            snakemake.params.features,
            snakemake.params.settings,
            snakemake.params.threads,
        )
