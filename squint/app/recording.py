"""What the pages show: the items of one recording, their views, and a blinded order of them for each person."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from squint.domain.boxes import accepted
from squint.domain.scale import Guide, Scale, make_guide, make_scale
from squint.errors import InputError, suggest
from squint.files.crop_names import frame_name
from squint.files.score_sheets import item_keys, raw_key

Box = tuple[int, int, int]  # left, top and size in px
# A moment that comes again sooner would be known again.
APART = 20  # items
DRAWS = 200  # of an order
SCALE = "scale.json"  # in results


@dataclass(frozen=True)
class View:
    """One camera's frame of a moment."""

    camera: str
    frame_num: int  # from 0; negative where the camera has no frame of the moment
    path: Path | None  # of the JPEG
    detected: Box | None  # the detector's box, if it counts as a face
    certainty: float  # of the detector, 0 to 1
    size: tuple[int, int]  # width and height of the frame in px

    @property
    def frame(self) -> str:
        """The frame's name in the journal."""
        return f"{self.camera}/{self.frame_num}"


@dataclass(frozen=True)
class Item:
    """One row of the blinded sheet: a moment, shown once."""

    number: int  # in the sheet
    key: str  # in the sheet; tells whether scores answer it
    first: int  # the lowest number of an item that shows the same moment
    views: tuple[View, ...]  # one a camera, in the rig's order


@dataclass(frozen=True)
class Recording:
    """One recording with its sheet."""

    name: str
    sheet: Path
    moments: Path
    items: tuple[Item, ...]  # in the sheet's order
    scale: Scale
    guide: Guide

    @property
    def cameras(self) -> int:
        """How many views an item has."""
        return len(self.items[0].views)

    @property
    def digest(self) -> str:
        """What the sheet asks, in a word: it changes when the moments were selected anew."""
        return hashlib.sha256("/".join(item.key for item in self.items).encode()).hexdigest()

    def order(self, person: str) -> list[Item]:
        """The items in an order that is this person's own and the same each time.

        Of some drawn orders it is the first that keeps items with the same moment `APART`, or else the best.
        """
        orders = (self._shuffled(self.items, person, str(draw)) for draw in range(DRAWS))
        best: list[Item] = []
        distance = -1
        for order in orders:
            found = nearest_repeat(order)
            if found > distance:
                best, distance = order, found
            if distance >= APART:
                break
        return best

    def moments_once(self, person: str) -> list[Item]:
        """One item of each moment, in an order that is this person's own and unlike that of the items."""
        return self._shuffled([item for item in self.items if item.first == item.number], person, "moments")

    def _shuffled(self, items: Iterable[Item], *words: str) -> list[Item]:
        return sorted(items, key=lambda item: hashlib.sha256("/".join([*words, item.key]).encode()).digest())


def nearest_repeat(order: list[Item]) -> int:
    """The least distance in the order between two items that show the same moment; the number of items if none do."""
    last, distance = {}, len(order)
    for index, item in enumerate(order):
        distance = min(distance, index - last.get(item.first, -len(order)))
        last[item.first] = index
    return distance


def recordings_in(results: Path) -> list[str]:
    """The recordings that have a sheet."""
    return sorted(path.stem for path in (results / "sheets").glob("*.csv"))


def read_view(row, frames: Path, found: bool, size: tuple[int, int]) -> View:
    """The view of one row of the moments' table; its frame has a `size`."""
    seen = row.frame_num >= 0
    box = (int(row.box_x), int(row.box_y), int(row.box_size)) if seen and found else None
    path = frames / frame_name(row.camera, row.frame_num) if seen else None
    return View(row.camera, int(row.frame_num), path, box, float(row.det_prb) if seen else 0.0, size)


def read_recording(results: Path, name: str) -> Recording:
    """The recording that the workflow has prepared under `results`.

    Raises InputError where its sheet, moments or frames are not there, or do not fit each other.
    """
    sheet_path = results / "sheets" / f"{name}.csv"
    moments_path = results / "moments" / f"{name}.parquet"
    frames = results / "frames" / name
    make = "let the workflow prepare it: snakemake --cores all sheets (with your --configfile)"
    if not sheet_path.is_file():
        there = recordings_in(results)
        found = (
            f"none; there are {', '.join(there)}{suggest(name, there)}" if there else "none, nor of another recording"
        )
        raise InputError(
            sheet_path, "the blinded sheet of a recording", found, f"name a recording that has one, or {make}"
        )
    if not moments_path.is_file():
        raise InputError(moments_path, "the selected moments", "no such file", make)
    try:
        about = pq.read_schema(moments_path).metadata or {}
        table = pd.read_parquet(moments_path)
        sheet = pd.read_csv(sheet_path, dtype=str).set_index("item").key
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise InputError(
            f"{sheet_path} and {moments_path}", "a sheet and its moments", f"{type(error).__name__}: {error}", make
        ) from error
    if b"min_prob" not in about:
        raise InputError(moments_path, "moments that say from which certainty a face counts", "an older table", make)
    try:
        whole = json.loads((results / SCALE).read_text())
        scale, guide = make_scale(whole), make_guide(whole)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            results / SCALE, "the scale that is scored on", f"{type(error).__name__}: {error}", make
        ) from error
    keys = item_keys(table)
    if not sheet.index.is_unique or sheet.map(raw_key).to_dict() != {str(item): key for item, key in keys.items()}:
        raise InputError(sheet_path, f"the sheet of {moments_path}", "another one's items or keys", make)
    faces, size = accepted(table, float(about[b"min_prob"])), (int(about[b"width"]), int(about[b"height"]))
    items = []
    for number, rows in table.assign(face=faces).groupby("item"):
        views = tuple(read_view(row, frames, bool(row.face), size) for row in rows.itertuples())
        items.append(Item(int(number), keys[number], int(rows.duplicate_of.iloc[0]) or int(number), views))
    missing = [view.path for item in items for view in item.views if view.path and not view.path.is_file()]
    if missing:
        raise InputError(missing[0], "the frame of a selected moment", f"{len(missing)} such frames missing", make)
    return Recording(name, sheet_path, moments_path, tuple(items), scale, guide)
