"""Crops and their augmentations keep the limits of the thesis (4.6.1)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.domain.seeds import named_generator
from squint.samples.cropping import (
    augment,
    augment_all,
    brighten,
    cut,
    limit_shift,
    mirror,
    rotate,
    translate,
    widen,
    zoom,
)

HEIGHT, WIDTH = 90, 160
# The red channel holds a pixel's column, the green one its row.
COLUMNS, ROWS = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
FRAME = np.stack([COLUMNS, ROWS, np.full_like(ROWS, 7)], axis=2).astype(np.uint8)
squares = st.tuples(st.integers(-20, 150), st.integers(-20, 80), st.integers(1, 60))


def test_a_box_is_shown_at_120_percent_around_its_centre():
    assert widen(100, 50, 40) == pytest.approx((96, 46, 48))


@given(squares)
def test_a_crop_shows_the_frame_and_repeats_its_border(square):
    crop = cut(FRAME, square)
    left, top, size = square
    assert crop.shape == (size, size, 3)
    assert crop[0, :, 0].tolist() == np.clip(np.arange(left, left + size), 0, WIDTH - 1).tolist()
    assert crop[:, 0, 1].tolist() == np.clip(np.arange(top, top + size), 0, HEIGHT - 1).tolist()


@given(squares)
def test_the_mirrored_crop_is_the_mirror_image_of_the_crop(square):
    assert np.array_equal(cut(*mirror(FRAME, square)), cut(FRAME, square)[:, ::-1])


@given(squares, st.integers(-50, 50))
def test_brightness_saturates_and_does_not_fold_dark_pixels_up(square, beta):
    plain, changed = cut(FRAME, square).astype(int), brighten(FRAME, square, beta).astype(int)
    assert np.array_equal(changed, np.clip(plain + beta, 0, 255))
    if beta < 0:
        assert (changed <= plain).all()


@given(st.floats(-30, 120), st.floats(-40, 40), st.floats(1, 60), st.integers(61, 200))
def test_a_shift_stops_at_the_frame(start, shift, size, length):
    moved = limit_shift(start, shift, size, length)
    assert min(start, 0) <= moved <= max(start, length - size)
    if 0 <= start + shift <= length - size:
        assert moved == start + shift


def test_translation_and_zoom_show_the_footage_beyond_the_crop():
    square = (60, 30, 20)
    assert translate(FRAME, square, 0.25, -0.25)[0, 0, :2].tolist() == [65, 25]
    assert translate(FRAME, (140, 30, 20), 0.25, 0)[0, -1, 0] == WIDTH - 1
    wide = zoom(FRAME, square, 1.2)
    assert wide.shape[0] == 24
    assert wide[0, 0, :2].tolist() == [58, 28]
    assert zoom(FRAME, (0, 30, 20), 1.25).shape[0] == 20
    assert zoom(FRAME, (2, 30, 20), 1.25).shape[0] == 24


def test_rotation_turns_about_the_centre_and_repeats_the_border():
    square = (60, 30, 21)
    assert np.array_equal(rotate(FRAME, square, 0), cut(FRAME, square))
    turned = rotate(FRAME, square, 45)
    assert turned.shape == (21, 21, 3)
    assert turned[10, 10].tolist() == cut(FRAME, square)[10, 10].tolist()
    quarter = rotate(FRAME, square, 90)
    assert np.abs(quarter.astype(int) - np.rot90(cut(FRAME, square)).astype(int)).max() <= 1


def test_augmentations_are_drawn_uniformly_and_by_seed():
    letters = [augment(FRAME, (60, 30, 20), named_generator(1, n))[0] for n in range(400)]
    counts = {letter: letters.count(letter) for letter in "RTZB"}
    assert sum(counts.values()) == 400
    assert min(counts.values()) > 70
    first, again = (augment(FRAME, (60, 30, 20), named_generator(1, "x")) for _ in range(2))
    assert first[0] == again[0]
    assert np.array_equal(first[1], again[1])


def test_a_face_has_eight_augmentations_four_of_its_mirror_image():
    square = (60, 30, 20)
    found = list(augment_all(FRAME, square, named_generator(1, "x")))
    assert [name[:3] for name, _ in found] == [f"A{number:02d}" for number in range(8)]
    generator = named_generator(1, "x")
    expected = [augment(FRAME, square, generator) for _ in range(4)]
    expected += [augment(*mirror(FRAME, square), generator) for _ in range(4)]
    for (name, picture), (letter, same) in zip(found, expected, strict=True):
        assert name[3:] == letter and np.array_equal(picture, same)


def test_columns_rise_in_augmentations_and_fall_in_those_of_the_mirror_image():
    """The red channel holds a pixel's column; no augmentation turns a crop by a right angle."""
    for number, (_, picture) in enumerate(augment_all(FRAME, (60, 30, 20), named_generator(1, "x"))):
        rise = picture[:, -1, 0].mean() - picture[:, 0, 0].mean()
        assert (rise > 0) == (number < 4)


@given(st.text(max_size=5))
def test_augmentations_depend_on_their_generator_alone(name):
    first, again = (list(augment_all(FRAME, (60, 30, 20), named_generator(1, name))) for _ in range(2))
    assert [made for made, _ in first] == [made for made, _ in again]
    assert all(np.array_equal(one, other) for (_, one), (_, other) in zip(first, again, strict=True))
