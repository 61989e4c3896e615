"""What scores of each frame tell of an animal: time above a threshold, the area under the curve, blinks.

Kopaczka et al. name such measures as what is missing for scores that are continuous in time.
"""

from dataclasses import dataclass

import numpy as np

from squint.measures.bootstrap import interval


@dataclass(frozen=True)
class Shut:
    """When eyes were shut, by the frames: from `start`, `stop` excluded, for `seconds`."""

    start: int
    stop: int
    seconds: float


def find_shut(times_s: np.ndarray, scores: np.ndarray, closed: float, gap: int = 1) -> list[Shut]:
    """Runs of frames whose score is `closed` or more; `gap` frames without a score within one do not end it."""
    shut = scores >= closed
    step = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0
    runs, start, last = [], None, 0
    for number in range(len(scores)):
        if shut[number]:
            start = number if start is None else start
            last = number
        elif start is not None and (not np.isnan(scores[number]) or number - last > gap):
            runs.append((start, last + 1))
            start = None
    if start is not None:
        runs.append((start, last + 1))
    return [Shut(first, stop, float(times_s[stop - 1] - times_s[first]) + step) for first, stop in runs]


def find_blinks(times_s: np.ndarray, scores: np.ndarray, closed: float, shorter_s: float) -> list[Shut]:
    """Those in which eyes were shut for less than `shorter_s`, and were seen to be open right before and after.

    An eye that comes into sight shut and goes out of it again may be shut for longer.
    """

    def is_open(number: int) -> bool:
        return 0 <= number < len(scores) and bool(scores[number] < closed)

    return [
        shut
        for shut in find_shut(times_s, scores, closed)
        if shut.seconds < shorter_s and is_open(shut.start - 1) and is_open(shut.stop)
    ]


def without_blinks(scores: np.ndarray, blinks: list[Shut], beside: int = 1) -> np.ndarray:
    """Scores with NaN in blinks and in `beside` frames at either side, in which the lids move."""
    left = scores.astype(float)
    for blink in blinks:
        left[max(0, blink.start - beside) : blink.stop + beside] = np.nan
    return left


def block_samples(count: int, block: int, draws: int, generator: np.random.Generator) -> np.ndarray:
    """Positions (draws, count) of bootstrap samples of a series, in circular blocks (Politis and Romano 1992)."""
    starts = generator.integers(0, count, (draws, -(-count // block)))
    return ((starts[:, :, None] + np.arange(block)) % count).reshape(draws, -1)[:, :count]


@dataclass(frozen=True)
class Errors:
    """Scorers' errors (prediction less expert) on animals that it never saw, an array for each animal."""

    by_animal: tuple[np.ndarray, ...]

    def sample(self, generator: np.random.Generator) -> float:
        """The error of the mean of an animal's scores: that of an animal and of some of its frames that were drawn."""
        errors = self.by_animal[generator.integers(len(self.by_animal))]
        return float(errors[generator.integers(0, len(errors), len(errors))].mean())


def measure_curve(
    times_s: np.ndarray,
    scores: np.ndarray,
    blinks: list[Shut],
    threshold: float,
    errors: Errors,
    draws: int,
    confidence: float,
    block_s: float,
    highest: float,
    generator: np.random.Generator,
) -> dict[str, float]:
    """What an animal's curve tells, each with the ends of its interval (`… low`, `… high`); scores go up to `highest`.

    `scores` are without blinks. `mean` is the area under the curve divided by the scored time, `area` that area in
    score minutes, `above` the share of the scored time above `threshold`, `blinks` their number a minute. Intervals
    hold what another time of the same animal would give (blocks of `block_s` are drawn anew) and the scorer's error on
    an animal that it never saw (taken off the whole curve).
    """
    step_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0
    known = np.flatnonzero(~np.isnan(scores))
    begins = np.zeros(len(scores))
    begins[[blink.start for blink in blinks]] = 1
    found = {
        "seconds": len(scores) * step_s,
        "scored s": len(known) * step_s,
        "shown": len(known) / max(1, len(scores)),
    }
    names = ("mean", "area", "above", "blinks")

    def tell(values: np.ndarray, begun: np.ndarray) -> tuple[float, float, float, float]:
        ours = values[~np.isnan(values)]
        if not len(ours):
            return np.nan, np.nan, np.nan, np.nan
        minutes = len(ours) * step_s / 60
        # The area is told for the time that was scored in fact, whatever share of it a sample has.
        mean = float(ours.mean())
        return mean, mean * len(known) * step_s / 60, float((ours > threshold).mean()), float(begun.sum()) / minutes

    samples = np.full((draws, len(names)), np.nan)
    if len(known):
        block = max(1, round(block_s / step_s)) if step_s else 1
        for row, chosen in enumerate(block_samples(len(scores), min(block, len(scores)), draws, generator)):
            samples[row] = tell(np.clip(scores[chosen] - errors.sample(generator), 0, highest), begins[chosen])
    for column, (name, value) in enumerate(zip(names, tell(scores, begins), strict=True)):
        low, high = interval(samples[:, column], confidence)
        found |= {name: value, f"{name} low": low, f"{name} high": high}
    return found
