"""Each score has one range, which holds its lower edge."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.domain.score_ranges import class_of, name_ranges
from tests.scales import MGS, ORBITAL

BINS = np.array(MGS.score_ranges)
EDGES = st.lists(st.integers(1, 199), unique=True, max_size=6).map(
    lambda inner: np.array([0, *sorted(inner), 200]) / 100
)


@given(EDGES, st.lists(st.floats(0, 2), max_size=20))
def test_a_score_lies_in_its_range(bins, scores):
    classes = class_of(np.array(scores), bins)
    assert classes.shape == (len(scores),)
    for number, score in zip(classes, scores, strict=True):
        assert 0 <= number <= len(bins) - 2
        assert bins[number] <= score
        assert score < bins[number + 1] or (score == bins[-1] and number == len(bins) - 2)


@given(EDGES)
def test_edges_begin_their_range_and_the_last_ends_it(bins):
    assert class_of(bins, bins).tolist() == [*range(len(bins) - 1), len(bins) - 2]


@given(EDGES, st.lists(st.floats(0, 2), min_size=2, max_size=20).map(sorted))
def test_a_higher_score_has_no_lower_range(bins, scores):
    assert (np.diff(class_of(scores, bins)) >= 0).all()


def test_the_usual_ranges_are_those_of_the_thesis():
    scores = [0, 0.49, 0.5, 0.99, 1.0, 1.49, 1.5, 2.0]
    assert class_of(scores, BINS).tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert name_ranges(BINS) == ["0–0.5", "0.5–1", "1–1.5", "1.5–2"]


def test_ranges_are_named_by_their_edges_however_many_there_are():
    assert name_ranges(ORBITAL.score_ranges) == ["0–2.25", "2.25–4.5", "4.5–6.75", "6.75–9"]
    assert name_ranges([0, 1, 9]) == ["0–1", "1–9"]
    assert class_of([0, 2, 2.25, 9], np.array(ORBITAL.score_ranges)).tolist() == [0, 0, 1, 3]


def test_no_scores_have_no_ranges():
    assert class_of([], BINS).tolist() == []


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ([0.5, -0.1], r"expected scores from 0\.0 to 2\.0, found -0\.1 to 0\.5"),
        ([2.01], "found 2.01 to 2.01"),
        ([1, np.nan], "found nan to nan"),
        ([np.inf], "found inf to inf"),
    ],
)
def test_a_score_in_no_range_is_told(scores, message):
    with pytest.raises(ValueError, match=message):
        class_of(scores, BINS)
