"""Trains one network on one fold, with balanced mini-batches and early stopping on the validation subset."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.backend import load_keras
from scripts.balanced import balanced_batches
from scripts.job import InputError, job
from scripts.networks.build import COMPACT, build_head, build_network
from scripts.networks.extract_features import backbone_seed
from scripts.networks.targets import pain_labels, shuffle_scores, training_classes
from scripts.seeds import named_generator, named_seed
from scripts.stores import Fold, open_fold

LOSSES = {"mae": "mean_absolute_error", "mse": "mean_squared_error"}


def subset_scores(fold: Fold, settings: dict, generator: np.random.Generator) -> np.ndarray:
    """The scores that a network is shown: the experts', or for the control the same dealt out anew."""
    return shuffle_scores(fold.table, generator) if settings["shuffled_labels"] else fold.table.score.to_numpy()


def select_trainable(scores: np.ndarray, settings: dict) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the images that take part, and their targets. Raises InputError if a class is missing."""
    if settings["output"] == "regression":
        return np.arange(len(scores)), scores
    targets = pain_labels(scores, settings["gap"])
    places = np.flatnonzero(~np.isnan(targets))
    if len(np.unique(targets[places])) < 2:
        raise InputError(
            "training or validation data",
            "moments with and without pain",
            "one class only",
            "score more moments, or widen `gap`",
        )
    return places, targets[places]


def balanced_dataset(
    keras, inputs: np.ndarray, targets: np.ndarray, classes: np.ndarray, batch_size: int, name: tuple | None
):
    """IMGEN1 as a Keras data set; `name` (a seed and names) shuffles it anew each epoch, None never."""

    class BalancedDataset(keras.utils.PyDataset):
        epoch = 0

        def on_epoch_begin(self):
            generator = None if name is None else named_generator(*name, "epoch", self.epoch)
            self.batches = balanced_batches(classes, batch_size, generator)
            self.epoch += 1

        def __len__(self):
            return len(self.batches)

        def __getitem__(self, step):
            return inputs[self.batches[step]].astype(np.float32), targets[self.batches[step]].astype(np.float32)

    dataset = BalancedDataset()
    dataset.on_epoch_begin()
    dataset.epoch = 0
    return dataset


def loss_name(settings: dict, consistency: dict) -> str:
    """The Keras loss: cross-entropy for a binary output; else as given, or as coder consistency selects."""
    if settings["output"] == "binary":
        return "binary_crossentropy"
    return LOSSES[consistency["loss"] if settings["loss"] == "auto" else settings["loss"]]


def prepare(fold: Fold, settings: dict, features: str | None, generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs, targets and classes of one subset."""
    scores = subset_scores(fold, settings, generator)
    places, targets = select_trainable(scores, settings)
    inputs = fold.read() if features is None else fold.read("features", features)
    if len(places) < len(inputs):
        inputs = inputs[places]
    return inputs, targets, training_classes(scores[places], settings)


def train_network(
    train_path: str,
    validation_path: str,
    consistency_path: str,
    features: str | None,
    model_path: str,
    history_path: str,
    settings: dict,
    name: str,
    fold: str,
    seed: int,
    threads: int,
) -> None:
    """Train and write the network with its best validation weights, and its training curve.

    `features` is the folder with a frozen backbone's outputs, None where the backbone itself is trained.
    """
    keras = load_keras(threads, named_seed(seed, "network", name, fold))
    data = {
        subset: prepare(open_fold(path), settings, features, named_generator(seed, "shuffled labels", fold, subset))
        for subset, path in (("train", train_path), ("validation", validation_path))
    }
    inputs, targets, classes = data["train"]
    if features is None:
        mean = inputs.mean(axis=(0, 1, 2)) if settings["normalisation"] == "dataset" else None
        if settings["backbone"] != COMPACT:  # an application starts from the same weights in every fold
            keras.utils.set_random_seed(backbone_seed(seed, settings["backbone"]))
        model = build_network(keras, settings, inputs.shape[1], mean)
        keras.utils.set_random_seed(named_seed(seed, "training", name, fold))
    else:
        model = build_head(keras, settings, inputs.shape[1:], float(inputs.std(dtype=np.float64)) or 1.0)
    rate = settings["learning_rate"]
    if settings["decay"]:
        rate = keras.optimizers.schedules.InverseTimeDecay(rate, decay_steps=1, decay_rate=settings["decay"])
    model.compile(
        keras.optimizers.Adam(rate),
        loss=loss_name(settings, json.loads(Path(consistency_path).read_text())),
        metrics=["accuracy"] if settings["output"] == "binary" else ["mean_absolute_error"],
    )
    stop = keras.callbacks.EarlyStopping(settings["monitor"], patience=settings["patience"], restore_best_weights=True)
    history = model.fit(
        balanced_dataset(keras, inputs, targets, classes, settings["batch_size"], (seed, "batches", name, fold)),
        validation_data=balanced_dataset(keras, *data["validation"], settings["batch_size"], None),
        epochs=settings["epochs"],
        callbacks=[stop],
        verbose=2,
        shuffle=False,
    )
    model.save(model_path)
    pd.DataFrame(history.history).rename_axis("epoch").to_csv(history_path)


if __name__ == "__main__":
    with job(snakemake):
        train_network(
            snakemake.input.train,
            snakemake.input.validation,
            snakemake.input.consistency,
            snakemake.params.features,
            snakemake.output.model,
            snakemake.output.history,
            snakemake.params.settings,
            snakemake.wildcards.network,
            snakemake.wildcards.k,
            snakemake.params.seed,
            snakemake.params.threads,
        )
