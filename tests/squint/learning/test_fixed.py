import numpy as np
import pytest

from squint.errors import InputError
from squint.learning.batches import make_batches
from squint.learning.fixed import start_anew, train_fixed

INPUTS = np.random.default_rng(0).normal(0, 1, (64, 3)).astype(np.float32)
TARGETS = (INPUTS @ np.array([1.0, -2.0, 0.5], np.float32)).astype(np.float32)


def linear(keras):
    values = keras.Input((3,))
    return keras.Model(values, keras.layers.Dense(1)(values))


def batches(keras, targets=TARGETS):
    return make_batches(
        keras,
        lambda epoch: list(np.arange(64).reshape(8, 8)),
        lambda e, s, rows: (INPUTS[rows], targets[rows]),
        threads=0,
    )


def train(keras, model, optimizer, epochs: int = 5, targets=TARGETS):
    how = {"optimizer": optimizer, "loss": "mse", "epochs": epochs, "where": "the network"}
    return train_fixed(keras, model, batches(keras, targets), **how)


def test_it_trains_for_as_long_as_it_is_told(keras):
    model = linear(keras)
    curve = train(keras, model, keras.optimizers.SGD(0.05))
    assert len(curve) == 5 and curve.index.name == "epoch" and curve.loss.iloc[-1] < 0.1 * curve.loss.iloc[0]


def test_a_second_start_is_as_the_first(keras):
    """Weights and momentum are those of a model that has seen nothing, without compiling anew."""
    model, optimizer = linear(keras), keras.optimizers.SGD(0.02, momentum=0.9)
    start = model.get_weights()
    first = train(keras, model, optimizer)
    start_anew(model, start)
    assert np.allclose(train(keras, model, optimizer).loss, first.loss, rtol=1e-6)


def test_a_loss_that_is_no_number_is_told(keras):
    model = linear(keras)
    with pytest.raises(InputError, match="the network, epoch 1") as caught:
        train(keras, model, keras.optimizers.SGD(0.1), targets=np.full(64, np.nan, np.float32))
    assert "lower `learning_rate`" in str(caught.value)
