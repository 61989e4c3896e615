"""What the simulated mouse shows, read by any scale."""

import numpy as np
import pandas as pd
import pytest

from squint.config.scales import read_scale, shipped_scales
from squint.domain.scale import make_scale
from squint.simulation.units import SEVEREST, TOGETHER, UNITS, drawn_units, is_frontal, on_scale
from tests.scales import MGS, MGS_GUIDE, ORBITAL


def scale_of_units(*units: str, highest: int = 2):
    return make_scale(MGS.values | {"units": list(units), "highest": highest})


def truth(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(UNITS))


def test_what_is_drawn_is_the_mouse_grimace_scale():
    assert list(UNITS) == list(MGS.units) and MGS_GUIDE.units == UNITS
    assert MGS.highest == SEVEREST


@pytest.mark.parametrize(
    ("unit", "drawn"),
    [("eye", ("eye",)), ("nose_cheek", ("nose", "cheek")), ("pain", tuple(UNITS)), ("brow", tuple(UNITS))],
)
def test_a_unit_of_another_scale_is_read_from_one_from_some_or_from_all(unit, drawn):
    assert drawn_units(unit) == drawn


@pytest.mark.parametrize(
    ("unit", "frontal"),
    [("nose", True), ("cheek", True), ("nose_cheek", True), ("eye", False), ("whiskers", False), ("pain", False)],
)
def test_what_lies_in_front_can_be_judged_from_there_alone(unit, frontal):
    assert is_frontal(unit) == frontal


def test_true_scores_are_means_over_the_views():
    seen = truth([0, 1, 2, 0, 1], [0, 1, 2, 2, 2])
    assert on_scale(seen, MGS).tolist() == [0, 1, 2, 1, 1.5]


def test_true_scores_are_stretched_to_the_scale():
    assert on_scale(truth([1, 0, 0, 0, 0]), ORBITAL).tolist() == [4.5]
    assert on_scale(truth([SEVEREST] * 5), ORBITAL).tolist() == [9]


def test_a_unit_that_is_several_together_is_their_mean():
    seen = truth([2, 0, 2, 1, 0])
    assert on_scale(seen, scale_of_units("nose_cheek", "eye")).tolist() == [1.5, 2]
    assert on_scale(seen, scale_of_units("pain", highest=6)).tolist() == [3]


@pytest.mark.parametrize("name", shipped_scales())
def test_every_shipped_scale_can_be_read_from_the_mouse(name):
    scale = make_scale(read_scale(name))
    lowest, highest = (on_scale(truth([value] * 5), scale) for value in (0, SEVEREST))
    assert np.array_equal(lowest, np.zeros(len(scale.units)))
    assert highest == pytest.approx(np.full(len(scale.units), scale.highest))


def test_what_is_together_is_drawn():
    assert {unit for units in TOGETHER.values() for unit in units} <= set(UNITS)
