"""A folder of crops becomes a store: each picture resized, in the order of names, with all that its name tells."""

import numpy as np
import pytest

from scripts.datasets.store_images import store_images
from squint.errors import InputError
from squint.files.crop_names import LISTING, CropName, encode, write_listing
from squint.files.images import write_image
from squint.files.rows import Rows, locate_rows
from squint.files.stores import read_columns, store_columns
from tests.scales import UNITS


def crop(item, size=12, level=100, units=(0, 1, 2, None, 1), creation="CORR"):
    """A crop's name and its grey picture."""
    name = CropName("EXP1", creation, 5 * item, units, "C3", 70 + item, 10, 20, size, item)
    return encode(name), np.full((size, size, 3), level, np.uint8)


def write(folder, *crops):
    folder.mkdir()
    for name, picture in crops:
        write_image(folder / name, picture)
    write_listing(folder)
    return str(folder)


def pictures(path, count):
    return Rows([locate_rows(path, "img")], np.zeros(count, int), np.arange(count))[:]


def test_pictures_stand_in_the_order_of_their_names_at_one_size(tmp_path):
    folder = write(tmp_path / "EXP1_CORR", crop(3, 6, 30), crop(1, 24, 200), crop(2, 12, 90))
    store_images(folder, str(tmp_path / "x.h5"), 12, UNITS)
    found = pictures(tmp_path / "x.h5", 3)
    assert found.shape == (3, 12, 12, 3) and found.dtype == np.uint8
    assert found.mean(axis=(1, 2, 3)) == pytest.approx([200, 90, 30], abs=2)


def test_each_row_has_what_the_name_of_its_crop_tells(tmp_path):
    name, picture = crop(7)
    folder = write(tmp_path / "EXP1_CORR", (name, picture))
    store_images(folder, str(tmp_path / "x.h5"), 8, UNITS)
    (row,) = read_columns(str(tmp_path / "x.h5"))[store_columns(UNITS)].to_dict("records")
    assert np.isnan(row.pop("score_cheek"))
    assert row == {
        "file_path": f"EXP1_CORR/{name}",
        "experiment_creation": "EXP1_CORR",
        "sync_index": 35,
        "score": 1.0,
        "score_eye": 0.0,
        "score_ear": 1.0,
        "score_nose": 2.0,
        "score_whiskers": 1.0,
        "camera": "C3",
        "frame_num": 77,
        "box_x": 10,
        "box_y": 20,
        "box_size": 12,
        "item": 7,
    }


def test_a_picture_that_shrinks_keeps_its_mean_and_where_it_is_bright(tmp_path):
    name, picture = crop(1, 32, 40)
    picture[:, 16:] = 200
    store_images(write(tmp_path / "EXP1_CORR", (name, picture)), str(tmp_path / "x.h5"), 8, UNITS)
    (found,) = pictures(tmp_path / "x.h5", 1)
    assert found.mean() == pytest.approx(120, abs=3)
    assert found[:, :4].mean() == pytest.approx(40, abs=3)


def test_a_folder_without_crops_gives_a_store_without_rows(tmp_path):
    store_images(write(tmp_path / "EXP1_CORR"), str(tmp_path / "x.h5"), 8, UNITS)
    assert read_columns(str(tmp_path / "x.h5")).empty


def test_a_folder_that_lost_a_crop_or_got_another_is_an_input_error(tmp_path):
    folder = write(tmp_path / "EXP1_CORR", crop(1), crop(2))
    (tmp_path / "EXP1_CORR" / crop(2)[0]).rename(tmp_path / "EXP1_CORR" / crop(9)[0])
    with pytest.raises(InputError) as error:
        store_images(folder, str(tmp_path / "x.h5"), 8, UNITS)
    assert "expected: the 2 crops that were cut" in str(error.value)
    assert f"found:    {crop(2)[0]!r} is lost" in str(error.value)
    (tmp_path / "EXP1_CORR" / LISTING).unlink()
    with pytest.raises(InputError, match=f"no {LISTING}"):
        store_images(folder, str(tmp_path / "x.h5"), 8, UNITS)
    assert not (tmp_path / "x.h5").exists()


def test_a_cut_picture_is_no_picture(tmp_path):
    name, _ = crop(1)
    noise = np.random.default_rng(1).integers(0, 256, (90, 90, 3), np.uint8)
    folder = write(tmp_path / "EXP1_CORR", (name, noise))
    path = tmp_path / "EXP1_CORR" / name
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(OSError, match=r"cannot read the image|is cut"):
        store_images(folder, str(tmp_path / "x.h5"), 8, UNITS)


@pytest.mark.parametrize("creation", ["ORGN", "SYMM", "A03T"])
def test_the_kind_of_a_crop_stands_behind_its_recording(tmp_path, creation):
    store_images(write(tmp_path / "x", crop(1, creation=creation)), str(tmp_path / "x.h5"), 8, UNITS)
    assert read_columns(str(tmp_path / "x.h5")).experiment_creation.tolist() == [f"EXP1_{creation}"]


def test_a_scale_of_one_unit_has_one_column_and_a_camera_any_name(tmp_path):
    name = encode(CropName("EXP1", "CORR", 5, (9,), "top_2", 7, 1, 2, 3, 1))
    folder = write(tmp_path / "x", (name, np.zeros((8, 8, 3), np.uint8)))
    store_images(folder, str(tmp_path / "x.h5"), 8, ["eye"])
    (row,) = read_columns(str(tmp_path / "x.h5"))[store_columns(["eye"])].to_dict("records")
    assert (row["score"], row["score_eye"], row["camera"]) == (9.0, 9.0, "top_2")
    assert "score_ear" not in row


def test_crops_that_were_scored_on_another_scale_are_refused(tmp_path):
    folder = write(tmp_path / "x", crop(1))
    with pytest.raises(ValueError, match="zip"):
        store_images(folder, str(tmp_path / "x.h5"), 8, ["eye"])
