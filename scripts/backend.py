"""Keras with a fixed number of threads and fixed seeds: the same weights on any number of cores."""

import os


def load_keras(threads: int, seed: int):
    """Import Keras so that it computes with `threads` threads, and seed all its draws.

    Sums run in an order that depends on the number of threads, so a network's threads come from the
    config and not from the cores that happen to be free. Call this before Keras is imported elsewhere.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(threads)
    os.environ["TF_NUM_INTEROP_THREADS"] = "1"
    os.environ["OMP_NUM_THREADS"] = str(threads)
    os.environ["TF_DETERMINISTIC_OPS"] = "1"
    import keras

    keras.utils.set_random_seed(seed)
    return keras
