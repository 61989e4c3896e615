"""Builds a network from the values that the config gives for it (thesis, Tables 5.6 to 5.32)."""

import logging

import numpy as np

from squint.domain.rig import CAMERAS
from squint.errors import InputError
from squint.models.backbones import build_backbone, normalise
from squint.models.heads import add_head
from squint.models.pooling import each_view, pool_views


def with_head(keras, inputs, function, settings: dict):
    """The network of `function` (to features of one view), the pooling of views where it sees all, and the head."""
    if settings["views"] == "one":
        x = keras.layers.Flatten(name="flatten")(function(inputs))
        return keras.Model(inputs, add_head(keras, x, settings))
    seen = keras.Input((inputs.shape[1],), name="seen")
    x = pool_views(keras, each_view(keras, inputs, function), seen)
    return keras.Model([inputs, seen], add_head(keras, x, settings))


def view_shape(settings: dict, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of a network's input, from that of one view."""
    return tuple(shape) if settings["views"] == "one" else (len(CAMERAS), *shape)


def build_head(keras, settings: dict, feature_shape: tuple[int, ...], spread: float):
    """The head alone, over a frozen backbone's features of `feature_shape`.

    `spread` is the training features' standard deviation. Random weights give features of any scale (with 64 px
    MobileNetV3Small's spread by 1e-10), so those are scaled by it; trained ones are left as they are.
    """

    def scale(x):
        return keras.layers.Rescaling(1 / spread, name="scale")(x) if settings["weights"] == "none" else x

    return with_head(keras, keras.Input(view_shape(settings, feature_shape), name="features"), scale, settings)


def build_network(keras, settings: dict, image_size: int, mean: np.ndarray | None):
    """Backbone and head over images, both trained. `settings["weights"]` is none, imagenet or a path.

    `mean` (3,) is the training images' mean colour, which is subtracted where `normalisation` is `dataset` (5.5.2.1).
    """
    backbone = build_backbone(keras, settings["backbone"], settings["weights"], image_size)
    image = keras.Input(view_shape(settings, (image_size, image_size, 3)), name="image")
    return with_head(keras, image, lambda x: backbone(normalise(keras, settings, x, mean)), settings)


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
