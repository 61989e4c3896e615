"""Eyes and ears in what a segmentation says of a region."""

from dataclasses import dataclass

import cv2
import numpy as np

from squint.domain.regions import EARS, EYES

MOST_EYES = 2
LEAST_CELLS = {EYES: 2, EARS: 6}  # pixels of the segmentation; less is noise


@dataclass(frozen=True)
class Spot:
    """Where an eye or an ear is, in px of the region's picture, and how sure the segmentation is of it, 0 to 1."""

    x: float
    y: float
    certainty: float
    cells: int  # pixels of the segmentation


def find_spots(probabilities: np.ndarray, kind: int, scale: float, most: int = MOST_EYES) -> list[Spot]:
    """The largest connected places of a class in `probabilities` (height, width, classes), at most `most`.

    A place's centre is the mean of its pixels and their neighbours, each weighed by its probability: exact to a part of
    a pixel. `scale` is the number of pixels of the picture that one of the segmentation stands for.
    """
    likely = probabilities[..., kind]
    shown = (probabilities.argmax(axis=-1) == kind).astype(np.uint8)
    count, marks, stats, _ = cv2.connectedComponentsWithStats(shown, connectivity=8)
    order = sorted(range(1, count), key=lambda mark: -int(stats[mark, cv2.CC_STAT_AREA]))
    spots = []
    for mark in order[:most]:
        left, top, width, height, cells = stats[mark].tolist()
        if cells < LEAST_CELLS[kind]:
            continue
        rows = slice(max(0, top - 1), top + height + 1)
        columns = slice(max(0, left - 1), left + width + 1)
        near = cv2.dilate((marks[rows, columns] == mark).astype(np.uint8), np.ones((3, 3), np.uint8))
        weights = likely[rows, columns] * near
        total = float(weights.sum())
        y = float((weights.sum(axis=1) * np.arange(rows.start, rows.start + len(weights))).sum()) / total
        x = float((weights.sum(axis=0) * np.arange(columns.start, columns.start + weights.shape[1])).sum()) / total
        spots.append(Spot((x + 0.5) * scale - 0.5, (y + 0.5) * scale - 0.5, float(weights.max()), cells))
    return spots
