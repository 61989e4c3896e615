"""Builds a network from the values that the config gives for it (thesis, Tables 5.6 to 5.32)."""

import inspect
from pathlib import Path

import numpy as np

from scripts.backend import UNREADABLE
from scripts.grimace import CAMERAS
from scripts.job import InputError
from scripts.network_settings import output_size

COMPACT = "compact"
ATTENTION = 32  # width of the layer that attention is computed from
UNSEEN = 1e4  # what is taken from the attention of a view that is not there; half precision holds it
COMPACT_LAYERS = ((24, 5, 4), (48, 3, 2), (96, 3, 2))  # channels, kernel, stride


def application(keras, backbone: str):
    """The function that builds the Keras application `backbone`. Raises InputError for an unknown one."""
    builder = getattr(keras.applications, backbone, None)
    if not inspect.isfunction(builder):
        known = [name for name, value in vars(keras.applications).items() if inspect.isfunction(value)]
        raise InputError(
            "config, `networks: backbone`", f"{COMPACT}, {', '.join(sorted(known))}", repr(backbone), "choose one"
        )
    return builder


def build_compact(keras, shape: tuple[int, int, int]):
    """The compact CNN: three convolutions, each with batch normalisation, down to one feature vector an image."""
    layers = keras.layers
    image = keras.Input(shape, name="image")
    # Each image is centred and scaled by itself, channel by channel: exposure, white balance and an animal's fur tone
    # carry no pain.
    x = layers.GroupNormalization(groups=-1, center=False, scale=False, name="own_contrast")(image)
    for number, (channels, size, strides) in enumerate(COMPACT_LAYERS, start=1):
        x = layers.Conv2D(channels, size, strides, padding="same", use_bias=False, name=f"conv_{number}")(x)
        # The moving averages follow within an epoch of a small data set.
        x = layers.BatchNormalization(momentum=0.9, name=f"conv_{number}_norm")(x)
        x = layers.ReLU(name=f"conv_{number}_relu")(x)
    return keras.Model(image, layers.GlobalAveragePooling2D(name="pool")(x), name=COMPACT)


def build_backbone(keras, backbone: str, weights: str, image_size: int):
    """A backbone from pixels (0 to 255, normalised before where the config says so) to its last layer's maps.

    `weights`: `none` for seeded random ones, `imagenet` to download Keras's, or a path to a weights file.
    Raises InputError for an unknown backbone, a failed download, or a file that does not fit.
    """
    shape = (image_size, image_size, 3)
    if backbone == COMPACT:
        model = build_compact(keras, shape)
        builder = None
    else:
        builder = application(keras, backbone)
        try:
            model = builder(include_top=False, weights="imagenet" if weights == "imagenet" else None, input_shape=shape)
        except ValueError as error:
            raise InputError(
                f"config, `networks: backbone: {backbone}`",
                "an image size the backbone can take",
                str(error),
                "enlarge `datasets: image_size`",
            ) from error
        except Exception as error:  # Keras raises a bare Exception where its download fails
            raise InputError(
                f"config, `networks: backbone: {backbone}`",
                "to download Keras's imagenet weights",
                f"{type(error).__name__}: {str(error).splitlines()[0]}",
                "connect to the internet once, or set `weights` to the path of a weights file without top, or to none",
            ) from error
    if weights not in ("none", "imagenet"):
        load_weights(model, backbone, weights)
    elif weights == "imagenet" and builder is None:
        raise InputError(
            "config, `networks: weights`", "none or a path for the compact backbone", "imagenet", "set `weights: none`"
        )
    return model


def load_weights(model, backbone: str, path: str) -> None:
    """Load a weights file into a backbone. Raises InputError where that fails."""
    if not Path(path).is_file():
        raise InputError(
            path, f"a weights file for {backbone} without top", "no such file", "correct `weights` in the config"
        )
    try:
        model.load_weights(path)
    except UNREADABLE as error:
        found = str(error).splitlines()[0]
        raise InputError(
            path, f"weights of {backbone} without top", found, "give the file of this very backbone"
        ) from error


def preprocess(keras, backbone: str, normalisation: str, images):
    """Float images (n, size, size, 3) from 0 to 255, an array or a tensor, as the backbone takes them.

    Keras changes an array in place.
    """
    if normalisation != "imagenet" or backbone == COMPACT:
        return images
    return inspect.getmodule(application(keras, backbone)).preprocess_input(images)


def add_output(keras, x, settings: dict):
    """The last layer, in full precision: see `scripts.networks.targets` for what its values mean."""
    layers, size = keras.layers, output_size(settings)
    if settings["output"] == "units":
        units = layers.Dense(size, dtype="float32", name="units")(x)
        mean = keras.ops.mean(units, axis=-1, keepdims=True)
        return layers.Concatenate(dtype="float32", name="units_and_mean")([units, mean])
    activation = {"binary": "sigmoid", "distribution": "sigmoid", "classes": "softmax"}.get(settings["output"])
    return layers.Dense(size, activation=activation, dtype="float32", name="score")(x)


def add_head(keras, x, settings: dict):
    """Fully connected layers and the output on top of `x` (thesis, Figures 5.14 and 5.15).

    Without fully connected layers the dropout is on `x` itself.
    """
    layers = keras.layers
    if not settings["head"]:
        x = layers.Dropout(settings["dropout"], name="dropout")(x)
    for number, size in enumerate(settings["head"], start=1):
        x = layers.Dense(size, name=f"fc_{number}")(x)
        if settings["batch_normalisation"]:
            x = layers.BatchNormalization(name=f"fc_{number}_norm")(x)
        x = layers.LeakyReLU(negative_slope=settings["slope"], name=f"fc_{number}_relu")(x)
        x = layers.Dropout(settings["dropout"], name=f"fc_{number}_dropout")(x)
    return add_output(keras, x, settings)


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


def each_view(keras, x, function):
    """`function` of each view of `x` (batch, views, …), to (batch, views, features)."""
    ops, views = keras.ops, x.shape[1]
    features = keras.layers.Flatten(name="flatten")(function(ops.reshape(x, (-1, *x.shape[2:]))))
    return ops.reshape(features, (-1, views, features.shape[-1]))


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


def normalise(keras, settings: dict, images, mean: np.ndarray | None):
    """Images as the backbone takes them: without the training images' mean colour, or by Keras's preprocessing."""
    if mean is not None:
        images = keras.layers.Rescaling(1.0, offset=[-float(m) for m in mean], name="normalise")(images)
    return preprocess(keras, settings["backbone"], settings["normalisation"], images)


def trained_backbone(keras, model):
    """The part of a trained network of single views from its image to the features that its head takes."""
    return keras.Model(model.get_layer("image").output, model.get_layer("flatten").output)


def start_from(model, source) -> None:
    """Give `model` the weights of all layers that `source` has by the same name and shape, its backbone's too."""
    named = {layer.name: layer for layer in source.layers}
    for layer in model.layers:
        other = named.get(layer.name)
        if other is not None and layer.weights:
            weights = other.get_weights()
            if [w.shape for w in weights] == [tuple(w.shape) for w in layer.weights]:
                layer.set_weights(weights)
