"""The units of the scale and their mean, which is the score."""

import numpy as np
import pandas as pd

from squint.outputs.score import ScoreOutput


def masked_loss(keras, kind: str):
    """Mean error of the observed units plus the error of the mean, (batch,). `kind` is mae or mse."""
    ops = keras.ops

    def loss(truth, said):
        observed = ops.logical_not(ops.isnan(truth))
        # A masked NaN would still turn the gradient into NaN.
        errors = ops.where(observed, truth, said) - said
        errors = ops.abs(errors) if kind == "mae" else ops.square(errors)
        units = ops.cast(observed[:, :-1], errors.dtype)
        return ops.sum(errors[:, :-1] * units, -1) / ops.maximum(ops.sum(units, -1), 1) + errors[:, -1]

    loss.__name__ = f"masked_{kind}"
    return loss


class Units(ScoreOutput):
    """A value for each unit and last their mean, trained on the units, those unobserved masked, and on the score."""

    name = "units"
    losses = ("auto", "mae", "mse")
    meaning = "the units of the scale and their mean"

    @property
    def size(self) -> int:
        return len(self.scale.units)

    def last_layer(self, keras, features):
        layers = keras.layers
        units = layers.Dense(self.size, dtype="float32", name="units")(features)
        mean = keras.ops.mean(units, axis=-1, keepdims=True)
        return layers.Concatenate(dtype="float32", name="units_and_mean")([units, mean])

    def targets(self, table: pd.DataFrame) -> np.ndarray:
        scores = table.score.to_numpy(np.float32)
        return np.column_stack([table[self.scale.unit_columns].to_numpy(np.float32), scores]).astype(np.float32)

    def loss(self, keras, consistency: dict):
        return masked_loss(keras, self.error_kind(consistency))

    def score_of(self, keras, values):
        return values[:, -1]

    def decode(self, values: np.ndarray) -> pd.DataFrame:
        columns = ["prediction", *self.scale.units]
        return pd.DataFrame(values.astype(float)[:, [-1, *range(self.size)]], columns=columns)
