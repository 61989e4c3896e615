"""What scores of a scale are, and what is told of them; which scales there are and which can't be: test_scales."""

import json

import numpy as np
import pytest

from squint.domain.scale import make_guide, make_scale
from tests.scales import MGS, MGS_GUIDE, ORBITAL, ORBITAL_GUIDE, WHOLE_MGS, WHOLE_ORBITAL

SCALES = pytest.mark.parametrize(("scale", "guide"), [(MGS, MGS_GUIDE), (ORBITAL, ORBITAL_GUIDE)], ids=["MGS", "eye"])


@SCALES
def test_each_unit_has_a_name_of_its_own_in_the_same_order(scale, guide):
    assert list(guide.units) == list(scale.units) == list(guide.meanings)
    assert len(set(guide.units.values())) == len(scale.units)


def test_the_mouse_grimace_scale_has_five_units_from_0_to_2():
    assert MGS.units == ("eye", "ear", "nose", "cheek", "whiskers")
    assert (MGS.highest, MGS.least_observed, MGS.pain_threshold) == (2, 3, 0.5)


@SCALES
def test_an_accepted_moment_has_most_of_its_units(scale, guide):
    assert scale.least_observed > len(scale.units) / 2


@SCALES
def test_pain_begins_with_a_score_range_so_that_no_range_is_on_both_sides(scale, guide):
    assert scale.pain_threshold in scale.score_ranges[1:-1]
    assert (scale.score_ranges[0], scale.score_ranges[-1]) == (0, scale.highest)


@SCALES
def test_each_score_of_each_unit_is_told(scale, guide):
    assert len(guide.steps) == scale.highest + 1
    assert {len(meanings) for meanings in guide.meanings.values()} == {scale.highest + 1}
    assert all(name and meaning for name, meaning in guide.steps)


@SCALES
def test_its_values_make_the_same_scale_again_also_out_of_json(scale, guide):
    assert make_scale(scale.values) == scale
    assert make_scale(json.loads(json.dumps(scale.values))) == scale


@pytest.mark.parametrize(
    ("whole", "scale", "guide"), [(WHOLE_MGS, MGS, MGS_GUIDE), (WHOLE_ORBITAL, ORBITAL, ORBITAL_GUIDE)]
)
def test_scale_and_guide_come_through_json_as_they_were(whole, scale, guide):
    again = json.loads(json.dumps(whole))
    assert make_scale(again) == scale and make_guide(again) == guide


def test_units_are_columns_of_samples():
    assert MGS.unit_columns == ["score_eye", "score_ear", "score_nose", "score_cheek", "score_whiskers"]
    assert ORBITAL.unit_columns == ["score_eye"]


def test_a_score_has_its_range_in_words():
    assert MGS.range_names == ["0–0.5", "0.5–1", "1–1.5", "1.5–2"]
    assert ORBITAL.range_names == ["0–2.25", "2.25–4.5", "4.5–6.75", "6.75–9"]
    assert MGS.range_of(np.array([0, 0.49, 0.5, 0.99, 1.0, 1.49, 1.5, 2.0])).tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert ORBITAL.range_of(np.array([0, 2, 2.25, 4.5, 6, 9.0])).tolist() == [0, 0, 1, 2, 2, 3]


def test_a_score_that_the_scale_does_not_have_is_refused():
    with pytest.raises(ValueError, match=r"expected scores from 0\.0 to 2\.0, found 2\.1 to 2\.1"):
        MGS.range_of(np.array([2.1]))
    assert ORBITAL.range_of(np.array([2.1])).tolist() == [0]


@pytest.mark.parametrize(
    ("highest", "words"), [(1, "0 or 1"), (2, "0, 1 or 2"), (3, "0, 1, 2 or 3"), (4, "0 to 4"), (9, "0 to 9")]
)
def test_what_a_unit_can_be_given_is_told_in_words(highest, words):
    assert make_scale(MGS.values | {"highest": highest}).choices == words
