"""The views of a set are weighed by attention, and those that are not there weigh nothing."""

import numpy as np
import pytest

from squint.models.pooling import ATTENTION, UNSEEN, flatten_views, pool_views

GENERATOR = np.random.default_rng(1)
VIEWS = GENERATOR.normal(size=(3, 4, 5)).astype(np.float32)
SEEN = np.array([[1, 1, 1, 1], [0, 1, 0, 1], [0, 0, 1, 0]], np.float32)


def pooling(keras):
    views, seen = keras.Input((None, 5)), keras.Input((None,))
    return keras.Model([views, seen], pool_views(keras, views, seen))


def trained(keras):
    """Attention as training may leave it."""
    model = pooling(keras)
    generator = np.random.default_rng(2)
    model.set_weights([generator.normal(size=weights.shape) for weights in model.get_weights()])
    return model


def near(values):
    return pytest.approx(values, abs=1e-4)


def test_before_training_the_views_that_are_there_are_averaged(keras):
    pooled = np.asarray(pooling(keras)([VIEWS, SEEN]))
    assert pooled == near(np.array([v[s == 1].mean(axis=0) for v, s in zip(VIEWS, SEEN, strict=True)]))


def test_weights_are_a_softmax_over_the_views_that_are_there(keras):
    model = trained(keras)
    kernel, bias = model.get_layer("attention_inner").get_weights()
    (weights,) = model.get_layer("attention").get_weights()
    assert kernel.shape == (5, ATTENTION) and weights.shape == (ATTENTION, 1)
    expected = []
    for views, seen in zip(VIEWS, SEEN, strict=True):
        there = views[seen == 1]
        strength = np.exp(np.tanh(there @ kernel + bias) @ weights)[:, 0]
        expected.append((there * (strength / strength.sum())[:, None]).sum(axis=0))
    assert np.asarray(model([VIEWS, SEEN])) == near(np.array(expected))


def test_one_view_alone_is_what_it_is(keras):
    assert np.asarray(trained(keras)([VIEWS, SEEN]))[2] == near(VIEWS[2, 2])


def test_views_that_are_not_there_may_hold_anything(keras):
    model = trained(keras)
    other = np.where(SEEN[..., None] == 1, VIEWS, np.float32(50))
    assert np.asarray(model([other, SEEN])) == near(np.asarray(model([VIEWS, SEEN])))


def test_half_precision_holds_what_is_taken_from_unseen_views():
    assert np.isfinite(np.float16(UNSEEN)) and np.exp(-UNSEEN) == 0


@pytest.mark.parametrize("views", [1, 2, 4, 8, 12])
def test_sets_of_any_size_are_pooled_whatever_is_behind_their_last_view(keras, views):
    model = trained(keras)
    there = GENERATOR.normal(size=(2, views, 5)).astype(np.float32)
    pooled = np.asarray(model([there, np.ones((2, views), np.float32)]))
    padded = np.pad(there, ((0, 0), (0, 3), (0, 0)), constant_values=9)
    seen = np.pad(np.ones((2, views), np.float32), ((0, 0), (0, 3)))
    assert np.asarray(model([padded, seen])) == near(pooled)
    if views == 1:
        assert pooled == near(there[:, 0])


@pytest.mark.parametrize("views", [1, 4, 8])
def test_views_of_maps_are_flattened_each_by_itself_in_their_order(keras, views):
    pictures = keras.Input((None, 2, 3))
    model = keras.Model(pictures, flatten_views(keras, pictures))
    values = GENERATOR.normal(size=(2, views, 2, 3)).astype(np.float32)
    assert model.output_shape == (None, None, 6)
    assert np.array_equal(np.asarray(model(values)), values.reshape(2, views, 6))


def test_views_of_features_stay_as_they_are(keras):
    features = keras.Input((None, 5))
    model = keras.Model(features, flatten_views(keras, features))
    assert np.array_equal(np.asarray(model(VIEWS)), VIEWS)
