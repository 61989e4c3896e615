"""Pictures and masks of regions, varied in training: mirrored, moved, turned, scaled, brighter and darker."""

import cv2
import numpy as np

MOST_DEGREES = 12.0
SCALES = (0.85, 1.2)
SHIFT = 0.08  # of the picture's width
GAINS, OFFSET, CONTRAST = (0.75, 1.25), 18.0, 3.0  # of grey levels; CONTRAST: noise


def vary(picture: np.ndarray, labels: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A varied copy of a uint8 picture (height, width), as float32 from 0 to 255, and of its uint8 labels."""
    height, width = picture.shape
    scale = generator.uniform(*SCALES)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), generator.uniform(-MOST_DEGREES, MOST_DEGREES), scale)
    matrix[:, 2] += generator.uniform(-SHIFT * width, SHIFT * width, 2)
    gain, offset = generator.uniform(*GAINS), generator.uniform(-OFFSET, OFFSET)
    mirrored = generator.random() < 0.5
    moved = cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)
    # What is mirrored beyond the border is marked too.
    marked = cv2.warpAffine(labels, matrix, (width, height), flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT)
    noise = generator.normal(0, CONTRAST, (height, width))
    varied = np.clip(moved * gain + offset + noise, 0, 255).astype(np.float32)
    return (varied[:, ::-1], marked[:, ::-1]) if mirrored else (varied, marked)
