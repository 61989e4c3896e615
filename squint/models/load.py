"""Reading a trained network from its file, which is data and runs no code."""

from squint.errors import InputError
from squint.models.backend import UNREADABLE


def load_network(keras, path: str):
    """The network in a .keras file, without its optimiser.

    Keras reads it in its safe mode, which refuses layers of code and whatever is no part of Keras. Raises InputError
    for such a file, and for one that is damaged.
    """
    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except UNREADABLE as error:
        raise InputError(
            path,
            "a network that this workflow trained: layers of Keras with their weights, and nothing that would run code",
            f"{type(error).__name__}: {str(error).strip().splitlines()[0]}",
            "delete it and run again: it is made anew; do not load it elsewhere if it came from outside",
        ) from error
