"""The form of annotated frames, which the face detector learns from."""

import pandas as pd

from scripts.job import InputError

COLUMNS = ["video", "frame_num", "box_x", "box_y", "box_size"]


def read_annotations(path: str) -> pd.DataFrame:
    """Annotated frames: `video`, `frame_num`, `box_x`, `box_y`, `box_size` in px; size 0 means no face.

    Raises InputError for missing columns, an empty table or a table without faces.
    """
    table = pd.read_csv(path)
    missing = [column for column in COLUMNS if column not in table]
    if missing or not (table.get("box_size", pd.Series(dtype=float)) > 0).any():
        raise InputError(
            path,
            f"the columns {', '.join(COLUMNS)} and at least one face",
            f"no column {', '.join(missing)}" if missing else "no row with a box_size above 0",
            "add what is missing; a row with box_size 0 marks a frame without a face",
        )
    return table
