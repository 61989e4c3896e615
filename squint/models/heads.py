"""Heads: fully connected layers and an output on top of features."""

from squint.outputs import make_output


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
    return make_output(settings).last_layer(keras, x)
