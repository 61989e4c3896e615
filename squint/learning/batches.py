"""Batches for Keras that are made ahead of the training step that needs them, and those of a fold (IMGEN1)."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from squint.domain.seeds import named_generator
from squint.learning.balanced import balanced_batches
from squint.samples.views import hide_views, read_inputs

AHEAD = 8  # batches that are made before they are asked for


def make_batches(keras, plan: Callable, read: Callable, threads: int, close: Callable[[], None] | None = None):
    """A Keras data set whose batches differ by epoch.

    `plan` gives the list of an epoch's batches from its number, from 0; `read` inputs and targets from the epoch, the
    step and that step's element of the list. `threads` read ahead, none where reading costs nothing. `close` is called
    when the data set is closed. `waited` is the time in s for which batches of the present epoch were not there when
    they were asked for. A backend that asks ahead of its training step may have been busy meanwhile, so training waits
    no longer for reading.
    """
    readers = ThreadPoolExecutor(threads) if threads else None

    class Batches(keras.utils.PyDataset):
        epoch = 0
        waited = 0.0

        def on_epoch_begin(self):
            self.current = self.epoch
            self.batches = plan(self.current)
            self.coming: dict[int, Future] = {}
            self.waited = 0.0
            self.epoch += 1

        def __len__(self):
            return len(self.batches)

        def __getitem__(self, step):
            if readers:
                for later in range(step, min(step + AHEAD, len(self))):
                    if later not in self.coming:
                        self.coming[later] = readers.submit(read, self.current, later, self.batches[later])
            start = time.perf_counter()
            batch = self.coming.pop(step).result() if readers else read(self.current, step, self.batches[step])
            self.waited += time.perf_counter() - start
            return batch

        def close(self):
            """Let the readers go, and what they read from."""
            if readers:
                readers.shutdown(cancel_futures=True)
            if close:
                close()

    dataset = Batches()
    dataset.on_epoch_begin()
    dataset.epoch = 0
    return dataset


def fold_batches(keras, inputs, items, targets, classes, batch_size: int, name: tuple | None, threads: int):
    """IMGEN1 as a Keras data set over `items` (see read_inputs) of `inputs`, which may stand on disk.

    `targets` and `classes` are those of the items. `name` (a seed and names) shuffles anew each epoch, None never.
    """

    def plan(epoch: int) -> list[np.ndarray]:
        generator = None if name is None else named_generator(*name, "epoch", epoch)
        return balanced_batches(classes, batch_size, generator)

    def read(epoch: int, step: int, batch: np.ndarray):
        ours = items[batch]
        if name is not None and ours.ndim > 1:
            ours = hide_views(ours, named_generator(*name, "epoch", epoch, "views", step))
        return read_inputs(inputs, ours), targets[batch]

    if isinstance(inputs, np.ndarray):
        return make_batches(keras, plan, read, threads=0)
    return make_batches(keras, plan, read, max(1, threads), close=inputs.close)
