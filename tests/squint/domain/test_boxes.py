"""Square boxes and how far they agree."""

import pandas as pd
import pytest

from squint.domain.boxes import outside_frame, overlap


def test_overlap_of_boxes():
    box = pd.DataFrame({"box_x": [0, 0, 0], "box_y": [0, 0, 0], "box_size": [10, 10, 0]})
    other = pd.DataFrame({"box_x": [0, 5, 0], "box_y": [0, 0, 0], "box_size": [10, 10, 10]})
    assert overlap(box, other) == pytest.approx([1, 50 / 150, 0])


def test_boxes_that_no_face_can_have():
    boxes = pd.DataFrame({"box_x": [-4, 95, 0, 0], "box_y": [0, 0, 0, 0], "box_size": [10, 12, 101, 100]})
    assert outside_frame(boxes, 100, 80).tolist() == [False, True, True, False]
    assert [bool(outside_frame(row, 100, 80)) for _, row in boxes.iterrows()] == [False, True, True, False]
    assert not outside_frame(boxes.assign(box_size=0, box_x=500), 100, 80).any()
