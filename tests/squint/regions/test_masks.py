import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from squint.domain.regions import ANIMAL, EARS, EYES
from squint.errors import InputError
from squint.regions.masks import class_of_category, decode_runs, draw_segmentation, mark_centres, read_masks, read_runs


def encode_runs(mask: np.ndarray) -> list[int]:
    """COCO's run lengths, a plain transcription: down the columns, first what is 0."""
    runs, value = [0], False
    for pixel in mask.T.ravel():
        if bool(pixel) != value:
            runs.append(0)
            value = not value
        runs[-1] += 1
    return runs


def encode_text(runs: list[int]) -> str:
    """COCO's text of run lengths, a plain transcription of its published code (maskApi.c, rleToString)."""
    text = ""
    for number, run in enumerate(runs):
        value = run - (runs[number - 2] if number > 2 else 0)
        more = True
        while more:
            bits = value & 0x1F
            value >>= 5
            more = value != -1 if bits & 0x10 else value != 0
            text += chr((bits | 0x20 if more else bits) + 48)
    return text


MASKS = arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=12))


@given(MASKS)
def test_run_lengths_are_decoded(mask):
    runs = encode_runs(mask)
    assert np.array_equal(decode_runs(runs, *mask.shape), mask)
    assert read_runs(encode_text(runs)) == runs
    assert np.array_equal(decode_runs(encode_text(runs), *mask.shape), mask)


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=30))
def test_text_of_run_lengths_goes_there_and_back(runs):
    assert read_runs(encode_text(runs)) == runs


@pytest.mark.parametrize("counts", [[5], [4, 5], [-1, 10], [], "", "0", "PPYo1", "\x00", "é" * 4, [10**12]])
def test_run_lengths_that_do_not_fit_are_refused(counts):
    with pytest.raises((ValueError, OverflowError)):
        decode_runs(counts, 3, 2)


def test_a_polygon_covers_what_it_surrounds():
    mask = draw_segmentation([[2, 1, 6, 1, 6, 5, 2, 5]], 8, 9)
    assert mask[2:4, 3:5].all() and not mask[6:].any() and not mask[:, 8].any()
    assert draw_segmentation([[0, 0, 3, 0, 3, 3, 0, 3], [5, 5, 8, 5, 8, 8, 5, 8]], 9, 9)[[1, 6], [1, 6]].all()


@pytest.mark.parametrize(
    "segmentation", [[], [[1, 2, 3, 4]], [[1, 2, 3, 4, float("nan"), 6]], "text", [[1e9, 0, 0, 1, 1, 1]]]
)
def test_what_is_no_polygon_is_refused(segmentation):
    with pytest.raises((ValueError, TypeError)):
        draw_segmentation(segmentation, 8, 8)


def coco(folder, annotations: list[dict], images: list[dict] | None = None, categories=("mouse", "ear", "eye")):
    path = folder / "masks.json"
    content = {
        "images": images or [{"id": 1, "file_name": "rack-F000012.png", "height": 20, "width": 30}],
        "categories": [{"id": number, "name": name} for number, name in enumerate(categories, start=1)],
        "annotations": [{"id": number, "image_id": 1, **one} for number, one in enumerate(annotations)],
    }
    path.write_text(json.dumps(content))
    return str(path)


def square(left: int, top: int, size: int) -> list[list[int]]:
    return [[left, top, left + size, top, left + size, top + size, left, top + size]]


def test_coco_gives_label_images_in_which_eyes_lie_over_ears_and_ears_over_the_animal(tmp_path):
    path = coco(
        tmp_path,
        [
            {"category_id": 3, "segmentation": square(10, 10, 3)},
            {"category_id": 1, "segmentation": square(2, 2, 15)},
            {"category_id": 2, "segmentation": square(8, 8, 8)},
        ],
    )
    masks = read_masks(path)
    assert masks.frames == [12]
    labels = masks.read(12, 30, 20)
    assert (labels[5, 5], labels[9, 9], labels[11, 11], labels[0, 0]) == (ANIMAL, EARS, EYES, 0)


def test_a_frame_without_annotations_shows_nothing(tmp_path):
    images = [
        {"id": 1, "frame_num": 3, "height": 20, "width": 30},
        {"id": 2, "frame_num": 9, "height": 20, "width": 30},
    ]
    masks = read_masks(coco(tmp_path, [{"category_id": 1, "segmentation": square(2, 2, 9)}], images))
    assert masks.frames == [3, 9] and not masks.read(9, 30, 20).any() and masks.read(3, 30, 20).any()


