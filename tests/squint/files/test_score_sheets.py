"""Scores become labels of accepted moments (thesis, 5.2); wrong scores are told by name."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from squint.errors import InputError
from squint.files.score_sheets import (
    drop_duplicates,
    is_key,
    raw_key,
    read_coders,
    read_scores,
    score_moments,
    sheet_columns,
    write_sheet,
    written_key,
)
from tests.scales import MGS, ORBITAL, UNITS

CAMERAS = [f"C{number}" for number in range(1, 7)]

HEADER = "item,coder,eye,ear,nose,cheek,whiskers,bad_image,done,scored_at\n"


@pytest.fixture
def sheet(tmp_path):
    """The blinded sheet of five items."""
    moments = pd.DataFrame({"item": np.repeat(range(1, 6), 6), "camera": CAMERAS * 5, "frame_num": range(30)})
    moments.to_parquet(tmp_path / "moments.parquet")
    write_sheet(tmp_path / "moments.parquet", tmp_path / "sheet.csv", UNITS)
    return tmp_path / "sheet.csv"


def scores(tmp_path, *rows):
    path = tmp_path / "scores.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n")
    return path


def test_the_sheet_tells_items_and_nothing_else(sheet):
    table = pd.read_csv(sheet)
    assert table.columns.tolist() == [
        *("item", "key", "coder", "eye", "ear", "nose", "cheek", "whiskers", "bad_image", "done", "scored_at")
    ]
    assert table["item"].tolist() == [1, 2, 3, 4, 5]
    assert table.key.is_unique
    assert table.drop(columns=["item", "key"]).isna().all(axis=None)


def test_scores_are_read(sheet, tmp_path):
    table = read_scores(scores(tmp_path, "2,A,1,0,,2,1,0,1,", "1,A,0.0,0,0,0,0,1,1,"), sheet, MGS)
    assert table["item"].tolist() == [1, 2]
    assert table.eye.tolist() == [0, 1]
    assert np.isnan(table.nose[1])
    assert table.bad_image.tolist() == [True, False]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("9,A,1,0,0,2,1,0,1,", "found:    item '9'"),
        ("1,A,3,0,0,2,1,0,1,", "expected: scores of 0, 1 or 2, or empty\n  found:    '3' for eye of item 1"),
        ("1,A,-1,0,0,2,1,0,1,", "found:    '-1' for eye of item 1"),
        ("1,A,1.5,0,0,2,1,0,1,", "found:    '1.5' for eye of item 1"),
        ("1,A,1,0,0,2,1,maybe,1,", "1 or 0 in column 'bad_image'"),
        ("1,A,1,0,0,2,1,0,0,", "at least one scored item"),
        ("1,A,1,0,0,2,1,0,1,\n1,A,1,0,0,2,1,0,1,", "item '1' more than once"),
    ],
)
def test_wrong_scores_are_input_errors(sheet, tmp_path, row, message):
    with pytest.raises(InputError) as error:
        read_scores(scores(tmp_path, row), sheet, MGS)
    assert message in str(error.value)
    assert "scores.csv" in str(error.value)


@effort(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.integers(0, 9), st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(["nan", "inf", "1.0", "-0"])
)
def test_whatever_stands_in_a_cell_is_a_score_or_told(sheet, tmp_path, column, cell):
    cells = ["2", "A", "1", "0", "", "2", "1", "0", "1", ""]
    cells[column] = cell
    try:
        table = read_scores(scores(tmp_path, ",".join(cells)), sheet, MGS)
    except InputError as error:
        assert "scores.csv" in str(error) or "sheet.csv" in str(error)
    else:
        assert table["item"].isin(range(1, 6)).all()
        assert table[["eye", "ear", "nose", "cheek", "whiskers"]].isin([0, 1, 2, np.nan]).all(axis=None)


def test_a_coder_may_be_called_expert_number_one(sheet, tmp_path):
    table = read_scores(scores(tmp_path, "2,Expert#1,1,0,,2,1,0,1,"), sheet, MGS)
    assert table.eye.tolist() == [1.0]
    assert table.done.tolist() == [True]


def test_scores_of_another_sheet_are_an_input_error(sheet, tmp_path):
    filled = pd.read_csv(sheet).assign(eye=1, ear=1, nose=1, cheek=1, whiskers=1, bad_image=0, done=1)
    filled.to_csv(tmp_path / "scores.csv", index=False)
    assert len(read_scores(tmp_path / "scores.csv", sheet, MGS)) == 5
    filled.loc[3, "key"] = "00000000"
    filled.to_csv(tmp_path / "scores.csv", index=False)
    with pytest.raises(InputError, match="another key for item 4: the moments were selected anew"):
        read_scores(tmp_path / "scores.csv", sheet, MGS)


def test_a_misspelt_column_is_told_with_the_nearest_name(sheet, tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text(HEADER.replace("whiskers", "wiskers") + "1,A,1,0,0,2,1,0,1,\n")
    with pytest.raises(InputError, match=r"unknown column 'wiskers' \(did you mean 'whiskers'\?\)"):
        read_scores(path, sheet, MGS)


def test_missing_scores_say_how_to_score(sheet, tmp_path):
    with pytest.raises(InputError, match="no such file") as error:
        read_scores(str(tmp_path / "none.csv"), sheet, MGS)
    assert "sheet.csv" in str(error.value)


def moments(duplicate_of=(0, 0, 0, 0, 0), sync=(0, 5, 10, 15, 20)):
    rows = [
        {"item": item, "camera": camera, "sync_index": s, "duplicate_of": d}
        for item, (s, d) in enumerate(zip(sync, duplicate_of, strict=True), start=1)
        for camera in CAMERAS
    ]
    return pd.DataFrame(rows)


def table(*rows):
    columns = ["item", "eye", "ear", "nose", "cheek", "whiskers", "bad_image", "done"]
    filled = pd.DataFrame(rows, columns=columns).astype(
        {"eye": float, "nose": float, "cheek": float, "whiskers": float}
    )
    return filled.assign(coder="one")


N = float("nan")


def test_bad_undone_and_little_observed_moments_are_not_accepted():
    scored = score_moments(
        table(
            (1, 1, 2, 0, 0, 2, False, True),
            (2, 1, 1, N, N, 1, False, True),
            (3, 1, 1, N, N, N, False, True),
            (4, 1, 1, 1, 1, 1, True, True),
            (5, 1, 1, 1, 1, 1, False, False),
        ),
        moments(),
        MGS,
    )
    assert scored.accepted.tolist() == [True, True, False, False, False]
    assert scored.score[:2].tolist() == [1.0, 1.0]
    assert scored.observed.tolist() == [5, 3, 2, 5, 5]


@pytest.mark.parametrize(("first_bad", "kept"), [(False, 1), (True, 3)])
def test_one_of_a_duplicated_pair_is_kept(first_bad, kept):
    scored = score_moments(
        table((1, 1, 1, 1, 1, 1, first_bad, True), (2, 0, 0, 0, 0, 0, False, True), (3, 2, 2, 2, 2, 2, False, True)),
        moments((0, 0, 1, 0, 0), (0, 5, 0, 15, 20)),
        MGS,
    )
    labels = drop_duplicates(scored, list(scored.coder.unique()))
    assert sorted(labels["item"]) == sorted([kept, 2])


def test_a_moment_has_the_score_of_the_coder_who_is_named_first():
    """Also where another coder alone scored the items before it."""
    first = table((2, 1, 1, 1, 1, 1, True, True), (3, 1, 1, 1, 1, 1, False, True)).assign(coder="zoe")
    second = table(*((item, 2, 2, 2, 2, 2, False, True) for item in (1, 2, 3))).assign(coder="ann")
    scored = score_moments(pd.concat([first, second]), moments(), MGS)
    labels = drop_duplicates(scored, ["zoe", "ann"]).set_index("item")
    assert labels.coder.to_dict() == {1: "ann", 2: "ann", 3: "zoe"}
    assert labels.score.to_dict() == {1: 2.0, 2: 2.0, 3: 1.0}


def test_several_coders_have_a_sheet_each(sheet, tmp_path):
    one = scores(tmp_path, "1,A,1,0,0,2,1,0,1,").rename(tmp_path / "EXP4.one.csv")
    two = scores(tmp_path, "1,,1,0,0,2,1,0,1,").rename(tmp_path / "EXP4.two.csv")
    assert read_coders([one, two], sheet, MGS).coder.tolist() == ["A", "EXP4.two"]
    again = scores(tmp_path, "2,A,1,0,0,2,1,0,1,")
    with pytest.raises(InputError, match="'A' again"):
        read_coders([one, again], sheet, MGS)


@pytest.mark.parametrize("cameras", [1, 2, 4, 8, 12])
def test_the_sheet_of_any_rig_and_scale_has_a_row_for_each_moment(tmp_path, cameras):
    names = [f"view_{number}" for number in range(cameras)]
    shown = pd.DataFrame({"item": np.repeat([1, 2], cameras), "camera": names * 2, "frame_num": range(2 * cameras)})
    shown.to_parquet(tmp_path / "moments.parquet")
    write_sheet(tmp_path / "moments.parquet", tmp_path / "sheet.csv", ORBITAL.units)
    table = pd.read_csv(tmp_path / "sheet.csv")
    assert table.columns.tolist() == sheet_columns(["eye"])
    assert table.columns.tolist() == ["item", "key", "coder", "eye", "bad_image", "done", "scored_at"]
    assert table["item"].tolist() == [1, 2] and table.key.is_unique


@pytest.fixture
def orbital(tmp_path):
    """The blinded sheet of twelve items that one camera filmed, for another scale."""
    pd.DataFrame({"item": range(1, 13), "camera": "front", "frame_num": range(12)}).to_parquet(tmp_path / "m.parquet")
    write_sheet(tmp_path / "m.parquet", tmp_path / "sheet.csv", ORBITAL.units)
    return tmp_path / "sheet.csv"


def test_scores_of_another_scale_are_read_and_become_labels(orbital, tmp_path):
    path = tmp_path / "scores.csv"
    given = [*map(str, range(10)), "9.0", ""]
    rows = [f"{item},A,{score},0,1,\n" for item, score in enumerate(given, start=1)]
    path.write_text("item,coder,eye,bad_image,done,scored_at\n" + "".join(rows))
    table = read_scores(path, orbital, ORBITAL)
    assert table.eye[:11].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9] and np.isnan(table.eye[11])
    shown = pd.read_parquet(tmp_path / "m.parquet").assign(sync_index=range(0, 60, 5), duplicate_of=0)
    scored = score_moments(table, shown, ORBITAL)
    assert scored.accepted.tolist() == [True] * 11 + [False]
    assert scored.score[:11].tolist() == table.eye[:11].tolist() and scored.observed.tolist() == [1] * 11 + [0]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1,A,10,0,1,", "expected: scores of 0 to 9, or empty\n  found:    '10' for eye of item 1"),
        ("1,A,W,0,1,", "found:    'W' for eye of item 1"),
        ("1,A,4.5,0,1,", "found:    '4.5' for eye of item 1"),
    ],
)
def test_scores_that_another_scale_does_not_have_are_told(orbital, tmp_path, row, message):
    path = tmp_path / "scores.csv"
    path.write_text(f"item,coder,eye,bad_image,done,scored_at\n{row}\n")
    with pytest.raises(InputError) as error:
        read_scores(path, orbital, ORBITAL)
    assert message in str(error.value)


def test_what_a_unit_can_be_given_is_told_where_scores_are_missing(orbital, tmp_path):
    with pytest.raises(InputError, match=r"0 to 9 for each unit, empty where not observable"):
        read_scores(str(tmp_path / "none.csv"), orbital, ORBITAL)


def test_scores_of_units_that_the_scale_does_not_have_are_told(orbital, tmp_path):
    with pytest.raises(InputError, match="an unknown column 'ear'"):
        read_scores(scores(tmp_path, "1,A,1,0,0,2,1,0,1,"), orbital, ORBITAL)


@pytest.mark.parametrize("word", ["NA", "n/a", "x", "X", "-", "nan", "#N/A", "\u2013"])
def test_words_for_what_could_not_be_seen_are_an_empty_cell(orbital, tmp_path, word):
    path = tmp_path / "scores.csv"
    path.write_text(f"item,coder,eye,bad_image,done\n1,A,{word},0,1\n2,A,3,0,1\n")
    assert np.isnan(read_scores(path, orbital, ORBITAL).eye[0])


@pytest.mark.parametrize(("yes", "no"), [("TRUE", "FALSE"), ("WAHR", "FALSCH"), ("VRAI", "FAUX"), ("s\u00ed", "no")])
def test_a_spreadsheets_own_words_for_yes_and_no_are_read(orbital, tmp_path, yes, no):
    path = tmp_path / "scores.csv"
    path.write_text(f"item;coder;eye;bad_image;done\n1,0;A;3,0;{yes};{yes}\n2;A;4;{no};{no}\n", encoding="utf-16")
    table = read_scores(path, orbital, ORBITAL)
    assert table.item.tolist() == [1, 2] and table.eye.tolist() == [3, 4]
    assert table.bad_image.tolist() == [True, False] == table.done.tolist()


@pytest.mark.parametrize("key", ["28000e37", "12345678", "00012345"])
def test_keys_do_not_look_like_numbers(key):
    """Spreadsheets would write 2.8E+41 for 28000e37."""
    written = written_key(key)
    with pytest.raises(ValueError, match="could not convert"):
        float(written)
    assert raw_key(written) == key and is_key(written, key)
    assert is_key(key, key), "as older versions wrote it"
    assert is_key(f"{float(key):.2E}" if "e" in key else str(int(key)), key), "as a spreadsheet made of that"
    assert not is_key(f"{float(key) * 1.01:.2E}", key)
    assert not is_key("k1", key) and not is_key("", key) and not is_key("99", key)


@given(st.text("0123456789abcdef", min_size=8, max_size=8))
def test_every_key_can_be_read_back_from_its_sheet(key):
    assert raw_key(written_key(key)) == key and is_key(written_key(key), key)
    assert not is_key(written_key(key[::-1]), key) or key == key[::-1] or key.isdigit()


def test_a_key_that_a_spreadsheet_altered_still_answers_its_sheet(tmp_path):
    sheet = tmp_path / "sheets.csv"
    sheet.write_text("item,key\n1,k28000e37\n2,abcd0123\n")
    path = tmp_path / "scores.csv"
    path.write_text("item,key,eye,bad_image\n1,2.8E+41,3,0\n2,abcd0123,4,0\n")
    assert read_scores(path, sheet, ORBITAL).eye.tolist() == [3, 4]
    path.write_text("item,key,eye,bad_image\n1,2.9E+44,3,0\n2,abcd0123,4,0\n")
    with pytest.raises(InputError, match="another key for item 1"):
        read_scores(path, sheet, ORBITAL)
