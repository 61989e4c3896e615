"""Training of a fixed length, where nothing is chosen by a validation subset."""

import numpy as np
import pandas as pd

from squint.errors import InputError


def train_fixed(keras, model, batches, *, optimizer, loss, epochs: int, where: str, verbose: int = 0) -> pd.DataFrame:
    """Train `model` on `batches` (see make_batches) for some epochs; its curve, a row an epoch.

    `where` names the model in messages. Raises InputError for a loss that is not a number.
    """
    if not model.compiled or model.optimizer is not optimizer:
        model.compile(optimizer, loss=loss)
    history = model.fit(
        batches, epochs=epochs, verbose=verbose, shuffle=False, callbacks=[keras.callbacks.TerminateOnNaN()]
    )
    curve = pd.DataFrame(history.history).rename_axis("epoch")
    if not np.isfinite(curve.loss).all():
        expected, remedy = "a loss that is a number", "lower `learning_rate`"
        raise InputError(f"{where}, epoch {len(curve)}", expected, str(curve.loss.iloc[-1]), remedy)
    return curve


def start_anew(model, weights: list[np.ndarray]) -> None:
    """Give a compiled model other weights and an optimiser that has seen nothing, without compiling it again."""
    model.set_weights(weights)
    for variable in model.optimizer.variables:
        if variable.path.rpartition("/")[2] != "learning_rate":
            variable.assign(np.zeros(variable.shape, variable.dtype))
