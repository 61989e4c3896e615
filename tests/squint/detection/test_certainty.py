"""Certainty is fitted to how often it is right, and built into the detector."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.detection.certainty import fit_certainty, logit, scale_certainty, scaled
from squint.detection.network import build_detector

DRAWS = np.random.default_rng(1)


def calibrated(certainty: np.ndarray, right: np.ndarray) -> np.ndarray:
    slope, shift = fit_certainty(certainty, right)
    return 1 / (1 + np.exp(-(slope * logit(certainty) + shift)))


@pytest.mark.parametrize(("slope", "shift"), [(1, 0), (3, 1), (0.4, -1)])
def test_what_is_too_sure_or_too_shy_is_put_right(slope, shift):
    """Of many frames whose certainty is wrong by a known slope and shift."""
    true = DRAWS.uniform(0.01, 0.99, 20_000)
    right = DRAWS.random(len(true)) < true
    told = 1 / (1 + np.exp(-(logit(true) - shift) / slope))
    assert fit_certainty(told, right) == pytest.approx((slope, shift), abs=0.15)
    sure = calibrated(told, right)
    assert right[sure > 0.9].mean() == pytest.approx(sure[sure > 0.9].mean(), abs=0.02)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=30))
def test_no_frame_passes_another(frames):
    certainty, right = np.array([one for one, _ in frames]), np.array([hit for _, hit in frames], bool)
    slope, shift = fit_certainty(certainty, right)
    assert slope > 0 and np.isfinite([slope, shift]).all()


def test_surely_right_frames_do_not_make_all_others_equal():
    """Log odds far from 0, which shorter steps must lead out of."""
    certainty = np.r_[np.full(50, 1e-6), np.full(50, 1 - 1e-6), np.linspace(0.1, 0.9, 20)]
    right = np.r_[np.zeros(50), np.ones(50), np.arange(20) % 2].astype(bool)
    slope, shift = fit_certainty(certainty, right)
    assert 0.2 <= slope <= 3 and abs(shift) < 3
    assert len(np.unique(calibrated(certainty, right).astype(np.float32))) == 22


@pytest.mark.parametrize(("slope", "bound"), [(9, 3), (0.05, 0.2)])
def test_where_the_slope_ends_the_shift_still_makes_the_mean_right(slope, bound):
    """Certainties that would have to be made far steeper, or nearly all equal, and more of them right than they say."""
    true = DRAWS.uniform(0.01, 0.99, 20_000)
    right = DRAWS.random(len(true)) < true
    told = 1 / (1 + np.exp(-(logit(true) - 2) / slope))
    assert fit_certainty(told, right)[0] == bound
    assert calibrated(told, right).mean() == pytest.approx(right.mean(), abs=1e-3)


def test_where_nothing_is_known_all_stays_as_it_is():
    assert fit_certainty(np.array([]), np.array([], bool)) == (1, 0)


@given(st.floats(0, 1), st.floats(0.2, 3), st.floats(-5, 5))
def test_scaled_certainties_have_scaled_log_odds(certainty, slope, shift):
    told = slope * logit(np.array([certainty])) + shift
    assert scaled(np.array([certainty]), slope, shift) == pytest.approx(1 / (1 + np.exp(-told)), abs=1e-9)


def test_the_detector_says_it_itself(keras):
    model = build_detector(keras)
    picture = DRAWS.uniform(0, 255, (1, 64, 64, 3)).astype(np.float32)
    before = np.asarray(model(picture))[0]
    scale_certainty(model, 0.5, 1.0)
    after = np.asarray(model(picture))[0]
    assert logit(after[..., 0]) == pytest.approx(0.5 * logit(before[..., 0]) + 1, abs=1e-3)
    assert np.array_equal(after[..., 1:], before[..., 1:])
