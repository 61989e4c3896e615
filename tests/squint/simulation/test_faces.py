"""A face alone: with chosen action units, from a chosen side."""

import numpy as np
import pytest

from squint.domain.seeds import named_generator
from squint.simulation.faces import paint_face
from squint.simulation.mouse import sample_animal
from squint.simulation.rendering import Camera, Painter, sample_scene


@pytest.fixture(scope="module")
def painter():
    return Painter(
        Camera(0, 640, 360),
        sample_animal(named_generator(1, "animal")),
        sample_scene(named_generator(1, "scene")),
        named_generator(1, "background"),
    )


def face(painter, units=(0, 0, 0, 0, 0), degrees=0.0, seed=1):
    return paint_face(painter, np.array(units, float), degrees, named_generator(seed, "face"))


def test_a_face_is_a_square_picture_with_a_mouse_in_it(painter):
    shown = face(painter)
    assert shown.dtype == np.uint8 and shown.shape[0] == shown.shape[1] > 40 and shown.shape[2] == 3
    assert shown.std() > 10


def test_a_face_is_the_same_by_its_draws(painter):
    assert np.array_equal(face(painter), face(painter))
    assert not np.array_equal(face(painter), face(painter, seed=2))


@pytest.mark.parametrize("unit", range(5))
def test_each_unit_changes_the_face(painter, unit):
    units = np.zeros(5)
    units[unit] = 2
    plain, severe = face(painter), face(painter, units)
    assert severe.shape == plain.shape  # where a face is does not tell how it looks
    assert np.abs(severe.astype(int) - plain).mean() > 0.1


@pytest.mark.parametrize("degrees", [-75, -30, 30, 75])
def test_a_face_is_seen_from_the_side(painter, degrees):
    front, side = face(painter), face(painter, degrees=degrees)
    assert side.shape[0] == side.shape[1] > 40 and side.std() > 10
    size = min(front.shape[0], side.shape[0])
    assert np.abs(side[:size, :size].astype(int) - front[:size, :size]).mean() > 5


def test_left_and_right_are_two_views(painter):
    left, right = face(painter, degrees=-60), face(painter, degrees=60)
    assert left.shape != right.shape or not np.array_equal(left, right)
