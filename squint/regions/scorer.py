"""Scores a region's picture: the segmentation finds its eyes, the eye network scores each, with an interval."""

from dataclasses import dataclass

import numpy as np

from squint.models.litert import LiteNetwork
from squint.regions.eyes import Spot
from squint.regions.patches import cut_patches
from squint.regions.segmentation import Segmenter

NO_EYE = "no eye in sight"
NO_ANIMAL = "no animal in sight"
LEAST_ANIMAL = 0.01  # of the picture's pixels


@dataclass(frozen=True)
class RegionScore:
    """What is said of a picture: the score (NaN where none is given), the ends of its interval, why none is given.

    `eyes` are those that were scored, `scores` what was said of each; `labels` the segmentation's classes.
    """

    score: float
    low: float
    high: float
    abstained: str
    eyes: list[Spot]
    scores: list[float]
    labels: np.ndarray


class RegionScorer:
    """A segmentation and a network for patches, with what calibrates its intervals."""

    def __init__(
        self, segmenter: Segmenter, network: LiteNetwork, patches: tuple[str, ...], margin: float, highest: float
    ):
        self.segmenter, self.network, self.patches = segmenter, network, patches
        self.margin, self.highest = margin, highest

    def score(self, picture: np.ndarray) -> RegionScore:
        """What is said of a uint8 picture (height, width) of a region; the mean over the eyes in sight."""
        seen = self.segmenter.see(picture)
        scores = [float(self.network(cut_patches(picture, eye, seen.ears, self.patches))[0]) for eye in seen.eyes]
        scores = [min(max(score, 0.0), self.highest) for score in scores]
        if not scores:
            reason = NO_EYE if (seen.labels > 0).mean() >= LEAST_ANIMAL else NO_ANIMAL
            return RegionScore(np.nan, np.nan, np.nan, reason, [], [], seen.labels)
        score = float(np.mean(scores))
        low, high = max(score - self.margin, 0.0), min(score + self.margin, self.highest)
        return RegionScore(score, low, high, "", seen.eyes, scores, seen.labels)
