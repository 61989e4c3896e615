"""What the outputs have in common that can be read as a score."""

from abc import abstractmethod

import numpy as np

from squint.outputs.output import Output

ERRORS = {"mae": "mean_absolute_error", "mse": "mean_squared_error"}  # the config's names to Keras's


class ScoreOutput(Output):
    """An output whose `prediction` is a score. It is judged by its mean absolute error."""

    tells_score = True
    metrics = ("mae", "accuracy")

    def error_kind(self, consistency: dict) -> str:
        """`mae` or `mse`: that of the config, or for `auto` the one that coder consistency selects (thesis, 4.8.4)."""
        return consistency["loss"] if self.settings["loss"] == "auto" else self.settings["loss"]

    @abstractmethod
    def score_of(self, keras, values):
        """The score (batch,) in tensors of what is said or to be said."""

    def training_metric(self, keras):
        """The absolute error of the score, (batch,), whatever the loss is."""

        def mae(truth, said):
            truth = self.score_of(keras, keras.ops.cast(truth, said.dtype))
            return keras.ops.abs(truth - self.score_of(keras, said))  # pyright: ignore[reportOperatorIssue]

        return mae

    @property
    def constant_kind(self) -> str:
        return "regression"

    @property
    def constant_settings(self) -> dict:
        return super().constant_settings | {"output": "regression"}

    def best_constant(self, scores: np.ndarray) -> float:
        """The median score, which has the least mean absolute error."""
        return float(np.median(scores))

    def correct(self, predictions: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """Whether the score is on the right side of the threshold of pain."""
        return (predictions >= self.scale.pain_threshold) == (scores >= self.scale.pain_threshold)

    def accuracy_classes(self, scores: np.ndarray) -> np.ndarray:
        return scores >= self.scale.pain_threshold

    @property
    def tables(self) -> tuple[str, ...]:
        return (*super().tables, "pain")

    @property
    def table_set(self) -> str:
        return "scores"
