"""Image stores and folds: every column of the thesis's Table 4.7, no copies, no silent zeros."""

import h5py
import numpy as np
import pandas as pd
import pytest

from squint.errors import InputError
from squint.files.crop_names import CropName, encode
from squint.files.stores import describe_crop, open_fold, read_columns, store_columns, write_fold, write_store
from tests.scales import ORBITAL, UNITS

COLUMNS = store_columns(UNITS)


def store(folder, experiment, count, first=0):
    """A store of `count` crops whose pixels are their own number."""
    names = [
        CropName(experiment, "CORR", 5 * n, (0, 1, 2, None, 1), "C2", 100 + 5 * n, 1, 2, 3, n + 1) for n in range(count)
    ]
    images = np.stack([np.full((8, 8, 3), first + n, np.uint8) for n in range(count)])
    table = pd.DataFrame([describe_crop(f"{experiment}_CORR/{encode(name)}", name, UNITS) for name in names])
    (folder / "images").mkdir(exist_ok=True)
    path = folder / "images" / f"{experiment}_CORR.h5"
    write_store(path, images, table, 8)
    return path


@pytest.fixture
def fold(tmp_path):
    """A fold of all of one store and the even rows of another."""
    stores = [store(tmp_path, "EXP1", 3), store(tmp_path, "EXP2", 6, first=100)]
    parts = []
    for source, (path, rows) in enumerate(zip(stores, ([0, 1, 2], [0, 2, 4]), strict=True)):
        table = read_columns(path).iloc[rows].assign(source=source, row=rows)
        parts.append(table.assign(experiment=path.name.split("_")[0]))
    (tmp_path / "datasets").mkdir()
    path = tmp_path / "datasets" / "LOSOCV-1-train.h5"
    write_fold(path, stores, pd.concat(parts, ignore_index=True))
    return path


def test_a_store_has_all_columns_of_table_4_7(tmp_path):
    path = store(tmp_path, "EXP1", 2)
    table = read_columns(path)
    assert set(table.columns) == set(COLUMNS)
    assert table.score.tolist() == [1.0, 1.0]
    assert np.isnan(table.score_cheek).all()
    assert table.camera.tolist() == ["C2", "C2"]
    assert table.experiment_creation.tolist() == ["EXP1_CORR"] * 2
    with h5py.File(path) as file:
        assert file["img"].dtype == np.uint8
        assert file["img"].compression == "gzip"


def test_the_columns_are_those_of_table_4_7_in_its_order():
    assert [
        *("file_path", "experiment_creation", "sync_index", "score"),
        *("score_eye", "score_ear", "score_nose", "score_cheek", "score_whiskers"),
        *("camera", "frame_num", "box_x", "box_y", "box_size", "item"),
    ] == COLUMNS


@pytest.mark.parametrize("camera", ["C1", "C12", "left", "GoPro_7", "7"])
def test_a_store_of_any_camera_and_scale_keeps_what_a_crop_tells(tmp_path, camera):
    name = CropName("EXP1", "CORR", 5, (7,), camera, 100, 1, 2, 3, 4)
    path = tmp_path / "EXP1_CORR.h5"
    table = pd.DataFrame([describe_crop(f"EXP1_CORR/{encode(name)}", name, ORBITAL.units)] * 2)
    write_store(path, [np.zeros((8, 8, 3), np.uint8)] * 2, table, 8)
    read = read_columns(path)
    assert set(read.columns) == set(store_columns(ORBITAL.units))
    assert read.camera.tolist() == [camera] * 2
    assert read.score.tolist() == read.score_eye.tolist() == [7.0, 7.0]


@pytest.mark.parametrize("units", [(1,), (1, 2, 0, 1), (1,) * 6])
def test_a_crop_of_another_scale_is_refused(units):
    with pytest.raises(ValueError):
        describe_crop("x", CropName("EXP1", "CORR", 5, units, "C1", 100, 1, 2, 3, 4), UNITS)


def test_a_fold_reads_its_rows_from_their_stores(fold):
    opened = open_fold(fold)
    assert opened.rows()[:][:, 0, 0, 0].tolist() == [0, 1, 2, 100, 102, 104]
    assert set(opened.table.columns) == {*COLUMNS, "experiment", "source", "row"}


def test_the_virtual_images_are_those_that_are_read(fold):
    with h5py.File(fold) as file:
        assert file["img"].is_virtual
        assert np.array_equal(file["img"][:], open_fold(fold).rows()[:])
    assert fold.stat().st_size < 200_000


def test_the_mean_colour_is_that_of_all_pictures(tmp_path):
    paths = [store(tmp_path, "EXP1", 3), store(tmp_path, "EXP2", 5, first=100)]
    (tmp_path / "datasets").mkdir()
    rows = [
        read_columns(path).assign(experiment="x", source=s, row=range(n))
        for s, (path, n) in enumerate(zip(paths, (3, 5), strict=True))
    ]
    write_fold(tmp_path / "datasets" / "x.h5", paths, pd.concat(rows, ignore_index=True))
    opened = open_fold(tmp_path / "datasets" / "x.h5")
    assert opened.mean_colour() == pytest.approx(opened.rows()[:].mean(axis=(0, 1, 2)))


def test_the_digest_of_a_fold_is_that_of_its_pictures_and_labels(fold, tmp_path):
    before = open_fold(fold).digest()
    assert open_fold(fold).digest() == before
    opened = open_fold(fold)
    opened.table["score"] += 0.1
    assert opened.digest() != before


def test_a_missing_or_changed_store_is_an_input_error(fold, tmp_path):
    store(tmp_path, "EXP2", 6, first=50)
    with pytest.raises(InputError, match=r"EXP2_CORR.h5"):
        open_fold(fold)
    (tmp_path / "images" / "EXP2_CORR.h5").unlink()
    with pytest.raises(InputError, match="no such file"):
        open_fold(fold)


def test_writing_twice_gives_the_same_bytes(fold, tmp_path):
    first = store(tmp_path, "EXP3", 3)
    written = []
    for _ in range(2):
        table = read_columns(first).assign(experiment="EXP3", source=0, row=range(3))
        write_fold(fold, [first], table)
        written.append((first.read_bytes(), fold.read_bytes()))
        store(tmp_path, "EXP3", 3)
    assert written[0] == written[1]


def test_no_part_of_a_file_stores_when_it_was_made(fold, tmp_path):
    """HDF5 counts in seconds, so that two files of the same second tell nothing."""
    for path in (store(tmp_path, "EXP3", 3), fold):
        with h5py.File(path) as file:
            assert {h5py.h5g.get_objinfo(item.id).mtime for item in file.values()} == {0}


def test_an_empty_store_is_no_error(tmp_path):
    write_store(tmp_path / "empty.h5", [], pd.DataFrame(columns=COLUMNS), 8)
    assert read_columns(tmp_path / "empty.h5").empty


def test_a_disk_without_locks_will_do(tmp_path):
    """HDF5 goes on where locks fail, as network disks of clusters let them (errno 37)."""
    with h5py.File(tmp_path / "a.h5", "w") as file:
        _, ignored = file.id.get_access_plist().get_file_locking()
    assert ignored
