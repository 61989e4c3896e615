"""Tables that people write: taken cell by cell, or refused with a message; never taken for another table."""

import csv
import os
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.errors import InputError, instead_of_file
from squint.files.lab_tables import as_number, as_truth, expand_home, read_header, read_people_table, whole_numbers

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
    with pytest.raises(InputError, match=r"2 cells a row\n  found:    row [23] has [34]: '7' is beyond"):
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


ROWS = [["C1", "5"], ["Zo\u00eb", "7"]]
TEXT = "camera,frame_num\nC1,5\nZo\u00eb,7\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t", ", "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_read_however_a_spreadsheet_wrote_it(path, encoding, separator, end):
    path.write_bytes(TEXT.replace(",", separator).replace("\n", end).encode(encoding))
    assert read_people_table(str(path), COLUMNS, []).to_numpy().tolist() == ROWS
    assert read_header(str(path), COLUMNS) == COLUMNS


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("\n", ",,\n"),
        TEXT + ",\n\n  \n,,,\n",
        TEXT.replace("C1", "\n\nC1"),
        "sep=;\n" + TEXT.replace(",", ";"),
        '"sep=,"\r\n' + TEXT,
        TEXT.replace(",", "\t").replace("\n", "\t\t\n"),
        TEXT.replace("Zo\u00eb", '"Zo\u00eb"'),
    ],
)
def test_what_spreadsheets_add_is_left_out(path, text):
    path.write_text(text)
    assert read_people_table(str(path), COLUMNS, []).to_numpy().tolist() == ROWS


def test_a_row_is_told_by_its_line_whatever_is_empty_before_it(path):
    path.write_text("camera,frame_num\nC1,5\n\n,\nC1,x\n")
    with pytest.raises(InputError, match="'x' in row 5"):
        whole_numbers(read_people_table(str(path), COLUMNS, []), ["frame_num"], str(path))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (TEXT.encode("cp1252"), r"byte 0xeb in line 3, which is no text in UTF-8\n.*CSV UTF-8"),
        (b"camera,frame_num,camera\nC1,5,C2\n", "'camera' twice"),
        (b"camera,,frame_num\nC1,5,C2\n", "an unknown column ''"),
        (b'camera,frame_num\n"C1,5\n', "unexpected end of data"),
        (b"\n\n", "no names of columns in its first line"),
        (b"", "no names of columns"),
    ],
)
def test_what_has_no_one_meaning_is_told(path, content, message):
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_people_table(str(path), COLUMNS, [])


def write_spreadsheet(path, sheets: dict[str, list[list[object]]]) -> None:
    """A file of Excel with text and numbers, by hand: what reads it is not what wrote it."""
    kinds = "http://schemas.openxmlformats.org/"
    main, documents = f"{kinds}spreadsheetml/2006/main", f"{kinds}officeDocument/2006/relationships"
    packages = f"{kinds}package/2006"
    numbers = range(1, len(sheets) + 1)

    def cell(value: object) -> str:
        if isinstance(value, bool):
            return f'<c t="b"><v>{value:d}</v></c>'
        if isinstance(value, Exception):
            return f'<c r="B2" t="e"><f>1/0</f><v>{value}</v></c>'
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>' if isinstance(value, str) else f"<c><v>{value}</v></c>"

    def rows(table: list[list[object]]) -> str:
        return "".join(f"<row>{''.join(map(cell, line))}</row>" for line in table)

    book = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in zip(numbers, sheets, strict=True))
    links = "".join(f'<Relationship Id="r{n}" Type="{documents}/worksheet" Target="sheet{n}.xml"/>' for n in numbers)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{packages}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{packages}/relationships"><Relationship Id="r" '
        f'Type="{documents}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{documents}"><sheets>{book}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{packages}/relationships">{links}</Relationships>',
    }
    for number, table in zip(numbers, sheets.values(), strict=True):
        content = f'<worksheet xmlns="{main}"><sheetData>{rows(table)}</sheetData></worksheet>'
        parts[f"xl/sheet{number}.xml"] = content
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + content)


