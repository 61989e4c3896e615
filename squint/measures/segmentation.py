"""How well a segmentation agrees with what was marked: IoU and Dice of each class, and where eyes were found."""

import numpy as np

from squint.domain.regions import CLASSES

# An eye is found where a centre is no further from its own, in px; two eyes of a face are some 60 px apart.
FOUND_PX = 10.0


def count_overlap(marked: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Pixels of each picture and class, (n, classes, 3): in both, marked, found. The label images are (n, …)."""
    counts = np.zeros((len(marked), len(CLASSES), 3), np.int64)
    axes = tuple(range(1, marked.ndim))
    for value in range(len(CLASSES)):
        ours, theirs = marked == value, found == value
        for number, pixels in enumerate((ours & theirs, ours, theirs)):
            counts[:, value, number] = pixels.sum(axis=axes)
    return counts


def iou(counts: np.ndarray) -> np.ndarray:
    """Intersection over union (…) of counts (…, 3), perhaps summed; NaN where a class is neither marked nor found."""
    both, marked, found = np.moveaxis(counts, -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return both / (marked + found - both)


def dice(counts: np.ndarray) -> np.ndarray:
    """Twice the intersection over the sum of both (Dice 1945), as `iou`."""
    both, marked, found = np.moveaxis(counts, -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return 2 * both / (marked + found)


def match_centres(true: np.ndarray, found: np.ndarray, reach: float = FOUND_PX) -> np.ndarray:
    """Distance in px from each of `true` centres (n, 2) to its own of `found` (m, 2); NaN for one that was not found.

    The nearest pairs are matched first, each centre once, none beyond `reach`.
    """
    distances = np.full(len(true), np.nan)
    if not len(true) or not len(found):
        return distances
    apart = np.hypot(*(true[:, None] - found[None]).transpose(2, 0, 1))
    while np.isfinite(apart).any():
        row, column = np.unravel_index(np.argmin(apart), apart.shape)
        if apart[row, column] > reach:
            break
        distances[row] = apart[row, column]
        apart[row], apart[:, column] = np.inf, np.inf
    return distances
