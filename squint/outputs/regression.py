"""The score itself (thesis, 4.8 and Tables 5.17 to 5.21)."""

import numpy as np
import pandas as pd

from squint.outputs.score import ERRORS, ScoreOutput


class Regression(ScoreOutput):
    """One value, the score, trained on the score."""

    name = "regression"
    losses = ("auto", "mae", "mse")
    meaning = "the score"

    def last_layer(self, keras, features):
        return keras.layers.Dense(self.size, dtype="float32", name="score")(features)

    def targets(self, table: pd.DataFrame) -> np.ndarray:
        return table.score.to_numpy(np.float32)[:, None]

    def loss(self, keras, consistency: dict) -> str:
        return ERRORS[self.error_kind(consistency)]

    def score_of(self, keras, values):
        return values[:, -1]

    def decode(self, values: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame({"prediction": values[:, 0].astype(float)})
