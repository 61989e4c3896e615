"""Whatever is registered as an output keeps the contract of Output, with any settings that the config allows."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from squint.config.products import TABLES
from squint.domain.naming import CONSTANT
from squint.models.backend import load_keras
from squint.outputs import OUTPUTS, make_output
from squint.outputs.binary import pain_labels
from squint.outputs.classes import Classes
from squint.outputs.distribution import above_columns, thresholds
from squint.outputs.output import Output
from squint.outputs.regression import Regression
from squint.outputs.score import ERRORS, ScoreOutput
from squint.outputs.units import Units
from tests.scales import MGS, ORBITAL, SCALE, UNITS

BINS = ([0, 0.5, 1.0, 1.5, 2.0], [0, 0.5, 1.5, 2.0], [0, 1, 2])
GAPS = ([0.5, 0.5], [0.5, 1.0])
CONSISTENCY = {"loss": "mae"}
# Two moments a score range and more, none in a gap.
SCORES = np.array([0.0, 0.2, 0.4, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0])


def stretched(values, settings) -> np.ndarray:
    """Scores from 0 to 2 as those of the settings' scale."""
    return np.asarray(values, float) * settings["scale"]["highest"] / 2


def settings_of(scale, name, bins, gap):
    """Settings of an output on a scale, from bins and gap of scores from 0 to 2."""
    stretch = scale.highest / 2
    bins, gap = ([stretch * edge for edge in edges] if stretch != 1 else edges for edges in (bins, gap))
    return {"output": name, "bins": bins, "gap": gap, "loss": "auto", "scale": scale.values}


SETTINGS = [settings_of(MGS, *values) for values in product(OUTPUTS, BINS, GAPS)]
SETTINGS += [settings_of(ORBITAL, *values) for values in product(OUTPUTS, BINS[1:2], GAPS)]
FIRST = {(settings["output"], settings["scale"]["highest"]): settings for settings in reversed(SETTINGS)}


def told(settings):
    """A test's name: the output and what it depends on."""
    highest = settings["scale"]["highest"]
    return f"{settings['output']}-{len(settings['bins']) - 1}-{settings['gap'][1]}{'' if highest == 2 else '-eye'}"


each = pytest.mark.parametrize("settings", SETTINGS, ids=told)
each_output = pytest.mark.parametrize("settings", list(FIRST.values())[::-1], ids=told)


def table(settings, scores=SCORES, unobserved=False):
    """Labelled samples whose units are all their score, or of which one in two is unobserved in turn."""
    found = pd.DataFrame({"score": stretched(scores, settings)})
    for number, unit in enumerate(settings["scale"]["units"]):
        observed = found.score.where((found.index + number) % 2 == 1) if unobserved else found.score
        found[f"score_{unit}"] = observed
    return found


def width(output: Output) -> int:
    """How many values the last layer says: the units come with their mean."""
    return output.size + isinstance(output, Units)


def tells_classes(output: Output) -> bool:
    """Whether it says a probability of each class, and is trained on their numbers."""
    return len(output.class_names) == output.size > 1


def head(keras, output: Output, features=4):
    inputs = keras.Input((features,))
    return keras.Model(inputs, output.last_layer(keras, inputs))


def compiled(keras, output: Output, loss=None):
    model = head(keras, output)
    model.compile(
        "sgd", loss=loss or output.loss(keras, CONSISTENCY), metrics=[output.training_metric(keras)], run_eagerly=True
    )
    return model


def perfect(output: Output, labels: pd.DataFrame) -> np.ndarray:
    """The values of a network that is right and sure of it."""
    targets = output.targets(labels)
    return np.eye(output.size)[targets[:, 0].astype(int)] if tells_classes(output) else targets


def features():
    return np.random.default_rng(1).normal(size=(len(SCORES), 4)).astype(np.float32)


def test_each_output_stands_under_its_own_name():
    assert len(OUTPUTS) >= 5
    for name, kind in OUTPUTS.items():
        assert kind.name == name and name.isidentifier()
        assert issubclass(kind, Output)
        assert type(make_output({"output": name, "scale": SCALE})) is kind


@each
def test_the_last_layer_says_as_many_values_as_it_should(keras, settings):
    output = make_output(settings)
    said = head(keras, output)(features())
    assert said.shape == (len(SCORES), width(output))


