"""The scale that faces are scored on: its units, what their scores are, and what people are told of them.

A scale is data: `scales/` holds those that are published, a lab's own stands in the config. No other module knows how
many units there are or what the highest score is.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from squint.domain.score_ranges import class_of, name_ranges


@dataclass(frozen=True)
class Scale:
    """What scores are. The score of a moment is the mean of its observed units, from 0 to `highest`."""

    units: tuple[str, ...]  # keys, in the order of sheets and of crops' names
    highest: int  # units are scored in whole steps from 0
    least_observed: int  # a moment with fewer observed units is not accepted
    pain_threshold: float  # scores from this on mean pain
    score_ranges: tuple[float, ...]  # edges of the ranges that errors are told and balanced by, from 0 to `highest`

    @property
    def values(self) -> dict[str, Any]:
        """Plain data that `make_scale` makes this scale of again."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @property
    def unit_columns(self) -> list[str]:
        """The units as columns of samples."""
        return [f"score_{unit}" for unit in self.units]

    @property
    def range_names(self) -> list[str]:
        """The score ranges in words."""
        return name_ranges(self.score_ranges)

    def range_of(self, scores: np.ndarray) -> np.ndarray:
        """The score range of each score, from 0. Raises ValueError for scores that the scale does not have."""
        return class_of(scores, np.array(self.score_ranges))

    @property
    def choices(self) -> str:
        """What a unit can be given, in words."""
        steps = [str(value) for value in range(self.highest + 1)]
        return f"{', '.join(steps[:-1])} or {steps[-1]}" if self.highest < 4 else f"0 to {self.highest}"


def make_scale(values: dict[str, Any]) -> Scale:
    """The scale of plain data (`Scale.values`, or a whole scale of the config)."""
    units = values["units"]
    return Scale(
        units=tuple(unit if isinstance(unit, str) else unit["key"] for unit in units),
        highest=int(values["highest"]),
        least_observed=int(values["least_observed"]),
        pain_threshold=float(values["pain_threshold"]),
        score_ranges=tuple(map(float, values["score_ranges"])),
    )


@dataclass(frozen=True)
class Guide:
    """What people are told of a scale."""

    name: str  # of the scale
    source: str  # where it is published
    units: dict[str, str]  # key to name
    steps: tuple[tuple[str, str], ...]  # what each score is called, and what it means for any unit
    meanings: dict[str, tuple[str, ...]]  # key to what each score of the unit means


def make_guide(values: dict[str, Any]) -> Guide:
    """What is told of a whole scale of the config."""
    return Guide(
        name=values["name"],
        source=values["source"],
        units={unit["key"]: unit["name"] for unit in values["units"]},
        steps=tuple((step["name"], step["meaning"]) for step in values["steps"]),
        meanings={unit["key"]: tuple(unit["meanings"]) for unit in values["units"]},
    )
