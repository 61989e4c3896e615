"""How sure a curve is: intervals that are calibrated on recordings of animals that the scoring networks never saw.

The networks of a fold score the animal that the fold leaves out over time. Where an expert has scored a moment, the
curve is compared with that score. Split conformal prediction (`squint.measures.intervals`) gives what the ends of the
raw intervals have to be moved by, for the score of a single frame and for the smoothed curve.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from squint.measures.intervals import conformal_margin

TOO_WIDE = "the interval tells nothing"  # why a moment is not scored
VALUES = ["fused", "low", "high"]  # of a raw timeline; those of the smoothed curve are the same behind a prefix
SMOOTHED = dict(zip(VALUES, ["smoothed", "smoothed_low", "smoothed_high"], strict=True))


@dataclass(frozen=True)
class Margins:
    """What is calibrated, on the scale of the scores; infinite where there are too few moments to tell.

    `frame` and `curve` are what the ends of the raw intervals of a moment and of the smoothed curve have to move by.
    From a width of `widest` on a moment's interval is as wide as one that needs no scorer: the moment is not scored.
    """

    frame: float
    curve: float
    widest: float

    @classmethod
    def read(cls, values: dict[str, float | None]) -> "Margins":
        """Those of plain data, in which nothing stands for infinite."""
        return cls(**{name: math.inf if value is None else value for name, value in values.items()})

    @property
    def values(self) -> dict[str, float | None]:
        """Plain data that `read` reads."""
        return {name: None if math.isinf(value) else value for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Window:
    """How a curve is smoothed: over so many `rows`, sampled `every` frames."""

    rows: int
    every: int

    @classmethod
    def of(cls, seconds: float, fps: float, every: int) -> "Window":
        """The one of so many seconds of a recording at `fps` frames a second."""
        return cls(max(1, round(seconds * fps / every)), every)


def widen(low: pd.Series, high: pd.Series, margin: float) -> tuple[pd.Series, pd.Series]:
    """Both ends of intervals moved outwards by `margin`, or inwards, up to their middle, where it is negative."""
    middle = (low + high) / 2
    return np.minimum(low - margin, middle), np.maximum(high + margin, middle)  # pyright: ignore[reportReturnType]


def smooth(table: pd.DataFrame, window: Window) -> pd.DataFrame:
    """The moving averages of VALUES by `sync_index`, which is the index; NaN where nothing is scored."""
    grid = table[VALUES].reindex(np.arange(table.index.min(), table.index.max() + 1, window.every))
    means = grid.rolling(window.rows, center=True, min_periods=1).mean().loc[table.index]
    return means.where(table.fused.notna()).rename(columns=SMOOTHED)


def finish(raw: pd.DataFrame, cameras: list[str], margins: Margins, window: Window, highest: float) -> pd.DataFrame:
    """The whole curve of a raw timeline: calibrated intervals up to `highest`, and the smoothed curve with its own.

    Moments whose interval tells nothing are not scored, and left out of the smoothed curve; their rows say why.
    """
    table = raw.set_index("sync_index")
    low, high = widen(table.low, table.high, margins.frame)
    # A constant of no width, where nearly all scores are the same, is none that a scorer could be measured by.
    tells = 0 < margins.widest < math.inf
    wide = (high - low >= margins.widest) & table.fused.notna() & tells
    table.loc[wide, [*VALUES, "spread", *cameras]] = np.nan
    table.loc[wide, "abstained"] = TOO_WIDE
    table.loc[wide, "faces"] = 0
    curve = smooth(table, window)
    table["low"], table["high"] = low.where(~wide).clip(0, highest), high.where(~wide).clip(0, highest)
    ends = widen(curve.smoothed_low, curve.smoothed_high, margins.curve)
    curve["smoothed_low"], curve["smoothed_high"] = (end.clip(0, highest) for end in ends)
    return table.drop(columns="abstained").join(curve).assign(abstained=table.abstained).reset_index()


@dataclass(frozen=True)
class HeldOut:
    """A recording of an animal that the networks which scored it never saw, and what an expert said of it."""

    animal: str
    raw: pd.DataFrame  # its raw timeline
    cameras: list[str]
    window: Window
    labels: pd.DataFrame

    def finish(self, margins: Margins, highest: float) -> pd.DataFrame:
        """Its whole curve."""
        return finish(self.raw, self.cameras, margins, self.window, highest)

    def moments(self, timeline: pd.DataFrame) -> pd.DataFrame:
        """The rows of a timeline of this recording at moments that were scored and that an expert scored too."""
        scored = timeline.merge(self.labels[["sync_index", "score"]], on="sync_index", validate="one_to_one")
        return scored[scored.fused.notna()].assign(animal=self.animal)


def margin(moments: pd.DataFrame, low: str, high: str, coverage: float) -> float:
    """What both ends have to move by to hold `score` with a probability of `coverage`."""
    return conformal_margin(moments[low].to_numpy(), moments[high].to_numpy(), moments.score.to_numpy(), coverage)


def constant_width(scores: np.ndarray, coverage: float) -> float:
    """The width of an interval that needs no scorer: around the median of `scores`, as wide as it must be."""
    middle = np.full(len(scores), np.median(scores)) if len(scores) else scores
    return 2 * conformal_margin(middle, middle, scores, coverage)


def calibrate(recordings: Sequence[HeldOut], coverage: float, highest: float) -> Margins:
    """The margins by which the curves of new animals are widened."""
    raw = pd.concat([recording.moments(recording.raw) for recording in recordings])
    frame, widest = margin(raw, "low", "high", coverage), constant_width(raw.score.to_numpy(), coverage)
    first = Margins(frame, 0.0, widest)
    moments = pd.concat([recording.moments(recording.finish(first, highest)) for recording in recordings])
    return Margins(frame, margin(moments, SMOOTHED["low"], SMOOTHED["high"], coverage), widest)


def judge_coverage(recordings: Sequence[HeldOut], coverage: float, highest: float) -> pd.DataFrame:
    """The scored moments of all animals with intervals that are calibrated on the other animals alone.

    No row of an animal where there is no other.
    """
    parts = []
    for animal in dict.fromkeys(recording.animal for recording in recordings):
        others = [recording for recording in recordings if recording.animal != animal]
        if others:
            margins = calibrate(others, coverage, highest)
            for ours in (recording for recording in recordings if recording.animal == animal):
                parts.append(ours.moments(ours.finish(margins, highest)))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
