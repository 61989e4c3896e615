"""The curve of an animal: scores of each frame with intervals, blinks apart, and the smoothed curve with its own."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from squint.measures.continuous import find_blinks, without_blinks
from squint.measures.intervals import conformal_margin

RAW = ["frame_num", "time_s", "score", "eyes", "abstained"]
CURVE = ["frame_num", "time_s", "score", "low", "high", "smoothed", "smoothed_low", "smoothed_high", "eyes", "blink"]
CURVE += ["abstained"]


@dataclass(frozen=True)
class Manner:
    """How curves are made: over what they are smoothed, and what a blink is."""

    window_s: float
    closed: float  # score from which an eye is shut
    blink_s: float  # an eye that is shut for less blinks
    highest: float


@dataclass(frozen=True)
class RegionMargins:
    """Half the widths of intervals, of a frame's score and of the smoothed curve; infinite where nothing tells them."""

    frame: float
    curve: float

    @classmethod
    def read(cls, values: dict[str, float | None]) -> "RegionMargins":
        """Those of plain data, in which nothing stands for infinite."""
        return cls(**{name: math.inf if value is None else float(value) for name, value in values.items()})

    @property
    def values(self) -> dict[str, float | None]:
        """Plain data that `read` reads."""
        return {name: None if math.isinf(value) else value for name, value in asdict(self).items()}


def smooth_over_time(times_s: np.ndarray, scores: np.ndarray, window_s: float) -> np.ndarray:
    """The mean of the scores within half of `window_s` before and behind each time; NaN where it was not scored.

    By presentation times, so that frames that were dropped or come at a varying rate change nothing but what is known.
    """
    known = ~np.isnan(scores)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, scores, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    first = np.searchsorted(times_s, times_s - window_s / 2 - 1e-9)
    last = np.searchsorted(times_s, times_s + window_s / 2 + 1e-9, side="right")
    held = counts[last] - counts[first]
    means = (sums[last] - sums[first]) / np.maximum(held, 1)
    return np.where(known & (held > 0), means, np.nan)


def around(values: np.ndarray, margin: float, highest: float) -> tuple[np.ndarray, np.ndarray]:
    """Ends of intervals of half a width around values, within the scale."""
    return np.clip(values - margin, 0, highest), np.clip(values + margin, 0, highest)


def make_curve(raw: pd.DataFrame, manner: Manner, margins: RegionMargins) -> pd.DataFrame:
    """The curve (CURVE) of a region's raw scores (RAW), a row a frame in their order.

    Frames of a blink keep their score, and have no part in the smoothed curve.
    """
    times_s, scores = raw.time_s.to_numpy(float), raw.score.to_numpy(float)
    blinks = find_blinks(times_s, scores, manner.closed, manner.blink_s)
    table = raw.assign(blink=False)
    for blink in blinks:
        table.iloc[blink.start : blink.stop, table.columns.get_loc("blink")] = True  # pyright: ignore[reportArgumentType]
    table["smoothed"] = smooth_over_time(times_s, without_blinks(scores, blinks), manner.window_s)
    table["low"], table["high"] = around(scores, margins.frame, manner.highest)
    table["smoothed_low"], table["smoothed_high"] = around(table.smoothed.to_numpy(), margins.curve, manner.highest)
    return table[CURVE]


@dataclass(frozen=True)
class HeldOutCurve:
    """The raw scores of an animal by networks that never saw it, and an expert's scores (`frame_num`, `score`)."""

    rack: str
    region: str
    animal: str
    raw: pd.DataFrame
    labels: pd.DataFrame

    def labelled(self, manner: Manner) -> pd.DataFrame:
        """The frames of its curve that the expert scored, with `expert`; their intervals are not calibrated."""
        curve = make_curve(self.raw, manner, RegionMargins(0.0, 0.0))
        labels = self.labels.rename(columns={"score": "expert"})
        return curve.merge(labels, on="frame_num", validate="one_to_one").assign(
            rack=self.rack, region=self.region, animal=self.animal
        )


def find_margins(labelled: pd.DataFrame, coverage: float) -> RegionMargins:
    """Margins that hold an expert's score on animals like those of `labelled` rows (`conformal_margin`)."""

    def margin(column: str) -> float:
        ours = labelled[labelled[column].notna()]
        values = ours[column].to_numpy()
        return conformal_margin(values, values, ours.expert.to_numpy(float), coverage)

    return RegionMargins(margin("score"), margin("smoothed"))


def calibrate_curves(curves: Sequence[HeldOutCurve], manner: Manner, coverage: float) -> RegionMargins:
    """Margins that hold an expert's score on new animals with probability `coverage`."""
    return find_margins(pd.concat([curve.labelled(manner) for curve in curves]), coverage)


def judge_curves(curves: Sequence[HeldOutCurve], manner: Manner, coverage: float) -> pd.DataFrame:
    """Frames that an expert scored, of each animal, with intervals that the other animals calibrate."""
    labelled = pd.concat([curve.labelled(manner) for curve in curves], ignore_index=True)
    parts = []
    for animal, ours in labelled.groupby("animal", sort=False):
        margins = find_margins(labelled[labelled.animal != animal], coverage)
        low, high = around(ours.score.to_numpy(), margins.frame, manner.highest)
        smoothed_low, smoothed_high = around(ours.smoothed.to_numpy(), margins.curve, manner.highest)
        parts.append(ours.assign(low=low, high=high, smoothed_low=smoothed_low, smoothed_high=smoothed_high))
    return pd.concat(parts, ignore_index=True)