@each_output
def test_the_last_layer_is_in_full_precision_in_a_network_of_half(settings):
    keras = load_keras(1, 1, "mixed_float16")
    try:
        inputs = keras.Input((4,), dtype="float16")
        said = make_output(settings).last_layer(keras, inputs)
        layers = [layer for layer in keras.Model(inputs, said).layers if layer.weights]
        assert said.dtype == "float32" and {layer.compute_dtype for layer in layers} == {"float32"}
    finally:
        load_keras(1, 1)


@each
def test_targets_are_what_the_last_layer_is_compared_with(settings):
    """A value for each value said; of classes their number."""
    output = make_output(settings)
    targets = output.targets(table(settings, unobserved=True))
    assert targets.dtype == np.float32
    assert targets.shape == (len(SCORES), 1 if tells_classes(output) else width(output))
    assert output.targets(table(settings, [])).shape == (0, targets.shape[1])


@each_output
def test_targets_of_a_row_do_not_depend_on_the_other_rows(settings):
    output, labels = make_output(settings), table(settings, unobserved=True)
    whole = output.targets(labels)
    for row in range(len(labels)):
        np.testing.assert_array_equal(output.targets(labels.iloc[[row]])[0], whole[row])


@each_output
def test_every_loss_takes_the_targets_and_what_is_said(keras, settings):
    kind = OUTPUTS[settings["output"]]
    assert kind.losses[0] == "auto" and set(kind.losses) <= {"auto", "mae", "mse"}
    for loss, selected in product(kind.losses, ("mae", "mse")):
        output = make_output(settings | {"loss": loss})
        model = compiled(keras, output, output.loss(keras, {"loss": selected}))
        found = model.evaluate(
            features(), output.targets(table(settings, unobserved=True)), verbose=0, return_dict=True
        )
        assert np.isfinite(found["loss"])


def name_of(loss) -> str:
    return loss if isinstance(loss, str) else loss.__name__


@each_output
def test_coder_consistency_selects_the_loss_where_there_is_a_choice_and_it_is_left(keras, settings):
    kind = OUTPUTS[settings["output"]]

    def named(loss, selected):
        return name_of(make_output(settings | {"loss": loss}).loss(keras, {"loss": selected}))

    if kind.losses == ("auto",):
        assert named("auto", "mae") == named("auto", "mse")
        return
    assert named("auto", "mae") != named("auto", "mse")
    for loss in ("mae", "mse"):
        assert named(loss, "mae") == named(loss, "mse") == named("auto", loss)


@each_output
def test_a_right_network_has_less_loss_than_a_wrong_one(keras, settings):
    output, labels = make_output(settings), table(settings)
    loss = output.loss(keras, CONSISTENCY)
    function = keras.losses.get(loss)
    right, wrong = perfect(output, labels), perfect(output, labels[::-1])
    targets = output.targets(labels)
    costs = [np.asarray(function(targets, np.asarray(said, np.float32))).mean() for said in (right, wrong)]
    assert costs[0] == pytest.approx(0, abs=1e-4) and costs[1] > 0.1


@each_output
def test_training_watches_the_primary_metric_under_its_name(keras, settings):
    output = make_output(settings)
    found = compiled(keras, output).evaluate(features(), output.targets(table(settings)), verbose=0, return_dict=True)
    assert set(found) == {"loss", output.primary_metric}
    assert output.primary_metric == output.metrics[0]
    assert output.monitors == ("val_loss", f"val_{output.primary_metric}")


@each_output
def test_the_watched_metric_of_scores_is_the_absolute_error_of_what_is_decoded(keras, settings):
    output = make_output(settings)
    if not output.tells_score:
        assert output.primary_metric == "accuracy"
        return
    said = perfect(output, table(settings, SCORES[::-1]))
    found = np.asarray(output.training_metric(keras)(output.targets(table(settings)), np.asarray(said, np.float32)))
    assert found == pytest.approx(
        np.abs(output.decode(said).prediction - stretched(SCORES, settings)).to_numpy(), abs=1e-5
    )


@each
def test_the_prediction_is_told_first_and_all_else_by_a_name_of_its_own(settings):
    output = make_output(settings)
    values = np.random.default_rng(1).uniform(0, 1, (3, width(output))).astype(np.float32)
    for count in (3, 1, 0):
        decoded = output.decode(values[:count])
        assert len(decoded) == count
        assert decoded.columns[0] == "prediction" and decoded.columns.is_unique
        assert set(decoded.dtypes) == {np.dtype("float64")}
        assert decoded.to_numpy() == pytest.approx(output.decode(values)[:count].to_numpy())


