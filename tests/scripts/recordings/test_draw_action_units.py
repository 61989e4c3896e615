"""The grid of simulated faces: each cell is its own unit, score and side."""

import cv2
import numpy as np
import pytest

from scripts.recordings.draw_action_units import SIZE, VIEWS, draw_action_units, paint_face
from squint.domain.seeds import named_generator
from squint.simulation.mouse import sample_animal
from squint.simulation.rendering import Camera, Painter, sample_scene
from squint.simulation.units import UNITS
from tests.shown import figure_of

ANIMAL = (320, 180, "mouse1", "EXP1", "C1", 1)


def remember(asked):
    """A painter of faces that only notes what it was asked for, and paints its number."""

    def paint(painter, units, view_degrees, generator):
        asked.append((units.tolist(), view_degrees))
        return np.full((SIZE, SIZE, 3), len(asked), np.uint8)

    return paint


@pytest.fixture(scope="module")
def painter():
    return Painter(
        Camera(0, 320, 180),
        sample_animal(named_generator(1, "animal", "mouse1")),
        sample_scene(named_generator(1, "scene", "EXP1")),
        named_generator(1, "background", "EXP1", "C1"),
    )


def face(painter, units, degrees=0):
    shown = paint_face(painter, np.array(units, float), degrees, named_generator(1, "noise"))
    assert shown.shape[0] == shown.shape[1] and shown.dtype == np.uint8
    return cv2.resize(shown, (SIZE, SIZE), interpolation=cv2.INTER_AREA)


@pytest.fixture(scope="module")
def grid():
    """The figure, and which faces it asked for."""
    asked = []
    return figure_of(draw_action_units, "x.svg", *ANIMAL, paint_face=remember(asked)), asked


def test_each_row_is_a_unit_and_each_column_a_side_and_score(grid):
    figure, asked = grid
    columns = 3 * len(VIEWS)
    assert len(figure.axes) == len(asked) == 6 * columns
    for number, axes in enumerate(figure.axes):
        row, column = divmod(number, columns)
        shown = axes.images[0].get_array()[0, 0, 0]
        units, degrees = asked[shown - 1]
        score = column % 3
        assert degrees == list(VIEWS.values())[column // 3]
        assert units == [score if row in (unit, 5) else 0 for unit in range(5)]


def test_rows_and_columns_are_named(grid):
    figure, _ = grid
    columns = 3 * len(VIEWS)
    names = [axes.get_ylabel().replace("\n", " ") for axes in figure.axes[::columns]]
    assert names == [*UNITS.values(), "all five"]
    titles = [axes.get_title(loc="center") for axes in figure.axes[:columns]]
    assert titles == ["front: 0", "1", "2", "oblique: 0", "1", "2", "near profile: 0", "1", "2"]
    assert not any(axes.get_title(loc="center") for axes in figure.axes[columns:])


def test_a_face_is_the_same_twice(painter):
    one, other = (face(painter, [1, 0, 2, 0, 1]) for _ in range(2))
    assert np.array_equal(one, other)


@pytest.mark.parametrize("unit", range(5), ids=list(UNITS))
def test_each_unit_changes_the_face_more_the_higher_it_scores(painter, unit):
    calm, some, much = (
        face(painter, [score if place == unit else 0 for place in range(5)], 38).astype(int) for score in range(3)
    )
    assert 0 < np.abs(some - calm).sum() < np.abs(much - calm).sum()


def test_each_side_shows_another_picture(painter):
    front, oblique, profile = (face(painter, [0] * 5, degrees).astype(int) for degrees in VIEWS.values())
    assert min(np.abs(a - b).mean() for a, b in ((front, oblique), (oblique, profile), (front, profile))) > 3
