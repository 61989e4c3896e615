"""Backbones: from the pixels of a picture to features."""

import inspect
import sys
from pathlib import Path

import numpy as np

from squint.errors import InputError
from squint.models.backend import UNREADABLE
from squint.models.efficientnet_lite import build_lite0, build_lite0_middle, load_imagenet

COMPACT_LAYERS = ((24, 5, 4), (48, 3, 2), (96, 3, 2))  # channels, kernel, stride
# The backbones that Keras has; a test keeps them in step with it.
APPLICATIONS = (
    *(f"ConvNeXt{size}" for size in ("Base", "Large", "Small", "Tiny", "XLarge")),
    *(f"DenseNet{depth}" for depth in (121, 169, 201)),
    *(f"EfficientNetB{number}" for number in range(8)),
    *(f"EfficientNetV2{kind}" for kind in ("B0", "B1", "B2", "B3", "L", "M", "S")),
    *("InceptionResNetV2", "InceptionV3", "MobileNet", "MobileNetV2", "MobileNetV3Large", "MobileNetV3Small"),
    *("NASNetLarge", "NASNetMobile"),
    *(f"ResNet{depth}{version}" for depth in (50, 101, 152) for version in ("", "V2")),
    *("VGG16", "VGG19", "Xception"),
)


def application(keras, backbone: str):
    """The function that builds the Keras application `backbone`. Raises InputError for an unknown one."""
    builder = getattr(keras.applications, backbone, None)
    if not inspect.isfunction(builder):
        raise InputError("config, `networks: backbone`", ", ".join(BACKBONES), repr(backbone), "choose one")
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
    return keras.Model(image, layers.GlobalAveragePooling2D(name="pool")(x), name="compact")


# Our own backbones by their names in the config: a function of Keras and an image's shape, like build_compact. A new
# one is such a function and a line here.
OWN = {"compact": build_compact, "EfficientNetLite0": build_lite0, "EfficientNetLite0Middle": build_lite0_middle}
# Those whose ImageNet weights come with an installed package, with what gives a model these.
WITH_IMAGENET = {"EfficientNetLite0": load_imagenet, "EfficientNetLite0Middle": load_imagenet}
BACKBONES = (*OWN, *APPLICATIONS)


def build_backbone(keras, backbone: str, weights: str, image_size: int):
    """A backbone from pixels (0 to 255, normalised before where the config says so) to its last layer's maps.

    `weights`: `none` for seeded random ones, `imagenet` for those of an installed package or else to download Keras's,
    or a path to a weights file.
    Raises InputError for an unknown backbone, a failed download, or a file that does not fit.
    """
    shape = (image_size, image_size, 3)
    if backbone in OWN:
        model = OWN[backbone](keras, shape)
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
    elif weights == "imagenet" and backbone in WITH_IMAGENET:
        WITH_IMAGENET[backbone](model)
    elif weights == "imagenet" and backbone in OWN:
        expected = f"none or a path for the {backbone} backbone"
        raise InputError("config, `networks: weights`", expected, "imagenet", "set `weights: none`")
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
    if normalisation != "imagenet" or backbone in OWN:
        return images
    return sys.modules[application(keras, backbone).__module__].preprocess_input(images)


def normalise(keras, settings: dict, images, mean: np.ndarray | None):
    """Images as the backbone takes them: without the training images' mean colour, or by Keras's preprocessing."""
    if mean is not None:
        images = keras.layers.Rescaling(1.0, offset=[-float(m) for m in mean], name="normalise")(images)
    return preprocess(keras, settings["backbone"], settings["normalisation"], images)
