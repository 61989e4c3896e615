"""Bootstrap samples hold what they may, and intervals are the percentiles of what was computed on them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.domain.seeds import named_generator
from squint.measures.bootstrap import interval, over_folds, sample_moments, sample_pooled


def generator(name="b"):
    return named_generator(1, name)


def test_a_sample_has_as_many_moments_as_there_are_with_replacement():
    samples = sample_moments(5, 400, generator())
    assert samples.shape == (400, 5)
    assert np.bincount(samples.ravel(), minlength=5) / samples.size == pytest.approx([0.2] * 5, abs=0.03)
    assert any(len(set(sample)) < 5 for sample in samples)


def test_samples_are_those_of_their_generator():
    one, again, other = (sample_moments(9, 20, generator(name)) for name in ("a", "a", "b"))
    assert np.array_equal(one, again) and not np.array_equal(one, other)


def test_one_moment_is_drawn_each_time():
    assert sample_moments(1, 3, generator()).tolist() == [[0], [0], [0]]


def test_an_interval_is_between_percentiles():
    values = np.random.default_rng(1).permutation(np.arange(101.0))
    assert interval(values, 0.9) == pytest.approx((5, 95))
    assert interval(values, 0.5) == pytest.approx((25, 75))


def test_undefined_values_do_not_count_for_an_interval():
    values = np.concatenate([np.arange(101.0), np.full(40, np.nan)])
    assert interval(values, 0.9) == pytest.approx((5, 95))


@pytest.mark.parametrize(("values", "expected"), [([0.3], (0.3, 0.3)), ([np.nan, 2.0], (2.0, 2.0))])
def test_one_value_is_its_own_interval(values, expected):
    assert interval(np.array(values), 0.95) == pytest.approx(expected)


def test_no_values_have_no_interval():
    assert np.isnan(interval(np.array([]), 0.95)).all()


def test_the_mean_over_one_fold_is_that_folds_own():
    samples = np.array([[0.1, 0.4, np.nan, 0.2]])
    assert over_folds(samples, generator()) == pytest.approx(samples[0], nan_ok=True)


def test_folds_are_drawn_with_replacement_each_with_its_own_sample():
    samples = np.repeat([[0.0], [1.0]], 20_000, axis=1)
    values = over_folds(samples, generator())
    assert values.shape == (20_000,)
    shares = [(values == value).mean() for value in (0, 0.5, 1)]
    assert sum(shares) == pytest.approx(1)
    assert shares == pytest.approx([0.25, 0.5, 0.25], abs=0.02)


def test_each_draw_takes_values_of_that_very_draw():
    samples = np.arange(50.0) * np.ones((3, 1))
    assert over_folds(samples, generator()) == pytest.approx(np.arange(50.0))


def test_a_fold_without_a_value_is_left_out_of_the_mean():
    samples = np.array([[1.0] * 200, [np.nan] * 200])
    values = over_folds(samples, generator())
    assert set(values[~np.isnan(values)]) == {1.0}
    assert np.isnan(values).mean() == pytest.approx(0.25, abs=0.1)  # the undefined one, drawn twice


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_a_pooled_sample_is_one_subject_after_the_other_each_with_as_many_moments_as_it_has(sizes):
    sizes = np.array(sizes)
    subject = np.repeat(np.arange(len(sizes)), sizes)
    for sample in sample_pooled(sizes, 5, generator()):
        blocks, place = [], 0
        while place < len(sample):
            drawn = subject[sample[place]]
            block = sample[place : place + sizes[drawn]]
            assert len(block) == sizes[drawn] and (subject[block] == drawn).all()
            blocks.append(drawn)
            place += sizes[drawn]
        assert len(blocks) == len(sizes)


def test_pooled_samples_are_as_many_as_were_asked_for():
    assert len(list(sample_pooled(np.array([3, 2]), 7, generator()))) == 7
    assert list(sample_pooled(np.array([3, 2]), 0, generator())) == []