@each
def test_what_is_right_and_sure_is_decoded_and_counted_as_right(settings):
    output = make_output(settings)
    decoded = output.decode(perfect(output, table(settings)))
    scores = stretched(SCORES, settings)
    assert output.correct(decoded.prediction.to_numpy(), scores).all()
    if output.tells_score:
        assert decoded.prediction.to_numpy() == pytest.approx(scores)


@each
@pytest.mark.parametrize("score", [0.2, 1.8])
def test_what_is_said_of_the_other_end_of_the_scale_is_wrong(settings, score):
    output = make_output(settings)
    decoded = output.decode(perfect(output, table(settings, [2 - score])))
    assert output.correct(decoded.prediction.to_numpy(), stretched([score], settings)).tolist() == [False]


@each
def test_classes_that_are_told_apart_have_names_and_batches_are_balanced_over_them(settings):
    output = make_output(settings)
    names = output.class_names
    classes = output.balancing_classes(np.linspace(0, output.scale.highest, 41))
    assert classes.shape == (41,) and classes.dtype == float
    numbers = set(classes[~np.isnan(classes)].astype(int))
    assert (np.diff(classes[~np.isnan(classes)]) >= 0).all()
    if names:
        assert len(names) == len(set(names)) == max(output.size, 2)
        assert numbers == set(range(len(names)))
    else:
        assert output.tells_score and numbers == set(range(len(settings["bins"]) - 1))
    output.check_classes(classes, "everything")


@each
def test_nothing_is_trained_on_in_the_gap_alone(settings):
    output = make_output(settings)
    scores = np.linspace(0, output.scale.highest, 41)
    low, high = output.gap
    assert (np.isnan(output.balancing_classes(scores)) == ((scores >= low) & (scores < high))).all()


@each
def test_a_balanced_accuracy_is_over_whole_numbers(settings):
    classes = make_output(settings).accuracy_classes(stretched(SCORES, settings))
    assert classes.shape == SCORES.shape
    assert classes.dtype.kind in "bi" and classes.min() == 0


@each
def test_tables_are_those_that_a_run_shows(settings):
    output = make_output(settings)
    shown = {path.removeprefix("tables/{network}/") for path in TABLES if path.startswith("tables/{network}/")}
    assert len(output.tables) == len(set(output.tables))
    assert set(output.tables) <= shown
    assert {"single_view", "multi_camera"} <= set(output.tables)
    assert ("correlation" in output.tables) == output.correlates
    assert ("pain" in output.tables) == output.tells_score
    assert ("single_view_discarded" in output.tables) == ("multi_camera_discarded" in output.tables)
    assert ("single_view_discarded" in output.tables) == (output.gap[0] < output.gap[1])


def test_every_table_of_a_network_belongs_to_some_output():
    shown = {path.removeprefix("tables/{network}/") for path in TABLES if path.startswith("tables/{network}/")}
    assert shown == {name for settings in SETTINGS for name in make_output(settings).tables}


def test_outputs_of_one_table_set_have_the_same_tables():
    """A rule is made for each set; which network names its tables must not matter."""
    found = {}
    for output in map(make_output, SETTINGS):
        assert output.table_set.isidentifier()
        found.setdefault(output.table_set, set()).add(output.tables)
    assert {name: len(tables) for name, tables in found.items()} == dict.fromkeys(found, 1)


def test_constants_of_one_kind_are_the_same_constant_and_are_measured_alike():
    """A constant predictor stands beside all networks of its kind, whichever of them it was made for."""
    found = {}
    for output in map(make_output, SETTINGS):
        assert output.constant_predictor_name == CONSTANT + output.constant_kind
        constant = output.best_constant(stretched(SCORES, output.settings))
        same = (output.constant_settings, output.metrics, output.correlates, constant)
        found.setdefault((output.scale, output.constant_predictor_name), []).append(same)
    for alike in found.values():
        assert all(one == alike[0] for one in alike)


@each
def test_a_constant_can_be_made_and_measured_by_its_settings_alone(settings):
    output = make_output(settings)
    constant = make_output(output.constant_settings)
    assert {"output", "bins", "scale"} == set(output.constant_settings)
    assert constant.constant_predictor_name == output.constant_predictor_name
    assert constant.metrics == output.metrics and constant.correlates == output.correlates
    scores = stretched(SCORES, settings)
    value = constant.best_constant(scores)
    assert type(value) is float and value == output.best_constant(scores)
    said = np.full(len(scores), value)
    assert np.array_equal(constant.correct(said, scores), output.correct(said, scores))
    assert np.array_equal(constant.accuracy_classes(scores), output.accuracy_classes(scores))


