"""Rows of HDF5 datasets, read where they stand in the file.

HDF5 lets one thread at a time in and looks each row up anew: random rows through it are slow, and through a virtual
dataset many times slower. Where all rows stand is asked for once instead; then any thread reads any row from
the file itself, and inflates it.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import deflate
import h5py
import numpy as np

from squint.errors import InputError

# ASSUME what is smaller than this is better held in memory.
HELD_BYTES = 1 << 29


@dataclass(frozen=True)
class StoredRows:
    """Where the rows of one dataset stand: `offsets` and `sizes` in bytes, deflated or not."""

    path: Path
    dtype: np.dtype
    shape: tuple[int, ...]
    offsets: np.ndarray
    sizes: np.ndarray
    deflated: bool


def locate_rows(path: Path, name: str) -> StoredRows:
    """The rows of dataset `name`: one chunk a row and deflated, or in one piece and as they are.

    Raises InputError for another layout.
    """
    with h5py.File(path) as file:
        data = file[name]
        count, row = len(data), int(np.prod(data.shape[1:])) * data.dtype.itemsize
        offsets, sizes = np.zeros(count, np.int64), np.full(count, row, np.int64)
        about = {"path": Path(path), "dtype": data.dtype, "shape": data.shape[1:]}
        if not count:
            return StoredRows(**about, offsets=offsets, sizes=sizes, deflated=False)
        if data.chunks is None and not data.is_virtual:
            offsets[:] = data.id.get_offset() + row * np.arange(count)
            return StoredRows(**about, offsets=offsets, sizes=sizes, deflated=False)
        if data.chunks != (1, *data.shape[1:]) or data.compression != "gzip" or data.shuffle:
            raise InputError(
                path, f"{name} in one piece, or a gzip chunk a row", f"another layout: {data!r}", "write it anew"
            )

        def note(chunk):
            offsets[chunk.chunk_offset[0]], sizes[chunk.chunk_offset[0]] = chunk.byte_offset, chunk.size

        data.id.chunk_iter(note)
        return StoredRows(**about, offsets=offsets, sizes=sizes, deflated=True)


class Rows:
    """The rows of several files as one array: `rows[indices]` reads (n, …). Any number of threads may read at once."""

    def __init__(self, files: list[StoredRows], source: np.ndarray, row: np.ndarray):
        """Row i is row `row[i]` of `files[source[i]]`; all files hold rows of one shape and type."""
        kinds = {(file.shape, file.dtype) for file in files}
        if len(kinds) != 1:
            raise InputError(
                ", ".join(str(file.path) for file in files), "rows of one shape", f"{kinds}", "delete and run again"
            )
        ((shape, self.dtype),) = kinds
        self.shape = (len(row), *shape)
        self._bytes = int(np.prod(shape)) * self.dtype.itemsize
        self.nbytes = len(row) * self._bytes
        self._source, self._deflated = source, [file.deflated for file in files]
        self._offsets, self._sizes = np.zeros(len(row), np.int64), np.zeros(len(row), np.int64)
        for number, file in enumerate(files):
            ours = source == number
            self._offsets[ours], self._sizes[ours] = file.offsets[row[ours]], file.sizes[row[ours]]
        self._open = [os.open(file.path, os.O_RDONLY) for file in files]

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, indices: np.ndarray | slice) -> np.ndarray:
        indices = np.arange(len(self))[indices]
        values = np.empty((len(indices), *self.shape[1:]), self.dtype)
        flat = values.reshape(-1).view(np.uint8).reshape(len(indices), self._bytes)
        for target, index in zip(flat, indices, strict=True):
            source = self._source[index]
            data = os.pread(self._open[source], int(self._sizes[index]), int(self._offsets[index]))
            if self._deflated[source]:
                data = deflate.zlib_decompress(data, self._bytes)
            target[:] = np.frombuffer(data, np.uint8)
        return values

    def close(self) -> None:
        """Close the files."""
        for descriptor in self._open:
            os.close(descriptor)
        self._open = []

    def load_if_small(self) -> "Rows | np.ndarray":
        """All rows in memory where they are few, else these rows on disk."""
        if self.nbytes > HELD_BYTES:
            return self
        values = self[:]
        self.close()
        return values
