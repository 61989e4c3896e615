"""Average precision, by hand and by its definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.measures.detection import average_precision, ratio


def ap(face, certainty, iou):
    return average_precision(np.array(face, bool), np.array(certainty, float), np.array(iou, float))


def test_average_precision_by_hand():
    assert ap([1, 1], [0.9, 0.8], [1, 1]) == 1
    assert ap([1, 1], [0.9, 0], [1, 0]) == 0.5  # one face not found
    assert ap([1, 1], [0.9, 0.8], [0.4, 1]) == pytest.approx(0.5 * 0.5)  # the surer box is outside_frame
    assert ap([1, 0, 1], [0.9, 0.8, 0.7], [1, 0, 1]) == pytest.approx(0.5 + 0.5 * 2 / 3)
    assert np.isnan(ap([0, 0], [0.9, 0.8], [0, 0]))


@given(st.lists(st.tuples(st.booleans(), st.floats(0.01, 1), st.floats(0, 1)), min_size=1, max_size=40))
def test_average_precision_is_the_area_under_the_monotone_curve(frames):
    face, certainty, iou = map(np.array, zip(*frames, strict=True))
    if not face.any():
        return
    order = np.argsort(-certainty, kind="stable")
    hits = face[order] & (iou[order] >= 0.5)
    ends = [n for n in range(len(hits)) if n + 1 == len(hits) or certainty[order][n + 1] < certainty[order][n]]
    points = [(hits[: n + 1].sum() / face.sum(), hits[: n + 1].mean()) for n in ends]
    plain, last = 0.0, 0.0
    for recall, _ in points:
        plain += (recall - last) * max(p for r, p in points if r >= recall)
        last = recall
    assert average_precision(face, certainty, iou) == pytest.approx(plain)


def test_average_precision_does_not_depend_on_the_order_of_equals():
    face = np.arange(100) < 10
    iou = face.astype(float)
    assert average_precision(face, np.ones(100), iou) == average_precision(face[::-1], np.ones(100), iou[::-1]) == 0.1


def test_a_share_of_nothing_is_unknown():
    assert ratio(1, 4) == 0.25 and np.isnan(ratio(0, 0))
