"""What is unlike the training data is far from it, and told in the right words; what is like it seldom is."""

import json
import math

import cv2
import h5py
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.errors import InputError
from squint.scorer.likeness import (
    COMPONENTS,
    FACE_QUANTILE,
    OPPOSITES,
    WORDS,
    conformal_limit,
    describe_crops,
    fit_likeness,
    judge_camera,
    measure_limits,
    measure_words,
    name_oddities,
    oddity,
    read_likeness,
    write_likeness,
)


def features(rows=400, width=12, seed=1):
    """Features that vary more in some directions than in others."""
    generator = np.random.default_rng(seed)
    return generator.normal(3, 1, (rows, width)) @ generator.normal(0, 1, (width, width))


def mean_square(distances):
    return float((distances**2).mean())


@pytest.mark.parametrize("shape", [(400, 12), (400, 2, 3, 2), (300, 64), (40, 500)])
def test_the_training_data_is_1_away_from_itself_on_average(shape):
    training = features(shape[0], int(np.prod(shape[1:]))).reshape(shape)
    distances = fit_likeness(training).distance(training)
    assert distances.shape == (shape[0],)
    assert 0.85 < mean_square(distances) <= 1.0
    assert 0.8 < distances.mean() < 1.05


def test_distance_is_that_of_mahalanobis_where_all_directions_count():
    generator = np.random.default_rng(1)
    training, other = (generator.normal(3, 1, (rows, 6)) * np.arange(1, 7) for rows in (400, 5))
    inverse = np.linalg.inv(np.cov(training.T))
    off = other - training.mean(axis=0)
    plain = [math.sqrt(row @ inverse @ row / 6) for row in off]
    likeness = fit_likeness(training)
    assert likeness.distance(other) == pytest.approx(plain)


def test_distance_grows_with_how_far_features_are_shifted():
    training = features()
    likeness = fit_likeness(training)
    shift = training.std(axis=0)
    medians = [np.median(likeness.distance(training + step * shift)) for step in (0, 0.5, 1, 2, 4, 8)]
    assert medians == sorted(medians) and medians[-1] > 4 * medians[0]


def test_only_the_directions_that_vary_most_count():
    likeness = fit_likeness(features(300, 100))
    assert likeness.directions.shape == (COMPONENTS, 100) and len(likeness.variances) == COMPONENTS
    assert (np.diff(likeness.variances) <= 0).all()


def test_a_direction_that_never_varies_does_not_weigh_most():
    training = np.hstack([features(width=4), np.ones((400, 2))])
    likeness = fit_likeness(training)
    assert np.isfinite(likeness.distance(training + 1e-3)).all()
    assert likeness.distance(training + 1e-3) == pytest.approx(likeness.distance(training), abs=0.05)


@pytest.mark.parametrize("rows", [1, 2])
def test_a_crop_or_two_are_enough_to_tell_something(rows):
    training = features(rows)
    likeness = fit_likeness(training)
    assert np.isfinite(likeness.distance(training)).all()
    assert (likeness.distance(training + 100) > likeness.distance(training)).all()


def test_a_likeness_comes_back_from_its_file(tmp_path):
    training = features()
    likeness = fit_likeness(training)
    write_likeness(tmp_path / "1.h5", likeness)
    again = read_likeness(tmp_path / "1.h5")
    for name in ("mean", "directions", "variances"):
        assert getattr(again, name) == pytest.approx(getattr(likeness, name), rel=1e-6)
    assert again.distance(training) == pytest.approx(likeness.distance(training), rel=1e-4)
    first = (tmp_path / "1.h5").read_bytes()
    write_likeness(tmp_path / "1.h5", likeness)
    assert (tmp_path / "1.h5").read_bytes() == first


@pytest.mark.parametrize("change", ["no HDF5", "another", "shapes", "texts"])
def test_a_file_that_is_no_likeness_is_told(tmp_path, change):
    path = tmp_path / "1.h5"
    write_likeness(path, fit_likeness(features()))
    if change == "no HDF5":
        path.write_bytes(b"no HDF5")
    else:
        with h5py.File(path, "a") as file:
            del file["mean"]
            if change == "shapes":
                file["mean"] = np.zeros(3)
            elif change == "texts":
                file["mean"] = "far"
    with pytest.raises(InputError, match="a likeness that Squint wrote"):
        read_likeness(path)


