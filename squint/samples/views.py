"""What is shown to a network at a time: one crop, or the crops of a moment from all cameras that see the face.

A set may have any number of views; a network takes sets of one size at a time, filled up with views that are not there.
"""

import numpy as np

from squint.samples.labels import MOMENT

NO_VIEW = -1  # the row of a view that is not there
LEAST_VIEWS = 2  # of a set, there or not: Keras warns of attention over one
PARTIAL_SHARE = 0.5  # of the moments in a training batch, which are shown with some of their views only


def view_sets(table) -> np.ndarray:
    """Rows of `table` with the crops that are shown together, (sets, views) with NO_VIEW behind the last.

    A set holds the crops of one moment that were made in one way: as they are, mirrored, or augmented by one number.
    """
    made = table.experiment_creation.str.rsplit("_", n=1).str[1].str[:3]
    return pad_sets(table.assign(made=made), [*MOMENT, "made"])


def pad_sets(table, keys: list[str]) -> np.ndarray:
    """Numbers of the rows of `table` that have the same `keys`, (sets, rows of the largest), NO_VIEW behind the last.

    Sets come in the order of their keys.
    """
    groups = table.assign(row_number=np.arange(len(table))).groupby(keys, sort=True).row_number
    sets = np.full((groups.ngroups, max(LEAST_VIEWS, groups.size().max() if len(table) else 0)), NO_VIEW)
    for number, (_, rows) in enumerate(groups):
        sets[number, : len(rows)] = rows
    return sets


def hide_views(sets: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """`sets` of which a share keeps only some of its views, at least one, so that any number of views is learned."""
    shown = sets.copy()
    for number in np.flatnonzero(generator.random(len(sets)) < PARTIAL_SHARE):
        views = np.flatnonzero(sets[number] != NO_VIEW)
        keep = generator.integers(1, len(views) + 1)
        shown[number, generator.permutation(views)[keep:]] = NO_VIEW
    return shown


def read_views(inputs, sets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A network's inputs for `sets` (n, views): the views (n, views, …) float32, zeros where none, and `seen`."""
    seen = sets != NO_VIEW
    values = np.zeros((*sets.shape, *inputs.shape[1:]), np.float32)
    values[seen] = inputs[sets[seen]]
    return values, seen.astype(np.float32)


def read_inputs(inputs, items: np.ndarray):
    """A network's inputs for `items`: rows (n,) of single views, or sets (n, views) of them.

    Single views come as they are stored, bytes or half precision; the network casts them, where they have arrived.
    """
    return inputs[items] if items.ndim == 1 else read_views(inputs, items)


def single_views(count: int, settings: dict) -> np.ndarray:
    """Items for `count` crops that are shown one by one: their rows, or sets of one view."""
    rows = np.arange(count)
    if settings["views"] == "one":
        return rows
    return np.pad(rows[:, None], ((0, 0), (0, LEAST_VIEWS - 1)), constant_values=NO_VIEW)
