"""Pooling of the features of a set of views, of any number."""

import math

ATTENTION = 32  # width of the layer that attention is computed from
UNSEEN = 1e4  # what is taken from the attention of a view that is not there; half precision holds it


def pool_views(keras, x, seen):
    """Attention pooling: `x` (batch, views, features) to (batch, features), by weights that sum to 1 over the views.

    `seen` (batch, views) is 1 where there is a view. All views weigh the same before training (Ilse, Tomczak and
    Welling 2018, equation 7, with weights of 0).
    """
    layers, ops = keras.layers, keras.ops
    inner = layers.Dense(ATTENTION, activation="tanh", name="attention_inner")(x)
    weight = layers.Dense(1, kernel_initializer="zeros", use_bias=False, name="attention")(inner)[..., 0]
    weight = layers.Softmax(dtype="float32", name="attention_weights")(weight + (seen - 1) * UNSEEN)
    return ops.sum(x * ops.expand_dims(weight, -1), axis=1)


def flatten_views(keras, x):
    """Each view of `x` (batch, views, …) as one row of features, (batch, views, features), for any number of views."""
    return keras.layers.Reshape((-1, math.prod(x.shape[2:])), name="flatten")(x)
