"""A distribution of the score: how probable a higher one is than each of some thresholds."""

import numpy as np
import pandas as pd

from squint.outputs.score import ScoreOutput

COUNT = 20  # of thresholds, in equal steps; for a scale from 0 to 2 they are 0.05, 0.15 … 1.95
PREFIX = "above_"  # of the columns of its predictions, before the threshold


def thresholds(highest: float) -> np.ndarray:
    """The thresholds (20,) of a scale from 0 to `highest`: the middles of as many equal steps."""
    step = highest / COUNT
    return np.arange(step / 2, highest, step)[:COUNT]


def above_columns(highest: float) -> list[str]:
    """The columns of its predictions: P(score > t) for each threshold t."""
    return [f"{PREFIX}{t:.2f}" for t in thresholds(highest)]


class Distribution(ScoreOutput):
    """P(score > t) for 20 thresholds t, trained on whether the score is higher."""

    name = "distribution"
    meaning = f"for each of {COUNT} thresholds how probable a higher score is; the integral of these is the score"

    @property
    def size(self) -> int:
        return COUNT

    @property
    def step(self) -> float:
        """From one threshold to the next."""
        first, second = thresholds(self.scale.highest)[:2]
        return float(second - first)

    def last_layer(self, keras, features):
        return keras.layers.Dense(self.size, activation="sigmoid", dtype="float32", name="score")(features)

    def targets(self, table: pd.DataFrame) -> np.ndarray:
        return (table.score.to_numpy(np.float32)[:, None] > thresholds(self.scale.highest)).astype(np.float32)

    def loss(self, keras, consistency: dict) -> str:
        return "binary_crossentropy"

    def score_of(self, keras, values):
        return keras.ops.sum(values, axis=-1) * self.step

    def decode(self, values: np.ndarray) -> pd.DataFrame:
        # P(score > t) falls with t; where the network says otherwise, it is held at what it said before.
        above = np.minimum.accumulate(values.astype(float), axis=1)
        table = pd.DataFrame(above, columns=above_columns(self.scale.highest))
        # The mean of a distribution is the integral of P(score > t).
        table.insert(0, "prediction", above.sum(axis=1) * self.step)
        return table
