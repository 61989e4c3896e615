"""Trains one network on one fold, with balanced mini-batches and early stopping on the validation subset."""

import importlib.metadata
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.backend import load_keras
from scripts.job import InputError, job
from scripts.network_settings import LABELS
from scripts.networks.batches import fold_batches, view_sets
from scripts.networks.build import COMPACT, build_head, build_network, start_from
from scripts.networks.extract_features import backbone_seed
from scripts.networks.load import load_network
from scripts.networks.targets import (
    check_classes,
    choose_loss,
    make_targets,
    score_error,
    shuffle_labels,
    training_classes,
)
from scripts.seeds import named_generator, named_seed
from scripts.stores import Fold, open_fold

PACKAGES = ("keras", "tensorflow-cpu", "tensorflow", "jax", "torch", "numpy", "h5py")
PROBED = 2048  # rows that the spread of features is measured on
START = -1  # the epoch before the first
STEPS = 16  # training steps from one return to Python to the next, which takes longer than a step of a small head


def select_items(
    table: pd.DataFrame, settings: dict, place: str, training: bool = True
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What is shown at a time (places of crops, or sets of them), with targets and classes; without the gap's moments.

    Raises InputError if a class that the network tells apart does not occur (see check_classes).
    """
    items = np.arange(len(table)) if settings["views"] == "one" else view_sets(table)
    first = table.iloc[items if items.ndim == 1 else items[:, 0]]
    classes = training_classes(first.score.to_numpy(), settings)
    check_classes(classes, settings, place, training)
    used = ~np.isnan(classes)
    return items[used], make_targets(first[used], settings), classes[used].astype(int)


def spread_of(inputs) -> float:
    """Standard deviation of the training features, from rows all over them; 1 where they do not differ."""
    places = np.unique(np.linspace(0, len(inputs) - 1, PROBED).astype(int))
    return float(inputs[places].std(dtype=np.float64)) or 1.0


def versions() -> dict[str, str]:
    """Versions of the packages that a network depends on."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def build_model(keras, settings: dict, fold: Fold, inputs, source: str | None):
    """The network before training: its head over features, or the whole of it over images."""
    if not settings["trainable"]:
        model = build_head(keras, settings, inputs.shape[1:], spread_of(inputs))
    else:
        mean = fold.mean_colour() if settings["normalisation"] == "dataset" else None
        start = settings | ({"weights": "none"} if source else {})
        model = build_network(keras, start, inputs.shape[1], mean)
    if source:
        start_from(model, load_network(keras, source))
    return model


def fit(
    keras, model, batches: dict, settings: dict, loss, place: str, started: bool = False
) -> tuple[pd.DataFrame, int]:
    """Train `model` to its best validation epoch; the training curve and that epoch, from 0.

    A model that was `started` from another network is left as it is, epoch START, where no epoch makes it better.
    Raises InputError as soon as a loss is not a number.
    """
    rate = settings["learning_rate"]
    if settings["decay"]:
        rate = keras.optimizers.schedules.InverseTimeDecay(rate, decay_steps=1, decay_rate=settings["decay"])
    metric = "accuracy" if settings["output"] in LABELS else score_error(keras, settings)
    steps = 1 if keras.backend.backend() == "torch" else STEPS  # Keras has but one for PyTorch
    model.compile(keras.optimizers.Adam(rate), loss=loss, metrics=[metric], steps_per_execution=steps)

    class Watch(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.start = time.perf_counter()

        def on_train_batch_end(self, batch, logs=None):
            self.trained = time.perf_counter()

        def on_epoch_end(self, epoch, logs=None):
            share = batches["train"].waited / (self.trained - self.start)
            print(f"Reading was behind in {share:.1%} of the training steps' time.", flush=True)
            wrong = [name for name in ("loss", "val_loss") if not np.isfinite(logs[name])]
            if wrong:
                raise InputError(
                    f"{place}, epoch {epoch + 1}",
                    f"a {wrong[0]} that is a number",
                    str(logs[wrong[0]]),
                    "lower `learning_rate`, and look for features that are not finite",
                )

    stop = keras.callbacks.EarlyStopping(
        settings["monitor"],
        mode="max" if settings["monitor"] == "val_accuracy" else "min",
        patience=settings["patience"],
        restore_best_weights=True,
    )
    if started:
        start = model.evaluate(batches["validation"], verbose=0, return_dict=True)
        start_weights = model.get_weights()
    history = model.fit(
        batches["train"],
        validation_data=batches["validation"],
        epochs=settings["epochs"],
        callbacks=[Watch(), stop],
        verbose=2,
        shuffle=False,
    )
    curve = pd.DataFrame(history.history).rename_axis("epoch")
    if started and not stop.monitor_op(stop.best, start[settings["monitor"].removeprefix("val_")]):
        model.set_weights(start_weights)
        return curve, START
    return curve, int(stop.best_epoch)


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
    data, batches = {}, {}
    for subset, path in (("train", train_path), ("validation", validation_path)):
        data[subset] = open_fold(path)
        table = data[subset].table
        if settings["shuffled_labels"]:
            table = shuffle_labels(table, named_generator(seed, "shuffled labels", fold, subset))
        items, targets, classes = select_items(table, settings, path, training=subset == "train")
        inputs = data[subset].rows(features).held()
        order = (seed, "batches", fold) if subset == "train" else None
        batches[subset] = fold_batches(keras, inputs, items, targets, classes, settings["batch_size"], order, threads)
        if subset == "train":
            train_inputs = inputs
    # All networks of a fold start from the same draws and see their crops in the same order: they differ by their
    # settings alone, and two with the same settings are the same network. An application starts from the same
    # weights in every fold.
    application = features is None and settings["backbone"] != COMPACT
    start = backbone_seed(seed, settings["backbone"]) if application else named_seed(seed, "network", fold)
    keras.utils.clear_session()
    keras.utils.set_random_seed(start)
    model = build_model(keras, settings, data["train"], train_inputs, source)
    keras.utils.set_random_seed(named_seed(seed, "training", fold))
    consistency = json.loads(Path(consistency_path).read_text())
    loss = choose_loss(keras, settings, consistency)
    curve, best_epoch = fit(keras, model, batches, settings, loss, f"{name}, fold {fold}", source is not None)
    for subset_batches in batches.values():
        subset_batches.close()
    model.save(model_path)
    curve.to_csv(history_path)
    record = {
        "network": name,
        "fold": fold,
        "settings": settings,
        "loss": loss if isinstance(loss, str) else loss.__name__,
        "seed": seed,
        "data": {subset: part.digest() for subset, part in data.items()},
        "versions": versions(),
        "backend": keras.backend.backend(),
        "parameters": model.count_params(),
        "epochs": len(curve),
        "best_epoch": best_epoch,
    }
    Path(record_path).write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    with job(snakemake):
        given, made, params = snakemake.input, snakemake.output, snakemake.params
        backend = load_keras(params.threads, params.seed, params.settings["precision"])
        for place, number in enumerate(params.folds):
            train_network(
                backend,
                given.train[place],
                given.validation[place],
                given.consistency,
                params.features and params.features[place],
                params.sources and params.sources[place],
                made.models[place],
                made.histories[place],
                made.records[place],
                params.settings,
                snakemake.wildcards.network,
                str(number),
                params.seed,
                params.threads,
            )
