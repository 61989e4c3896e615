"""What the server scores pictures with: a scorer of regions, or one of faces, from their files."""

from typing import Any, Protocol
from uuid import uuid4

import cv2
import numpy as np

from squint.errors import InputError
from squint.files.copies import digest_of_all
from squint.live.messages import MOST_REGIONS, VERSION, BadPicture, RegionScored, Welcome
from squint.regions.archive import RegionAbout, is_of_regions, load_region_scorer
from squint.regions.scorer import RegionScorer
from squint.scorer.archive import About

RGB = "rgb"


class LiveScorer(Protocol):
    """Scores pictures of regions, some at once; `welcome` tells clients what it takes and says."""

    welcome: Welcome

    def check(self, width: int, height: int, channels: int) -> None:
        """Raise BadPicture for a picture that it does not take."""
        ...

    def score(self, regions: list[str], pictures: list[np.ndarray], masks: list[bool]) -> list[RegionScored]:
        """What is said of each picture, which `check` has taken."""
        ...


def number_or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def make_welcome(path: str, about: About | RegionAbout, **own: Any) -> Welcome:
    """What the server says of the scorer in a file; `own` are the fields that its kind decides."""
    return Welcome(
        version=VERSION,
        server=uuid4().hex,
        scorer=about.name,
        digest=digest_of_all(path),
        scale=about.scale["name"],
        highest=about.core.highest,
        coverage=about.coverage,
        window_s=about.window_s,
        most_regions=MOST_REGIONS,
        **own,
    )


class LiveRegionScorer:
    """A segmentation and a network for patches: pictures of one channel at one size."""

    def __init__(self, path: str, about: RegionAbout, scorer: RegionScorer):
        self.about, self.scorer = about, scorer
        self.welcome = make_welcome(
            path,
            about,
            kind="regions",
            threshold=about.threshold,
            size=(about.size[0], about.size[1]),
            channel=about.channel,
            closed=about.closed,
            blink_s=about.blink_s,
            curve_margin=about.margins["curve"],
        )

    def check(self, width: int, height: int, channels: int) -> None:
        if [width, height] != list(self.about.size) or channels != 1:
            across, down = self.about.size
            found = f"{width} by {height} px, {channels} channel(s)"
            raise BadPicture(f"a picture of {found}; this scorer takes one of {across} by {down} px")

    def score(self, regions: list[str], pictures: list[np.ndarray], masks: list[bool]) -> list[RegionScored]:
        return [self.score_one(*about) for about in zip(regions, pictures, masks, strict=True)]

    def score_one(self, region: str, picture: np.ndarray, mask: bool) -> RegionScored:
        said = self.scorer.score(picture)
        return RegionScored(
            region=region,
            score=number_or_none(said.score),
            low=number_or_none(said.low),
            high=number_or_none(said.high),
            abstained=said.abstained,
            marks=[(eye.x, eye.y, eye.certainty) for eye in said.eyes],
            mask=cv2.imencode(".png", said.labels)[1].tobytes() if mask else None,
        )


def load_scorer(path: str, threads: int) -> LiveScorer:
    """The scorer in a file of either kind. Raises InputError for a file that is none."""
    if is_of_regions(path):
        return LiveRegionScorer(path, *load_region_scorer(path))
    try:
        import keras  # noqa: F401, PLC0415
    except ModuleNotFoundError as error:
        remedy = "start the server with .venv/bin/python -m squint serve, and name it with --server"
        raise InputError(
            path, "TensorFlow, which a scorer of faces needs", "an environment without it", remedy
        ) from error
    from squint.live.faces import LiveFaceScorer  # noqa: PLC0415

    return LiveFaceScorer(path, threads)
