"""Patches of a region's picture: around an eye, an ear and the muzzle, and the whole face."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from squint.domain.regions import PATCH
from squint.regions.eyes import Spot

KINDS = ("eye", "ear", "muzzle", "face")
# In training: turned by up to so many degrees, cut to CUT px, and from there to PATCH px anywhere (Kopaczka, 3.1).
MOST_DEGREES, CUT = 30.0, 60
SHIFT = (CUT - PATCH) // 2  # px, at most, in any direction
STORED = 86  # px of a side: a patch of CUT px lies within, however it is turned
FACE_PX = 170  # of the picture, that the patch of a face shows without ears to tell its size
FACE_REACH = 3.4  # side of a face's patch, in distances from eye to ear
MUZZLE_REACH = 0.8  # from the eye away from the ear, in the same


@dataclass(frozen=True)
class Place:
    """What a patch shows: its centre in px of the picture, and the px of the picture that one of its own stands for."""

    x: float
    y: float
    scale: float = 1.0


def places_of(eye: Spot, ears: Sequence[Spot]) -> dict[str, Place | None]:
    """Where the patches of an eye are, by kind; None for what can't be told without an ear."""
    places: dict[str, Place | None] = {"eye": Place(eye.x, eye.y)}
    nearest = min(ears, key=lambda ear: (ear.x - eye.x) ** 2 + (ear.y - eye.y) ** 2, default=None)
    if nearest is None:
        return places | {"ear": None, "muzzle": None, "face": Place(eye.x, eye.y, FACE_PX / PATCH)}
    dx, dy = eye.x - nearest.x, eye.y - nearest.y
    reach = float(np.hypot(dx, dy))
    return places | {
        "ear": Place(nearest.x, nearest.y),
        "muzzle": Place(eye.x + MUZZLE_REACH * dx, eye.y + MUZZLE_REACH * dy),
        "face": Place(eye.x, eye.y, FACE_REACH * reach / PATCH),
    }


def cut_patch(picture: np.ndarray, place: Place | None, size: int = PATCH) -> np.ndarray:
    """A square of `size` px around a place of a uint8 picture; its border goes on beyond it. All 0 for no place."""
    if place is None:
        return np.zeros((size, size), np.uint8)
    middle = (size - 1) / 2
    matrix = np.array(
        [[place.scale, 0, place.x - place.scale * middle], [0, place.scale, place.y - place.scale * middle]]
    )
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(picture, matrix, (size, size), flags=how, borderMode=cv2.BORDER_REPLICATE)


def cut_patches(
    picture: np.ndarray, eye: Spot, ears: Sequence[Spot], kinds: Sequence[str], size: int = PATCH
) -> np.ndarray:
    """The patches of an eye as channels, uint8 (size, size, kinds)."""
    places = places_of(eye, ears)
    return np.stack([cut_patch(picture, places[kind], size) for kind in kinds], axis=-1)


def turn_and_shift(stored: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """A stored patch (86, 86, …) turned by a random angle, cut, and shifted: (50, 50, …) (Kopaczka et al., 3.1)."""
    angle = np.radians(generator.uniform(-MOST_DEGREES, MOST_DEGREES))
    shift = generator.integers(-SHIFT, SHIFT + 1, 2)
    cosine, sine = np.cos(angle), np.sin(angle)
    turn = np.array([[cosine, -sine], [sine, cosine]])
    centre = (STORED - 1) / 2
    offset = centre - turn @ ((PATCH - 1) / 2 - shift)
    matrix = np.column_stack([turn, offset])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    turned = cv2.warpAffine(stored, matrix, (PATCH, PATCH), flags=how, borderMode=cv2.BORDER_REPLICATE)
    return turned.reshape(PATCH, PATCH, *stored.shape[2:])


def middle_of(stored: np.ndarray) -> np.ndarray:
    """The middle (…, 50, 50, channels) of stored patches (…, 86, 86, channels), as they are cut where one is scored."""
    edge = (STORED - PATCH) // 2
    return stored[..., edge : edge + PATCH, edge : edge + PATCH, :]
