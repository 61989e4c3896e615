"""Labelled pictures in a store: as they are, mirrored, augmented, or as the crops that they are already."""

from itertools import product

import cv2
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.datasets.store_images import store_images
from scripts.pictures.store_pictures import find_face, of_kind, store_pictures, whole_picture
from squint.detection.detector import STRIDE
from squint.errors import InputError
from squint.files.crop_names import CropName, decode, encode, write_listing
from squint.files.images import read_image, resize_crop, write_image
from squint.files.picture_sheets import read_pictures
from squint.files.rows import Rows, locate_rows
from squint.files.stores import read_columns, store_columns, store_digest
from squint.samples.cropping import cut, mirror, widen
from tests.scales import MGS, ORBITAL, UNITS

SIZE = 24  # px of a stored picture


class StandIn:
    """A face detector that finds the same face in every picture: its centre in px of the scan picture, and its size."""

    def __init__(self, certainty=0.99, x=100.0, y=60.0, size=40.0):
        self.certainty, self.x, self.y, self.size = certainty, x, y, size

    def scan(self, scanned):
        grid = np.zeros((scanned.pixels.shape[0] // STRIDE, scanned.pixels.shape[1] // STRIDE, 4), np.float32)
        row, column = int(self.y // STRIDE), int(self.x // STRIDE)
        offsets = self.x / STRIDE - column - 0.5, self.y / STRIDE - row - 0.5
        grid[row, column] = [self.certainty, *offsets, np.log(self.size / STRIDE)]
        return grid


def painted(number, height=40, width=40):
    """A smooth picture that no other number gives."""
    noise = np.random.default_rng(number).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 3)


def sheet_of(folder, *rows, scale=MGS, **pictures):
    """The pictures of a sheet of rows of values by column; each is painted but those in `pictures`."""
    folder.mkdir(exist_ok=True)
    for number, row in enumerate(rows):
        picture = pictures.get(row["file"].partition(".")[0], painted(number))
        write_image(folder / row["file"], picture)
    table = pd.DataFrame([{"subject": "ada", "score": 1} | row for row in rows])
    table.to_csv(folder / "pictures.csv", index=False)
    return read_pictures(str(folder / "pictures.csv"), "", scale)


def stored(folder, table, kind, scale=MGS, detector=None, seed=1):
    """What a store of pictures holds: its images and its columns."""
    path = str(folder / f"{kind}.h5")
    store_pictures(table, kind, path, scale, SIZE, detector, 0.5, seed)
    columns = read_columns(path)
    return images_of(path, len(columns)), columns


def images_of(path, count):
    return Rows([locate_rows(path, "img")], np.zeros(count, int), np.arange(count))[:] if count else []


def test_a_picture_as_it_is_gives_both_plain_kinds(tmp_path):
    table = sheet_of(tmp_path, {"file": "a.jpg"}, {"file": "b.jpg"})
    (plain, _), (corrected, columns) = (stored(tmp_path, table, kind) for kind in ("ORGN", "CORR"))
    assert np.array_equal(plain, corrected)
    assert columns.experiment_creation.tolist() == ["ada_CORR", "ada_CORR"]
    for image, path in zip(plain, table.path, strict=True):
        assert np.array_equal(image, resize_crop(read_image(path), SIZE))


def test_a_mirrored_picture_is_its_mirror_image(tmp_path):
    table = sheet_of(tmp_path, {"file": "a.jpg"})
    (picture,), columns = stored(tmp_path, table, "SYMM")
    assert columns.experiment_creation.tolist() == ["ada_SYMM"]
    assert np.array_equal(picture, resize_crop(np.ascontiguousarray(read_image(table.path[0])[:, ::-1]), SIZE))


def test_a_picture_has_eight_augmentations(tmp_path):
    table = sheet_of(tmp_path, {"file": "a.jpg", "recording": "day1"}, {"file": "b.jpg", "recording": "day1"})
    images, columns = stored(tmp_path, table, "AUGM")
    creations = columns.experiment_creation.str.extract(r"day1_A0(\d)[RTZB]$")[0].tolist()
    assert creations == [str(number) for number in range(8)] * 2
    assert columns.file_path.tolist() == [path for path in table.path for _ in range(8)]
    assert len({image.tobytes() for image in images[:8]} & {image.tobytes() for image in images[8:]}) == 0


def test_augmentations_are_those_of_each_run_whatever_stands_beside_a_picture(tmp_path):
    rows = [{"file": f"{name}.jpg"} for name in "abcd"]
    table = sheet_of(tmp_path, *rows)
    images, columns = stored(tmp_path, table, "AUGM")
    again, same = stored(tmp_path, table, "AUGM")
    assert np.array_equal(images, again) and columns.equals(same)
    alone, ours = stored(tmp_path, table[table.file == "c.jpg"], "AUGM")
    assert np.array_equal(alone, images[16:24])
    assert ours.experiment_creation.tolist() == columns.experiment_creation[16:24].tolist()


def test_another_seed_or_picture_is_augmented_otherwise(tmp_path):
    table = sheet_of(tmp_path, {"file": "a.jpg"}, {"file": "b.jpg"}, a=painted(7), b=painted(7))
    images, _ = stored(tmp_path, table, "AUGM")
    assert not np.array_equal(images[:8], images[8:])
    other, _ = stored(tmp_path, table, "AUGM", seed=2)
    assert not np.array_equal(images, other)


def test_pictures_stand_in_the_order_of_their_names_whatever_that_of_the_rows(tmp_path):
    rows = [{"file": "b.jpg", "score": 2}, {"file": "a.jpg", "score": 0}]
    table = sheet_of(tmp_path, *rows)
    images, columns = stored(tmp_path, table, "CORR")
    assert columns.score.tolist() == [0, 2]
    turned, same = stored(tmp_path, table.iloc[::-1], "CORR")
    assert np.array_equal(images, turned) and columns.equals(same)


def test_a_row_holds_what_the_sheet_says(tmp_path):
    units = dict(zip(UNITS, (0, 1, 2, "", 1), strict=True))
    row = {"file": "a.jpg", "score": 1.5, "group": "pain", "recording": "day1", "moment": 7, "camera": "top_2"} | units
    _, columns = stored(tmp_path, sheet_of(tmp_path, row), "ORGN")
    (found,) = columns[store_columns(UNITS)].to_dict("records")
    assert np.isnan(found.pop("score_cheek"))
    assert found == {
        **{"file_path": str(tmp_path / "a.jpg"), "experiment_creation": "day1_ORGN", "score": 1.5, "camera": "top_2"},
        **{"score_eye": 0, "score_ear": 1, "score_nose": 2, "score_whiskers": 1, "sync_index": 7, "item": 7},
        **{"frame_num": 0, "box_x": 0, "box_y": 0, "box_size": 40},
    }


def test_a_picture_with_a_score_alone_has_no_units(tmp_path):
    _, columns = stored(tmp_path, sheet_of(tmp_path, {"file": "a.jpg"}), "CORR")
    assert columns[MGS.unit_columns].isna().all(axis=None) and columns.score.tolist() == [1]


def test_a_scale_of_one_unit_has_one_column(tmp_path):
    table = sheet_of(tmp_path, {"file": "a.jpg", "score": 7}, scale=ORBITAL)
    _, columns = stored(tmp_path, table, "CORR", scale=ORBITAL)
    assert columns.score_eye.tolist() == columns.score.tolist() == [7] and "score_ear" not in columns


@given(st.integers(1, 60), st.integers(1, 60))
def test_a_picture_that_is_not_square_keeps_all_of_its_face(height, width):
    picture = np.arange(height * width, dtype=np.uint16).reshape(height, width)
    picture = np.stack([picture % 256, picture // 256, np.zeros_like(picture)], axis=2).astype(np.uint8)
    shown = cut(picture, whole_picture(picture))
    assert shown.shape == (max(height, width),) * 2 + (3,)
    assert {tuple(pixel) for pixel in shown.reshape(-1, 3)} == {tuple(pixel) for pixel in picture.reshape(-1, 3)}
    assert np.array_equal(cut(*mirror(picture, whole_picture(picture))), shown[:, ::-1])


def test_a_wide_picture_stands_in_the_middle_of_its_own_border(tmp_path):
    picture = np.full((20, 40, 3), 100, np.uint8)
    picture[:10] = 200
    ((image,), columns) = stored(tmp_path, sheet_of(tmp_path, {"file": "a.jpg"}, a=picture), "ORGN")
    assert image[: SIZE // 2 - 1].mean() == pytest.approx(200, abs=2)
    assert image[SIZE // 2 + 1 :].mean() == pytest.approx(100, abs=2)
    assert columns[["box_x", "box_y", "box_size"]].to_numpy().tolist() == [[0, -10, 40]]


def test_a_picture_that_cannot_be_read_is_told_with_its_path(tmp_path):
    table = sheet_of(tmp_path, {"file": "a.jpg"})
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    with pytest.raises(OSError, match=r"a\.jpg"):
        stored(tmp_path, table, "ORGN")


# Crops that are pictures now


KINDS = {"a.jpg": "ORGN", "b.jpg": "CORR", "c.jpg": "SYMM", "d.jpg": "A03T", "e.jpg": "A10R", "f.jpg": ""}


@pytest.mark.parametrize(
    ("kind", "files"),
    [("ORGN", "af"), ("CORR", "bf"), ("SYMM", "cf"), ("AUGM", "def")],
)
def test_a_picture_whose_kind_is_known_gives_that_kind_alone(tmp_path, kind, files):
    table = sheet_of(tmp_path, *({"file": file, "kind": made} for file, made in KINDS.items()))
    assert of_kind(table, kind).file.tolist() == [f"{name}.jpg" for name in files]


def test_a_picture_whose_kind_is_known_is_taken_as_it_is(tmp_path):
    table = sheet_of(tmp_path, *({"file": file, "kind": made} for file, made in KINDS.items() if made))
    for kind in ("ORGN", "CORR", "SYMM", "AUGM"):
        images, columns = stored(tmp_path, table, kind)
        used = table[table.file.isin([file for file, made in KINDS.items() if made[:1] == kind[:1]])]
        assert columns.experiment_creation.tolist() == [f"ada_{made}" for made in used.kind]
        for image, path in zip(images, used.path, strict=True):
            assert np.array_equal(image, resize_crop(read_image(path), SIZE))


def test_no_face_is_looked_for_in_a_crop(tmp_path):
    table = sheet_of(tmp_path, {"file": "a.jpg", "kind": "CORR"})
    ((image,), _) = stored(tmp_path, table, "CORR", detector=StandIn())
    assert np.array_equal(image, resize_crop(read_image(table.path[0]), SIZE))


def test_a_set_without_pictures_of_a_kind_has_a_store_without_rows(tmp_path):
    _, columns = stored(tmp_path, sheet_of(tmp_path, {"file": "a.jpg", "kind": "CORR"}), "SYMM")
    assert columns.empty


def crops_of(folder, scale):
    """Folders of crops as the workflow cuts them: two moments of three cameras, of which one is seen by two."""
    units = {12: (9,), 3: (0,)} if scale is ORBITAL else {12: (0, 1, 2, None, 1), 3: (2, 2, 1, None, None)}
    seen = [(12, "C2"), (12, "C10"), (12, "top"), (3, "C2"), (3, "C10")]
    for kind, creations in {
        "ORGN": ["ORGN"],
        "CORR": ["CORR"],
        "SYMM": ["SYMM"],
        "AUGM": [f"A0{number}{letter}" for number, letter in enumerate("RTZBBZTR")],
    }.items():
        (folder / f"EXP1_{kind}").mkdir(parents=True)
        for (item, camera), creation in product(seen, creations):
            size = 30 + item
            name = CropName("EXP1", creation, 100 - item, units[item], camera, 100 + item, 10, 20, size, item)
            text = encode(name)
            write_image(folder / f"EXP1_{kind}" / text, painted(sum(text.encode()), size, size))
        write_listing(folder / f"EXP1_{kind}")


def as_pictures(folder, scale):
    """A sheet of these crops with what their names say, in no order."""
    rows = []
    for path in sorted(folder.glob("EXP1_*/*.jpg"), reverse=True):
        name = decode(path.name)
        about = {"file": f"{path.parent.name}/{path.name}", "subject": "ada", "recording": name.experiment}
        how = {"kind": name.creation, "moment": name.item, "camera": name.camera}
        units = ["" if unit is None else unit for unit in name.units]
        rows.append(about | how | dict(zip(scale.units, units, strict=True)))
    pd.DataFrame(rows).to_csv(folder / "pictures.csv", index=False)
    return read_pictures(str(folder / "pictures.csv"), "", scale)


@pytest.mark.parametrize("scale", [MGS, ORBITAL], ids=["five units", "one unit"])
@pytest.mark.parametrize("kind", ["ORGN", "CORR", "SYMM", "AUGM"])
def test_crops_of_the_workflow_give_the_store_that_it_makes_of_them(tmp_path, kind, scale):
    crops_of(tmp_path, scale)
    own, ours = str(tmp_path / "own.h5"), str(tmp_path / "ours.h5")
    store_images(str(tmp_path / f"EXP1_{kind}"), own, SIZE, list(scale.units))
    store_pictures(as_pictures(tmp_path, scale), kind, ours, scale, SIZE, None, 0.5, 1)
    expected, found = read_columns(own), read_columns(ours)
    assert len(expected) == 5 * (8 if kind == "AUGM" else 1)
    assert np.array_equal(images_of(own, len(expected)), images_of(ours, len(found)))
    assert store_digest(own) == store_digest(ours)
    assert found.columns.tolist() == expected.columns.tolist()
    same = ["score", *scale.unit_columns, "camera", "item", "experiment_creation"]
    pd.testing.assert_frame_equal(found[same], expected[same], check_dtype=False, rtol=0, atol=1e-15)
    # The sheet says neither when a crop was filmed nor where its face was.
    assert found.file_path.tolist() == [str(tmp_path / path) for path in expected.file_path]


# Faces in pictures


def test_a_face_is_shown_with_a_little_around_it(tmp_path):
    picture = painted(1, 360, 640)
    square = find_face(picture, StandIn(), 0.5, "a.jpg")
    assert square == widen(160, 80, 80)  # twice as large as in the scan picture
    table = sheet_of(tmp_path, {"file": "a.jpg"}, a=picture)
    ((image,), columns) = stored(tmp_path, table, "CORR", detector=StandIn())
    assert np.array_equal(image, resize_crop(cut(read_image(table.path[0]), square), SIZE))
    assert columns[["box_x", "box_y", "box_size"]].to_numpy().tolist() == [[152, 72, 96]]


@pytest.mark.parametrize(("height", "width"), [(360, 640), (640, 360), (101, 99), (8, 8)])
def test_faces_are_looked_for_in_pictures_of_any_shape(height, width):
    left, top, size = find_face(painted(1, height, width), StandIn(), 0.5, "a.jpg")
    assert 0 < size <= 1.2 * min(height, width) and -size < left < width and -size < top < height


def test_faces_are_mirrored_and_augmented_with_what_is_around_them(tmp_path):
    table = sheet_of(tmp_path, {"file": "a.jpg"}, a=painted(1, 360, 640))
    ((plain,), _), ((turned,), _) = (stored(tmp_path, table, kind, detector=StandIn()) for kind in ("CORR", "SYMM"))
    assert np.array_equal(turned, plain[:, ::-1])
    images, _ = stored(tmp_path, table, "AUGM", detector=StandIn())
    assert len({image.tobytes() for image in images}) == 8


def test_a_picture_without_a_face_is_told_with_its_path(tmp_path):
    table = sheet_of(tmp_path, {"file": "a.jpg"}, a=painted(1, 360, 640))
    with pytest.raises(InputError) as error:
        stored(tmp_path, table, "CORR", detector=StandIn(certainty=0.25))
    assert error.value.args == (
        str(tmp_path / "a.jpg"),
        "a face of certainty 0.5 or more",
        "none; the best has 0.25",
        "take the picture out of the sheet, train the detector on such pictures, or set `pictures: faces: false`",
    )
