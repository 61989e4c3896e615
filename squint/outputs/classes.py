"""The range of the score (thesis, 5.5.2.2 and Tables 5.9 and 5.10)."""

from itertools import pairwise

import numpy as np
import pandas as pd

from squint.domain.naming import write_value
from squint.domain.score_ranges import class_of
from squint.outputs.label import LabelOutput


class Classes(LabelOutput):
    """The probability of each score range in `bins`, trained on the range."""

    name = "classes"
    correlates = False
    meaning = "the range of the score"

    @property
    def size(self) -> int:
        return len(self.settings["bins"]) - 1

    def last_layer(self, keras, features):
        return keras.layers.Dense(self.size, activation="softmax", dtype="float32", name="score")(features)

    def loss(self, keras, consistency: dict) -> str:
        return "sparse_categorical_crossentropy"

    def decode(self, values: np.ndarray) -> pd.DataFrame:
        """`prediction` is the number of the most probable class."""
        values = values.astype(float)
        table = pd.DataFrame(values, columns=[f"class_{number}" for number in range(values.shape[1])])
        table.insert(0, "prediction", values.argmax(axis=1).astype(float))
        return table

    @property
    def class_names(self) -> list[str]:
        return [f"{low} to {high}" for low, high in pairwise(self.settings["bins"])]

    @property
    def constant_kind(self) -> str:
        return f"classes_{write_value(self.settings['bins'])}"

    @property
    def constant_settings(self) -> dict:
        return super().constant_settings | {"bins": self.settings["bins"]}

    def best_constant(self, scores: np.ndarray) -> float:
        """The most frequent class."""
        return float(np.bincount(self.balancing_classes(scores).astype(int)).argmax())

    def correct(self, predictions: np.ndarray, scores: np.ndarray) -> np.ndarray:
        return predictions == self.accuracy_classes(scores)

    def accuracy_classes(self, scores: np.ndarray) -> np.ndarray:
        return class_of(scores, np.array(self.settings["bins"]))
