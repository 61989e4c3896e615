"""The head of a network: its layers as the settings say, and what they compute."""

import numpy as np
import pytest

from squint.models.heads import add_head
from tests.scales import ORBITAL, SCALE

SETTINGS = {
    "output": "regression",
    "scale": SCALE,
    "bins": [0, 1.0, 2.0],
    "head": [],
    "batch_normalisation": False,
    "slope": 0.0,
    "dropout": 0.5,
}


def head(keras, width, **changes):
    features = keras.Input((width,), name="features")
    return keras.Model(features, add_head(keras, features, SETTINGS | changes))


def names(model):
    return [layer.name for layer in model.layers]


def test_without_fully_connected_layers_dropout_is_on_the_features_themselves(keras):
    model = head(keras, 3)
    assert names(model) == ["features", "dropout", "score"]
    assert model.get_layer("dropout").rate == 0.5
    assert model.get_layer("score").get_weights()[0].shape == (3, 1)


def test_each_fully_connected_layer_has_its_activation_and_dropout(keras):
    model = head(keras, 3, head=[5, 4], dropout=0.2, slope=0.3)
    layers = [f"fc_{number}{part}" for number in (1, 2) for part in ("", "_relu", "_dropout")]
    assert names(model) == ["features", *layers, "score"]
    assert [model.get_layer(name).units for name in ("fc_1", "fc_2")] == [5, 4]
    assert {model.get_layer(f"fc_{number}_dropout").rate for number in (1, 2)} == {0.2}
    assert {model.get_layer(f"fc_{number}_relu").negative_slope for number in (1, 2)} == {0.3}


def test_normalisation_stands_between_a_layer_and_its_activation(keras):
    model = head(keras, 3, head=[5], batch_normalisation=True)
    assert names(model) == ["features", "fc_1", "fc_1_norm", "fc_1_relu", "fc_1_dropout", "score"]


@pytest.mark.parametrize(("slope", "expected"), [(0.0, 2.0), (0.5, 2.0 - 0.5 * 3.0), (1.0, -1.0)])
def test_what_is_negative_is_scaled_by_the_slope(keras, slope, expected):
    model = head(keras, 2, head=[2], slope=slope)
    model.get_layer("fc_1").set_weights([np.eye(2), np.zeros(2)])
    model.get_layer("score").set_weights([np.ones((2, 1)), np.zeros(1)])
    assert float(model(np.array([[2.0, -3.0]]))[0, 0]) == pytest.approx(expected, abs=1e-5)


def test_dropout_is_for_training_alone(keras):
    model = head(keras, 4, dropout=0.9)
    model.get_layer("score").set_weights([np.ones((4, 1)), np.zeros(1)])
    features = np.full((50, 4), 2.0)
    assert np.asarray(model(features))[:, 0] == pytest.approx(np.full(50, 8.0), abs=1e-4)
    dropped = np.asarray(model(features, training=True))
    assert (dropped == 0).any() and dropped.max() > 8


@pytest.mark.parametrize(
    ("output", "scale", "size"),
    [("units", SCALE, 6), ("units", ORBITAL.values, 2), ("classes", SCALE, 2), ("binary", SCALE, 1)],
)
def test_the_output_is_the_one_that_the_settings_name(keras, output, scale, size):
    assert head(keras, 3, output=output, head=[7], gap=[0.5, 0.5], scale=scale).output_shape == (None, size)
