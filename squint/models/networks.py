"""Builds a network from the values that the config gives for it (thesis, Tables 5.6 to 5.32)."""

import logging
from typing import Any

import numpy as np

from squint.errors import InputError
from squint.models.backbones import build_backbone, normalise
from squint.models.heads import add_head
from squint.models.pooling import flatten_views, pool_views


def build_head(keras, settings: dict, feature_shape: tuple[int, ...], spread: float) -> Any:
    """The head alone, over a frozen backbone's features of `feature_shape`; with `views: all` over a set of these.

    A set may have any number of views, which are pooled first. `spread` is the training features' standard deviation.
    Random weights give features of any scale (with 64 px MobileNetV3Small's spread by 1e-10), so those are scaled by
    it; trained ones are left as they are.
    """
    sets = settings["views"] == "all"
    features = keras.Input((None, *feature_shape) if sets else feature_shape, name="features")
    x = keras.layers.Rescaling(1 / spread, name="scale")(features) if settings["weights"] == "none" else features
    if not sets:
        return keras.Model(features, add_head(keras, keras.layers.Flatten(name="flatten")(x), settings))
    seen = keras.Input((None,), name="seen")
    pooled = pool_views(keras, flatten_views(keras, x), seen)
    return keras.Model([features, seen], add_head(keras, pooled, settings))


def build_network(keras, settings: dict, image_size: int, mean: np.ndarray | None) -> Any:
    """Backbone and head over single images, both trained. `settings["weights"]` is none, imagenet or a path.

    `mean` (3,) is the training images' mean colour, which is subtracted where `normalisation` is `dataset` (5.5.2.1).
    """
    backbone = build_backbone(keras, settings["backbone"], settings["weights"], image_size)
    image = keras.Input((image_size, image_size, 3), name="image")
    x = keras.layers.Flatten(name="flatten")(backbone(normalise(keras, settings, image, mean)))
    return keras.Model(image, add_head(keras, x, settings))


def trained_backbone(keras, model):
    """The part of a trained network of single views from its image to the features that its head takes."""
    return keras.Model(model.get_layer("image").output, model.get_layer("flatten").output)


def start_from(model, source, where: str, required: bool) -> None:
    """Give `model` the weights of all layers that `source` has by the same name and shape, its backbone's too.

    What is left as it was, as a head of another size is, goes to the job's log. Raises InputError where nothing fits
    and something is `required`: a head over features of the source has its backbone already. `where` names the model.
    """
    named = {layer.name: layer for layer in source.layers}
    taken, left = [], []
    for layer in model.layers:
        if not layer.weights:
            continue
        weights = named[layer.name].get_weights() if layer.name in named else []
        fits = [w.shape for w in weights] == [tuple(w.shape) for w in layer.weights]
        (taken if fits else left).append(layer.name)
        if fits:
            layer.set_weights(weights)
    logging.info("%s starts from trained weights in: %s.", where, ", ".join(taken) or "no layer")
    if left:
        logging.info(
            "%s starts anew in, because the other has none of their name and shape: %s.", where, ", ".join(left)
        )
    if required and not taken:
        raise InputError(
            where, "a layer of the name and shape of one of the network it starts from", "none", "name another network"
        )
