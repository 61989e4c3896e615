"""A distribution of the score: how probable a higher one is than each of some thresholds."""

import numpy as np
import pandas as pd

from squint.domain.scale import HIGHEST_SCORE
from squint.outputs.score import ScoreOutput

STEP = 0.1
THRESHOLDS = np.arange(STEP / 2, HIGHEST_SCORE, STEP)
ABOVE = [f"above_{t:.2f}" for t in THRESHOLDS]  # the columns of its predictions


class Distribution(ScoreOutput):
    """P(score > t) for 20 thresholds t, trained on whether the score is higher."""

    name = "distribution"
    meaning = (
        f"for each of {len(THRESHOLDS)} thresholds how probable a higher score is; the integral of these is the score"
    )

    @property
    def size(self) -> int:
        return len(THRESHOLDS)

    def last_layer(self, keras, features):
        return keras.layers.Dense(self.size, activation="sigmoid", dtype="float32", name="score")(features)

    def targets(self, table: pd.DataFrame) -> np.ndarray:
        return (table.score.to_numpy(np.float32)[:, None] > THRESHOLDS).astype(np.float32)

    def loss(self, keras, consistency: dict) -> str:
        return "binary_crossentropy"

    def score_of(self, keras, values):
        return keras.ops.sum(values, axis=-1) * (THRESHOLDS[1] - THRESHOLDS[0])

    def decode(self, values: np.ndarray) -> pd.DataFrame:
        # P(score > t) falls with t; where the network says otherwise, it is held at what it said before.
        above = np.minimum.accumulate(values.astype(float), axis=1)
        table = pd.DataFrame(above, columns=ABOVE)
        # The mean of a distribution is the integral of P(score > t).
        table.insert(0, "prediction", above.sum(axis=1) * (THRESHOLDS[1] - THRESHOLDS[0]))
        return table
