"""Reading and writing pictures as uint8 RGB arrays."""

from pathlib import Path

import cv2
import numpy as np

from squint.files.jpeg import is_cut

JPEG_QUALITY = 95


def resize_crop(crop: np.ndarray, size: int) -> np.ndarray:
    """A square crop at `size` px: averaged where it shrinks, interpolated where it grows."""
    method = cv2.INTER_AREA if crop.shape[0] > size else cv2.INTER_CUBIC
    return cv2.resize(crop, (size, size), interpolation=method)


def write_image(path: Path, picture: np.ndarray) -> None:
    """Write a uint8 RGB picture as JPEG. Raises OSError where that fails."""
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    # Not by imwrite, which takes a file for written that a full disk has cut.
    path.write_bytes(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes())


def read_image(path: Path) -> np.ndarray:
    """A picture file as uint8 RGB. Raises OSError if it cannot be read, or is a JPEG that is cut."""
    data = Path(path).read_bytes()
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if picture is None:
        raise OSError(f"cannot read the image {path}")
    if is_cut(data):
        raise OSError(f"the image {path} is cut")
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
