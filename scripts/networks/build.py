"""Builds a network from the values that the config gives for it (thesis, Tables 5.6 to 5.32)."""

import inspect
from pathlib import Path

import numpy as np

from scripts.job import InputError

COMPACT = "compact"
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
        x = layers.BatchNormalization(name=f"conv_{number}_norm")(x)
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
    except (ValueError, OSError) as error:
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


def add_head(keras, x, settings: dict):
    """Fully connected layers and the output unit on top of `x` (thesis, Figures 5.14 and 5.15).

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
    activation = "sigmoid" if settings["output"] == "binary" else None
    return layers.Dense(1, activation=activation, name="score")(x)


def build_head(keras, settings: dict, feature_shape: tuple[int, ...], spread: float):
    """The head alone, over a frozen backbone's features of `feature_shape`.

    `spread` is the training features' standard deviation. Random weights give features of any scale (with 64 px
    MobileNetV3Small's spread by 1e-10), so those are scaled by it; trained ones are left as they are.
    """
    layers = keras.layers
    features = x = keras.Input(feature_shape, name="features")
    if settings["weights"] == "none":
        x = layers.Rescaling(1 / spread, name="scale")(x)
    return keras.Model(features, add_head(keras, layers.Flatten(name="flatten")(x), settings))


def build_network(keras, settings: dict, image_size: int, mean: np.ndarray | None):
    """Backbone and head over images, both trained.

    `mean` (3,) is the training images' mean colour, which is subtracted where `normalisation` is `dataset` (5.5.2.1).
    """
    layers = keras.layers
    backbone = build_backbone(keras, settings["backbone"], settings["weights"], image_size)
    image = x = keras.Input((image_size, image_size, 3), name="image")
    if mean is not None:
        x = layers.Rescaling(1.0, offset=[-float(m) for m in mean], name="normalise")(x)
    x = preprocess(keras, settings["backbone"], settings["normalisation"], x)
    x = layers.Flatten(name="flatten")(backbone(x))
    return keras.Model(image, add_head(keras, x, settings))
