"""Sheets of labelled pictures: whatever stands in one is read, or told with the row that it stands in."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from squint.domain.rig import CAMERA_NAME
from squint.errors import InputError
from squint.files.picture_sheets import KIND, ROLES, read_pictures
from tests.scales import MGS, ORBITAL, UNITS

NAME_OF_CAMERA = "the name of a camera, of letters, digits and underscores, that is no column of results"


def write_sheet(folder, header, *rows):
    """A sheet of rows of cells, with an empty file for each picture; its path."""
    names = header.split(",")
    for row in rows:
        picture = folder / row.split(",")[names.index("file")].strip()
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.touch()
    return write_text(folder, header, *rows)


def write_text(folder, *lines):
    (folder / "pictures.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(folder / "pictures.csv")


def refused(sheet, scale=MGS, folder=""):
    """What is told of a mistake: expectation, finding and remedy."""
    with pytest.raises(InputError) as error:
        read_pictures(sheet, folder, scale)
    assert error.value.args[0] == sheet
    return error.value.args[1:]


def told(sheet, scale=MGS):
    """Expectation and finding."""
    return refused(sheet, scale)[:2]


# What is read


def test_a_sheet_may_hold_scores_alone(tmp_path):
    table = read_pictures(write_sheet(tmp_path, "file,subject,score", "b.jpg,ada,0.8", "a.jpg,ada,2"), "", MGS)
    assert table.score.tolist() == [0.8, 2]
    assert table[UNITS].isna().all(axis=None)
    assert table.file.tolist() == ["b.jpg", "a.jpg"]
    assert table.path.tolist() == [str(tmp_path / "b.jpg"), str(tmp_path / "a.jpg")]


def test_home_is_expanded(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a.jpg").touch()
    assert read_pictures(write_text(tmp_path, "file,subject,score", "~/a.jpg,ada,1"), "", MGS).path[0] == str(
        tmp_path / "a.jpg"
    )


def test_what_a_sheet_does_not_say_is_filled_in(tmp_path):
    (row,) = read_pictures(write_sheet(tmp_path, "file,subject,score", "a.jpg,ada,1"), "", MGS).to_dict("records")
    said = {key: row[key] for key in ("subject", "group", "recording", "role", "fold", "item", "camera", "kind")}
    assert said == {
        **{"subject": "ada", "group": "", "recording": "ada", "role": "rotate"},
        **{"fold": 0, "item": 1, "camera": "picture", "kind": ""},
    }


def test_a_sheet_may_hold_units_alone_whose_mean_is_the_score(tmp_path):
    rows = ("a.jpg,ada,0,1,2,1,2", "b.jpg,ada,,1,nan,1,2")
    table = read_pictures(write_sheet(tmp_path, f"file,subject,{','.join(UNITS)}", *rows), "", MGS)
    assert table.score.tolist() == pytest.approx([6 / 5, 4 / 3])
    assert table.loc[0, UNITS].tolist() == [0, 1, 2, 1, 2]
    assert table.loc[1, UNITS].isna().tolist() == [True, False, True, False, False]


def test_a_sheet_may_hold_some_of_the_units(tmp_path):
    table = read_pictures(write_sheet(tmp_path, "file,subject,whiskers,eye,ear", "a.jpg,ada,0,1,2"), "", MGS)
    assert table.loc[0, ["eye", "ear", "whiskers"]].tolist() == [1, 2, 0]
    assert table[["nose", "cheek"]].isna().all(axis=None) and table.score.tolist() == [1]


def test_a_score_stands_beside_units_as_it_is(tmp_path):
    sheet = write_sheet(tmp_path, f"file,subject,score,{','.join(UNITS)}", "a.jpg,ada,0.5,0,1,,1,2", "b.jpg,ada,2,,,,,")
    table = read_pictures(sheet, "", MGS)
    assert table.score.tolist() == [0.5, 2]
    assert table.eye.tolist()[0] == 0 and table.loc[1, UNITS].isna().all()


@pytest.mark.parametrize("row", ["a.jpg,ada,1,2", "a.jpg,ada,1,", "a.jpg,ada,0.5,2"])
def test_scores_are_numbers_of_one_type_whichever_a_sheet_holds(tmp_path, row):
    """As those of crops are: an image store does not change its types with its numbers."""
    table = read_pictures(write_sheet(tmp_path, "file,subject,score,eye", row), "", MGS)
    assert set(table[["score", *UNITS]].dtypes.map(str)) == {"float64"}


@pytest.mark.parametrize(("column", "cell", "score"), [("score", "7", 7), ("score", "2.25", 2.25), ("eye", "9", 9)])
def test_of_a_scale_of_one_unit_either_column_is_both(tmp_path, column, cell, score):
    table = read_pictures(write_sheet(tmp_path, f"file,subject,{column}", f"a.jpg,ada,{cell}"), "", ORBITAL)
    assert table.score.tolist() == table.eye.tolist() == [score]


def test_all_columns_are_read(tmp_path):
    sheet = write_sheet(
        tmp_path,
        "file,subject,group,recording,role,fold,moment,camera,kind,score",
        "a.jpg,ada,pain,day_1,train,3,7,top_2,A07Z,1",
    )
    (row,) = read_pictures(sheet, "", MGS).drop(columns=[*UNITS, "path"]).to_dict("records")
    assert row == {
        **{"file": "a.jpg", "subject": "ada", "group": "pain", "recording": "day_1", "role": "train", "fold": 3},
        **{"moment": "7", "item": 7, "camera": "top_2", "kind": "A07Z", "score": 1.0},
    }


def test_files_stand_in_a_folder_where_one_is_given(tmp_path):
    sheet = write_text(tmp_path, "file,subject,score", "in/a.jpg,ada,1")
    (tmp_path / "pictures" / "in").mkdir(parents=True)
    (tmp_path / "pictures" / "in" / "a.jpg").touch()
    table = read_pictures(sheet, str(tmp_path / "pictures"), MGS)
    assert table.path.tolist() == [str(tmp_path / "pictures" / "in" / "a.jpg")] and table.file.tolist() == ["in/a.jpg"]


def test_pictures_that_the_workflow_renders_may_not_be_there_yet(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sheet = write_text(tmp_path, "file,subject,score", "a.jpg,ada,1")
    table = read_pictures(sheet, "results/simulated/pictures", MGS)
    assert table.path.tolist() == ["results/simulated/pictures/a.jpg"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_spreadsheets_marks_and_quotes_are_no_part_of_names(tmp_path, encoding):
    (tmp_path / "é.jpg").touch()
    sheet = tmp_path / "pictures.csv"
    sheet.write_text('"file","subject", "score"\r\né.jpg , "ada",1\r\n', encoding=encoding)
    table = read_pictures(str(sheet), "", MGS)
    assert table.subject.tolist() == ["ada"] and table.score.tolist() == [1]


# Sets, moments and folds


def sets_of(folder, header, *rows):
    """The set of each picture."""
    return read_pictures(write_sheet(folder, header, *rows), "", MGS).recording.tolist()


def test_pictures_of_a_subject_are_a_set(tmp_path):
    rows = ("a.jpg,ada,1", "b.jpg,bob,1", "c.jpg,ada,0")
    assert sets_of(tmp_path, "file,subject,score", *rows) == ["ada", "bob", "ada"]


def test_a_subject_has_a_set_for_each_of_its_groups_and_roles(tmp_path):
    rows = ("a.jpg,ada,1,pain,", "b.jpg,ada,1,basal,", "c.jpg,bob,0,pain,", "d.jpg,cat,1,pain,train")
    rows += ("e.jpg,cat,0,pain,validate",)
    found = sets_of(tmp_path, "file,subject,score,group,role", *rows)
    assert found == ["ada_pain", "ada_basal", "bob", "cat_train", "cat_validate"]


def test_a_set_has_the_name_that_the_sheet_gives_as_far_as_files_can_have_it(tmp_path):
    rows = ("a.jpg,ada,1,day 1/left", "b.jpg,ada,1,day 2", "c.jpg,bob-7,0,")
    assert sets_of(tmp_path, "file,subject,score,recording", *rows) == ["day_1_left", "day_2", "bob_7"]


@pytest.mark.parametrize(
    ("header", "rows", "named"),
    [
        ("file,subject,score", ["a.jpg,mouse 1,1", "b.jpg,mouse_1,0"], ["mouse 1", "mouse_1"]),
        ("file,subject,score", ["a.jpg,鼠一,1", "b.jpg,鼠二,0"], ["鼠一", "鼠二"]),
        ("file,subject,score,group", ["a.jpg,m_a,1,", "b.jpg,m,0,a", "c.jpg,m,0,b"], ["m_a"]),
        ("file,subject,score,recording", ["a.jpg,ada,1,day1", "b.jpg,bob,0,day1"], ["day1", "ada", "bob"]),
        ("file,subject,score,recording", ["a.jpg,ada,1,day 1", "b.jpg,bob,0,day-1"], ["ada", "bob"]),
        ("file,subject,score,recording,role", ["a.jpg,ada,1,day1,train", "b.jpg,ada,0,day1,validate"], ["day1"]),
        ("file,subject,score,recording,group", ["a.jpg,ada,1,day1,pain", "b.jpg,ada,0,day1,basal"], ["day1"]),
    ],
    ids=["a space", "no letter", "a group's", "shared", "shared when written", "two roles", "two groups"],
)
def test_no_set_holds_pictures_of_two_subjects_groups_or_roles(tmp_path, header, rows, named):
    """Or the subject of a set, which keeps it out of training, would be that of its first picture alone."""
    try:
        table = read_pictures(write_sheet(tmp_path, header, *rows), "", MGS)
    except InputError as error:
        assert all(name in str(error) for name in named)
    else:
        assert (table.groupby("recording")[["subject", "group", "role"]].nunique() == 1).all(axis=None)


def items_of(folder, *cells):
    """The moment of each picture, by the cells of its recording and moment."""
    rows = [f"{number}.jpg,ada,1,{cell}" for number, cell in enumerate(cells)]
    return read_pictures(write_sheet(folder, "file,subject,score,recording,moment", *rows), "", MGS)["item"].tolist()


def test_moments_are_the_sheets_numbers(tmp_path):
    assert items_of(tmp_path, "a,7", "a,7", "b,7", "a,3") == [7, 7, 7, 3]


def test_moments_of_any_name_are_numbered_in_each_set(tmp_path):
    assert items_of(tmp_path, "a,noon", "b,noon", "a,night", "a,noon", "b,dawn") == [1, 1, 2, 1, 2]


def test_a_picture_without_a_moment_is_one_of_its_own(tmp_path):
    assert items_of(tmp_path, "a,", "a,", "a,7", "a,7", "b,") == [1, 2, 3, 3, 1]


def test_an_animal_in_two_folds_is_told(tmp_path):
    rows = ("a.jpg,ada,1,2", "b.jpg,bob,1,1", "c.jpg,ada,0,10")
    expected, found, remedy = refused(write_sheet(tmp_path, "file,subject,score,fold", *rows))
    assert expected == "one fold for all pictures of a subject"
    assert found == "'ada' in the folds 2, 10" and remedy == "correct column `fold`"


def test_an_animal_in_a_fold_and_in_none_is_told(tmp_path):
    sheet = write_sheet(tmp_path, "file,subject,score,fold", "a.jpg,ada,1,2", "b.jpg,ada,1,")
    assert told(sheet)[1] == "'ada' in the folds 0, 2"


# What is refused


def test_missing_files_are_counted_and_the_first_are_named(tmp_path):
    sheet = write_text(tmp_path, "file,subject,score", *(f"{name}.jpg,ada,1" for name in "abcde"))
    (tmp_path / "b.jpg").touch()
    expected, found, remedy = refused(sheet)
    assert expected == "pictures that are there (beside the sheet, or in `pictures: folder`)"
    assert found == f"4 of 5 are not there: {', '.join(str(tmp_path / f'{name}.jpg') for name in 'acd')} …"
    assert remedy == "correct column `file` or the folder"


def test_one_missing_file_is_told_with_what_stands_there(tmp_path):
    sheet = write_text(tmp_path, "file,subject,score", "a.jpg,ada,1")
    assert told(sheet)[1] == f"1 of 1 are not there: {tmp_path / 'a.jpg'} (no such file)"
    (tmp_path / "a.jpg").mkdir()
    assert told(sheet)[1].endswith("(a folder)")


def test_files_that_are_not_in_the_given_folder_are_told(tmp_path):
    sheet = write_sheet(tmp_path, "file,subject,score", "a.jpg,ada,1")
    expected, found, _ = refused(sheet, folder=str(tmp_path / "elsewhere"))
    assert expected == "pictures that are there (`pictures: folder`)" and "elsewhere/a.jpg" in found


def test_a_name_that_no_file_can_have_is_told(tmp_path):
    sheet = write_text(tmp_path, "file,subject,score", f"{'a' * 300}.jpg,ada,1")
    assert told(sheet)[1].startswith("1 of 1 are not there")


@pytest.mark.parametrize(
    ("column", "cell", "expected", "found"),
    [
        ("score", "2.1", "a score from 0 to 2 in column `score`", "'2.1' for 'a.jpg'"),
        ("score", "-1", "a score from 0 to 2 in column `score`", "'-1' for 'a.jpg'"),
        ("score", "inf", "a score from 0 to 2 in column `score`", "'inf' for 'a.jpg'"),
        ("score", "1;5", "a score from 0 to 2 in column `score`", "'1;5' for 'a.jpg'"),
        ("score", "", "a score in column `score`", "none for 'a.jpg'"),
        ("score", "nan", "a score in column `score`", "none for 'a.jpg'"),
        ("eye", "3", "a score of 0, 1 or 2, or none in column `eye`", "'3' for 'a.jpg'"),
        ("eye", "1.5", "a score of 0, 1 or 2, or none in column `eye`", "'1.5' for 'a.jpg'"),
        ("eye", "-1", "a score of 0, 1 or 2, or none in column `eye`", "'-1' for 'a.jpg'"),
        ("eye", "high", "a score of 0, 1 or 2, or none in column `eye`", "'high' for 'a.jpg'"),
        ("file", "", "a file", "row 3 for ''"),
        ("subject", "", "a subject", "row 3 for 'a.jpg'"),
        ("role", "test", "a role among rotate, train, validate, or none", "row 3 for 'a.jpg'"),
        ("role", "score", "a role among rotate, train, validate, or none", "row 3 for 'a.jpg'"),
        ("kind", "AUGM", "a kind such as ORGN, CORR, SYMM or A00R, or none", "row 3 for 'a.jpg'"),
        ("kind", "corr", "a kind such as ORGN, CORR, SYMM or A00R, or none", "row 3 for 'a.jpg'"),
        *(("camera", name, NAME_OF_CAMERA, "row 3 for 'a.jpg'") for name in ("C-1", "c" * 33, "all", "Fused")),
        ("fold", "one", "whole numbers of 0 or more in column 'fold'", "'one' in row 3"),
        ("fold", "-1", "whole numbers of 0 or more in column 'fold'", "'-1' in row 3"),
        ("file", "first.jpg", "each file once", "'first.jpg' more than once"),
    ],
)
def test_a_wrong_cell_is_told(tmp_path, column, cell, expected, found):
    cells = {
        "file": "a.jpg",
        "subject": "ada",
        "score": "1",
        "eye": "",
        "role": "",
        "kind": "",
        "camera": "",
        "fold": "",
    }
    first = cells | {"file": "first.jpg"}
    for name in ("a.jpg", "first.jpg"):
        (tmp_path / name).touch()
    sheet = write_text(tmp_path, *(",".join(row) for row in (cells, first.values(), (cells | {column: cell}).values())))
    assert told(sheet) == (expected, found)


def test_too_few_observed_units_are_told(tmp_path):
    header, *rows = (f"file,subject,{','.join(UNITS)}", "a.jpg,ada,1,1,1,,", "b.jpg,ada,1,1,,,")
    expected, found = told(write_sheet(tmp_path, header, *rows))
    assert expected == "at least 3 observed units, as the scale asks for" and found == "fewer for 'b.jpg'"


def test_no_unit_at_all_is_told_of_a_scale_of_one(tmp_path):
    expected, _ = told(write_sheet(tmp_path, "file,subject,eye", "a.jpg,ada,"), ORBITAL)
    assert expected == "at least 1 observed units, as the scale asks for"


def test_scores_of_a_finer_scale_are_told(tmp_path):
    sheet = write_sheet(tmp_path, "file,subject,eye", "a.jpg,ada,10")
    assert told(sheet, ORBITAL) == ("a score of 0 to 9, or none in column `eye`", "'10' for 'a.jpg'")


def test_a_sheet_without_scores_is_told_with_the_units_of_the_scale(tmp_path):
    sheet = write_sheet(tmp_path, "file,subject,orbital", "a.jpg,ada,1")
    expected, found, remedy = refused(sheet)
    assert expected == f"a column `score`, or columns of the scale's units ({', '.join(UNITS)})"
    assert found == "the columns file, subject, orbital"
    assert remedy == "add one, or set `scale` to that of the sheet"


def test_the_units_of_another_scale_are_unknown_columns(tmp_path):
    sheet = write_sheet(tmp_path, "file,subject,eye,ear", "a.jpg,ada,1,1")
    assert told(sheet, ORBITAL)[1].startswith("an unknown column 'ear'")


def test_an_unknown_column_is_told_with_the_nearest_name(tmp_path):
    sheet = write_sheet(tmp_path, "file,subject,score,cammera", "a.jpg,ada,1,C1")
    assert told(sheet)[1] == "an unknown column 'cammera' (did you mean 'camera'?)"


@pytest.mark.parametrize("column", ["file", "subject"])
def test_a_missing_column_is_told(tmp_path, column):
    columns = [name for name in ("file", "subject", "score") if name != column]
    sheet = write_text(tmp_path, ",".join(columns), "1,1")
    assert told(sheet)[1] == f"no column {column!r}"


def test_a_sheet_without_rows_is_told(tmp_path):
    assert refused(write_text(tmp_path, "file,subject,score")) == ("at least one picture", "none", "add rows")


@pytest.mark.parametrize("content", [b"", b"\n", b"file,subject,score\na.jpg,ada,1,2,3\n", b"file,subject,scor\xe9\n"])
def test_what_is_no_table_is_told(tmp_path, content):
    (tmp_path / "pictures.csv").write_bytes(content)
    refused(str(tmp_path / "pictures.csv"))


def test_a_sheet_that_is_not_there_is_told(tmp_path):
    assert told(str(tmp_path / "lost.csv")) == ("a table of text", "no such file")
    assert told(str(tmp_path)) == ("a table of text", "a folder")


# Whatever stands in it

COLUMNS = ["file", "subject", "group", "recording", "role", "fold", "moment", "camera", "kind", "score", *UNITS]
ROW = ["a.jpg", "ada", "pain", "", "", "1", "", "C1", "ORGN", "1", "0", "1", "2", "", "1"]
ODD = [
    "nan",
    "NaN",
    "inf",
    "-0",
    "1e0",
    "0x1",
    "True",
    "1_0",
    "a.jpg",
    "b.jpg",
    "train",
    "A00B",
    "..",
    "/",
    "1.0",
    " 2",
]
cells = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(ODD)


@effort(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.integers(0, len(COLUMNS) - 1), cells)
@example(0, "b.jpg\0")
@example(6, "٣")
@example(5, "٣")
@example(9, "٣")
def test_whatever_stands_in_a_cell_is_read_or_told(tmp_path, column, cell):
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).touch()
    row = [*ROW[:column], cell, *ROW[column + 1 :]]
    sheet = write_text(tmp_path, ",".join(COLUMNS), ",".join(row), ",".join(["b.jpg", *ROW[1:]]))
    try:
        table = read_pictures(sheet, "", MGS)
    except InputError as error:
        assert sheet in str(error)
        return
    assert table.file.is_unique and (table.subject != "").all() and table.role.isin(ROLES).all()
    assert table.score.between(0, 2).all() and table[UNITS].isin([0, 1, 2, np.nan]).all(axis=None)
    assert table.camera.map(lambda name: bool(CAMERA_NAME.fullmatch(name))).all()
    assert table.kind.map(lambda kind: kind == "" or bool(KIND.fullmatch(kind))).all()
    assert table.recording.str.fullmatch("[A-Za-z0-9_]+").all()
    assert pd.api.types.is_integer_dtype(table["item"]) and pd.api.types.is_integer_dtype(table.fold)
    assert (table.groupby("subject").fold.nunique() == 1).all()


@effort(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60))
@example(b"file,subject,score\r\xff")
@example(b"\xef\xbb\xbffile,subject,score\n")
def test_whatever_a_file_holds_is_told(tmp_path, content):
    (tmp_path / "pictures.csv").write_bytes(content)
    with pytest.raises(InputError):
        read_pictures(str(tmp_path / "pictures.csv"), "", MGS)
