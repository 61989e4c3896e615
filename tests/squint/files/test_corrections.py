"""Corrected boxes are read strictly, checked against the frames, and laid over the detected ones."""

import pandas as pd
import pytest

from scripts.moments.select_moments import write_moments
from squint.errors import InputError
from squint.files.corrections import BOX, check_corrections, correct_boxes, read_corrections

HEADER = "camera,frame_num,box_x,box_y,box_size\n"


def write(folder, *rows, header=HEADER):
    path = folder / "corrected.csv"
    path.write_text(header + "".join(f"{row}\n" for row in rows))
    return str(path)


def boxes(*rows):
    return pd.DataFrame(rows, columns=["camera", "frame_num", *BOX])


def moments(*rows):
    """Detected faces: item, camera, frame, box, and whether there is a face."""
    return pd.DataFrame(rows, columns=["item", "camera", "frame_num", *BOX, "face"])


def test_boxes_are_read_as_whole_numbers_in_the_order_of_the_file(tmp_path):
    table = read_corrections(write(tmp_path, "C6, 12,3,4,5", " C1 ,0,0,0,0"))
    assert table.camera.tolist() == ["C6", "C1"]
    assert table[["frame_num", *BOX]].to_numpy().tolist() == [[12, 3, 4, 5], [0, 0, 0, 0]]
    assert (table[["frame_num", *BOX]].dtypes == "int64").all()


@pytest.mark.parametrize("camera", ["C1", "c1", "C12", "left", "GoPro_7"])
def test_boxes_of_any_camera_are_read_and_laid_over_the_detected_ones(tmp_path, camera):
    table = read_corrections(write(tmp_path, f"{camera},7,10,11,12"))
    shown = moments((1, camera, 7, 1, 2, 3, True), (1, "other", 7, 4, 5, 6, True))
    assert correct_boxes(shown, table)[BOX].to_numpy().tolist() == [[10, 11, 12], [4, 5, 6]]


@pytest.mark.parametrize("camera", ["c1", "C0", "C7"])
def test_a_correction_of_a_camera_that_the_recording_does_not_have_is_an_input_error(camera):
    with pytest.raises(InputError, match=f"found:    {camera}, frame 7"):
        correct_boxes(moments((1, "C1", 7, 1, 2, 3, True)), boxes((camera, 7, 5, 6, 8)))


def test_a_table_without_rows_corrects_nothing(tmp_path):
    table = read_corrections(write(tmp_path))
    assert table.empty
    shown = moments((1, "C1", 7, 1, 2, 3, True), (1, "C2", 7, 0, 0, 0, False))
    corrected = correct_boxes(shown, table)
    pd.testing.assert_frame_equal(corrected[shown.columns], shown)


@pytest.mark.parametrize(
    ("rows", "expected", "found"),
    [
        (["left-1,1,2,3,4"], "the name of a camera", "'left-1'"),
        (["C1,1,2,3,4", ",1,2,3,4"], "the name of a camera", "''"),
        (["C1,1,2,3,4.5"], "whole numbers of 0 or more in column 'box_size'", "'4.5' in row 2"),
        (["C1,1,2,3,4", "C1,,2,3,4"], "whole numbers of 0 or more in column 'frame_num'", "'' in row 3"),
        (["C2,8,1,1,1", "C1,8,1,1,1", "C2,8,1,1,1"], "one correction a frame", "C2, frame 8 more than once"),
    ],
)
def test_a_wrong_row_is_told_with_its_place(tmp_path, rows, expected, found):
    path = write(tmp_path, *rows)
    with pytest.raises(InputError) as error:
        read_corrections(path)
    assert str(error.value).splitlines()[1:4] == [
        f"  file:     {path}",
        f"  expected: {expected}",
        f"  found:    {found}",
    ]


def test_a_wrong_column_is_told_with_the_nearest_name(tmp_path):
    path = write(tmp_path, header="camera,frame_num,box_x,box_y,size\n")
    with pytest.raises(InputError, match=r"unknown column 'size'.*; no column 'box_size'"):
        read_corrections(path)


@pytest.mark.parametrize(
    ("box", "taken"),
    [
        ((0, 0, 180), True),
        ((300, 160, 40), True),  # centred on the corner
        ((301, 0, 40), False),
        ((0, 161, 40), False),
        ((0, 0, 320), True),
        ((0, 0, 321), False),
        ((5000, 5000, 0), True),  # no box at all
    ],
)
def test_a_box_has_its_centre_in_the_frame_and_is_no_larger(tmp_path, box, taken):
    path = tmp_path / "moments.parquet"
    write_moments(moments((1, "C1", 7, 1, 2, 3, True)), path, {"width": 320, "height": 180})
    table = boxes(("C1", 6, 10, 10, 10), ("C1", 7, *box))
    if taken:
        check_corrections(table, "corrected.csv", path)
        return
    with pytest.raises(InputError) as error:
        check_corrections(table, "corrected.csv", path)
    x, y, size = box
    assert "boxes centred in frames of 320 by 180 px, and no larger than these" in str(error.value)
    assert f"C1, frame 7: box_x {x}, box_y {y}, box_size {size}" in str(error.value)


def test_without_corrections_moments_stay_as_they_are():
    shown = moments((1, "C1", 7, 1, 2, 3, True))
    assert correct_boxes(shown, None) is shown


def test_boxes_are_moved_added_and_removed_where_they_are_corrected():
    shown = moments(
        (1, "C1", 7, 1, 2, 3, True),
        (1, "C2", 7, 4, 5, 6, True),
        (1, "C3", 7, 0, 0, 0, False),
        (2, "C1", 9, 7, 8, 9, True),
    )
    corrected = correct_boxes(shown, boxes(("C3", 7, 30, 31, 32), ("C1", 7, 10, 11, 12), ("C2", 7, 0, 0, 0)))
    assert corrected["item"].tolist() == [1, 1, 1, 2]
    assert corrected[BOX].to_numpy().tolist() == [[10, 11, 12], [0, 0, 0], [30, 31, 32], [7, 8, 9]]
    assert corrected.face.tolist() == [True, False, True, True]
    assert corrected.face.dtype == bool and (corrected[BOX].dtypes == "int64").all()


def test_a_frame_that_two_items_show_is_corrected_in_both():
    shown = moments((1, "C1", 7, 1, 2, 3, True), (2, "C1", 7, 1, 2, 3, True))
    assert correct_boxes(shown, boxes(("C1", 7, 5, 6, 8)))[BOX].to_numpy().tolist() == [[5, 6, 8]] * 2


def test_a_correction_of_another_cameras_frame_is_an_input_error():
    shown = moments((1, "C1", 7, 1, 2, 3, True), (1, "C2", 8, 1, 2, 3, True))
    with pytest.raises(InputError) as error:
        correct_boxes(shown, boxes(("C1", 7, 5, 6, 8), ("C2", 7, 5, 6, 8)))
    assert "expected: frames of selected moments" in str(error.value)
    assert "found:    C2, frame 7" in str(error.value)
