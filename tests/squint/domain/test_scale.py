"""The scale's parts fit together."""

from squint.domain.scale import ACTION_UNITS, HIGHEST_SCORE, MOST_UNOBSERVED, PAIN_THRESHOLD, UNIT_NAMES
from squint.domain.score_ranges import SCORE_BINS


def test_each_unit_has_a_name_of_its_own_in_the_same_order():
    assert list(UNIT_NAMES) == list(ACTION_UNITS)
    assert len(set(UNIT_NAMES.values())) == len(ACTION_UNITS) == 5


def test_an_accepted_moment_has_most_of_its_units():
    assert len(ACTION_UNITS) - MOST_UNOBSERVED > len(ACTION_UNITS) / 2


def test_pain_begins_with_a_score_range_so_that_no_range_is_on_both_sides():
    assert PAIN_THRESHOLD in SCORE_BINS[1:-1]
    assert (SCORE_BINS[0], SCORE_BINS[-1]) == (0, HIGHEST_SCORE)
