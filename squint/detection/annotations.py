"""Annotated frames, which the face detector learns from and is judged by: a sheet, COCO JSON or YOLO text.

All three become one table: `file` (a video or a picture), `frame_num` (−1 for a picture), and the face's square box
`box_x`, `box_y`, `box_size` in px; size 0 means no face. A box that is not square becomes the square around it.
"""

from pathlib import Path

import pandas as pd

from squint.detection.box_table import COLUMNS
from squint.detection.coco import read_coco
from squint.detection.other_tools import tool_of
from squint.detection.yolo import read_yolo
from squint.errors import InputError, instead_of_file
from squint.files.copies import find_copies
from squint.files.lab_tables import expand_home, read_people_table, whole_numbers

SHEET_COLUMNS = ["video", *COLUMNS[1:]]
SUBJECT = "subject"  # may stand beside them: whose face it is, so that an animal is held out whole


def read_sheet(path: Path) -> pd.DataFrame:
    """A box sheet: `video`, `frame_num`, `box_x`, `box_y`, `box_size`; perhaps `subject`."""
    table = whole_numbers(read_people_table(str(path), SHEET_COLUMNS, [SUBJECT]), SHEET_COLUMNS[1:], str(path))
    table["video"] = table.video.map(expand_home)
    return table.rename(columns={"video": "file"})


def read_any(source: Path) -> pd.DataFrame:
    """The table of a file or folder by its form. Raises InputError for one of another tool, which it names."""
    if not source.exists():
        raise InputError(source, "annotated frames", instead_of_file(source), "correct `faces: annotations`")
    try:
        table = read_yolo(source) if source.is_dir() else read_coco(source) if is_json(source) else read_sheet(source)
    except InputError as error:
        other = tool_of(source)
        if other is None:
            raise
        raise InputError(source, "a box sheet, COCO JSON or a YOLO folder", *other) from error
    if source.is_dir() and not (table.box_size > 0).any() and (other := tool_of(source)):
        raise InputError(source, "the text files of YOLO", *other)
    return table


def is_json(source: Path) -> bool:
    return source.suffix.lower() == ".json"


def read_annotations(path: str) -> pd.DataFrame:
    """The annotated frames of a sheet (.csv), COCO JSON (.json) or a YOLO folder.

    Raises InputError for a missing or malformed file, a frame that is annotated twice, or no face at all.
    """
    source = Path(path)
    table = read_any(source)
    files = table.file.map(lambda file: str(Path(file).resolve()))  # however they are spelled
    twice = table[table.assign(file=files).duplicated(["file", "frame_num"])]
    if len(twice):
        found = f"frame {twice.frame_num.iloc[0]} of {twice.file.iloc[0]} more than once"
        raise InputError(path, "one annotation a frame", found, "keep one row")
    if not (table.box_size > 0).any():
        remedy = "add faces; a row with box_size 0 marks a frame without one"
        raise InputError(path, "at least one face", "no row with a box_size above 0", remedy)
    return table


def check_apart(
    path: str, table: pd.DataFrame, videos_of_recordings: list[str], frames: str = "results/frames"
) -> None:
    """Raise InputError if annotations for training come from recordings that the detector is to be judged by.

    Copies of their videos count as these (see find_copies).
    """
    expected = "frames of videos that are not in the sample sheet"
    remedy = "annotate recordings that serve nothing else"
    annotated, judged = set(table.file), set(videos_of_recordings)
    for file in annotated:
        if Path(frames).resolve() in Path(file).resolve().parents:
            raise InputError(path, expected, file, remedy)
    for group in [*([file] for file in annotated & judged), *find_copies(sorted(annotated | judged))]:
        ours, theirs = annotated & set(group), judged & set(group)
        if ours and theirs:
            file, video = min(ours), min(theirs)
            same = Path(file).resolve() == Path(video).resolve()
            raise InputError(path, expected, file if same else f"{file}, which holds the same as {video}", remedy)
