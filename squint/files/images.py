"""Reading and writing pictures as uint8 RGB arrays."""

from pathlib import Path

import cv2
import numpy as np

from squint.files.jpeg import is_cut

JPEG_QUALITY = 95
TIFF = (b"II*\0", b"MM\0*")


def resize_crop(crop: np.ndarray, size: int) -> np.ndarray:
    """A square crop at `size` px: averaged where it shrinks, interpolated where it grows."""
    method = cv2.INTER_AREA if crop.shape[0] > size else cv2.INTER_CUBIC
    return cv2.resize(crop, (size, size), interpolation=method)


def write_image(path: Path, picture: np.ndarray) -> None:
    """Write a uint8 RGB picture as JPEG. Raises OSError where that fails."""
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    # Not by imwrite, which takes a file for written that a full disk has cut.
    path.write_bytes(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes())


def size_if_turned(path: Path) -> tuple[int, int] | None:
    """Width and height, as it is stored, of a picture that is shown turned or mirrored by its EXIF orientation.

    None for one that is shown as it is stored.
    """
    data = Path(path).read_bytes()
    if not data.startswith(TIFF) and b"Exif" not in data and b"eXIf" not in data:
        return None  # without decoding it
    buffer, as_stored = np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    shown, stored = cv2.imdecode(buffer, cv2.IMREAD_COLOR), cv2.imdecode(buffer, as_stored)
    if shown is None or stored is None or np.array_equal(shown, stored):
        return None
    return stored.shape[1], stored.shape[0]


def read_image(path: Path) -> np.ndarray:
    """A picture file as uint8 RGB. Raises OSError if it cannot be read, or is a JPEG that is cut."""
    data = Path(path).read_bytes()
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if picture is None:
        raise OSError(f"cannot read the image {path}")
    if is_cut(data):
        raise OSError(f"the image {path} is cut")
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
