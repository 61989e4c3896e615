import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.measures.continuous import (
    Errors,
    block_samples,
    find_blinks,
    find_shut,
    measure_curve,
    without_blinks,
)

NAN = float("nan")


def at(fps: float, scores: list[float]) -> tuple[np.ndarray, np.ndarray]:
    return np.arange(len(scores)) / fps, np.array(scores, float)


def test_a_run_of_closed_eyes_is_told_with_its_length():
    times, scores = at(10, [0, 9, 9, 0, 0, 9])
    first, last = find_shut(times, scores, 8)
    assert (first.start, first.stop) == (1, 3) and first.seconds == pytest.approx(0.2)
    assert (last.start, last.stop) == (5, 6) and last.seconds == pytest.approx(0.1)


def test_a_frame_without_a_score_does_not_end_a_run_and_several_do():
    times, scores = at(10, [0, 9, NAN, 9, 0])
    assert [(run.start, run.stop) for run in find_shut(times, scores, 8)] == [(1, 4)]
    times, scores = at(10, [0, 9, NAN, NAN, 9, 0])
    assert [(run.start, run.stop) for run in find_shut(times, scores, 8)] == [(1, 2), (4, 5)]


def test_blinks_are_short_and_begin_and_end_in_sight():
    times, scores = at(10, [9, 0, 9, 9, 0, 9, 9, 9, 9, 9, 9, 0, 9])
    assert [(blink.start, blink.stop) for blink in find_blinks(times, scores, 8, 0.5)] == [(2, 4)]


def test_an_eye_that_comes_into_sight_shut_does_not_blink():
    times, scores = at(10, [0, NAN, 9, 9, NAN, 0, 9, NAN, NAN, 0, 9, 9, 0])
    assert [(blink.start, blink.stop) for blink in find_blinks(times, scores, 8, 0.5)] == [(10, 12)]


def test_what_is_exactly_as_long_is_no_blink():
    times, scores = at(10, [0, 9, 9, 9, 9, 9, 0])
    assert find_blinks(times, scores, 8, 0.5) == []


@given(st.lists(st.sampled_from([0.0, 5.0, 9.0, NAN]), min_size=1, max_size=60))
def test_runs_are_apart_and_hold_all_that_is_closed(values):
    times, scores = at(30, values)
    runs = find_shut(times, scores, 8)
    inside = np.zeros(len(scores), bool)
    for run in runs:
        assert not inside[run.start : run.stop].any()
        assert scores[run.start] >= 8 and scores[run.stop - 1] >= 8
        inside[run.start : run.stop] = True
    assert inside[scores >= 8].all() and not inside[scores < 8].any()


def test_blinks_and_the_frames_beside_them_are_left_out():
    times, scores = at(10, [1, 1, 9, 9, 1, 1])
    left = without_blinks(scores, find_blinks(times, scores, 8, 0.5))
    assert np.isnan(left[1:5]).all() and left[0] == left[5] == 1
    assert scores[2] == 9, "what was given stays"


@given(st.integers(1, 50), st.integers(1, 50))
def test_samples_are_blocks_of_neighbours(count, block):
    samples = block_samples(count, min(block, count), 3, np.random.default_rng(0))
    assert samples.shape == (3, count) and samples.min() >= 0 and samples.max() < count
    steps = np.diff(samples, axis=1) % count
    inside = np.arange(1, count) % min(block, count) != 0
    assert (steps[:, inside] == 1 % count).all()


def measured(scores: np.ndarray, errors: Errors, fps: float = 10, **options) -> dict:
    times = np.arange(len(scores)) / fps
    how = {"threshold": 2.0, "draws": 300, "confidence": 0.9, "block_s": 2.0, "highest": 9.0} | options
    return measure_curve(times, scores, [], errors=errors, generator=np.random.default_rng(1), **how)


def test_a_constant_curve_without_errors_is_known_exactly():
    told = measured(np.full(600, 3.0), Errors((np.zeros(20),)))
    assert told["mean"] == told["mean low"] == told["mean high"] == 3
    assert told["area"] == pytest.approx(3.0) and told["seconds"] == pytest.approx(60)
    assert told["above"] == 1 and told["shown"] == 1 and told["blinks"] == 0


def test_a_scorers_errors_on_animals_widen_the_interval_and_shift_it():
    high = measured(np.full(600, 3.0), Errors((np.full(20, 0.5), np.full(20, 0.7))))
    assert high["mean"] == 3 and 2.29 < high["mean low"] < 2.31 and 2.49 < high["mean high"] < 2.51
    low = measured(np.full(600, 8.9), Errors((np.full(20, -0.5),)))
    assert low["mean low"] == low["mean high"] == 9, "no curve goes beyond the scale"


def test_a_curve_that_wanders_is_less_sure_than_one_that_does_not():
    generator = np.random.default_rng(2)
    wandering = 4 + np.repeat(generator.normal(0, 1, 12), 50)
    quick = 4 + generator.normal(0, 1, 600)
    errors = Errors((np.zeros(5),))
    widths = [told["mean high"] - told["mean low"] for told in (measured(wandering, errors), measured(quick, errors))]
    assert widths[0] > 2 * widths[1]


def test_a_curve_that_shows_no_eye_tells_nothing():
    told = measured(np.full(50, NAN), Errors((np.zeros(5),)))
    assert np.isnan(told["mean"]) and np.isnan(told["mean low"]) and told["scored s"] == 0
