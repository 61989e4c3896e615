"""HDF5 files of the datasets: image stores, and folds that point into them (thesis, Table 4.7).

A store holds every crop of one recording and kind once. A fold holds the same columns for its rows and,
instead of the pictures, where each stands: `source` (a store's number) and `row`. Its `img` is a virtual
dataset over the stores for other programs; Squint reads by `source` and `row`, because through a virtual dataset
random rows are slow, and HDF5 reads zeros without a word where its source is missing.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import deflate
import h5py
import numpy as np
import pandas as pd

from squint.errors import InputError
from squint.files.crop_names import CropName
from squint.files.rows import Rows, locate_rows

# The columns that the thesis calls otherwise (Table 4.7): only in the files.
THESIS_NAMES = {
    "experiment_creation": "exp_name",
    "sync_index": "synch_frame",
    "camera": "camno",
    "frame_num": "video_frame",
    "box_size": "box_length",
    "item": "itemno",
}
OUR_NAMES = {name: column for column, name in THESIS_NAMES.items()}
TEXT_COLUMNS = ("file_path", "experiment_creation", "experiment", "camera")
DEFLATION = 1  # of 12; more costs time, also when images are read, and saves 6 % of the space


def store_columns(units: Sequence[str]) -> list[str]:
    """The columns of Table 4.7 besides `img`, in its order, for a scale with some units."""
    before, after = ("file_path", "experiment_creation", "sync_index", "score"), ("box_x", "box_y", "box_size", "item")
    return [*before, *(f"score_{unit}" for unit in units), "camera", "frame_num", *after]


def describe_crop(path: str, name: CropName, units: Sequence[str]) -> dict:
    """The columns of Table 4.7 for one crop; unobserved units are NaN. Raises ValueError for a name of other units."""
    scores = [float("nan") if unit is None else float(unit) for unit in name.units]
    return {
        "file_path": path,
        "experiment_creation": f"{name.experiment}_{name.creation}",
        "sync_index": name.sync_index,
        "score": name.score,
        **{f"score_{unit}": value for unit, value in zip(units, scores, strict=True)},
        "camera": name.camera,
        "frame_num": name.frame_num,
        "box_x": name.box_x,
        "box_y": name.box_y,
        "box_size": name.box_size,
        "item": name.item,
    }


def write_columns(file: h5py.File, table: pd.DataFrame) -> None:
    """Write each column of `table` as a one-dimensional dataset, under the thesis's name."""
    for column in table:
        name = THESIS_NAMES.get(column, column)
        if column in TEXT_COLUMNS:
            file.create_dataset(name, data=table[column].astype(object).to_numpy(), dtype=h5py.string_dtype())
        else:
            numbers = table[column] if len(table) else table[column].astype(float)
            file.create_dataset(name, data=numbers.to_numpy())


def read_columns(path: str) -> pd.DataFrame:
    """All one-dimensional datasets of a store or fold as a table, under our names (store_columns)."""
    with h5py.File(path) as file:
        return pd.DataFrame(
            {
                OUR_NAMES.get(name, name): data.asstr()[:] if h5py.check_string_dtype(data.dtype) else data[:]
                for name, data in file.items()
                if data.ndim == 1 and name != "sources"
            }
        )


def write_store(path: str, images: Iterable[np.ndarray], table: pd.DataFrame, image_size: int) -> None:
    """Write pictures (size, size, 3) uint8, one a row of `table` and each deflated by itself, and their columns.

    One picture at a time is in memory. The attribute `sums` (3,) holds the sum of each colour channel.
    """
    shape = (len(table), image_size, image_size, 3)
    digest, sums = hashlib.sha256(), np.zeros(3, np.int64)
    with h5py.File(path, "w") as file:
        storage = {"chunks": (1, *shape[1:]), "compression": "gzip"} if len(table) else {}
        data = file.create_dataset("img", shape, np.uint8, **storage)
        for row, image in enumerate(images):
            pixels = np.asarray(image, np.uint8).reshape(shape[1:]).tobytes()
            # Past HDF5, whose own deflation takes three times as long.
            data.id.write_direct_chunk((row, 0, 0, 0), deflate.zlib_compress(pixels, DEFLATION))
            digest.update(pixels)
            sums += image.sum(axis=(0, 1), dtype=np.int64)
        data.attrs["digest"] = digest.hexdigest()
        data.attrs["sums"] = sums
        write_columns(file, table)


