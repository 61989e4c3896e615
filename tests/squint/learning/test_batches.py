"""Batches are balanced, shuffled by name, made of crops or of sets of views, and read ahead from disk."""

from types import SimpleNamespace

import h5py
import numpy as np
import pandas as pd

from squint.domain.seeds import named_generator
from squint.files.rows import Rows, locate_rows
from squint.learning import batches
from squint.learning.batches import AHEAD, fold_batches
from squint.samples.views import NO_VIEW, hide_views, read_views, view_sets


def crops():
    """Crops of two moments: one seen by two cameras, as they are and augmented, the other by one."""
    names = ["EXP1_CORR", "EXP1_A01R", "EXP1_CORR", "EXP1_A01Z", "EXP2_CORR"]
    return pd.DataFrame(
        {
            "experiment": ["EXP1"] * 4 + ["EXP2"],
            "item": [1, 1, 1, 1, 1],
            "experiment_creation": names,
            "camera": ["C1", "C1", "C2", "C2", "C5"],
        }
    )


def test_a_set_holds_the_views_of_a_moment_that_were_made_in_one_way():
    sets = view_sets(crops())
    assert sets.shape == (3, 2)  # as wide as the largest
    assert sorted(tuple(row[row != NO_VIEW]) for row in sets) == [(0, 2), (1, 3), (4,)]


def test_hidden_views_leave_one_at_least_and_add_none():
    sets = np.array([[3, 1, 4, NO_VIEW, NO_VIEW, NO_VIEW], [2, NO_VIEW, NO_VIEW, NO_VIEW, NO_VIEW, NO_VIEW]] * 200)
    hidden = hide_views(sets, named_generator(1, "hide"))
    left = (hidden != NO_VIEW).sum(axis=1)
    assert (left >= 1).all()
    assert np.isin(hidden[hidden != NO_VIEW], [1, 2, 3, 4]).all()
    assert ((hidden == sets) | (hidden == NO_VIEW)).all()
    counts = np.bincount(left[::2], minlength=4)
    assert counts[3] > counts[1] > 20 and counts[2] > 20
    assert np.array_equal(hidden, hide_views(sets, named_generator(1, "hide")))


def test_views_that_are_not_there_are_zeros_and_not_seen():
    inputs = np.arange(1, 6, dtype=np.uint8)[:, None]
    values, seen = read_views(inputs, view_sets(crops()))
    assert values.shape == (3, 2, 1) and values.dtype == np.float32
    assert (values[seen == 0] == 0).all() and (values[seen == 1] > 0).all()
    assert seen.sum() == 5


def on_disk(tmp_path, values):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["features"] = values
    return Rows([locate_rows(tmp_path / "x.h5", "features")], np.zeros(len(values), int), np.arange(len(values)))


def epochs_of(keras, inputs, threads=2, name=(1, "batches", "1"), epochs=3):
    """What a model is shown in each epoch of training."""
    values = np.arange(40)
    dataset = fold_batches(keras, inputs, values, values[:, None], np.repeat([0, 1], 20), 8, name, threads)
    shown = []
    for _ in range(epochs):
        dataset.on_epoch_begin()
        shown.append([dataset[step] for step in range(len(dataset))])
    return shown


def test_batches_are_shuffled_anew_each_epoch_and_by_name(keras):
    inputs = np.arange(40.0)[:, None]
    first, again = epochs_of(keras, inputs), epochs_of(keras, inputs)
    other = epochs_of(keras, inputs, name=(1, "batches", "2"))
    order = [np.concatenate([batch[0][:, 0] for batch in epoch]) for epoch in first]
    assert sorted(order[0]) == list(range(40))
    assert not np.array_equal(order[0], order[1])
    assert np.array_equal(order, [np.concatenate([batch[0][:, 0] for batch in epoch]) for epoch in again])
    assert not np.array_equal(order[0], np.concatenate([batch[0][:, 0] for batch in other[0]]))
    for inputs_, targets in first[0]:
        assert np.array_equal(inputs_, targets)
        assert (inputs_ < 20).sum() == 4  # as many of each class


def test_batches_from_disk_are_those_from_memory(keras, tmp_path):
    values = np.random.default_rng(1).normal(size=(40, 3)).astype(np.float32)
    held, read = epochs_of(keras, values), epochs_of(keras, on_disk(tmp_path, values))
    for a, b in zip(held, read, strict=True):
        for (x, t), (y, u) in zip(a, b, strict=True):
            assert np.array_equal(x, y) and np.array_equal(t, u)


def test_without_a_name_nothing_is_shuffled(keras):
    inputs = np.arange(40.0)[:, None]
    first, second = epochs_of(keras, inputs, name=None, epochs=2)
    assert first[0][0][:, 0].tolist() == [0, 1, 2, 3, 20, 21, 22, 23]
    assert all(np.array_equal(a[0], b[0]) for a, b in zip(first, second, strict=True))


class Pool:
    """Stands in for a pool of threads: reads a batch when somebody waits for it, which takes 5 s of `clock`."""

    def __init__(self, clock):
        self.clock, self.asked = clock, []

    def submit(self, work, epoch, step, batch):
        self.asked.append(step)
        return SimpleNamespace(result=lambda: self.wait(work, epoch, step, batch))

    def wait(self, work, *about):
        self.clock.now += 5
        return work(*about)


def test_batches_are_asked_for_before_they_are_needed_and_waiting_is_counted(keras, tmp_path, monkeypatch):
    """What is asked for and when, by a clock of its own; threads are those of the test of batches from disk."""
    clock = SimpleNamespace(now=0)
    pool = Pool(clock)
    monkeypatch.setattr(batches, "time", SimpleNamespace(perf_counter=lambda: clock.now))
    monkeypatch.setattr(batches, "ThreadPoolExecutor", lambda threads: pool)
    values = np.arange(400) % 40
    rows = on_disk(tmp_path, np.arange(40.0)[:, None])
    dataset = fold_batches(keras, rows, values, values[:, None], np.zeros(400, int), 8, (1, "b"), threads=4)
    dataset.on_epoch_begin()
    inputs, targets = dataset[0]
    assert np.array_equal(inputs, targets)
    assert pool.asked == [*range(AHEAD)] and dataset.waited == 5
    dataset[1]
    assert pool.asked == [*range(AHEAD + 1)] and dataset.waited == 10
    for step in range(2, len(dataset)):
        dataset[step]
    assert pool.asked == [*range(len(dataset))]
    dataset.on_epoch_begin()
    assert dataset.waited == 0
