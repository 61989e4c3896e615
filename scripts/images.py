"""Reading and writing pictures as uint8 RGB arrays."""

from pathlib import Path

import cv2
import numpy as np

JPEG_QUALITY = 95


def resize_crop(crop: np.ndarray, size: int) -> np.ndarray:
    """A square crop at `size` px: averaged where it shrinks, interpolated where it grows."""
    method = cv2.INTER_AREA if crop.shape[0] > size else cv2.INTER_CUBIC
    return cv2.resize(crop, (size, size), interpolation=method)


def write_image(path: Path, picture: np.ndarray) -> None:
    """Write a uint8 RGB picture as JPEG. Raises OSError where that fails."""
    if not cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]):
        raise OSError(f"cannot write {path}")


def read_image(path: Path) -> np.ndarray:
    """A picture file as uint8 RGB. Raises OSError if it cannot be read."""
    picture = cv2.imread(str(path))
    if picture is None:
        raise OSError(f"cannot read the image {path}")
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