def face(size=64, seed=1):
    """A grey picture with a pattern in its middle."""
    generator = np.random.default_rng(seed)
    crop = np.full((size, size, 3), 90, np.uint8)
    crop[size // 4 : -size // 4, size // 4 : -size // 4] = generator.integers(60, 200, (size // 2, size // 2, 1))
    return crop


def darkened(crop):
    return (crop * 0.5).astype(np.uint8)


def blurred(crop):
    return cv2.GaussianBlur(crop, (0, 0), 2)


def tinted(crop):
    return np.clip(crop + np.array([30, 0, -30]), 0, 255).astype(np.uint8)


def bordered(crop):
    """Another level where the background is, and nowhere else."""
    changed = np.full_like(crop, 200)
    changed[8:-8, 8:-8] = crop[8:-8, 8:-8]
    return changed


@pytest.mark.parametrize(
    ("change", "word", "direction"),
    [(darkened, "exposure", -1), (blurred, "blur", -1), (tinted, "colour", 1), (bordered, "background", 1)],
)
def test_a_change_of_a_picture_changes_the_word_for_it(change, word, direction):
    before, after = describe_crops(np.stack([face(), change(face())]), np.array([50, 50])).to_dict("records")
    assert direction * (after[word] - before[word]) > 0.2 * abs(before[word]) + 0.1
    for other in {"blur", "colour", "size"} - {word} - ({"blur"} if change in (darkened, bordered) else set()):
        assert after[other] == pytest.approx(before[other], abs=0.1, rel=0.15), other


def test_words_are_numbers_that_can_be_counted_by_hand():
    crop = np.full((16, 16, 3), 100, np.uint8)
    crop[2:-2, 2:-2] = [200, 200, 200]  # the border is an eighth of 16 px
    (row,) = describe_crops(crop[None], np.array([37])).to_dict("records")
    assert row["size"] == 37 and row["colour"] == 0
    assert row["background"] == pytest.approx(100)
    assert row["exposure"] == pytest.approx((144 * 200 + 112 * 100) / 256)
    flat = describe_crops(np.full((1, 16, 16, 3), 7, np.uint8), np.array([1.0]))
    assert (flat.blur[0], flat.exposure[0], flat.background[0]) == (0, 7, 7)


@pytest.mark.parametrize("size", [4, 9, 224])
def test_crops_of_any_size_are_described(size):
    crops = np.random.default_rng(1).integers(0, 256, (2, size, size, 3), np.uint8)
    table = describe_crops(crops, np.array([10, 20]))
    assert table.columns.tolist() == list(WORDS) and np.isfinite(table.to_numpy()).all()
    assert np.isfinite(describe_crops(np.zeros((1, size, size, 3), np.uint8), np.array([1])).to_numpy()).all()


def test_no_crops_have_no_words():
    table = describe_crops(np.zeros((0, 8, 8, 3), np.uint8), np.zeros(0))
    assert table.columns.tolist() == list(WORDS) and table.empty


USUAL = {"exposure": 100.0, "blur": 30.0, "size": 60.0, "colour": 0.0, "background": 80.0}
WORDS_USUAL = {word: [value, 1.0] for word, value in USUAL.items()}
LIMITS = {"camera_distance": 2.0, "camera_oddity": 5.0, "words": WORDS_USUAL}


@pytest.mark.parametrize("word", WORDS)
def test_what_differs_is_named_in_the_direction_in_which_it_does(word):
    less, more = OPPOSITES[word]
    for step, told in ((0, []), (2.9, []), (-2.9, []), (3.1, [more]), (-3.1, [less])):
        crops = pd.DataFrame([USUAL | {word: USUAL[word] + step}] * 3)
        assert name_oddities(crops, LIMITS) == told


def test_all_that_differs_is_named():
    crops = pd.DataFrame([USUAL | {"exposure": 20.0, "size": 500.0}])
    assert name_oddities(crops, LIMITS) == ["darker", "a larger face"]


def test_a_few_odd_crops_of_a_camera_are_no_oddity():
    crops = pd.DataFrame([USUAL] * 3 + [USUAL | {"exposure": 0.0}] * 2)
    assert name_oddities(crops, LIMITS) == []


def test_a_word_that_never_differed_between_recordings_is_still_compared():
    limits = LIMITS | {"words": {word: [value, 0.0] for word, value in USUAL.items()}}
    assert name_oddities(pd.DataFrame([USUAL]), limits) == []
    assert name_oddities(pd.DataFrame([USUAL | {"blur": 31.0}]), limits) == ["sharper or noisier"]


def test_a_camera_that_is_told_by_its_words_has_one_that_is_named():
    crops = pd.DataFrame([USUAL | {"size": 58.0, "distance": 1.0}] * 3)
    judged = judge_camera(crops, LIMITS | {"camera_oddity": 1.5})
    assert (judged["told"], judged["oddity"], judged["differs"]) == (True, 2.0, "a smaller face")


@pytest.mark.parametrize(
    ("distance", "exposure", "told"), [(1, 104, False), (3, 100, True), (1, 94, True), (3, 0, True)]
)
def test_a_camera_is_told_by_its_features_or_by_its_words(distance, exposure, told):
    crops = pd.DataFrame([USUAL | {"exposure": float(exposure), "distance": float(distance)}] * 3)
    judged = judge_camera(crops, LIMITS)
    assert judged["told"] == told
    assert (judged["distance"], judged["oddity"]) == (distance, abs(exposure - 100))


def test_a_camera_without_faces_is_not_told():
    judged = judge_camera(pd.DataFrame(columns=[*WORDS, "distance"], dtype=float), LIMITS)
    assert (judged["told"], judged["differs"]) == (False, "")
    assert math.isnan(judged["distance"]) and math.isnan(judged["oddity"])


@given(st.lists(st.floats(0, 100), min_size=1, max_size=120))
def test_the_limit_is_the_value_of_a_plain_rank(values):
    needed = math.ceil((len(values) + 1) * 0.975)
    expected = sorted(values)[needed - 1] if needed <= len(values) else max(values)
    assert conformal_limit(np.array(values)) == expected


def test_one_value_is_its_own_limit():
    assert conformal_limit(np.array([1.7])) == 1.7


def test_at_most_2_5_percent_of_new_values_are_beyond_the_limit():
    generator = np.random.default_rng(1)
    beyond = []
    for _ in range(2000):
        *known, new = generator.exponential(1, 80)
        beyond.append(new > conformal_limit(np.array(known)))
    assert 0.01 < np.mean(beyond) < 0.035


def crops(experiment, camera, count=10, distance=1.0, odd=1.0, **changes):
    table = pd.DataFrame([USUAL | changes] * count)
    return table.assign(experiment=experiment, camera=camera, distance=distance, oddity=odd, item=range(count))


def test_limits_are_those_of_a_plain_count():
    training = pd.concat(
        [crops("A", "1", exposure=90.0), crops("A", "2", exposure=100.0), crops("B", "1", exposure=140.0, blur=10.0)]
    )
    held = pd.concat([crops("A", "1", distance=np.linspace(0.5, 1.5, 10)), crops("B", "1", distance=2.0, odd=4.5)])
    limits = measure_limits(training, held)
    assert limits["face_distance"] == pytest.approx(np.quantile(held.distance, FACE_QUANTILE))
    assert limits["camera_distance"] == 2.0  # of the medians 1 and 2
    assert limits["camera_oddity"] == 4.5
    assert (limits["smallest_size"], limits["least_sharp"]) == (60.0, 10.0)
    assert limits["words"]["exposure"] == [100.0, pytest.approx(1.4826 * 10)]
    assert limits["words"]["blur"] == [30.0, 0.0]
    assert json.loads(json.dumps(limits)) == limits


def test_a_camera_with_many_crops_weighs_no_more_than_another():
    few = pd.concat([crops(name, "1", exposure=level) for name, level in (("A", 90.0), ("B", 100.0), ("C", 110.0))])
    many = pd.concat([few, crops("A", "1", 500, exposure=90.0)])
    assert measure_words(few) == measure_words(many)


def test_the_oddest_word_counts():
    assert oddity(pd.DataFrame([USUAL | {"exposure": 98.0, "size": 67.0}]), WORDS_USUAL) == 7.0
