"""Writes what an expert scores: the blinded sheet, and one picture an item, with its frames and the faces in them.

The pictures are named by item and tell nothing of time, order, camera or duplicates.
"""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from squint.domain.rig import strip_columns
from squint.files.crop_names import frame_name
from squint.files.images import read_image, write_image
from squint.files.score_sheets import write_sheet
from squint.jobs.job import job, progress

TILE = 400  # px of one camera's column
# The face is shown with its surroundings, so many boxes wide.
AROUND_FACE = 1.8
BACKGROUND = 40  # grey level where there is nothing to see


def draw_item(frames: list[np.ndarray | None], boxes: list[tuple[int, int, int] | None]) -> np.ndarray:
    """The RGB frames of all cameras over their faces, uint8, up to six in a row.

    `boxes` are left, top and size in px, None where no face was found.

    A camera without a frame of the moment is dark.
    """
    shape = next(frame.shape for frame in frames if frame is not None)
    columns = []
    for seen, box in zip(frames, boxes, strict=True):
        frame = np.full(shape, BACKGROUND, np.uint8) if seen is None else seen
        height = round(TILE * frame.shape[0] / frame.shape[1])  # pyright: ignore[reportGeneralTypeIssues]
        small = cv2.resize(frame, (TILE, height), interpolation=cv2.INTER_AREA)
        face = np.full((TILE, TILE, 3), BACKGROUND, np.uint8)
        if box is not None:
            left, top, size = box
            centre, side = (left + size / 2, top + size / 2), round(size * AROUND_FACE)
            face = cv2.resize(
                cv2.getRectSubPix(frame, (side, side), centre), (TILE, TILE), interpolation=cv2.INTER_AREA
            )
        columns.append(np.vstack([small, face]))
    across = strip_columns(len(columns))
    columns += [np.full_like(columns[0], BACKGROUND)] * (-len(columns) % across)
    return np.vstack([np.hstack(columns[first : first + across]) for first in range(0, len(columns), across)])


def draw_items(moments_path: str, frames: str, folder: str, min_prob: float) -> None:
    """Write one JPEG an item into `folder`."""
    Path(folder).mkdir(parents=True)
    for item, rows in progress(pd.read_parquet(moments_path).groupby("item"), unit="item"):
        views = list(rows.itertuples())
        pictures = [
            read_image(Path(frames) / frame_name(view.camera, view.frame_num)) if view.frame_num >= 0 else None
            for view in views
        ]
        found = [view.det_lbl and view.det_prb >= min_prob for view in views]
        boxes = [
            (view.box_x, view.box_y, view.box_size) if seen else None for view, seen in zip(views, found, strict=True)
        ]
        write_image(Path(folder) / f"I{item:04d}.jpg", draw_item(pictures, boxes))


if __name__ == "__main__":
    with job(snakemake):
        write_sheet(
            moments_path=snakemake.input.moments, sheet_path=snakemake.output.sheet, units=snakemake.params.units
        )
        draw_items(
            moments_path=snakemake.input.moments,
            frames=snakemake.input.frames,
            folder=snakemake.output.pictures,
            min_prob=snakemake.params.min_prob,
        )
