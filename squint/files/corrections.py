"""Corrections of face boxes, which experts make."""

import pandas as pd
import pyarrow.parquet as pq

from squint.domain.boxes import outside_frame
from squint.domain.rig import CAMERA_NAME
from squint.errors import InputError
from squint.files.lab_tables import read_people_table, whole_numbers

BOX = ["box_x", "box_y", "box_size"]


def read_corrections(path: str) -> pd.DataFrame:
    """Corrected boxes: `camera`, `frame_num`, `box_x`, `box_y`, `box_size` in px; size 0 removes a box.

    Raises InputError for wrong columns, cameras, numbers, or a frame that is corrected twice.
    """
    table = whole_numbers(read_people_table(path, ["camera", "frame_num", *BOX], []), ["frame_num", *BOX], path)
    wrong = table[~table.camera.str.fullmatch(CAMERA_NAME)]
    if len(wrong):
        raise InputError(path, "the name of a camera", repr(wrong.camera.iloc[0]), "correct the cell")
    twice = table[table.duplicated(["camera", "frame_num"])]
    if len(twice):
        found = f"{twice.camera.iloc[0]}, frame {twice.frame_num.iloc[0]} more than once"
        raise InputError(path, "one correction a frame", found, "keep one row")
    return table


def check_corrections(corrected: pd.DataFrame, path: str, moments_path: str) -> None:
    """Raise InputError for a corrected box that can't be of a face in the recording's frames."""
    about = pq.read_schema(moments_path).metadata
    width, height = int(about[b"width"]), int(about[b"height"])
    wrong = corrected[outside_frame(corrected, width, height)]
    if len(wrong):
        row = wrong.iloc[0]
        raise InputError(
            path,
            f"boxes centred in frames of {width} by {height} px, and no larger than these",
            f"{row.camera}, frame {row.frame_num}: box_x {row.box_x}, box_y {row.box_y}, box_size {row.box_size}",
            "correct that row; box_size 0 removes a box",
        )


def correct_boxes(moments: pd.DataFrame, corrections: pd.DataFrame | None) -> pd.DataFrame:
    """`moments` (with boolean `face`) with corrected boxes laid over the detected ones."""
    if corrections is None:
        return moments
    shown = moments[["camera", "frame_num"]].drop_duplicates()
    strange = corrections.merge(shown, on=["camera", "frame_num"], how="left", indicator=True)._merge == "left_only"
    if strange.any():
        row = corrections[strange.to_numpy()].iloc[0]
        raise InputError(
            "the corrections",
            "frames of selected moments",
            f"{row.camera}, frame {row.frame_num}",
            "remove or correct that row",
        )
    merged = moments.merge(corrections, on=["camera", "frame_num"], how="left", suffixes=("", "_new"))
    changed = merged.box_size_new.notna()
    for column in BOX:
        merged[column] = merged[column].where(~changed, merged[f"{column}_new"]).astype(int)
    merged["face"] = merged.face.where(~changed, merged.box_size_new > 0).astype(bool)
    return merged
