"""What networks are trained to say, what their outputs mean, and the control's shuffled labels."""

import numpy as np
import pandas as pd
import pytest

from squint.domain.seeds import named_generator
from squint.errors import InputError
from squint.outputs import make_output
from squint.outputs.binary import pain_labels
from squint.outputs.distribution import above_columns, thresholds
from squint.outputs.units import masked_loss
from squint.samples.labels import label_columns, shuffle_labels
from tests.scales import MGS, ORBITAL, SCALE

BINS = [0, 0.5, 1.5, 2.0]
BINARY = {"output": "binary", "gap": [0.5, 1.0], "bins": BINS, "scale": SCALE}
CLASSES = {"output": "classes", "gap": [0.5, 0.5], "bins": BINS, "scale": SCALE}
DISTRIBUTION = {"output": "distribution", "scale": SCALE}
THRESHOLDS = thresholds(MGS.highest)
UNIT_COLUMNS = MGS.unit_columns


def crops(moments=50, views=4):
    """A table of labelled crops; the units of a moment follow from its score, and some are unobserved."""
    table = pd.DataFrame({"experiment": "EXP1", "item": np.repeat(range(moments), views)})
    table["score"] = np.repeat(np.arange(moments) / moments * 2, views)
    for place, unit in enumerate(UNIT_COLUMNS):
        table[unit] = np.where(table["item"] % 7 == place, np.nan, np.round(table.score))
    return table


def test_shuffled_labels_keep_moments_together_and_their_distribution():
    table = crops()
    shuffled = shuffle_labels(table, named_generator(1, "shuffle"))
    per_moment = shuffled.groupby("item")
    assert (per_moment[label_columns(table)].nunique(dropna=False) == 1).all().all()
    assert sorted(per_moment.score.first()) == sorted(table.score.unique())
    assert abs(np.corrcoef(shuffled.score, table.score)[0, 1]) < 0.3


def test_shuffled_units_belong_to_the_shuffled_score():
    table = crops()
    shuffled = shuffle_labels(table, named_generator(1, "shuffle"))
    assert (shuffled[UNIT_COLUMNS].max(axis=1) == np.round(shuffled.score)).all()


def test_pain_labels_leave_the_gap_out():
    labels = pain_labels([0.0, 0.49, 0.5, 0.99, 1.0, 2.0], (0.5, 1.0))
    assert labels[[0, 1]].tolist() == [0, 0]
    assert np.isnan(labels[[2, 3]]).all()
    assert labels[[4, 5]].tolist() == [1, 1]


def test_classes_for_the_sampler():
    regression = {"output": "regression", "bins": [0, 0.5, 1.0, 1.5, 2.0], "scale": SCALE}
    assert make_output(regression).balancing_classes(np.array([0.0, 0.5, 2.0])).tolist() == [0, 1, 3]
    assert make_output(BINARY).balancing_classes(np.array([0.2, 0.7, 1.2]))[[0, 2]].tolist() == [0, 1]
    assert make_output(CLASSES).balancing_classes(np.array([0.2, 1.5])).tolist() == [0, 2]


@pytest.mark.parametrize(
    ("settings", "scores", "message"),
    [
        (BINARY, [1.2, 1.4], "none with a score below 0.5"),
        (BINARY, [0.2, 0.7], "none with a score 1.0 or more"),
        (CLASSES, [0.2, 1.7], "none with a score 0.5 to 1.5"),
    ],
)
def test_an_empty_class_is_an_input_error(settings, scores, message):
    with pytest.raises(InputError, match=message):
        make_output(settings).check_classes(make_output(settings).balancing_classes(np.array(scores)), "fold 1")


def test_validation_needs_two_classes_alone():
    make_output(CLASSES).check_classes(
        make_output(CLASSES).balancing_classes(np.array([0.2, 0.7])), "fold 1", training=False
    )
    with pytest.raises(InputError, match=r"none with a score 0\.5 to 1\.5"):
        make_output(CLASSES).check_classes(
            make_output(CLASSES).balancing_classes(np.array([0.2])), "fold 1", training=False
        )


def test_a_regression_has_no_classes_that_could_be_empty():
    regression = {"output": "regression", "bins": [0, 1.0, 2.0], "gap": [0.5, 0.5], "scale": SCALE}
    make_output(regression).check_classes(make_output(regression).balancing_classes(np.array([0.1])), "fold 1")


def test_targets_of_units_are_the_units_and_the_score():
    table = crops(moments=3, views=1)
    targets = make_output({"output": "units", "scale": SCALE}).targets(table)
    assert targets.shape == (3, 6)
    assert np.isnan(targets[0, 0]) and not np.isnan(targets[0, 1:]).any()
    assert targets[:, -1] == pytest.approx(table.score)


@pytest.mark.parametrize("score", [0.0, 0.1, 1.3, 2.0])
def test_a_certain_distribution_gives_its_score_back(score):
    targets = make_output(DISTRIBUTION).targets(pd.DataFrame({"score": [score]}))
    assert targets.shape == (1, len(THRESHOLDS))
    assert make_output(DISTRIBUTION).decode(targets).prediction[0] == pytest.approx(score)


