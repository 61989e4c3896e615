"""Random generators that are seeded by name, so that no draw depends on the order of work."""

import hashlib

import numpy as np


def named_seed(seed: int, *names: object) -> int:
    """A 32-bit seed for the thing that `names` describe, under the workflow's `seed`."""
    text = "/".join([str(seed), *map(str, names)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "little")


def named_generator(seed: int, *names: object) -> np.random.Generator:
    """A generator for the thing that `names` describe, under the workflow's `seed`."""
    return np.random.default_rng(named_seed(seed, *names))
