"""Predicts every image of validation and test subsets with the network of their fold."""

import pandas as pd

from squint.files.rows import Rows
from squint.files.stores import Fold, open_fold
from squint.jobs.job import job, progress
from squint.models.backend import load_keras
from squint.models.load import load_network
from squint.models.prediction import predict
from squint.outputs import make_output
from squint.samples.predictions import ALL_VIEWS, write_predictions
from squint.samples.views import single_views, view_sets


def predict_fold(model, fold: Fold, features: str | None, settings: dict) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows and what is said of them: of each image, and for a network of all views of each moment too."""
    inputs = fold.rows(features).load_if_small()
    table, output = fold.table, make_output(settings)
    outputs = output.decode(predict(model, inputs, single_views(len(table), settings)))
    if settings["views"] == "all":
        sets = view_sets(table)
        moments = table.iloc[sets[:, 0]].assign(camera=ALL_VIEWS, frame_num=0)
        together = output.decode(predict(model, inputs, sets))
        table, outputs = pd.concat([table, moments]), pd.concat([outputs, together])
    if isinstance(inputs, Rows):
        inputs.close()
    return table, outputs


def predict_images(
    models: list[str], folds: list[str], outputs: list[str], features: list[str] | None, settings: dict, threads: int
) -> None:
    """Write predictions; `folds` and `outputs` list the same number of subsets for each model, model by model.

    `features` is the folder of a frozen backbone's outputs for each model.
    """
    keras = load_keras(threads, 0)
    subsets = len(folds) // len(models)
    for index, path in enumerate(progress(models, unit="fold")):
        model = load_network(keras, path)
        for subset in range(index * subsets, (index + 1) * subsets):
            folder = features[index] if features else None
            table, said = predict_fold(model, open_fold(folds[subset]), folder, settings)
            write_predictions(outputs[subset], table, said)


if __name__ == "__main__":
    with job(snakemake):
        predict_images(
            models=snakemake.input.models,
            folds=snakemake.input.folds,
            outputs=snakemake.output.predictions,
            features=snakemake.params.features,
            settings=snakemake.params.settings,
            threads=snakemake.params.threads,
        )
