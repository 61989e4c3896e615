"""Pain or no pain (thesis, 5.5.2.6 and 5.5.2.7, Tables 5.27 to 5.39)."""

import numpy as np
import pandas as pd

from squint.outputs.label import LabelOutput

LIKELY = 0.5  # a probability from this on says pain


def pain_labels(scores: np.ndarray, gap: tuple[float, float]) -> np.ndarray:
    """1 for pain (scores of `gap[1]` or more), 0 for no pain (below `gap[0]`), NaN between (thesis, 5.5.2.7)."""
    scores = np.asarray(scores, float)
    return np.where(scores >= gap[1], 1.0, np.where(scores < gap[0], 0.0, np.nan))


class Binary(LabelOutput):
    """The probability of pain, trained on pain or no pain by the gap."""

    name = "binary"
    meaning = "the probability of pain"
    balanced_over = "pain and no pain"

    def last_layer(self, keras, features):
        return keras.layers.Dense(self.size, activation="sigmoid", dtype="float32", name="score")(features)

    def loss(self, keras, consistency: dict) -> str:
        return "binary_crossentropy"

    def decode(self, values: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame({"prediction": values[:, 0].astype(float)})

    def balancing_classes(self, scores: np.ndarray) -> np.ndarray:
        return pain_labels(scores, self.gap)

    @property
    def class_names(self) -> list[str]:
        low, high = self.gap
        return [f"below {low}", f"{high} or more"]

    def best_constant(self, scores: np.ndarray) -> float:
        """The share of pain, all moments counted."""
        return float(np.mean(self.accuracy_classes(scores)))

    def correct(self, predictions: np.ndarray, scores: np.ndarray) -> np.ndarray:
        return (predictions >= LIKELY) == (scores >= self.scale.pain_threshold)

    def accuracy_classes(self, scores: np.ndarray) -> np.ndarray:
        return scores >= self.scale.pain_threshold

    @property
    def gap(self) -> tuple[float, float]:
        return tuple(self.settings["gap"])

    @property
    def tables(self) -> tuple[str, ...]:
        discarded = ("single_view_discarded", "multi_camera_discarded") if self.gap[0] < self.gap[1] else ()
        return (*super().tables, *discarded)

    @property
    def table_set(self) -> str:
        return "binary_with_gap" if self.gap[0] < self.gap[1] else "binary"
