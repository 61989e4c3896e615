"""Reading the tables that people write: sample sheets, scores, corrections. What is wrong is told by name.

Spreadsheets and their regional settings write them in many ways. What has one meaning is read: Excel's and
OpenDocument's files with one filled sheet; UTF-8 and UTF-16; commas, semicolons or tabs; a first line `sep=;`; empty
rows, and empty columns at the end; `1.0` for a whole number. All else is told with what it is.
"""

import csv
import io
import re
import zipfile
from pathlib import Path

import pandas as pd

from squint.errors import InputError, instead_of_file, suggest

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# Where nothing could be observed, beside an empty cell.
NOT_OBSERVED = {"na", "n/a", "n.a.", "#n/a", "nan", "none", "null", "x", "-", "\u2013", "\u2014", "."}
# As spreadsheets write them in English, German, French, Spanish, Italian, Dutch, Portuguese, Nordic languages, Polish.
YES = {"1", "1.0", "1,0", "true", "yes", "y", "t", "x", "wahr", "ja", "vrai", "oui", "verdadero", "sí", "si", "vero"}
YES |= {"waar", "verdadeiro", "sim", "sant", "sand", "prawda", "tak"}
NO = {"0", "0.0", "0,0", "", "false", "no", "n", "f", "falsch", "nein", "faux", "non", "falso", "onwaar", "nee", "não"}
NO |= {"falskt", "nej", "falsk", "fałsz", "nie"}
# A whole number as spreadsheets write it, some with a comma for the point. 1,000 may be a thousand, and is none.
WHOLE = re.compile(r"([0-9]{1,9})(?:[.,]0{1,2})?")


def read_people_table(path: str, required: list[str], optional: list[str]) -> pd.DataFrame:
    """A table of text cells with exactly the named columns; empty cells are empty strings.

    The index says in which line of the file a row stands, from 0 for the one behind the header. Raises InputError for a
    missing, unreadable or misnamed file or column.
    """
    remedy = f"give it the columns {', '.join(required)}" + (
        f"; {', '.join(optional)} may be left out" if optional else ""
    )
    known = required + optional
    table = tabulate(path, read_cells(path, known, remedy), remedy)
    unknown = [column for column in table.columns if column not in known]
    missing = [column for column in required if column not in table.columns]
    if unknown or missing:
        found = [f"an unknown column {column!r}{suggest(column, known)}" for column in unknown]
        found += [f"no column {column!r}" for column in missing]
        raise InputError(path, f"the columns {', '.join(required)}", "; ".join(found), remedy)
    return table


def read_header(path: str, known: list[str]) -> list[str]:
    """The names of a table's columns; none for an empty or missing file. Raises InputError for an unreadable one."""
    if not Path(path).is_file():
        return []
    return next(iter(read_cells(path, known, "write a table of text")), [])


def tabulate(path: str, lines: list[list[str]], remedy: str) -> pd.DataFrame:
    """The table of lines of cells, the first of which names the columns. Raises InputError for lines that are too long.

    Empty rows are left out, and so are columns without a name and a cell.
    """
    if not lines or not any(lines[0]):
        raise InputError(path, "a table of text", "no names of columns in its first line", remedy)
    header = lines[0]
    while header and not header[-1]:
        header = header[:-1]
    rows = {number: cells for number, cells in enumerate(lines[1:]) if any(cells)}
    for number, cells in rows.items():
        if any(cells[len(header) :]):
            found = f"row {number + 2} has {len(cells)}: {cells[len(header)]!r} is beyond the last column"
            raise InputError(path, f"{len(header)} cells a row", found, "correct the row; quote cells that hold commas")
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        found = f"{twice[0]!r} twice" if twice[0] else "one without a name before others"
        raise InputError(path, "columns with a name of their own", found, remedy)
    filled = [(cells + [""] * len(header))[: len(header)] for cells in rows.values()]
    return pd.DataFrame(filled, columns=header, index=list(rows), dtype=str)


def read_cells(path: str, known: list[str], remedy: str) -> list[list[str]]:
    """The lines of a table as stripped cells, whatever wrote it. Raises InputError for what can't be read.

    `known` are the columns that it may have: the separator of cells is the one that gives most of them.
    """
    if not Path(path).is_file():  # a pipe would be waited for
        raise InputError(path, "a table of text", instead_of_file(path), "correct the path")
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise InputError(path, "a table of text", f"{type(error).__name__}: {error}", remedy) from error
    if content.startswith((ZIP, OLD_EXCEL)):
        return read_spreadsheet(path)
    text = decode(path, content)
    first, _, rest = text.partition("\n")
    told = re.fullmatch(r"\"?sep=(.)\"?", first.strip("\r "))
    separator = told[1] if told else find_separator(text, known)
    try:
        table = io.StringIO(rest if told else text, newline="")
        lines = list(csv.reader(table, delimiter=separator, skipinitialspace=True, strict=True))
    except csv.Error as error:
        raise InputError(path, "a table of text", f"{type(error).__name__}: {error}", remedy) from error
    return [[cell.strip() for cell in line] for line in lines]


