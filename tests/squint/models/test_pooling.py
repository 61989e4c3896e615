"""The views of a set are weighed by attention, and those that are not there weigh nothing."""

import numpy as np
import pytest

from squint.models.pooling import ATTENTION, UNSEEN, each_view, pool_views

GENERATOR = np.random.default_rng(1)
VIEWS = GENERATOR.normal(size=(3, 4, 5)).astype(np.float32)
SEEN = np.array([[1, 1, 1, 1], [0, 1, 0, 1], [0, 0, 1, 0]], np.float32)


def pooling(keras):
    views, seen = keras.Input((4, 5)), keras.Input((4,))
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


def test_a_function_is_applied_to_each_view_by_itself(keras):
    pictures = keras.Input((4, 2, 3))
    shapes = []

    def doubled(view):
        shapes.append(tuple(view.shape))
        return 2 * view

    model = keras.Model(pictures, each_view(keras, pictures, doubled))
    assert shapes == [(None, 2, 3)]
    values = GENERATOR.normal(size=(2, 4, 2, 3)).astype(np.float32)
    assert np.asarray(model(values)) == near(2 * values.reshape(2, 4, 6))


def test_views_of_features_keep_their_order(keras):
    features = keras.Input((4, 5))
    model = keras.Model(features, each_view(keras, features, lambda view: view))
    assert np.array_equal(np.asarray(model(VIEWS)), VIEWS)