@each
@pytest.mark.parametrize("scores", [SCORES, SCORES[:4], np.array([0.2, 1.8, 1.8]), np.array([1.2])])
def test_no_other_constant_fits_better(settings, scores):
    """By the error of scores, the share of right classes, and the cross-entropy of a probability of pain."""
    output, scores = make_output(settings), stretched(scores, settings)
    if output.tells_score:
        others = np.linspace(0, output.scale.highest, 41)
        costs = [np.abs(scores - other).mean() for other in others]
        own = np.abs(scores - output.best_constant(scores)).mean()
    elif tells_classes(output):
        others = np.arange(output.size)
        costs = [-output.correct(np.full(len(scores), other), scores).mean() for other in others]
        own = -output.correct(np.full(len(scores), output.best_constant(scores)), scores).mean()
    else:
        pain = pain_labels(scores, (output.scale.pain_threshold, output.scale.pain_threshold))

        def cross_entropy(said):
            said = np.clip(said, 1e-9, 1 - 1e-9)
            return -(pain * np.log(said) + (1 - pain) * np.log(1 - said)).mean()

        costs = [cross_entropy(other) for other in np.linspace(0.01, 0.99, 50)]
        own = cross_entropy(output.best_constant(scores))
    assert own <= min(costs) + 1e-6


@each_output
def test_what_is_said_and_balanced_over_can_be_told_in_a_sentence(settings):
    output = make_output(settings)
    assert output.meaning and not output.meaning.endswith(".")
    assert output.meaning[0].islower() and output.meaning.isprintable()
    assert not output.balanced_over or output.balanced_over.isprintable()


def test_an_output_tells_scores_exactly_if_it_is_measured_by_their_error():
    for kind in OUTPUTS.values():
        assert kind.tells_score == issubclass(kind, ScoreOutput) == ("mae" in kind.metrics)
        assert set(kind.metrics) <= {"mae", "accuracy"}


def test_the_errors_of_the_config_are_those_that_keras_computes(keras):
    truth, said = np.array([[0.0], [1.0]]), np.array([[0.5], [3.0]])
    found = {name: np.asarray(keras.losses.get(loss)(truth, said)).tolist() for name, loss in ERRORS.items()}
    assert found == {"mae": pytest.approx([0.5, 2.0]), "mse": pytest.approx([0.25, 4.0])}


def test_a_regression_says_what_it_is_trained_on():
    output = Regression({"loss": "auto", "scale": SCALE})
    assert output.targets(table(output.settings)) == pytest.approx(SCORES[:, None])
    assert output.decode(np.array([[0.5], [-1.0]])).to_dict("list") == {"prediction": [0.5, -1.0]}


def test_classes_are_named_by_their_edges_and_constants_by_all_of_them():
    output = Classes({"bins": [0, 0.5, 1.5, 2.0], "scale": SCALE})
    assert output.class_names == ["0 to 0.5", "0.5 to 1.5", "1.5 to 2.0"]
    assert output.constant_kind == "classes_0-0.5-1.5-2"
    assert output.decode(np.array([[0.2, 0.2, 0.6], [0.5, 0.5, 0.0]])).to_dict("list") == {
        "prediction": [2.0, 0.0],  # the first of those that are as probable
        "class_0": [0.2, 0.5],
        "class_1": [0.2, 0.5],
        "class_2": [0.6, 0.0],
    }


def test_units_are_told_by_their_names():
    decoded = make_output({"output": "units", "scale": SCALE}).decode(np.arange(6.0)[None])
    assert decoded.columns.tolist() == ["prediction", *UNITS]
    assert decoded.iloc[0].tolist() == [5, 0, 1, 2, 3, 4]


def test_units_of_another_scale_are_told_by_theirs():
    decoded = make_output({"output": "units", "scale": ORBITAL.values}).decode(np.array([[7.5, 7.5]]))
    assert decoded.to_dict("list") == {"prediction": [7.5], "eye": [7.5]}


@pytest.mark.parametrize("highest", range(1, 10))
def test_thresholds_are_the_middles_of_twenty_equal_steps_and_their_columns_differ(highest):
    found = thresholds(highest)
    assert len(found) == 20 and found == pytest.approx((np.arange(20) + 0.5) * highest / 20)
    assert len(set(above_columns(highest))) == 20


def test_thresholds_of_a_scale_from_0_to_2_are_those_that_they_always_were():
    assert above_columns(2)[:2] + above_columns(2)[-1:] == ["above_0.05", "above_0.15", "above_1.95"]
