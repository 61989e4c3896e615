"""Reading the workflow's own tables, which end with the end of a line unless something cut them."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from squint.errors import InputError

# Columns that hold names: a recording or an animal may be called 20240101, a coder NA.
NAMES = dict.fromkeys(("experiment", "camera", "coder", "subject", "animal"), str)


def read_table(path: str, dtype: Mapping[str, type] | type[str] | None = None, **options) -> pd.DataFrame:
    """`pandas.read_csv` of a table that is there as a whole. Raises InputError for one that is cut.

    A cut table would be read without a word, with fewer rows and half a number at the end.
    """
    if not Path(path).read_bytes().endswith(b"\n"):
        raise InputError(path, "a whole table", "its last line is cut", "delete it and run again: it is made anew")
    types = dtype if dtype is str else NAMES | dict(dtype or {})  # pyright: ignore[reportArgumentType,reportCallIssue]
    return pd.read_csv(path, dtype=types, **{"keep_default_na": False, "na_values": [""]} | options)