@pytest.mark.parametrize("score", range(10))
def test_a_certain_distribution_of_another_scale_gives_its_score_back_to_half_a_step(score):
    output = make_output(DISTRIBUTION | {"scale": ORBITAL.values})
    said = output.decode(output.targets(pd.DataFrame({"score": [score]})))
    assert said.prediction[0] == pytest.approx(score, abs=9 / 40 + 1e-9)
    assert said.columns[1:].tolist() == above_columns(9)


def test_pain_begins_at_the_threshold_of_the_scale():
    scores = np.array([0.0, 2.0, 2.25, 9.0])
    for name in ("regression", "binary"):
        output = make_output({"output": name, "gap": [2.25, 2.25], "scale": ORBITAL.values})
        assert output.accuracy_classes(scores).tolist() == [False, False, True, True]
    regression = make_output({"output": "regression", "scale": ORBITAL.values})
    assert regression.correct(np.array([2.2, 2.3, 2.2, 2.3]), scores).tolist() == [True, False, False, True]
    binary = make_output({"output": "binary", "gap": [2.25, 2.25], "scale": ORBITAL.values})
    assert binary.best_constant(scores) == 0.5
    assert binary.correct(np.array([0.4, 0.6, 0.4, 0.6]), scores).tolist() == [True, False, False, True]


def test_targets_of_another_scales_units_are_its_units_and_the_score():
    table = pd.DataFrame({"score": [9.0, 4.0], "score_eye": [9.0, np.nan]})
    targets = make_output({"output": "units", "scale": ORBITAL.values}).targets(table)
    assert targets.shape == (2, 2) and targets[:, 1].tolist() == [9, 4] and np.isnan(targets[1, 0])


def test_a_distribution_never_rises():
    said = np.tile([0.9, 0.2, 0.5, 0.1], (1, len(THRESHOLDS) // 4))
    table = make_output(DISTRIBUTION).decode(said)
    above = table.filter(like="above_").to_numpy()[0]
    assert (np.diff(above) <= 0).all()
    assert table.prediction[0] == pytest.approx(above.sum() / 10)


def test_outputs_are_read_by_name():
    units = make_output({"output": "units", "scale": SCALE}).decode(np.array([[1, 2, 0, 1, 1, 1.0]]))
    assert units.columns.tolist() == ["prediction", "eye", "ear", "nose", "cheek", "whiskers"]
    assert units.iloc[0].tolist() == [1.0, 1, 2, 0, 1, 1]
    classes = make_output(CLASSES).decode(np.array([[0.2, 0.7, 0.1]]))
    assert classes.prediction[0] == 1
    assert make_output(BINARY).decode(np.array([[0.3]])).prediction[0] == pytest.approx(0.3)


class NumpyOps:
    """The few functions of Keras that a loss needs, by NumPy."""

    logical_not, isnan, where, abs = np.logical_not, np.isnan, np.where, np.abs
    square, sum, maximum = np.square, np.sum, np.maximum

    @staticmethod
    def cast(values, dtype):
        return values.astype(dtype)


class NumpyKeras:
    ops = NumpyOps


@pytest.mark.parametrize(("kind", "expected"), [("mae", 0.5 + 0.2), ("mse", (0.25 + 0.25 + 0.25) / 3 + 0.04)])
def test_unobserved_units_are_masked_in_the_loss(kind, expected):
    truth = np.array([[0.0, 1.0, np.nan, np.nan, 2.0, 1.0]])
    said = np.array([[0.5, 0.5, 9.0, -9.0, 1.5, 1.2]])
    assert masked_loss(NumpyKeras, kind)(truth, said) == pytest.approx([expected])


@pytest.mark.parametrize(
    ("settings", "selected", "expected"),
    [
        ({"output": "binary", "loss": "auto"}, "mae", "binary_crossentropy"),
        ({"output": "distribution", "loss": "auto"}, "mae", "binary_crossentropy"),
        ({"output": "classes", "loss": "auto"}, "mae", "sparse_categorical_crossentropy"),
        ({"output": "regression", "loss": "auto"}, "mae", "mean_absolute_error"),
        ({"output": "regression", "loss": "auto"}, "mse", "mean_squared_error"),
        ({"output": "regression", "loss": "mse"}, "mae", "mean_squared_error"),
    ],
)
def test_the_loss_is_given_or_selected_by_consistency(settings, selected, expected):
    assert make_output(settings | {"scale": SCALE}).loss(NumpyKeras, {"loss": selected}) == expected


def test_the_constant_is_the_best_one():
    scores = np.array([0.0, 0.2, 1.0, 1.2, 2.0])
    value = make_output({"output": "regression", "scale": SCALE}).best_constant(scores)
    errors = [np.abs(scores - other).mean() for other in np.linspace(0, 2, 41)]
    assert np.abs(scores - value).mean() == pytest.approx(min(errors))
    assert make_output({"output": "binary", "gap": [0.5, 0.5], "scale": SCALE}).best_constant(scores) == pytest.approx(
        0.6
    )
    assert make_output(CLASSES).best_constant(np.array([0.1, 1.0, 1.1])) == 1
