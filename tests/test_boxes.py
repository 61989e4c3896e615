"""Square boxes and how far they agree."""

import pandas as pd
import pytest

from scripts.boxes import overlap


def test_overlap_of_boxes():
    box = pd.DataFrame({"box_x": [0, 0, 0], "box_y": [0, 0, 0], "box_size": [10, 10, 0]})
    other = pd.DataFrame({"box_x": [0, 5, 0], "box_y": [0, 0, 0], "box_size": [10, 10, 10]})
    assert overlap(box, other) == pytest.approx([1, 50 / 150, 0])
