"""Detected square boxes: columns `box_x`, `box_y` (left and top), `box_size` in px, `det_lbl` and `det_prb`."""

import numpy as np
import pandas as pd


def accepted(detections: pd.DataFrame, min_prob: float) -> pd.Series:
    """Which rows hold a face that counts: found, and with a certainty of `min_prob` or more."""
    return (detections.det_lbl == 1) & (detections.det_prb >= min_prob)


def overlap(boxes: pd.DataFrame, others: pd.DataFrame) -> np.ndarray:
    """Intersection over union of square boxes row by row; 0 where one of them has no size."""
    sides = [
        np.minimum(boxes[axis] + boxes.box_size, others[axis] + others.box_size) - np.maximum(boxes[axis], others[axis])
        for axis in ("box_x", "box_y")
    ]
    common = np.maximum(sides[0], 0) * np.maximum(sides[1], 0)
    return (common / np.maximum(boxes.box_size**2 + others.box_size**2 - common, 1)).to_numpy()


def outside_frame(boxes: pd.DataFrame | pd.Series, width: int, height: int) -> pd.Series | bool:
    """Which boxes can't be of a face in a frame of `width` by `height` px: centred outside it, or larger than it.

    `boxes` is a table, or one row of it.
    """
    x, y = boxes.box_x + boxes.box_size / 2, boxes.box_y + boxes.box_size / 2
    outside = (x < 0) | (x > width) | (y < 0) | (y > height)
    return (boxes.box_size > 0) & (outside | (boxes.box_size > max(width, height)))
