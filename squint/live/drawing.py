"""Draws what is said of regions over their pictures, for the page and for the annotated video."""

import math

import cv2
import numpy as np

from squint.domain.regions import EARS, EYES
from squint.live.messages import RegionScored

MARK, FACE, TEXT, SHADE = (0, 210, 120), (255, 196, 0), (255, 255, 255), (0, 0, 0)
MASK_COLOURS = np.array([[0, 0, 0], [0, 114, 178], [230, 159, 0], [0, 200, 120]], np.uint8)
MASK_SHARE = 0.35


def as_rgb(picture: np.ndarray) -> np.ndarray:
    """A copy of a picture in colours, uint8 (height, width, 3)."""
    return cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB) if picture.ndim == 2 else picture.copy()


def lay_mask(shown: np.ndarray, mask: bytes) -> None:
    """Tint a picture by the classes of a PNG, in place."""
    labels = cv2.imdecode(np.frombuffer(mask, np.uint8), cv2.IMREAD_UNCHANGED)
    if labels is None:
        return
    large = cv2.resize(labels, shown.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    tinted = cv2.addWeighted(shown, 1 - MASK_SHARE, MASK_COLOURS[np.minimum(large, EYES)], MASK_SHARE, 0)
    np.copyto(shown, tinted, where=(large > 0)[..., None])
    for value in (EARS, EYES):
        outlines, _ = cv2.findContours((large == value).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        cv2.drawContours(shown, outlines, -1, MASK_COLOURS[value].tolist(), 1, cv2.LINE_AA)


def annotate(picture: np.ndarray, said: RegionScored | None, words: str = "") -> np.ndarray:
    """A region's picture with its eyes or face marked and `words` above, uint8 RGB."""
    shown = as_rgb(picture)
    if said is not None:
        if said.mask:
            lay_mask(shown, said.mask)
        if said.box:
            left, top, size = said.box
            cv2.rectangle(shown, (left, top), (left + size, top + size), FACE, 2)
        for x, y, _ in said.marks if not said.box else ():
            cv2.circle(shown, (round(x * 16), round(y * 16)), 25 * 16, MARK, 1, cv2.LINE_AA, shift=4)
            cv2.drawMarker(shown, (round(x), round(y)), MARK, cv2.MARKER_CROSS, 9, 1, cv2.LINE_AA)
    if words:
        for colour, thickness in ((SHADE, 4), (TEXT, 1)):
            cv2.putText(shown, words, (8, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.65, colour, thickness, cv2.LINE_AA)
    return shown


def describe(said: RegionScored) -> str:
    """What is said of a region in a few letters that OpenCV's fonts have."""
    if said.score is None:
        return said.abstained or "not scored"
    ends = f" ({said.low:.1f} to {said.high:.1f})" if said.low is not None and said.high is not None else ""
    return f"{said.score:.1f}{ends}"


def tile(pictures: list[np.ndarray]) -> np.ndarray:
    """Pictures of any sizes as one, side by side in rows, each in a cell of the largest one's size."""
    columns = math.ceil(math.sqrt(len(pictures)))
    height, width = (max(picture.shape[axis] for picture in pictures) for axis in (0, 1))
    whole = np.zeros((-(-len(pictures) // columns) * height, columns * width, 3), np.uint8)
    for number, picture in enumerate(pictures):
        top, left = number // columns * height, number % columns * width
        whole[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return whole
