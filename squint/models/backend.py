"""Keras with a fixed number of threads and fixed seeds: the same weights on any number of cores."""

import logging
import os
import zipfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from threading import Lock

import numpy as np

BATCH = 64
# What Keras raises for a file that it does not take.
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, OSError, zipfile.BadZipFile)


def load_keras(threads: int, seed: int, precision: str = "float32"):
    """Import Keras so that it computes with `threads` threads and in `precision`, and seed all its draws.

    Sums run in an order that depends on the number of threads, so a network's threads come from the
    config and not from the cores that happen to be free. Call this before Keras is imported elsewhere.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(threads)
    os.environ["TF_NUM_INTEROP_THREADS"] = "1"
    os.environ["OMP_NUM_THREADS"] = str(threads)
    os.environ["TF_DETERMINISTIC_OPS"] = "1"
    # It warns whenever a function is traced for a new shape, in words that help no user.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    import keras

    keras.config.set_dtype_policy(precision)
    keras.utils.set_random_seed(seed)
    return keras


def apply_model(model, read, items: np.ndarray) -> Iterator[np.ndarray]:
    """Outputs of `model` for `items`, part by part: arrays (up to 64, …) float32.

    `read` gives the model's inputs for some items. Every batch has the same size, the last one filled up and cut
    again, so that the model is compiled once. Two batches are on their way at a time: while one is read, handed over
    or fetched, the other is computed.
    """
    import keras

    # Models of other backends keep their state in themselves, so that one thread at a time may call them.
    turn = nullcontext() if keras.backend.backend() == "tensorflow" else Lock()

    def apply(start: int) -> np.ndarray:
        inputs = read(items[np.minimum(np.arange(start, start + BATCH), len(items) - 1)])
        with turn:
            outputs = model.predict_on_batch(inputs)
        return np.asarray(outputs, np.float32)[: len(items) - start]

    if len(items):
        yield apply(0)  # compiles
    coming: deque[Future] = deque()
    with ThreadPoolExecutor(2) as pool:
        for start in range(BATCH, len(items), BATCH):
            coming.append(pool.submit(apply, start))
            if len(coming) > 2:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
