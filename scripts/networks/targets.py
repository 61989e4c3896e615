"""What a network is trained to say of a moment, and what its outputs mean.

| output | values | trained on |
|---|---|---|
| regression | the score | the score |
| units | the five action units and their mean | units, those unobserved masked, and the score |
| distribution | P(score > t) for 20 thresholds t | whether the score is higher |
| classes | the probability of each score range | the range |
| binary | the probability of pain | pain or no pain, by the gap |
"""

import numpy as np
import pandas as pd

from scripts.balanced import class_of
from scripts.grimace import ACTION_UNITS
from scripts.job import InputError
from scripts.network_settings import THRESHOLDS

MOMENT = ["experiment", "itemno"]
UNIT_COLUMNS = [f"score_{unit}" for unit in ACTION_UNITS]
SCORED = ["score", *UNIT_COLUMNS]
ERRORS = {"mae": "mean_absolute_error", "mse": "mean_squared_error"}


def shuffle_labels(table: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
    """`table` with the labels dealt out anew among its moments: all crops of a moment get those of one other."""
    moments = table.groupby(MOMENT)[SCORED].first()
    dealt = moments.iloc[generator.permutation(len(moments))].set_axis(moments.index)
    shuffled = dealt.loc[pd.MultiIndex.from_frame(table[MOMENT])]
    return table.assign(**{column: shuffled[column].to_numpy() for column in SCORED})


def pain_labels(scores: np.ndarray, gap: tuple[float, float]) -> np.ndarray:
    """1 for pain (scores of `gap[1]` or more), 0 for no pain (below `gap[0]`), NaN between (thesis, 5.5.2.7)."""
    scores = np.asarray(scores, float)
    return np.where(scores >= gap[1], 1.0, np.where(scores < gap[0], 0.0, np.nan))


def training_classes(scores: np.ndarray, settings: dict) -> np.ndarray:
    """The class of each score for the balanced generator, float: its range, or pain and no pain; NaN in the gap."""
    if settings["output"] == "binary":
        return pain_labels(scores, settings["gap"])
    return class_of(scores, np.array(settings["bins"])).astype(float)


def check_classes(present: np.ndarray, settings: dict, place: str, training: bool = True) -> None:
    """Raise InputError if a class that a network tells apart does not occur among `present` ones.

    For validation two of them are enough.
    """
    ranges = {
        "binary": [f"below {settings['gap'][0]}", f"{settings['gap'][1]} or more"],
        "classes": [f"{low} to {high}" for low, high in zip(settings["bins"], settings["bins"][1:], strict=False)],
    }.get(settings["output"], [])
    empty = sorted(set(range(len(ranges))) - set(present[~np.isnan(present)].astype(int)))
    if empty and (training or len(ranges) - len(empty) < 2):
        raise InputError(
            place,
            f"moments of every class: scores {', '.join(ranges)}",
            f"none with a score {ranges[empty[0]]}",
            "score more moments, or change the network's `bins` or `gap`",
        )


def make_targets(table: pd.DataFrame, settings: dict) -> np.ndarray:
    """Targets (rows, values) float32 of crops with `score` and `score_{unit}`; NaN where a unit is unobserved."""
    scores = table.score.to_numpy(np.float32)
    values = {
        "regression": lambda: scores[:, None],
        "units": lambda: np.column_stack([table[UNIT_COLUMNS].to_numpy(np.float32), scores]),
        "distribution": lambda: (scores[:, None] > THRESHOLDS).astype(np.float32),
    }.get(settings["output"], lambda: training_classes(scores, settings)[:, None])()
    return values.astype(np.float32)


def choose_loss(keras, settings: dict, consistency: dict):
    """The Keras loss of a network; `auto` takes the one that coder consistency selects."""
    fixed = {
        "binary": "binary_crossentropy",
        "distribution": "binary_crossentropy",
        "classes": "sparse_categorical_crossentropy",
    }
    if settings["output"] in fixed:
        return fixed[settings["output"]]
    kind = consistency["loss"] if settings["loss"] == "auto" else settings["loss"]
    return masked_loss(keras, kind) if settings["output"] == "units" else ERRORS[kind]


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


def score_error(keras, settings: dict):
    """The metric `mae`: the absolute error of the score, (batch,), whatever the loss is."""

    def score(values):
        if settings["output"] == "distribution":
            return keras.ops.sum(values, axis=-1) * (THRESHOLDS[1] - THRESHOLDS[0])
        return values[:, -1]

    def mae(truth, said):
        return keras.ops.abs(score(keras.ops.cast(truth, said.dtype)) - score(said))

    return mae


def read_outputs(values: np.ndarray, settings: dict) -> pd.DataFrame:
    """Outputs (n, values) of a network as columns: `prediction`, and what else it says.

    `prediction` is a score from 0 to 2, the number of the most probable class, or the probability of pain.
    """
    values = values.astype(float)
    output = settings["output"]
    if output == "units":
        return pd.DataFrame(values[:, [-1, *range(len(ACTION_UNITS))]], columns=["prediction", *ACTION_UNITS])
    if output == "distribution":
        # P(score > t) falls with t; where the network says otherwise, it is held at what it said before.
        above = np.minimum.accumulate(values, axis=1)
        table = pd.DataFrame(above, columns=[f"above_{t:.2f}" for t in THRESHOLDS])
        # The mean of a distribution is the integral of P(score > t).
        table.insert(0, "prediction", above.sum(axis=1) * (THRESHOLDS[1] - THRESHOLDS[0]))
        return table
    if output == "classes":
        table = pd.DataFrame(values, columns=[f"class_{number}" for number in range(values.shape[1])])
        table.insert(0, "prediction", values.argmax(axis=1).astype(float))
        return table
    return pd.DataFrame({"prediction": values[:, 0]})
