"""What every output of a network is made of: the base of the classes in this package.

An output owns all that depends on what a network says: its last layer, what it is trained on, its loss, the classes
that batches are balanced over, how its values are read, the constant that stands beside it, the metrics that it is
measured by, and the tables that it has. A new one is a class in a file of its own and a line in
`squint.outputs.OUTPUTS`.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
import pandas as pd

from squint.domain.naming import CONSTANT
from squint.domain.scale import make_scale
from squint.domain.score_ranges import class_of
from squint.errors import InputError


class Output(ABC):
    """What a network says of a sample. `settings` are the network's; an output reads those that it needs.

    Arrays: `scores` (n,) float, 0 to the scale's highest; `values` (n, size) float32 as the last layer gives them.
    """

    name: ClassVar[str]  # in the config
    meaning: ClassVar[str]  # what it says, as the methods of a study tell it
    balanced_over: ClassVar[str] = ""  # what batches are balanced over, in words; empty: the score ranges in `bins`
    tells_score: ClassVar[bool] = False  # whether it can be read as a score, as new recordings are scored with
    metrics: ClassVar[tuple[str, ...]] = ("accuracy",)  # mae, accuracy or both; the first one is the primary metric
    correlates: ClassVar[bool] = True  # whether its predictions of moments can be correlated with scores
    losses: ClassVar[tuple[str, ...]] = ("auto",)  # the values of `loss` that it can take

    def __init__(self, settings: dict):
        self.settings = settings
        self.scale = make_scale(settings["scale"])

    @property
    def size(self) -> int:
        """Number of values that it tells; a last hidden layer must be as wide at least."""
        return 1

    @abstractmethod
    def last_layer(self, keras, features):
        """The last layer on top of `features` (batch, width), in full precision whatever the network computes in."""

    @abstractmethod
    def targets(self, table: pd.DataFrame) -> np.ndarray:
        """What is to be said, (rows, values) float32, of samples with `score` and `score_{unit}` (NaN: unobserved)."""

    @abstractmethod
    def loss(self, keras, consistency: dict):
        """The Keras loss; `consistency` is what the coders' consistency selects where `loss` is `auto`."""

    @abstractmethod
    def training_metric(self, keras):
        """What is watched beside the loss: a Keras metric whose name is the primary metric."""

    @abstractmethod
    def decode(self, values: np.ndarray) -> pd.DataFrame:
        """Values as columns: `prediction`, and what else is said."""

    # Classes

    def balancing_classes(self, scores: np.ndarray) -> np.ndarray:
        """The class of each score for balanced batches, (n,) float; NaN for scores that nothing is trained on."""
        return class_of(scores, np.array(self.settings["bins"])).astype(float)

    @property
    def class_names(self) -> list[str]:
        """The classes that it tells apart, in words; none for scores."""
        return []

    def check_classes(self, present: np.ndarray, where: str, training: bool = True) -> None:
        """Raise InputError if a class that it tells apart is not `present`. For validation two of them are enough."""
        names = self.class_names
        empty = sorted(set(range(len(names))) - set(present[~np.isnan(present)].astype(int)))
        if empty and (training or len(names) - len(empty) < 2):
            raise InputError(
                where,
                f"moments of every class: scores {', '.join(names)}",
                f"none with a score {names[empty[0]]}",
                "score more moments, or change the network's `bins` or `gap`",
            )

    # The constant predictor

    @property
    def constant_kind(self) -> str:
        """The kind of constant that stands beside it; networks of one kind are measured by the same metrics."""
        return self.name

    @property
    def constant_predictor_name(self) -> str:
        """The name of the constant predictor that stands beside it."""
        return CONSTANT + self.constant_kind

    @property
    def constant_settings(self) -> dict:
        """What that constant predictor depends on, the same for all networks of a kind."""
        return {"output": self.name, "bins": [], "scale": self.settings["scale"]}

    @abstractmethod
    def best_constant(self, scores: np.ndarray) -> float:
        """The one prediction that fits the training moments' `scores` best."""

    # Measures

    @property
    def primary_metric(self) -> str:
        """The metric that it is judged by."""
        return self.metrics[0]

    @property
    def monitors(self) -> tuple[str, ...]:
        """What early stopping can watch."""
        return ("val_loss", f"val_{self.primary_metric}")

    @abstractmethod
    def correct(self, predictions: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """Which predictions are on the right side, or in the right class, (n,) bool."""

    @abstractmethod
    def accuracy_classes(self, scores: np.ndarray) -> np.ndarray:
        """The classes, (n,) of whole numbers or bool, over which a balanced accuracy is the mean."""

    @property
    def gap(self) -> tuple[float, float]:
        """Scores that it is not trained on: from the first to below the second; none where they are the same."""
        return (0.0, 0.0)

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables of a network with this output (keys of `squint.config.products.TABLES`)."""
        return ("single_view", "multi_camera", "correlation") if self.correlates else ("single_view", "multi_camera")

    @property
    def table_set(self) -> str:
        """What the set of these tables is called; outputs with other tables have another."""
        return self.name
