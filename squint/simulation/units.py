"""The action units that the simulated mouse shows, whatever scale it is scored on."""

import numpy as np
import pandas as pd

from squint.domain.scale import Scale

# What is drawn, by the names of the Mouse Grimace Scale; columns of the truth, each from 0 to SEVEREST.
UNITS = {
    "eye": "orbital tightening",
    "ear": "ear position",
    "nose": "nose bulge",
    "cheek": "cheek bulge",
    "whiskers": "whisker change",
}
SEVEREST = 2
# Units of other scales that are some of these together; a unit that is neither is all of them.
TOGETHER = {"nose_cheek": ("nose", "cheek")}
# What is judged from views near to the front.
FRONTAL = {"nose", "cheek"}


def drawn_units(unit: str) -> tuple[str, ...]:
    """The drawn units that a unit of a scale is read from."""
    return (unit,) if unit in UNITS else TOGETHER.get(unit, tuple(UNITS))


def is_frontal(unit: str) -> bool:
    """Whether a unit of a scale can be judged from near the front alone."""
    return set(drawn_units(unit)) <= FRONTAL


def on_scale(truth: pd.DataFrame, scale: Scale) -> np.ndarray:
    """The true score of each unit of a scale, (units,), as the mean over the rows of `truth`."""
    means = truth[list(UNITS)].mean()
    return np.array([means[list(drawn_units(unit))].mean() for unit in scale.units]) * (scale.highest / SEVEREST)
