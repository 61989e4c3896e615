"""Squares around boxes, and the sizes of what was annotated."""

from fractions import Fraction

import numpy as np

from squint.detection.box_table import size_of, square
from squint.files.images import write_image
from tests.videos import write_pictures


def test_a_box_becomes_the_square_around_it():
    assert square(10, 20, 30, 30) == (10, 20, 30)
    assert square(10, 20, 40, 20) == (10, 10, 40)
    assert square(10, 20, 20, 40) == (0, 20, 40)


def test_sizes_are_those_that_are_shown(tmp_path):
    write_image(tmp_path / "a.jpg", np.zeros((40, 60, 3), np.uint8))
    drawn = [np.zeros((48, 64), np.uint8)] * 2
    write_pictures(tmp_path / "a.mp4", drawn, rotation=90, aspect=Fraction(5, 4))
    assert size_of(str(tmp_path / "a.jpg")) == (60, 40)
    assert size_of(str(tmp_path / "a.mp4")) == (48, 80)
    assert size_of(str(tmp_path / "none.mp4")) is None
