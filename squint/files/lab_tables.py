"""Reading the tables that people write: sample sheets, scores, corrections. What is wrong is told by name."""

import warnings
from pathlib import Path

import pandas as pd

from squint.errors import InputError, instead_of_file, suggest


def read_people_table(path: str, required: list[str], optional: list[str], sep: str = ",") -> pd.DataFrame:
    """A table of text cells with exactly the named columns; empty cells are empty strings.

    Raises InputError for a missing, unreadable or misnamed file or column.
    """
    remedy = f"give it the columns {', '.join(required)}" + (
        f"; {', '.join(optional)} may be left out" if optional else ""
    )
    if not Path(path).is_file():  # a pipe would be waited for
        raise InputError(path, "a table of text", instead_of_file(path), "correct the path")
    try:
        with warnings.catch_warnings():
            # Without this a row that is too long shifts the columns, or loses its end, and pandas only warns.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            table = pd.read_csv(
                path,
                sep=sep,
                dtype=str,
                keep_default_na=False,
                skipinitialspace=True,
                index_col=False,
                encoding="utf-8-sig",
            )
    except (OSError, ValueError, pd.errors.ParserWarning) as error:
        raise InputError(path, "a table of text", f"{type(error).__name__}: {error}", remedy) from error
    known = required + optional
    unknown = [column for column in table.columns if column not in known]
    missing = [column for column in required if column not in table.columns]
    if unknown or missing:
        found = [f"an unknown column {column!r}{suggest(column, known)}" for column in unknown]
        found += [f"no column {column!r}" for column in missing]
        raise InputError(path, f"the columns {', '.join(required)}", "; ".join(found), remedy)
    return table.apply(lambda column: column.str.strip())


def expand_home(cell: str) -> str:
    """Paths in a cell, with commas between, where `~` at the beginning is the home directory."""
    parts = (part.strip() for part in cell.split(","))
    return ",".join(str(Path(part).expanduser()) if part.startswith("~") else part for part in parts)


def whole_numbers(table: pd.DataFrame, columns: list[str], path: str) -> pd.DataFrame:
    """`table` with `columns` as integers. Raises InputError for a cell that holds no whole number of 0 or more."""
    for column in columns:
        wrong = table[~table[column].str.fullmatch(r"[0-9]{1,9}")]
        if len(wrong):
            raise InputError(
                path,
                f"whole numbers of 0 or more in column {column!r}",
                f"{wrong[column].iloc[0]!r} in row {wrong.index[0] + 2}",
                "correct the cell",
            )
    return table.astype(dict.fromkeys(columns, int))
