"""How well faces are found in frames: average precision, and shares of what was found."""

import numpy as np

HIT = 0.5  # intersection over union from which a box is right


def average_precision(face: np.ndarray, certainty: np.ndarray, iou: np.ndarray) -> float:
    """Area under the curve of precision over recall, at most one box a frame; NaN without faces.

    Precision is made monotone, as in PASCAL VOC from 2010 on and in COCO; frames with certainty 0 have no box. Boxes of
    one certainty count at once, so that the order of frames does not matter.
    """
    if not face.any():
        return np.nan
    order = np.argsort(-certainty, kind="stable")
    order = order[certainty[order] > 0]
    hits = np.cumsum(face[order] & (iou[order] >= HIT))
    ends = np.flatnonzero(np.diff(certainty[order], append=-1.0))
    precision = hits[ends] / (ends + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(hits[ends] / face.sum(), prepend=0) * envelope))


def ratio(part: float, whole: float) -> float:
    """`part` of `whole`; NaN of nothing."""
    return float(part / whole) if whole else np.nan