def decode(path: str, content: bytes) -> str:
    """The text of a file in UTF-8 or UTF-16. Raises InputError for another encoding."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif b"\0" in content[:200]:  # without a mark: every other byte of Latin letters is empty
        encoding = "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    else:
        encoding = "utf-8-sig"
    try:
        return re.sub(r"\r\n?", "\n", content.decode(encoding))  # old Excels of the Macintosh end lines with \r alone
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        found = f"byte {content[error.start]:#04x} in line {line}, which is no text in {error.encoding.upper()}"
        raise InputError(path, "a table of text in UTF-8", found, "save it as “CSV UTF-8”, or as .xlsx") from error


def find_separator(text: str, known: list[str]) -> str:
    """What parts the cells of a table: what gives most known columns in its first line."""
    header = text.partition("\n")[0]

    def names(separator: str) -> int:
        cells = next(csv.reader([header], delimiter=separator, skipinitialspace=True), [])
        return len({cell.strip() for cell in cells} & set(known))

    return max(SEPARATORS, key=names)


def read_spreadsheet(path: str) -> list[list[str]]:
    """The cells of the one filled sheet of a file of Excel or OpenDocument. Raises InputError for none or several."""
    import python_calamine  # noqa: PLC0415 (most tables are text)

    remedy = "save the one sheet that is meant as CSV UTF-8"
    try:
        with python_calamine.CalamineWorkbook.from_path(path) as book:
            sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise InputError(path, "a spreadsheet", f"{type(error).__name__}: {error}", remedy) from error
    if fault := error_cell(path):
        raise InputError(path, "cells that hold something", fault, "correct the formula, or empty the cell")
    filled = {name: rows for name, rows in sheets.items() if any(cell != "" for row in rows for cell in row)}
    if len(filled) != 1:
        raise InputError(path, "one filled sheet", ", ".join(filled) or "none", remedy)
    return [[write_cell(cell) for cell in row] for row in next(iter(filled.values()))]


def error_cell(path: str) -> str:
    """The first cell of a file of Excel whose formula failed, which reads as if it were empty; empty for none."""
    if not zipfile.is_zipfile(path):
        return ""
    with zipfile.ZipFile(path) as archive:
        for name in filter(lambda name: name.endswith(".xml"), archive.namelist()):
            if failed := re.search(rb'<c\b[^>]*\bt="e".*?</c>', archive.read(name), re.DOTALL):
                place, what = (re.search(sign, failed[0]) for sign in (rb'\br="([A-Z0-9]+)"', rb"<v>([^<]*)</v>"))
                told = [found[1].decode() for found in (what, place) if found]
                return " in ".join(told) or "a formula that failed"
    return ""


def write_cell(cell: object) -> str:
    """A cell of a spreadsheet as text; numbers that are whole without a point."""
    return f"{cell:.0f}" if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def expand_home(path: str) -> str:
    """A path where `~/` at the beginning is the home directory; `~name` is a file of that name."""
    return str(Path(path).expanduser()) if path == "~" or path.startswith("~/") else path


def as_number(cell: str) -> str:
    """A cell's number with a point for a decimal comma; empty for words that say that nothing was observed."""
    if cell.casefold() in NOT_OBSERVED:
        return ""
    return cell.replace(",", ".") if re.fullmatch(r"[0-9]+,[0-9]+", cell) else cell


def as_truth(cell: str) -> bool | None:
    """Whether a cell says yes or no, in the words of spreadsheets in several languages; None for neither."""
    word = cell.casefold()
    return True if word in YES else False if word in NO else None


def whole_numbers(table: pd.DataFrame, columns: list[str], path: str) -> pd.DataFrame:
    """`table` with `columns` as integers. Raises InputError for a cell that holds no whole number of 0 or more."""
    table = table.copy()
    for column in columns:
        table[column] = table[column].str.replace(rf"^{WHOLE.pattern}$", r"\1", regex=True)
        wrong = table[~table[column].str.fullmatch(r"[0-9]{1,9}")]
        if len(wrong):
            raise InputError(
                path,
                f"whole numbers of 0 or more in column {column!r}",
                f"{wrong[column].iloc[0]!r} in row {wrong.index[0] + 2}",
                "correct the cell",
            )
    return table.astype(dict.fromkeys(columns, int))
