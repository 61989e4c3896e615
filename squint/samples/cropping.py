"""Squares cut out of frames, and the four augmentations of the thesis (sections 4.6 and 4.6.1)."""

from collections.abc import Iterator

import cv2
import numpy as np

# Detected boxes are close to the face; crops show a little more (4.6).
WIDENING = 1.2
LARGEST_TURN_DEGREES = 45.0
LARGEST_SHIFT = 0.25  # of the crop's size
ZOOM_RANGE = (0.75, 1.25)  # of the crop's size
LARGEST_BETA = 50  # grey levels

AUGMENTATIONS_OF_EACH = 4  # of a crop as it is, and of its mirror image

Square = tuple[float, float, float]


def widen(box_x: float, box_y: float, box_size: float) -> Square:
    """The square (left, top, size in px) that is shown of a detected box: 120 % around its centre."""
    margin = box_size * (WIDENING - 1) / 2
    return box_x - margin, box_y - margin, box_size * WIDENING


def cut(frame: np.ndarray, square: Square) -> np.ndarray:
    """The square region of an RGB frame, rounded to whole px; beyond the frame its border pixels repeat."""
    left, top, size = (round(value) for value in square)
    size = max(size, 1)
    height, width = frame.shape[:2]
    rows = np.clip(np.arange(top, top + size), 0, height - 1)
    columns = np.clip(np.arange(left, left + size), 0, width - 1)
    return frame[rows[:, None], columns]


def mirror(frame: np.ndarray, square: Square) -> tuple[np.ndarray, Square]:
    """Frame and square as seen in a mirror, so that cutting shows the mirrored crop."""
    left, top, size = (round(value) for value in square)
    return np.ascontiguousarray(frame[:, ::-1]), (frame.shape[1] - left - size, top, size)


def rotate(frame: np.ndarray, square: Square, degrees: float) -> np.ndarray:
    """The crop turned about its centre; undefined pixels repeat the crop's border (4.6.1.1)."""
    crop = cut(frame, square)
    size = crop.shape[0]
    turn = cv2.getRotationMatrix2D(((size - 1) / 2, (size - 1) / 2), degrees, 1.0)
    return cv2.warpAffine(crop, turn, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def translate(frame: np.ndarray, square: Square, shift_x: float, shift_y: float) -> np.ndarray:
    """The crop moved over the footage by shares of its size, at most to the frame's border (4.6.1.2)."""
    left, top, size = square
    left, top = (
        limit_shift(start, shift * size, size, length)
        for start, shift, length in ((left, shift_x, frame.shape[1]), (top, shift_y, frame.shape[0]))
    )
    return cut(frame, (left, top, size))


def limit_shift(start: float, shift: float, size: float, length: int) -> float:
    """`start` + `shift`, stopped at the border of a frame of `length`; a crop that is beyond it already stays."""
    lowest, highest = min(start, 0), max(start, length - size)
    return min(max(start + shift, lowest), highest)


def zoom(frame: np.ndarray, square: Square, factor: float) -> np.ndarray:
    """The footage in a square `factor` times as large around the same centre, within the frame (4.6.1.3).

    A crop that reaches the border already is not enlarged.
    """
    left, top, size = square
    room = 2 * min(left, top, frame.shape[1] - left - size, frame.shape[0] - top - size)
    new = min(size * factor, size + max(room, 0))
    return cut(frame, (left + (size - new) / 2, top + (size - new) / 2, new))


def brighten(frame: np.ndarray, square: Square, beta: int) -> np.ndarray:
    """The crop with `beta` grey levels added to each channel, saturating (4.6.1.4).

    The thesis used cv2.convertScaleAbs, which takes absolute values: with a negative beta pixels darker than
    that come back brighter. Here they stay black.
    """
    return np.clip(cut(frame, square).astype(np.int16) + beta, 0, 255).astype(np.uint8)


def augment(frame: np.ndarray, square: Square, generator: np.random.Generator) -> tuple[str, np.ndarray]:
    """One of the four augmentations, drawn uniformly with its amount: its letter and the picture."""
    letter = str(generator.choice(["R", "T", "Z", "B"]))
    match letter:
        case "R":
            return letter, rotate(frame, square, generator.uniform(-LARGEST_TURN_DEGREES, LARGEST_TURN_DEGREES))
        case "T":
            return letter, translate(frame, square, *generator.uniform(-LARGEST_SHIFT, LARGEST_SHIFT, 2))
        case "Z":
            return letter, zoom(frame, square, generator.uniform(*ZOOM_RANGE))
        case _:
            return letter, brighten(frame, square, int(generator.integers(-LARGEST_BETA, LARGEST_BETA, endpoint=True)))


def augment_all(frame: np.ndarray, square: Square, generator: np.random.Generator) -> Iterator[tuple[str, np.ndarray]]:
    """The eight augmented crops of a face (kind AUGM): AXXY, with number and type, and the picture."""
    for number in range(2 * AUGMENTATIONS_OF_EACH):
        footage = (frame, square) if number < AUGMENTATIONS_OF_EACH else mirror(frame, square)
        letter, picture = augment(*footage, generator)
        yield f"A{number:02d}{letter}", picture
