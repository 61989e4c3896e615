import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.domain.regions import PATCH
from squint.regions.eyes import Spot
from squint.regions.patches import (
    CUT,
    KINDS,
    MOST_DEGREES,
    SHIFT,
    STORED,
    Place,
    cut_patch,
    cut_patches,
    middle_of,
    places_of,
    turn_and_shift,
)

GENERATOR = np.random.default_rng(0)
PICTURE = cv2.GaussianBlur(GENERATOR.integers(0, 255, (200, 240)).astype(np.uint8), (0, 0), 2)


@given(st.integers(60, 180), st.integers(60, 140))
def test_a_patch_at_whole_pixels_is_the_picture_itself(x, y):
    half = PATCH // 2
    patch = cut_patch(PICTURE, Place(x - 0.5, y - 0.5))
    assert np.array_equal(patch, PICTURE[y - half : y + half, x - half : x + half])


@given(st.floats(-20, 260), st.floats(-20, 220), st.floats(0.5, 4))
def test_the_middle_of_what_is_stored_is_what_is_scored(x, y, scale):
    """Networks learn from patches that are stored larger and see others that are cut at once.

    OpenCV rounds places to a 32nd of a pixel.
    """
    place = Place(x, y, scale)
    stored = cut_patch(PICTURE, place, STORED)[..., None]
    apart = middle_of(stored)[..., 0].astype(int) - cut_patch(PICTURE, place)
    assert np.abs(apart).max() <= 4


def test_beyond_the_picture_its_border_goes_on():
    assert (cut_patch(np.full((60, 60), 7, np.uint8), Place(-30, 90)) == 7).all()


def test_what_can_not_be_told_without_an_ear_is_black():
    eye, ear = Spot(100, 80, 1, 20), Spot(70, 50, 1, 40)
    alone = cut_patches(PICTURE, eye, [], KINDS)
    assert alone.shape == (PATCH, PATCH, len(KINDS))
    assert [bool(alone[..., channel].any()) for channel in range(4)] == [True, False, False, True]
    assert all(cut_patches(PICTURE, eye, [ear], KINDS)[..., channel].any() for channel in range(4))


def test_the_ear_is_the_nearest_and_the_muzzle_lies_beyond_the_eye():
    eye, far, near = Spot(100, 80, 1, 20), Spot(10, 10, 1, 90), Spot(80, 60, 1, 40)
    places = places_of(eye, [far, near])
    assert (places["ear"].x, places["ear"].y) == (80, 60)
    assert places["muzzle"].x > eye.x and places["muzzle"].y > eye.y
    assert places["face"].scale == pytest.approx(3.4 * np.hypot(20, 20) / PATCH)


def test_a_training_patch_is_turned_and_shifted_as_published():
    """A bright dot in the middle moves by up to 5 px and not by the turn; one beside it turns by up to 30 degrees."""
    assert (CUT, PATCH, SHIFT, MOST_DEGREES) == (60, 50, 5, 30.0)
    stored = np.zeros((STORED, STORED, 1), np.float32)
    middle = (STORED - 1) / 2
    rows, columns = np.mgrid[:STORED, :STORED]
    for x, y, value in ((middle, middle, 200), (middle + 15, middle, 100)):
        stored[..., 0] += value * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 4)
    angles, shifts = [], []
    for seed in range(200):
        patch = turn_and_shift(stored.astype(np.uint8), np.random.default_rng(seed))[..., 0].astype(float)
        bright = np.argwhere(patch >= 130).mean(axis=0)
        shifts.append(bright - (PATCH - 1) / 2)
        angles.append(np.degrees(np.arctan2(*(dim_far(patch, bright) - bright))))
    shifts = np.array(shifts)
    assert np.abs(shifts).max() < 5.6 and np.abs(shifts).max() > 4.4
    assert 25 < np.abs(angles).max() < 32 and np.abs(np.mean(angles)) < 4


def dim_far(patch: np.ndarray, bright: np.ndarray) -> np.ndarray:
    """The middle of what is bright further than 9 px from the brightest dot."""
    rows, columns = np.nonzero(patch > 50)
    far = np.hypot(rows - bright[0], columns - bright[1]) > 9
    return np.array([rows[far].mean(), columns[far].mean()])


def test_patches_of_several_kinds_are_turned_together():
    stored = np.repeat(cut_patch(PICTURE, Place(120, 100), STORED)[..., None], 3, axis=-1)
    turned = turn_and_shift(stored, np.random.default_rng(3))
    assert turned.shape == (PATCH, PATCH, 3)
    assert np.array_equal(turned[..., 0], turned[..., 2])
    assert not np.array_equal(turned, middle_of(stored))
