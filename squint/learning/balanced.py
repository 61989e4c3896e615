"""The balanced image generator IMGEN1 of the thesis (Figure 4.13, section 4.8.3)."""

import math

import numpy as np


def balanced_batches(classes: np.ndarray, batch_size: int, generator: np.random.Generator | None) -> list[np.ndarray]:
    """One epoch of IMGEN1: the positions in each mini-batch, with equal numbers from every class.

    The data set is shuffled and split into a list a class; steps = ceil(largest class / batch size *
    number of classes); each step takes the next items of every list, from its start again when it ends, and
    shuffles the mini-batch. Without a `generator` nothing is shuffled. Classes that do not occur do not
    count. ASSUME a batch size that the classes do not divide is rounded down to the next that they do.
    """
    order = np.arange(len(classes)) if generator is None else generator.permutation(len(classes))
    lists = [order[classes[order] == c] for c in np.unique(classes)]
    share = max(1, batch_size // len(lists))
    steps = math.ceil(max(map(len, lists)) / share)
    batches = []
    for step in range(steps):
        indices = np.arange(step * share, (step + 1) * share)
        batch = np.concatenate([items[indices % len(items)] for items in lists])
        batches.append(batch if generator is None else generator.permutation(batch))
    return batches
