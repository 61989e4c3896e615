"""The form of annotated frames, which the face detector learns from."""

from pathlib import Path

import pandas as pd

from scripts.job import InputError
from scripts.tables import read_people_table, whole_numbers

COLUMNS = ["video", "frame_num", "box_x", "box_y", "box_size"]


def read_annotations(path: str, videos_of_recordings: list[str]) -> pd.DataFrame:
    """Annotated frames: `video`, `frame_num`, `box_x`, `box_y`, `box_size` in px; size 0 means no face.

    Raises InputError for a missing file, wrong columns or numbers, a frame that is annotated twice, a table
    without faces, or a frame from `videos_of_recordings`, which are to be judged by a detector that never saw them.
    """
    table = whole_numbers(read_people_table(path, COLUMNS, []), COLUMNS[1:], path)
    twice = table[table.duplicated(["video", "frame_num"])]
    if len(twice):
        found = f"frame {twice.frame_num.iloc[0]} of {twice.video.iloc[0]} more than once"
        raise InputError(path, "one annotation a frame", found, "keep one row")
    if not (table.box_size > 0).any():
        remedy = "add faces; a row with box_size 0 marks a frame without one"
        raise InputError(path, "at least one face", "no row with a box_size above 0", remedy)
    judged = {Path(video).resolve() for video in videos_of_recordings}
    shared = [video for video in table.video.unique() if Path(video).resolve() in judged]
    if shared:
        remedy = "annotate recordings that serve nothing else"
        raise InputError(path, "videos that are not in the sample sheet", shared[0], remedy)
    return table
