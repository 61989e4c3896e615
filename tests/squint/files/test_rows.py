"""Rows are read from their places in HDF5 files as HDF5 itself reads them, in any order and by any thread."""

from concurrent.futures import ThreadPoolExecutor

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from squint.errors import InputError
from squint.files.rows import HELD_BYTES, Rows, locate_rows

SHAPE = (5, 4, 3)


def write(path, count, seed, **layout):
    values = np.random.default_rng(seed).integers(0, 256, (count, *SHAPE), np.uint8)
    with h5py.File(path, "w") as file:
        file["before"] = np.arange(seed)
        file.create_dataset("img", data=values, **layout)
    return values


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A deflated file, one in one piece, and an empty one, with their values."""
    folder = tmp_path_factory.mktemp("rows")
    deflated = write(folder / "a.h5", 7, 1, chunks=(1, *SHAPE), compression="gzip")
    plain = write(folder / "b.h5", 4, 2)
    empty = write(folder / "c.h5", 0, 3)
    return [folder / name for name in ("a.h5", "b.h5", "c.h5")], [deflated, plain, empty]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 3)), min_size=1, max_size=12), st.data())
def test_rows_are_those_that_hdf5_reads(files, wanted, data):
    paths, values = files
    source, row = (np.array(column) for column in zip(*wanted, strict=True))
    rows = Rows([locate_rows(path, "img") for path in paths], source, row)
    indices = np.array(data.draw(st.lists(st.integers(0, len(wanted) - 1), max_size=20)), int)
    expected = np.stack([values[s][r] for s, r in wanted])
    assert np.array_equal(rows[indices], expected[indices])
    assert np.array_equal(rows[1:], expected[1:])
    rows.close()


def test_many_threads_read_at_once(files):
    paths, values = files
    rows = Rows([locate_rows(paths[0], "img")], np.zeros(7, int), np.arange(7))
    orders = [np.random.default_rng(n).permutation(7) for n in range(200)]
    with ThreadPoolExecutor(8) as pool:
        for order, found in zip(orders, pool.map(rows.__getitem__, orders), strict=True):
            assert np.array_equal(found, values[0][order])


def test_few_rows_are_held_in_memory_and_many_are_not(files):
    paths, values = files
    rows = Rows([locate_rows(paths[1], "img")], np.zeros(4, int), np.arange(4))
    assert np.array_equal(rows.load_if_small(), values[1])
    many = Rows([locate_rows(paths[1], "img")], np.zeros(9, int), np.zeros(9, int))
    many.nbytes = HELD_BYTES + 1
    assert many.load_if_small() is many


@pytest.mark.parametrize("layout", [{"chunks": (2, *SHAPE)}, {"chunks": (1, *SHAPE), "compression": "lzf"}])
def test_another_layout_is_an_input_error(tmp_path, layout):
    write(tmp_path / "x.h5", 4, 1, **layout)
    with pytest.raises(InputError, match="a gzip chunk a row"):
        locate_rows(tmp_path / "x.h5", "img")


def test_rows_of_different_shapes_are_an_input_error(files, tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["img"] = np.zeros((3, 2, 2, 3), np.uint8)
    with pytest.raises(InputError, match="rows of one shape"):
        Rows(
            [locate_rows(path, "img") for path in (files[0][0], tmp_path / "x.h5")], np.zeros(1, int), np.zeros(1, int)
        )