def test_masks_of_another_size_are_refused(tmp_path):
    masks = read_masks(coco(tmp_path, [{"category_id": 1, "segmentation": square(2, 2, 9)}]))
    with pytest.raises(InputError, match="30 by 20 px for frame 12"):
        masks.read(12, 60, 40)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"annotations": [{"category_id": 9, "segmentation": [[1, 1, 2, 2, 3, 1]]}]}, "KeyError"),
        ({"annotations": [{"category_id": 4, "segmentation": [[1, 1, 2, 2, 3, 1]]}]}, "'tail'"),
        ({"annotations": [{"category_id": 1, "bbox": [1, 1, 5, 5]}]}, "no annotation with a segmentation"),
        (
            {"annotations": [{"category_id": 1, "segmentation": {"size": [20, 30], "counts": [5]}}]},
            "run lengths of 5 px",
        ),
        ({"annotations": [{"category_id": 1, "segmentation": {"size": [2, 3], "counts": [6]}}]}, "of size"),
        ({"images": [{"id": 1, "file_name": "rack.png", "height": 20, "width": 30}]}, "rack.png"),
        ({"images": [{"id": 1, "frame_num": 1, "height": 10**7, "width": 30}]}, "30 by 10000000 px"),
        ({"images": [{"id": n, "frame_num": 1, "height": 20, "width": 30} for n in (1, 2)]}, "two of frame 1"),
    ],
)
def test_wrong_coco_is_told(tmp_path, change, words):
    given = {"annotations": [{"category_id": 1, "segmentation": square(2, 2, 9)}]} | change
    with pytest.raises(InputError) as caught:
        read_masks(coco(tmp_path, given["annotations"], given.get("images"), ("mouse", "ear", "eye", "tail")))
    assert words in str(caught.value)


def test_label_images_are_found_by_the_numbers_in_their_names(tmp_path):
    labels = np.zeros((20, 30), np.uint8)
    labels[3:9, 3:9] = EYES
    for name in ("F000120.png", "mouse_7.PNG"):
        (tmp_path / name).write_bytes(cv2.imencode(".png", labels)[1].tobytes())
    masks = read_masks(str(tmp_path))
    assert masks.frames == [7, 120] and np.array_equal(masks.read(7, 30, 20), labels)


@pytest.mark.parametrize(
    ("pictures", "words"),
    [
        ({"F1.png": np.full((4, 4), 7, np.uint8)}, "7"),
        ({"F1.png": np.zeros((4, 4, 3), np.uint8)}, "3 axes"),
        ({"F1.png": None}, "no picture"),
        ({"mouse.png": np.zeros((4, 4), np.uint8)}, "mouse.png"),
        ({"F1.png": np.zeros((4, 4), np.uint8), "F01.png": np.zeros((4, 4), np.uint8)}, "two of frame 1"),
        ({}, "none"),
    ],
)
def test_wrong_label_images_are_told(tmp_path, pictures, words):
    for name, picture in pictures.items():
        (tmp_path / name).write_bytes(b"no PNG" if picture is None else cv2.imencode(".png", picture)[1].tobytes())
    with pytest.raises(InputError) as caught:
        read_masks(str(tmp_path)).read(1, 4, 4)
    assert words in str(caught.value)


def test_masks_that_are_not_there_are_told(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_masks(str(tmp_path / "masks.json"))


def test_centres_of_parts_are_told_the_larger_first():
    mask = np.zeros((20, 20), bool)
    mask[2:5, 2:5], mask[10:16, 11:17] = True, True
    assert mark_centres(mask) == [(13.5, 12.5, 36), (3.0, 3.0, 9)]


@pytest.mark.parametrize(
    ("name", "value"),
    [("Mouse", ANIMAL), ("left ear", EARS), ("Ears", EARS), ("eye_right", EYES), ("whole-body", ANIMAL)],
)
def test_categories_are_known_by_their_words(name, value):
    assert class_of_category(name, Path("masks.json")) == value


@pytest.mark.parametrize("name", ["rear paw", "forelimb bear", "tail", ""])
def test_other_words_that_hold_ours_are_none(name):
    with pytest.raises(InputError, match="categories of animal, ears, eyes"):
        class_of_category(name, Path("masks.json"))
