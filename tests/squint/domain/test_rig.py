"""A rig of 1 to 12 cameras: half of them, how their views are laid out, and what they may be called."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from squint.domain.rig import (
    CAMERA_NAME,
    MOST_CAMERAS,
    MOST_COLUMNS,
    half_of,
    natural_order,
    screen_columns,
    strip_columns,
)

RIGS = range(1, MOST_CAMERAS + 1)


@pytest.mark.parametrize(
    ("cameras", "half", "on_a_screen", "in_a_strip"),
    [(1, 1, 1, 1), (2, 1, 2, 2), (3, 2, 3, 3), (4, 2, 2, 4), (6, 3, 3, 6), (8, 4, 4, 4), (12, 6, 4, 6)],
)
def test_a_rig_has_its_half_and_its_grids(cameras, half, on_a_screen, in_a_strip):
    assert (half_of(cameras), screen_columns(cameras), strip_columns(cameras)) == (half, on_a_screen, in_a_strip)


@pytest.mark.parametrize("cameras", RIGS)
def test_half_of_the_cameras_is_the_least_number_that_no_fewer_others_outnumber(cameras):
    assert half_of(cameras) >= cameras - half_of(cameras) and 2 * (half_of(cameras) - 1) < cameras


@pytest.mark.parametrize("cameras", RIGS)
@pytest.mark.parametrize("columns", [screen_columns, strip_columns])
def test_a_grid_holds_all_views_and_no_empty_row(cameras, columns):
    wide = columns(cameras)
    rows = -(-cameras // wide)
    assert 1 <= wide <= MOST_COLUMNS and (rows - 1) * wide < cameras <= rows * wide


@pytest.mark.parametrize("cameras", RIGS)
def test_a_strip_has_no_more_rows_than_it_needs(cameras):
    assert -(-cameras // strip_columns(cameras)) == -(-cameras // MOST_COLUMNS)


@pytest.mark.parametrize("cameras", RIGS)
def test_a_screen_is_wider_than_it_is_high(cameras):
    assert screen_columns(cameras) >= -(-cameras // screen_columns(cameras))


@pytest.mark.parametrize("name", ["C1", "front", "LEFT_2", "7", "_", "x" * 32])
def test_letters_digits_and_underscores_are_a_name(name):
    assert CAMERA_NAME.fullmatch(name)


@pytest.mark.parametrize("name", ["", "left-1", "a b", "a.b", "a/b", "ö", "C1\n", "x" * 33])
def test_other_texts_are_no_name(name):
    assert not CAMERA_NAME.fullmatch(name)


@pytest.mark.parametrize(
    "names",
    [
        ("C1", "C2", "C10", "front", "left"),
        ("cam2", "cam2top", "cam10"),
        ("2_b", "10_a", "10_b"),
        ("left1_9", "left1_10", "left2_1"),
    ],
)
def test_numbers_in_names_are_ordered_as_numbers(names):
    assert sorted(reversed(names), key=natural_order) == list(names)


@given(st.lists(st.from_regex(CAMERA_NAME, fullmatch=True)))
@example(["C1", "C01"])
def test_any_names_have_one_order(names):
    assert sorted(names, key=natural_order) == sorted(reversed(names), key=natural_order)
