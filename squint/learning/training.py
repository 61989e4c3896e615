"""The one training loop, which stops early and keeps the best epoch, and the record of what it made."""

import importlib.metadata
import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from squint.errors import InputError

PACKAGES = ("keras", "tensorflow-cpu", "tensorflow", "jax", "torch", "numpy", "h5py")
BEFORE_TRAINING = -1  # the epoch before the first
STEPS = 16  # training steps from one return to Python to the next, which takes longer than a step of a small head


@dataclass(frozen=True)
class Training:
    """How a model was trained: its curve, a row an epoch, and the epoch whose weights it has, from 0."""

    curve: pd.DataFrame
    best_epoch: int


def fit(
    keras,
    model,
    batches: dict,
    *,
    optimizer,
    loss,
    metrics: list,
    monitor: str,
    epochs: int,
    patience: int,
    where: str,
    started: bool = False,
) -> Training:
    """Train `model` on `batches["train"]` to its best epoch on `batches["validation"]` (see make_batches).

    `monitor` tells the best epoch: val_accuracy is to rise, all else to fall; without it getting better for `patience`
    epochs training stops. A model that was `started` from another is left as it is, epoch BEFORE_TRAINING, where no
    epoch makes it better. `where` names the model in messages. Raises InputError as soon as a loss is not a number.
    """
    steps = 1 if keras.backend.backend() == "torch" else STEPS  # Keras has but one for PyTorch
    model.compile(optimizer, loss=loss, metrics=metrics, steps_per_execution=steps)

    class Watch(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.start = time.perf_counter()

        def on_train_batch_end(self, batch, logs=None):
            self.trained = time.perf_counter()

        def on_epoch_end(self, epoch, logs=None):
            logs = logs or {}
            share = batches["train"].waited / (self.trained - self.start)
            print(f"Reading was behind in {share:.1%} of the training steps' time.", flush=True)
            wrong = [name for name in ("loss", "val_loss") if not np.isfinite(logs[name])]
            if wrong:
                raise InputError(
                    f"{where}, epoch {epoch + 1}",
                    f"a {wrong[0]} that is a number",
                    str(logs[wrong[0]]),
                    "lower `learning_rate`, and look for features that are not finite",
                )

    stop = keras.callbacks.EarlyStopping(
        monitor,
        mode="max" if monitor == "val_accuracy" else "min",
        patience=patience,
        restore_best_weights=True,
    )
    if started:
        start = model.evaluate(batches["validation"], verbose=0, return_dict=True)
        start_weights = model.get_weights()
    history = model.fit(
        batches["train"],
        validation_data=batches["validation"],
        epochs=epochs,
        callbacks=[Watch(), stop],
        verbose=2,
        shuffle=False,
    )
    curve = pd.DataFrame(history.history).rename_axis("epoch")
    if started and not stop.monitor_op(stop.best, start[monitor.removeprefix("val_")]):
        model.set_weights(start_weights)
        return Training(curve, BEFORE_TRAINING)
    return Training(curve, int(stop.best_epoch))


def versions() -> dict[str, str]:
    """Versions of the packages that a network depends on."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def write_record(path: str, keras, model, training: Training, **about) -> None:
    """Write what a trained model is `about`, with what, from what data and for how long it was trained, as JSON."""
    record = about | {
        "versions": versions(),
        "backend": keras.backend.backend(),
        "parameters": model.count_params(),
        "epochs": len(training.curve),
        "best_epoch": training.best_epoch,
    }
    Path(path).write_text(json.dumps(record, indent=2) + "\n")
