"""Tables that people write: taken cell by cell, or refused with a message; never taken for another table."""

import csv
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.errors import InputError, instead_of_file
from squint.files.lab_tables import read_people_table, whole_numbers

COLUMNS = ["camera", "frame_num"]
plain = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("tables") / "table.csv"


@given(st.lists(st.tuples(plain, plain), min_size=1, max_size=5))
def test_a_table_is_read_as_it_was_written(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    assert read_people_table(str(path), COLUMNS, []).to_numpy().tolist() == [list(row) for row in rows]


@given(st.binary(max_size=80) | st.binary(max_size=80).map(lambda rest: b"camera,frame_num\n" + rest))
def test_any_bytes_are_a_table_or_refused(path, content):
    path.write_bytes(content)
    try:
        table = read_people_table(str(path), COLUMNS, [])
    except InputError as error:
        assert str(path) in str(error)
    else:
        assert table.columns.tolist() == COLUMNS
        assert table.map(lambda cell: isinstance(cell, str)).all(axis=None)


@pytest.mark.parametrize("content", ["camera,frame_num\nC1,5,7\n", "camera,frame_num\nC1,5\nC2,6,7,8\n"])
def test_a_row_that_is_too_long_is_refused(path, content):
    path.write_text(content)
    with pytest.raises(InputError, match="a table of text"):
        read_people_table(str(path), COLUMNS, [])


def test_the_mark_that_windows_puts_before_a_file_is_no_part_of_it(path):
    path.write_text("camera,frame_num\nC1,5\n", encoding="utf-8-sig")
    assert read_people_table(str(path), COLUMNS, []).frame_num.tolist() == ["5"]


@pytest.mark.parametrize("cell", ["nan", "inf", "-1", "1.5", "1e3", "", "9" * 20, "٣"])
def test_what_is_no_whole_number_is_told_with_its_row(path, cell):
    path.write_text(f"camera,frame_num\nC1,{cell}\n")
    with pytest.raises(InputError, match="in row 2"):
        whole_numbers(read_people_table(str(path), COLUMNS, []), ["frame_num"], str(path))


def test_what_stands_instead_of_a_file_is_told(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    paths = ["", tmp_path / "none", tmp_path, tmp_path / "pipe", tmp_path / "link"]
    told = ["no such file", "no such file", "a folder", "no regular file", "a link that leads nowhere"]
    assert [instead_of_file(path) for path in paths] == told
