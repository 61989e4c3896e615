"""Folds keep subjects apart and balance validation (thesis, Figure 4.12 and section 5.3)."""

import pandas as pd
import pytest

from scripts.datasets.compose_fold import check_subjects, limit_moments
from squint.errors import InputError
from tests.scales import MGS, ORBITAL

SUBJECTS = {"EXP1": "m1", "EXP2": "m2", "BAS1": "m1"}


def subsets(train, test, validation="EXP2"):
    names = {"train": train, "validation": validation, "test_orgn": test, "test_corr": test}
    return {name: pd.DataFrame({"experiment": [experiment]}) for name, experiment in names.items()}


def test_a_subject_on_both_sides_is_an_input_error():
    check_subjects(subsets("EXP2", "EXP1"), SUBJECTS, [])
    with pytest.raises(InputError, match=r"\(train and test\)\n  found:    subject m1"):
        check_subjects(subsets("BAS1", "EXP1"), SUBJECTS, [])
    with pytest.raises(InputError, match=r"\(validation and test\)"):
        check_subjects(subsets("EXP2", "EXP1", validation="BAS1"), SUBJECTS, [])
    check_subjects(subsets("BAS1", "EXP1"), SUBJECTS, ["m1"])


def test_validation_takes_so_many_moments_of_each_range():
    rows = [
        {"experiment": experiment, "item": item, "score": (item % 20) / 10, "camera": camera}
        for experiment in ("BAS1", "EXP7")
        for item in range(60)
        for camera in ("C1", "C2", "C3")
    ]
    limited = limit_moments(pd.DataFrame(rows), {"BAS1": [4, 3, 0, 100]}, MGS, seed=1)
    assert len(limited[limited.experiment == "EXP7"]) == 180
    moments = limited[limited.experiment == "BAS1"].groupby("item").score.agg(["first", "size"])
    assert (moments["size"] == 3).all()
    assert pd.cut(moments["first"], [0, 0.5, 1, 1.5, 2], right=False).value_counts(sort=False).tolist() == [4, 3, 0, 15]
    assert limited.equals(limit_moments(pd.DataFrame(rows), {"BAS1": [4, 3, 0, 100]}, MGS, seed=1))


def test_ranges_are_those_of_the_scale():
    rows = pd.DataFrame([{"experiment": "BAS1", "item": item, "score": item % 10} for item in range(40)])
    limited = limit_moments(rows, {"BAS1": [1, 2, 0, 3]}, ORBITAL, seed=1)
    assert pd.cut(limited.score, [0, 2.25, 4.5, 6.75, 10], right=False).value_counts(sort=False).tolist() == [
        1,
        2,
        0,
        3,
    ]
