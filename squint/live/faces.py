"""Scores faces live with a scorer of faces (`python -m squint score`), frame by frame. It needs TensorFlow."""

from collections.abc import Iterable
from contextlib import ExitStack

import cv2
import numpy as np
import pandas as pd

from squint.detection.detector import SCAN_WIDTH, STRIDE, Face, FaceDetector, ScanPicture, best_face
from squint.files.images import resize_crop
from squint.live.messages import BadPicture, RegionScored
from squint.live.scorers import RGB, make_welcome, number_or_none
from squint.models.scorer import load_packed
from squint.samples.cropping import cut, widen
from squint.scorer.archive import read_about, unpacked
from squint.scorer.calibration import Margins, Window, finish
from squint.scorer.likeness import read_likeness
from squint.scorer.timeline import beyond_frame, fuse_cameras, score_faces

NO_FACE = "no face in sight"
CAMERA = "live"
MOST_PIXELS = 8 << 20  # of a picture: more than a frame of 4K has none of a face


def silent(items: Iterable, **_: object) -> Iterable:
    """Shows no progress: a frame is done at once."""
    return items


def scan_of(picture: np.ndarray) -> ScanPicture:
    """The scan picture of a uint8 RGB picture."""
    height, width = picture.shape[:2]
    size = (SCAN_WIDTH, max(1, round(height * SCAN_WIDTH / width)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if width > SCAN_WIDTH else cv2.INTER_LINEAR)
    padded = cv2.copyMakeBorder(small, 0, -size[1] % STRIDE, 0, 0, cv2.BORDER_REPLICATE)
    return ScanPicture(padded, width, height)


class LiveFaceScorer:
    """A scorer of faces (`python -m squint score`), frame by frame: RGB pictures of regions as they are filmed."""

    def __init__(self, path: str, threads: int):
        about = self.about = read_about(path)
        self.parts = ExitStack()
        files = self.parts.enter_context(unpacked(path))
        self.networks = load_packed(about.settings, files.networks, files.extractors, threads)
        self.likeness = list(map(read_likeness, files.likeness))
        self.detector = FaceDetector(str(files.detector))
        scale = about.core
        self.welcome = make_welcome(
            path,
            about,
            kind="faces",
            threshold=scale.pain_threshold,
            size=None,
            channel=RGB,
            closed=scale.highest,  # blinks are those of one unit; this scorer tells a mean
            blink_s=0.0,
            curve_margin=None,
        )

    def check(self, width: int, height: int, channels: int) -> None:
        if channels != 3:
            raise BadPicture(f"a picture of {channels} channel(s); this scorer takes colours")
        if width * height > MOST_PIXELS:
            raise BadPicture(f"a picture of {width} by {height} px; this scorer takes {MOST_PIXELS} px at most")

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
