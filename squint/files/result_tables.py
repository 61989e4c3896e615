"""Reading the workflow's own tables, which end with the end of a line unless something cut them."""

from pathlib import Path

import pandas as pd

from squint.errors import InputError


def read_table(path: str, **options) -> pd.DataFrame:
    """`pandas.read_csv` of a table that is there as a whole. Raises InputError for one that is cut.

    A cut table would be read without a word, with fewer rows and half a number at the end.
    """
    if not Path(path).read_bytes().endswith(b"\n"):
        raise InputError(path, "a whole table", "its last line is cut", "delete it and run again: it is made anew")
    # Nothing is empty; a camera may be called NA.
    return pd.read_csv(path, **{"keep_default_na": False, "na_values": [""]} | options)