@pytest.mark.parametrize("name", ["table.xlsx", "table.csv"])
def test_a_spreadsheet_is_read_whatever_it_is_called(tmp_path, name):
    write_spreadsheet(tmp_path / name, {"Scores": [COLUMNS, ["C1", 5], ["Zo\u00eb", 7.0]], "Tabelle2": []})
    assert read_people_table(str(tmp_path / name), COLUMNS, []).to_numpy().tolist() == ROWS


def test_a_formula_that_failed_is_told(tmp_path):
    write_spreadsheet(tmp_path / "a.xlsx", {"a": [COLUMNS, ["C1", ZeroDivisionError("#DIV/0!")]]})
    with pytest.raises(InputError, match="#DIV/0! in B2"):
        read_people_table(str(tmp_path / "a.xlsx"), COLUMNS, [])


def test_lines_that_end_as_on_old_macintoshes_are_read(path):
    path.write_bytes(b"camera;frame_num\rC1;5\rZo\xc3\xab;7\r")
    assert read_people_table(str(path), COLUMNS, []).to_numpy().tolist() == ROWS


def test_yes_and_no_of_a_spreadsheet_are_read(tmp_path):
    write_spreadsheet(tmp_path / "a.xlsx", {"a": [["done"], [True], [False]]})
    table = read_people_table(str(tmp_path / "a.xlsx"), ["done"], [])
    assert [as_truth(cell) for cell in table.done] == [True, False]


@pytest.mark.parametrize(
    ("sheets", "found"), [({"a": [COLUMNS], "b": [COLUMNS]}, "a, b"), ({"a": [], "b": []}, "none")]
)
def test_a_spreadsheet_of_several_tables_is_told(tmp_path, sheets, found):
    write_spreadsheet(tmp_path / "a.xlsx", sheets)
    with pytest.raises(InputError, match=f"one filled sheet\n  found:    {found}\n"):
        read_people_table(str(tmp_path / "a.xlsx"), COLUMNS, [])


@pytest.mark.parametrize("content", [b"PK\x03\x04 no archive", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 no book"])
def test_a_broken_spreadsheet_is_told(tmp_path, content):
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(InputError, match="expected: a spreadsheet"):
        read_people_table(str(tmp_path / "a.xlsx"), COLUMNS, [])


def test_numbers_as_spreadsheets_write_them(path):
    path.write_text("camera;frame_num\nC1;5.0\nC1;7,00\n")
    table = whole_numbers(read_people_table(str(path), COLUMNS, []), ["frame_num"], str(path))
    assert table.frame_num.tolist() == [5, 7]
    assert [as_number(cell) for cell in ("1,5", "1.5", "NA", "", "a,b")] == ["1.5", "1.5", "", "", "a,b"]
    assert as_truth("perhaps") is None


@pytest.mark.parametrize("number", ["1,000", "2.000", "1 000", "1e3", "-1"])
def test_what_may_be_a_thousand_is_told(path, number):
    path.write_text(f"camera;frame_num\nC1;{number}\n")
    with pytest.raises(InputError, match=f"'{number}' in row 2"):
        whole_numbers(read_people_table(str(path), COLUMNS, []), ["frame_num"], str(path))


def test_home_is_expanded(monkeypatch):
    monkeypatch.setenv("HOME", "/home/lab")
    assert expand_home("~/Lab, 2024/a.csv") == "/home/lab/Lab, 2024/a.csv" and expand_home("~") == "/home/lab"


@pytest.mark.parametrize("path", ["films, 2020/{camera}.mp4", "b/~/c", "~$open.csv", "~lab/a.csv", "", "simulated"])
def test_a_path_without_a_home_stays_as_it_is(path):
    assert expand_home(path) == path