def store_digest(path: str) -> str:
    """The digest of a store's pictures, as written when they were stored."""
    with h5py.File(path) as file:
        return str(file["img"].attrs["digest"])


class TimelessLayout(h5py.VirtualLayout):
    """A virtual layout whose dataset does not store when it was made, as h5py's other datasets do not."""

    def _get_dcpl(self, file_name):
        properties = super()._get_dcpl(file_name)
        properties.set_obj_track_times(False)
        return properties


def write_fold(path: str, stores: list[str], rows: pd.DataFrame) -> None:
    """Write a fold: `rows` has the columns of Table 4.7, `experiment`, `source` (position in `stores`) and `row`."""
    shapes = []
    for store in stores:
        with h5py.File(store) as file:
            shapes.append(file["img"].shape)
    layout = TimelessLayout((len(rows), *shapes[0][1:]), np.uint8)
    relative = [str(Path("..") / Path(store).parent.name / Path(store).name) for store in stores]
    for source, (store, shape) in enumerate(zip(relative, shapes, strict=True)):
        indices = np.flatnonzero(rows.source.to_numpy() == source)
        if len(indices):
            # Rows of one store stand together and in the store's order, so that one mapping covers them.
            virtual = h5py.VirtualSource(store, "img", shape, dtype=np.uint8)
            layout[indices[0] : indices[-1] + 1] = virtual[rows.row.to_numpy()[indices]]
    with h5py.File(path, "w") as file:
        file.create_virtual_dataset("img", layout)
        file.create_dataset("sources", data=np.array(relative, object), dtype=h5py.string_dtype())
        file["sources"].attrs["digests"] = [store_digest(store) for store in stores]
        write_columns(file, rows)


@dataclass
class Fold:
    """One subset of one fold: its table (Table 4.7, `experiment`, `source`, `row`), its stores and their digests."""

    path: str
    table: pd.DataFrame
    stores: list[Path]
    digests: list[str]

    def rows(self, features: str | None = None) -> Rows:
        """The pictures (n, size, size, 3) uint8 in table order, or the features of the files in folder `features`."""
        used = np.unique(self.table.source.to_numpy())
        name = "img" if features is None else "features"
        files = [
            locate_rows(self.stores[s] if features is None else Path(features) / self.stores[s].name, name)
            for s in used
        ]
        return Rows(files, np.searchsorted(used, self.table.source.to_numpy()), self.table.row.to_numpy())

    def mean_colour(self) -> np.ndarray:
        """Mean of each colour channel over all pictures of the stores, (3,); known without reading a picture."""
        sums, pixels = np.zeros(3), 0
        for store in self.stores:
            with h5py.File(store) as file:
                sums += file["img"].attrs["sums"]
                pixels += int(np.prod(file["img"].shape[:3]))
        return sums / pixels

    def digest(self) -> str:
        """A digest of the pictures and of the table."""
        digest = hashlib.sha256("".join(self.digests).encode())
        digest.update(pd.util.hash_pandas_object(self.table, index=False).to_numpy().tobytes())
        return digest.hexdigest()


def open_fold(path: str) -> Fold:
    """Open a fold file. Raises InputError if one of its image stores is missing or has changed."""
    with h5py.File(path) as file:
        stores = [(Path(path).parent / name).resolve() for name in file["sources"].asstr()[:]]
        digests = list(file["sources"].attrs["digests"])
    for store, digest in zip(stores, digests, strict=True):
        found = store_digest(str(store)) if store.is_file() else "no such file"
        if found != digest:
            raise InputError(
                store,
                f"the image store that {path} was made from (digest {digest[:12]})",
                found[:12],
                f"delete {path} and run again",
            )
    return Fold(path, read_columns(path), stores, digests)
