"""Batches of a fold for Keras: balanced, shuffled by name, and read ahead of the training step that needs them."""

import time
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from scripts.balanced import balanced_batches
from scripts.grimace import CAMERAS
from scripts.networks.targets import MOMENT
from scripts.seeds import named_generator

AHEAD = 8  # batches that are read before they are asked for
NOTHING = -1  # the place of a view that is not there
PARTIAL_SHARE = 0.5  # of the moments in a training batch, which are shown with some of their views only


def view_sets(table) -> np.ndarray:
    """Places in `table` of the crops that are shown together, (sets, 6) with NOTHING behind the last.

    A set holds the crops of one moment that were made in one way: as they are, mirrored, or augmented by one number.
    """
    made = table.exp_name.str.rsplit("_", n=1).str[1].str[:3]
    places = table.assign(made=made, place=np.arange(len(table))).groupby([*MOMENT, "made"], sort=True).place
    sets = np.full((places.ngroups, len(CAMERAS)), NOTHING)
    for number, (_, ours) in enumerate(places):
        sets[number, : len(ours)] = ours
    return sets


def hide_views(sets: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """`sets` of which a share keeps only some of its views, at least one, so that any number of views is learned."""
    shown = sets.copy()
    for number in np.flatnonzero(generator.random(len(sets)) < PARTIAL_SHARE):
        views = np.flatnonzero(sets[number] != NOTHING)
        keep = generator.integers(1, len(views) + 1)
        shown[number, generator.permutation(views)[keep:]] = NOTHING
    return shown


def read_views(inputs, sets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A network's inputs for `sets` (n, 6) of places: the views (n, 6, …) float32, zeros where none, and `seen`."""
    seen = sets != NOTHING
    values = np.zeros((*sets.shape, *inputs.shape[1:]), np.float32)
    values[seen] = inputs[sets[seen]]
    return values, seen.astype(np.float32)


def read_inputs(inputs, items: np.ndarray):
    """A network's inputs for `items`: places (n,) of single views, or sets (n, 6) of them.

    Single views come as they are stored, bytes or half precision; the network casts them, where they have arrived.
    """
    return inputs[items] if items.ndim == 1 else read_views(inputs, items)


def fold_batches(keras, inputs, items, targets, classes, batch_size: int, name: tuple | None, threads: int):
    """IMGEN1 as a Keras data set over `items` (see read_inputs) of `inputs`, which may stand on disk.

    `targets` and `classes` are those of the items. `name` (a seed and names) shuffles anew each epoch, None never.
    `waited` is the time in s for which batches of the present epoch were not there when they were asked for. A backend
    that asks ahead of its training step may have been busy meanwhile, so training waits no longer for reading.
    """

    class FoldBatches(keras.utils.PyDataset):
        epoch = 0
        waited = 0.0

        def on_epoch_begin(self):
            self.generator_name = None if name is None else (*name, "epoch", self.epoch)
            generator = None if name is None else named_generator(*self.generator_name)
            self.batches = balanced_batches(classes, batch_size, generator)
            self.coming: dict[int, Future] = {}
            self.waited = 0.0
            self.epoch += 1

        def __len__(self):
            return len(self.batches)

        def read(self, step):
            batch = self.batches[step]
            ours = items[batch]
            if name is not None and ours.ndim > 1:
                ours = hide_views(ours, named_generator(*self.generator_name, "views", step))
            return read_inputs(inputs, ours), targets[batch]

        def __getitem__(self, step):
            if on_disk:
                for later in range(step, min(step + AHEAD, len(self))):
                    if later not in self.coming:
                        self.coming[later] = readers.submit(self.read, later)
            start = time.perf_counter()
            batch = self.coming.pop(step).result() if on_disk else self.read(step)
            self.waited += time.perf_counter() - start
            return batch

        def close(self):
            """Close the files that are read from."""
            if on_disk:
                readers.shutdown(cancel_futures=True)
                inputs.close()

    on_disk = not isinstance(inputs, np.ndarray)
    readers = ThreadPoolExecutor(max(1, threads)) if on_disk else None
    dataset = FoldBatches()
    dataset.on_epoch_begin()
    dataset.epoch = 0
    return dataset
