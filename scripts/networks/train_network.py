"""Trains one network on one fold, with balanced mini-batches and early stopping on the validation subset."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from squint.domain.seeds import named_generator, named_seed
from squint.files.stores import Fold, open_fold
from squint.jobs.job import job
from squint.learning.batches import fold_batches
from squint.learning.training import Training, fit, write_record
from squint.models.backbones import OWN
from squint.models.backend import load_keras
from squint.models.extractor import backbone_seed
from squint.models.load import load_network
from squint.models.networks import build_head, build_network, start_from
from squint.outputs import make_output
from squint.samples.labels import shuffle_labels
from squint.samples.views import view_sets

PROBED = 2048  # rows that the spread of features is measured on


def select_items(
    table: pd.DataFrame, settings: dict, where: str, training: bool = True
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What is shown at a time (rows of crops, or sets of them), with targets and classes; without the gap's moments.

    Raises InputError if a class that the network tells apart does not occur (see Output.check_classes).
    """
    output = make_output(settings)
    items = np.arange(len(table)) if settings["views"] == "one" else view_sets(table)
    first = table.iloc[items if items.ndim == 1 else items[:, 0]]
    classes = output.balancing_classes(first.score.to_numpy())
    output.check_classes(classes, where, training)
    used = ~np.isnan(classes)
    return items[used], output.targets(first[used]), classes[used].astype(int)


def spread_of(inputs) -> float:
    """Standard deviation of the training features, from rows all over them; 1 where they do not differ."""
    rows = np.unique(np.linspace(0, len(inputs) - 1, PROBED).astype(int))
    return float(inputs[rows].std(dtype=np.float64)) or 1.0


def build_model(keras, settings: dict, fold: Fold, inputs, source: str | None, where: str):
    """The network before training: its head over features, or the whole of it over images."""
    if not settings["trainable"]:
        model = build_head(keras, settings, inputs.shape[1:], spread_of(inputs))
    else:
        mean = fold.mean_colour() if settings["normalisation"] == "dataset" else None
        start = settings | ({"weights": "none"} if source else {})
        model = build_network(keras, start, inputs.shape[1], mean)
    if source:
        start_from(model, load_network(keras, source), where, required=settings["trainable"])
    return model


def make_optimizer(keras, settings: dict):
    """Adam, whose rate decays by inverse time where the network's `decay` is not 0."""
    rate = settings["learning_rate"]
    if settings["decay"]:
        rate = keras.optimizers.schedules.InverseTimeDecay(rate, decay_steps=1, decay_rate=settings["decay"])
    return keras.optimizers.Adam(rate)


def fit_network(keras, model, batches: dict, settings: dict, loss, where: str, started: bool = False) -> Training:
    """Train a network by its settings (see `squint.learning.training.fit`)."""
    return fit(
        keras,
        model,
        batches,
        optimizer=make_optimizer(keras, settings),
        loss=loss,
        metrics=[make_output(settings).training_metric(keras)],
        monitor=settings["monitor"],
        epochs=settings["epochs"],
        patience=settings["patience"],
        where=where,
        started=started,
    )


def train_network(
    keras,
    train_path: str,
    validation_path: str,
    consistency_path: str,
    features: str | None,
    source: str | None,
    model_path: str,
    history_path: str,
    record_path: str,
    settings: dict,
    name: str,
    fold: str,
    seed: int,
    threads: int,
) -> None:
    """Train and write the network with its best validation weights, its training curve, and what it was made of.

    `features` is the folder with a frozen backbone's outputs, None where the backbone itself is trained. `source` is
    the trained network that it starts from, if any.
    """
    where = f"{name}, fold {fold}"
    data, batches, inputs = {}, {}, {}
    for subset, path in (("train", train_path), ("validation", validation_path)):
        data[subset] = open_fold(path)
        table = data[subset].table
        if settings["shuffled_labels"]:
            table = shuffle_labels(table, named_generator(seed, "shuffled labels", fold, subset))
        items, targets, classes = select_items(table, settings, path, training=subset == "train")
        inputs[subset] = data[subset].rows(features).load_if_small()
        order = (seed, "batches", fold) if subset == "train" else None
        batches[subset] = fold_batches(
            keras, inputs[subset], items, targets, classes, settings["batch_size"], order, threads
        )
    # All networks of a fold start from the same draws and see their crops in the same order: they differ by their
    # settings alone, and two with the same settings are the same network. An application starts from the same
    # weights in every fold.
    application = features is None and settings["backbone"] not in OWN
    start = backbone_seed(seed, settings["backbone"]) if application else named_seed(seed, "network", fold)
    keras.utils.clear_session()
    keras.utils.set_random_seed(start)
    model = build_model(keras, settings, data["train"], inputs["train"], source, where)
    keras.utils.set_random_seed(named_seed(seed, "training", fold))
    loss = make_output(settings).loss(keras, json.loads(Path(consistency_path).read_text()))
    training = fit_network(keras, model, batches, settings, loss, where, started=source is not None)
    for subset_batches in batches.values():
        subset_batches.close()
    model.save(model_path)
    training.curve.to_csv(history_path)
    write_record(
        record_path,
        keras,
        model,
        training,
        network=name,
        fold=fold,
        settings=settings,
        loss=loss if isinstance(loss, str) else loss.__name__,  # pyright: ignore[reportAttributeAccessIssue]
        seed=seed,
        data={subset: part.digest() for subset, part in data.items()},
    )


def train_folds(
    network: str,
    folds: list[int],
    settings: dict,
    features: list[str] | None,
    sources: list[str] | None,
    consistency_path: str,
    paths: dict[str, list[str]],
    seed: int,
    threads: int,
) -> None:
    """Train a network on some folds, each from the same seeds as alone (see train_network).

    `paths` has the paths of each fold under the names of train_network's arguments; `features` and `sources` are None
    for none.
    """
    keras = load_keras(threads, seed, settings["precision"])
    for index, fold in enumerate(folds):
        train_network(
            keras,
            consistency_path=consistency_path,
            features=features[index] if features else None,
            source=sources[index] if sources else None,
            settings=settings,
            name=network,
            fold=str(fold),
            seed=seed,
            threads=threads,
            **{name: ours[index] for name, ours in paths.items()},
        )


if __name__ == "__main__":
    with job(snakemake):
        train_folds(
            network=snakemake.wildcards.network,
            folds=snakemake.params.folds,
            settings=snakemake.params.settings,
            features=snakemake.params.features,
            sources=snakemake.params.sources,
            consistency_path=snakemake.input.consistency,
            paths={
                "train_path": snakemake.input.train,
                "validation_path": snakemake.input.validation,
                "model_path": snakemake.output.models,
                "history_path": snakemake.output.histories,
                "record_path": snakemake.output.records,
            },
            seed=snakemake.params.seed,
            threads=snakemake.params.threads,
        )
