"""What the pages show: the items of one recording, their six views, and a blinded order of them for each person."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from scripts.boxes import accepted
from scripts.crop_names import frame_name
from scripts.grimace import CAMERAS
from scripts.job import InputError

Box = tuple[int, int, int]  # left, top and size in px


@dataclass(frozen=True)
class View:
    """One camera's frame of a moment."""

    camera: str
    frame_num: int  # from 0; negative where the camera has no frame of the moment
    path: Path | None  # of the JPEG
    detected: Box | None  # the detector's box, if it counts as a face
    certainty: float  # of the detector, 0 to 1

    @property
    def frame(self) -> str:
        """The frame's name in the journal."""
        return f"{self.camera}/{self.frame_num}"


@dataclass(frozen=True)
class Item:
    """One row of the blinded sheet: a moment, shown once."""

    number: int  # in the sheet
    key: str  # in the sheet; tells whether scores answer it
    repeats: bool  # shows a moment that an item with a lower number shows too
    views: tuple[View, ...]  # six, C1 to C6


@dataclass(frozen=True)
class Recording:
    """One recording with its sheet; `width` and `height` of its frames in px."""

    name: str
    sheet: Path
    moments: Path
    items: tuple[Item, ...]  # in the sheet's order
    width: int
    height: int

    @property
    def digest(self) -> str:
        """What the sheet asks, in a word: it changes when the moments were selected anew."""
        return hashlib.sha256("/".join(item.key for item in self.items).encode()).hexdigest()

    def order(self, person: str, moments_once: bool = False) -> list[Item]:
        """The items in an order that is this person's own and the same each time; `moments_once`: none twice."""
        items = [item for item in self.items if not (moments_once and item.repeats)]
        purpose = "moments" if moments_once else "items"
        return sorted(items, key=lambda item: hashlib.sha256(f"{purpose}/{person}/{item.key}".encode()).digest())


def recordings_in(results: Path) -> list[str]:
    """The recordings that have a sheet."""
    return sorted(path.stem for path in (results / "sheets").glob("*.csv"))


def read_view(row, frames: Path, found: bool) -> View:
    """The view of one row of the moments' table."""
    seen = row.frame_num >= 0
    box = (int(row.box_x), int(row.box_y), int(row.box_size)) if seen and found else None
    path = frames / frame_name(row.camera, row.frame_num) if seen else None
    return View(row.camera, int(row.frame_num), path, box, float(row.det_prb) if seen else 0.0)


def read_recording(results: Path, name: str) -> Recording:
    """The recording that the workflow has prepared under `results`.

    Raises InputError where its sheet, moments or frames are not there, or do not fit each other.
    """
    sheet_path = results / "sheets" / f"{name}.csv"
    moments_path = results / "moments" / f"{name}.parquet"
    frames = results / "frames" / name
    make = f"let the workflow prepare it: snakemake --cores all {sheet_path} {frames}"
    if not sheet_path.is_file():
        there = ", ".join(recordings_in(results)) or "none"
        raise InputError(sheet_path, "the blinded sheet of a recording", f"none; recordings with one: {there}", make)
    if not moments_path.is_file():
        raise InputError(moments_path, "the selected moments", "no such file", make)
    about = pq.read_schema(moments_path).metadata or {}
    if b"min_prob" not in about:
        raise InputError(moments_path, "moments that say from which certainty a face counts", "an older table", make)
    table = pd.read_parquet(moments_path)
    keys = pd.read_csv(sheet_path, dtype=str).set_index("item").key
    faces = accepted(table, float(about[b"min_prob"]))
    items = []
    for number, rows in table.assign(face=faces).groupby("item"):
        ordered = sorted(rows.itertuples(), key=lambda row: CAMERAS.index(row.camera))
        views = tuple(read_view(row, frames, bool(row.face)) for row in ordered)
        if str(number) not in keys.index:
            raise InputError(sheet_path, f"the items of {moments_path}", f"no item {number}", make)
        items.append(Item(int(number), keys[str(number)], bool(rows.duplicate_of.iloc[0]), views))
    missing = [view.path for item in items for view in item.views if view.path and not view.path.is_file()]
    if missing:
        raise InputError(missing[0], "the frame of a selected moment", f"{len(missing)} such frames missing", make)
    return Recording(name, sheet_path, moments_path, tuple(items), int(about[b"width"]), int(about[b"height"]))
