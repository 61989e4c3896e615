"""Recordings for the app's tests and benchmark, in the form in which the workflow leaves them."""

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from scripts.moments.select_moments import write_moments
from squint.files.crop_names import frame_name
from squint.files.score_sheets import write_sheet
from tests.scales import WHOLE_MGS

SIX = ("C1", "C2", "C3", "C4", "C5", "C6")
MIN_PROB = 0.8
NO_FRAME = -1


def make_moments(moments: int, duplicates: int, width: int, height: int, cameras: Sequence[str] = SIX) -> pd.DataFrame:
    """A table of items: each moment once, the first ones twice; C4 to C6 see no face, C6 has no frame of moment 0.

    In moment 1 only C1 sees a face, and in moment 2 the face of C2 is less certain than any other. With other `cameras`
    these are the first, the second, those from the fourth on, and the sixth.
    """
    shown = [*range(moments), *range(duplicates)]
    rows = []
    for item, moment in enumerate(shown, 1):
        for number, camera in enumerate(cameras):
            face = number < (1 if moment == 1 else 3)
            seen = not (moment == 0 and number == 5)
            rows.append(
                {
                    "item": item,
                    "sync_index": 5 * moment,
                    "camera": camera,
                    "frame_num": 100 + 5 * moment + number if seen else NO_FRAME,
                    "duplicate_of": moment + 1 if item > moments else 0,
                    "det_lbl": int(face),
                    "det_prb": 0.81 if (moment, number) == (2, 1) else 0.99 - 0.001 * moment if face else 0.1,
                    "box_x": width // 2 + 3 * number if face else 0,
                    "box_y": height // 3 if face else 0,
                    "box_size": height // 5 if face else 0,
                }
            )
    return pd.DataFrame(rows)


def make_recording(
    folder: Path,
    name: str,
    moments: int,
    duplicates: int,
    size: tuple[int, int],
    picture: Callable[[int, int], Path],
    cameras: Sequence[str] = SIX,
    scale: dict = WHOLE_MGS,
) -> pd.DataFrame:
    """Put sheet, moments, frames and the whole of a scale under `folder`/results.

    `picture` gives the JPEG of a moment and camera, from 0.
    """
    table = make_moments(moments, duplicates, *size, cameras)
    results = folder / "results"
    frames = results / "frames" / name
    for place in ("sheets", "moments"):
        (results / place).mkdir(parents=True, exist_ok=True)
    frames.mkdir(parents=True)
    path = results / "moments" / f"{name}.parquet"
    write_moments(table, str(path), {"min_prob": MIN_PROB, "width": size[0], "height": size[1]})
    units = [unit["key"] for unit in scale["units"]]
    write_sheet(str(path), str(results / "sheets" / f"{name}.csv"), units)
    (results / "scale.json").write_text(json.dumps(scale))
    for row in table[table.frame_num >= 0].drop_duplicates(["camera", "frame_num"]).itertuples():
        source = picture(row.sync_index // 5, list(cameras).index(row.camera))
        os.link(source, frames / frame_name(row.camera, row.frame_num))
    return table
