"""What an unexpected error of a job comes from is told: the disk, or a damaged file that it was given."""

import errno
import os
import zipfile

import h5py
import numpy as np
import pandas as pd
import pytest

from squint.jobs.diagnosis import damaged, diagnose


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES])
def test_a_disk_that_refuses_is_named_with_the_file(number):
    message = str(diagnose(OSError(number, os.strerror(number), "results/tables/x.csv"), [], ["results/other"]))
    assert "results/tables/x.csv" in message and "run again" in message


def test_hdf5_tells_of_a_full_disk_in_words():
    error = RuntimeError(
        "Can't write data (file write failed: time = now, errno = 28, error message = 'No space left')"
    )
    assert "no space left" in str(diagnose(error, [], ["results/images/x.h5"]))


def write_each(folder) -> dict:
    """A file of each kind that the workflow reads again."""
    paths = {kind: folder / f"x.{kind}" for kind in ("parquet", "h5", "keras", "json")}
    pd.DataFrame({"a": np.arange(5000)}).to_parquet(paths["parquet"])
    with h5py.File(paths["h5"], "w") as file:
        file.create_dataset("columns", data=np.arange(5))
        file.create_dataset("img", data=np.arange(5000), chunks=(100,), compression="gzip")
    with zipfile.ZipFile(paths["keras"], "w") as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", np.random.default_rng(1).bytes(5000))
    paths["json"].write_text('{"a": [1, 2, 3]}')
    return paths


@pytest.mark.parametrize("kind", ["parquet", "h5", "keras", "json"])
def test_a_cut_file_is_named_with_what_to_do(tmp_path, kind):
    path = write_each(tmp_path)[kind]
    assert diagnose(ValueError("?"), [str(path)], []) is None
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    message = str(diagnose(ValueError("?"), [str(path)], []))
    assert str(path) in message and "give a whole one" in message


def inside(path) -> int:
    """A place in a part that has a checksum and is not the first one, wherever libraries put it."""
    if path.suffix == ".h5":
        with h5py.File(path) as file:
            chunk = file["img"].id.get_chunk_info(25)
        return chunk.byte_offset + chunk.size // 2
    with zipfile.ZipFile(path) as archive:
        part = archive.getinfo("model.weights.h5")
    return part.header_offset + part.compress_size // 2


@pytest.mark.parametrize("kind", ["h5", "keras"])
def test_a_wrong_byte_in_the_middle_is_seen(tmp_path, kind):
    """HDF5 and zip files keep checksums of their parts."""
    path = write_each(tmp_path)[kind]
    content = bytearray(path.read_bytes())
    content[inside(path)] ^= 0xFF
    path.write_bytes(content)
    assert "x." in str(diagnose(ValueError("?"), [str(path)], []))


def test_an_input_that_may_not_be_read_is_told_so():
    error = PermissionError(errno.EACCES, os.strerror(errno.EACCES), "scores/EXP1.csv")
    assert "permission to read" in str(diagnose(error, ["scores/EXP1.csv"], ["results/labels/EXP1.parquet"]))


def test_a_damaged_file_in_a_folder_is_named(tmp_path):
    paths = write_each(tmp_path)
    assert damaged(tmp_path) == ""
    paths["parquet"].write_bytes(b"PAR1")
    assert damaged(tmp_path).startswith("x.parquet: ")


def test_a_file_of_the_workflow_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    message = str(diagnose(FileNotFoundError(), ["results/moments/EXP1.parquet"], []))
    assert "no such file" in message and "made anew" in message


def test_an_error_of_ours_is_not_explained_away(tmp_path):
    assert diagnose(ZeroDivisionError("division by zero"), map(str, write_each(tmp_path).values()), ["x"]) is None


@pytest.mark.parametrize("open_file", [open, h5py.File])
def test_a_lost_file_of_a_folder_is_named_with_the_folder(tmp_path, monkeypatch, open_file):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results/features/units").mkdir(parents=True)
    with pytest.raises(FileNotFoundError) as error:
        open_file("results/features/units/EXP1.h5")
    message = str(diagnose(error.value, ["results/features/units"], []))
    assert "no EXP1.h5" in message and "made anew" in message
    assert diagnose(error.value, ["results/features/others"], []) is not None  # a folder that is lost itself
    assert diagnose(ValueError("?"), ["results/features/units"], []) is None
