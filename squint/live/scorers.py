"""What the server scores pictures with: a scorer of regions, or one of faces, from their files."""

import hashlib
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import cv2
import numpy as np
import pandas as pd

from squint.detection.detector import SCAN_WIDTH, STRIDE, Face, FaceDetector, ScanPicture, best_face
from squint.errors import InputError
from squint.files.images import resize_crop
from squint.live.messages import MOST_REGIONS, VERSION, BadPicture, RegionScored, Welcome
from squint.regions.archive import RegionAbout, is_of_regions, load_region_scorer
from squint.regions.scorer import RegionScorer
from squint.samples.cropping import cut, widen
from squint.scorer.archive import About, read_about, unpacked
from squint.scorer.calibration import Margins, Window, finish
from squint.scorer.likeness import read_likeness
from squint.scorer.timeline import beyond_frame, fuse_cameras, score_faces

NO_FACE = "no face in sight"
RGB = "rgb"
CAMERA = "live"


class LiveScorer(Protocol):
    """Scores pictures of regions, some at once; `welcome` tells clients what it takes and says."""

    welcome: Welcome

    def check(self, picture: np.ndarray) -> None:
        """Raise BadPicture for a picture that it does not take."""
        ...

    def score(self, regions: list[str], pictures: list[np.ndarray], masks: list[bool]) -> list[RegionScored]:
        """What is said of each picture, which `check` has taken."""
        ...


def digest_of_file(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def silent(items: Iterable, **_: object) -> Iterable:
    """Shows no progress: a frame is done at once."""
    return items


def number_or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


class LiveRegionScorer:
    """A segmentation and a network for patches: pictures of one channel at one size."""

    def __init__(self, path: str, about: RegionAbout, scorer: RegionScorer):
        self.about, self.scorer = about, scorer
        scale = about.core
        self.welcome = Welcome(
            version=VERSION,
            server=uuid4().hex,
            scorer=about.name,
            digest=digest_of_file(path),
            kind="regions",
            scale=about.scale["name"],
            highest=scale.highest,
            threshold=about.threshold,
            coverage=about.coverage,
            size=(about.size[0], about.size[1]),
            channel=about.channel,
            window_s=about.window_s,
            closed=about.closed,
            blink_s=about.blink_s,
            curve_margin=about.margins["curve"],
            most_regions=MOST_REGIONS,
        )

    def check(self, picture: np.ndarray) -> None:
        width, height = self.about.size
        if picture.shape != (height, width):
            found = " × ".join(map(str, picture.shape))
            raise BadPicture(f"a picture of {found}; this scorer takes one channel of {height} × {width}")

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


def scan_of(picture: np.ndarray) -> ScanPicture:
    """The scan picture of a uint8 RGB picture."""
    height, width = picture.shape[:2]
    size = (SCAN_WIDTH, max(1, round(height * SCAN_WIDTH / width)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if width > SCAN_WIDTH else cv2.INTER_LINEAR)
    padded = cv2.copyMakeBorder(small, 0, -size[1] % STRIDE, 0, 0, cv2.BORDER_REPLICATE)
    return ScanPicture(padded, width, height)


class LiveFaceScorer:
    """A scorer of faces (`python -m squint score`), frame by frame: RGB pictures of regions as they are filmed."""

    def __init__(self, path: str, about: About, threads: int):
        from squint.models.scorer import load_packed  # noqa: PLC0415 (needs TensorFlow)

        self.about = about
        self.parts = ExitStack()
        files = self.parts.enter_context(unpacked(path))
        self.networks = load_packed(about.settings, files.networks, files.extractors, threads)
        self.likeness = list(map(read_likeness, files.likeness))
        self.detector = FaceDetector(str(files.detector))
        scale = about.core
        self.welcome = Welcome(
            version=VERSION,
            server=uuid4().hex,
            scorer=about.name,
            digest=digest_of_file(path),
            kind="faces",
            scale=about.scale["name"],
            highest=scale.highest,
            threshold=scale.pain_threshold,
            coverage=about.coverage,
            size=None,
            channel=RGB,
            window_s=about.window_s,
            closed=scale.highest,  # blinks are those of one unit; this scorer tells a mean
            blink_s=0.0,
            curve_margin=None,
            most_regions=MOST_REGIONS,
        )

    def check(self, picture: np.ndarray) -> None:
        if picture.ndim != 3:
            raise BadPicture("a picture of one channel; this scorer takes colours")

    def score(self, regions: list[str], pictures: list[np.ndarray], masks: list[bool]) -> list[RegionScored]:
        found = [self.find_face(picture) for picture in pictures]
        rows = [row for row, face in enumerate(found) if face]
        curve = self.score_faces([pictures[row] for row in rows], [face for face in found if face]) if rows else None
        answers = []
        for row, (region, face) in enumerate(zip(regions, found, strict=True)):
            if face is None or curve is None:
                answers.append(RegionScored(region, None, None, None, NO_FACE, []))
                continue
            said = curve.iloc[rows.index(row)]
            middle = (face.x + face.size / 2, face.y + face.size / 2, face.certainty)
            score, low, high = (number_or_none(said[name]) for name in ("fused", "low", "high"))
            box = (face.x, face.y, face.size)
            answers.append(RegionScored(region, score, low, high, said.abstained, [middle], box))
        return answers

    def find_face(self, picture: np.ndarray) -> Face | None:
        """The face in a picture; None for none of the certainty from which it counts."""
        scanned = scan_of(picture)
        face = best_face(self.detector.scan(scanned), scanned)
        return face if face.certainty >= self.about.min_prob else None

    def score_faces(self, pictures: list[np.ndarray], faces: list[Face]) -> pd.DataFrame:
        """What is said of a face in each picture, a row each: `fused`, `low`, `high`, `abstained`."""
        about = self.about
        squares = [widen(face.x, face.y, face.size) for face in faces]
        shown = list(zip(pictures, squares, strict=True))
        crops = np.stack([resize_crop(cut(picture, square), about.image_size) for picture, square in shown])
        table = pd.DataFrame(
            {
                "sync_index": np.arange(len(faces)),
                "camera": CAMERA,
                "box_size": [face.size for face in faces],
                "beyond": [beyond_frame(square, picture.shape[1], picture.shape[0]) for picture, square in shown],
            }
        )
        scored = score_faces(self.networks, self.likeness, about.limits, crops, table, shown=silent)
        highest = about.core.highest
        raw = fuse_cameras(scored, [CAMERA], about.coverage, highest)
        return finish(raw, [CAMERA], Margins.read(about.margins), Window(1, 1), highest)


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
    return LiveFaceScorer(path, read_about(path), threads)
