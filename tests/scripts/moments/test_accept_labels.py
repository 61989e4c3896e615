"""Scores of all coders become labels of accepted moments; all scored items are kept for their agreement."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.moments.accept_labels import accept_labels
from squint.errors import InputError
from squint.files.score_sheets import write_sheet
from tests.scales import MGS, ORBITAL, UNITS
from tests.videos import CAMERAS

HEADER = "item,coder,eye,ear,nose,cheek,whiskers,bad_image,done\n"
# Item 3 shows the moment of item 1 again.
SYNC, DUPLICATE_OF = (50, 20, 50, 80), (0, 0, 1, 0)


@pytest.fixture
def accept(tmp_path):
    """Accepts the rows of some coders; gives labels and scored items."""
    moments = pd.DataFrame({"item": np.repeat([1, 2, 3, 4], 6), "camera": [*CAMERAS] * 4, "frame_num": range(24)})
    moments["sync_index"], moments["duplicate_of"] = np.repeat(SYNC, 6), np.repeat(DUPLICATE_OF, 6)
    moments.to_parquet(tmp_path / "moments.parquet")
    made = [tmp_path / "labels.parquet", tmp_path / "scored.parquet"]

    def run(*coders, scale=MGS, header=HEADER):
        write_sheet(tmp_path / "moments.parquet", tmp_path / "sheet.csv", scale.units)
        paths = [str(tmp_path / f"scores{number}.csv") for number in range(len(coders))]
        for path, rows in zip(paths, coders, strict=True):
            Path(path).write_text(header + "".join(f"{row}\n" for row in rows))
        accept_labels(paths, str(tmp_path / "sheet.csv"), str(tmp_path / "moments.parquet"), *map(str, made), scale)
        return tuple(map(pd.read_parquet, made))

    return run


def test_labels_are_of_accepted_moments_once_each_in_the_order_of_items(accept):
    labels, scored = accept(["4,a,2,2,2,2,1,0,1", "3,a,0,0,0,0,0,0,1", "2,a,1,1,1,1,1,1,1", "1,a,1,1,,1,0,0,1"])
    assert labels.columns.tolist() == [*("item", "sync_index", "duplicate_of", "coder", *UNITS, "observed", "score")]
    assert labels["item"].tolist() == [1, 4] and labels.sync_index.tolist() == [50, 80]
    assert labels.score.tolist() == pytest.approx([0.75, 1.8])
    assert labels.observed.tolist() == [4, 5] and np.isnan(labels.nose[0])
    assert scored.set_index("item").accepted.to_dict() == {1: True, 2: False, 3: True, 4: True}
    assert {"bad_image", "done"} <= set(scored.columns)


def test_the_coder_who_is_named_first_gives_the_label_and_the_others_what_is_left(accept):
    labels, scored = accept(["1,b,0,0,0,0,0,0,1", "4,b,1,1,1,1,1,0,1"], ["1,a,2,2,2,2,2,0,1", "2,a,2,2,2,2,2,0,1"])
    assert labels[["item", "coder", "score"]].to_numpy().tolist() == [[1, "b", 0.0], [2, "a", 2.0], [4, "b", 1.0]]
    assert sorted(zip(scored["item"], scored.coder, strict=True)) == [(1, "a"), (1, "b"), (2, "a"), (4, "b")]


def test_a_moment_whose_first_showing_was_bad_has_the_label_of_its_second(accept):
    labels, _ = accept(["1,a,0,0,0,0,0,1,1", "3,a,2,2,2,2,2,0,1"])
    assert labels["item"].tolist() == [3] and labels.sync_index.tolist() == [50]


def test_scores_that_accept_nothing_are_an_input_error_and_write_nothing(accept, tmp_path):
    with pytest.raises(InputError) as error:
        accept(["1,a,1,1,1,1,1,1,1", "2,a,,,,1,1,0,1"], ["4,b,1,1,1,1,1,1,1"])
    assert str(error.value).splitlines()[1:] == [
        f"  file:     {tmp_path / 'scores0.csv'}, {tmp_path / 'scores1.csv'}",
        "  expected: at least one moment that is not bad and has 3 units observed",
        "  found:    none among 3 scored items",
        "  to do:    score more items",
    ]
    assert not (tmp_path / "labels.parquet").exists() and not (tmp_path / "scored.parquet").exists()


def test_two_sheets_of_one_coder_are_an_input_error(accept):
    with pytest.raises(InputError, match="found:    'a' again"):
        accept(["1,a,1,1,1,1,1,0,1"], ["2,a,1,1,1,1,1,0,1"])


ORBITAL_HEADER = "item,coder,eye,bad_image,done\n"


def test_a_scale_of_one_unit_accepts_what_is_observed_up_to_its_highest_score(accept):
    labels, scored = accept(["1,a,9,0,1", "2,a,,0,1", "4,a,3,0,1"], scale=ORBITAL, header=ORBITAL_HEADER)
    assert labels[["item", "eye", "score", "observed"]].to_numpy().tolist() == [[1, 9, 9, 1], [4, 3, 3, 1]]
    assert scored.set_index("item").accepted.to_dict() == {1: True, 2: False, 4: True}


@pytest.mark.parametrize(
    ("scale", "header", "row", "choices"),
    [(MGS, HEADER, "1,a,3,1,1,1,1,0,1", "0, 1 or 2"), (ORBITAL, ORBITAL_HEADER, "1,a,10,0,1", "0 to 9")],
    ids=["mouse", "orbital"],
)
def test_a_score_that_the_scale_does_not_have_is_an_input_error(accept, scale, header, row, choices):
    with pytest.raises(InputError, match=f"expected: scores of {choices}, or empty"):
        accept([row], scale=scale, header=header)


def test_scores_on_another_scale_are_an_input_error(accept):
    with pytest.raises(InputError, match="an unknown column 'ear'"):
        accept(["1,a,1,1,1,1,1,0,1"], scale=ORBITAL)


def test_what_a_scale_asks_for_is_told(accept):
    with pytest.raises(InputError, match="is not bad and has 1 units observed"):
        accept(["1,a,,0,1"], scale=ORBITAL, header=ORBITAL_HEADER)
