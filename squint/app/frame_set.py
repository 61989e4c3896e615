"""Frames of a lab's videos that a person annotates with faces, for a detector that is to learn from them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from glob import glob
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd

from squint.app.box_editing import box_text, fit_box
from squint.app.journal import Change, Journal
from squint.app.recording import Box, Item, View
from squint.app.sheets import REMEDY, Table, read_box, table_text, write_whole
from squint.detection.annotations import SHEET_COLUMNS, SUBJECT, read_sheet
from squint.detection.box_table import size_of_picture
from squint.detection.wanted import spread
from squint.errors import InputError, instead_of_file
from squint.files.copies import digest_of_ends
from squint.files.crop_names import frame_name
from squint.files.damage import spans
from squint.files.frames import picture
from squint.files.images import write_image
from squint.files.lab_tables import as_number, expand_home, read_people_table, whole_numbers
from squint.files.video import Video, index_frames
from squint.jobs.job import progress

FOLDER = "annotations"  # what a person annotates, beside `results`
DIGEST = "annotated frames"  # their journal is the same whatever frames it grows by
# Of the files in a folder those that are videos. Others are taken where they are named one by one.
VIDEO_SUFFIXES = (".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mts", ".m2ts", ".ts", ".mod", ".tod", ".mpg")
VIDEO_SUFFIXES += (".mpeg", ".wmv")
TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods")
GOLDEN_RATIO = 0.618  # its multiples spread evenly however many there are
SUGGESTED = 0.5  # certainty of a detector from which its box is shown


@dataclass(frozen=True)
class Asked:
    """A frame to annotate: its number from 0, and where its face may be; the certainty of a person's box is 1."""

    video: str
    frame_num: int
    suggested: tuple[float, float, float] | None = None
    certainty: float = 0.0


@dataclass(frozen=True)
class FrameSet:
    """The frames that one server shows, an item each, in the order in which they are asked for."""

    items: tuple[Item, ...]
    cameras: ClassVar[int] = 1  # views of an item


def annotations_path(folder: Path) -> Path:
    """Where the annotated frames stand, as `faces: annotations` takes them."""
    return folder / FOLDER / "faces.csv"


def annotated_boxes(journal: Journal) -> dict[tuple[str, int], Box | None]:
    """The box of each annotated frame by video and number; None for a frame that shows no face."""
    boxes = {}
    for frame, value in journal.values("box").items():
        video, _, number = frame.rpartition("/")
        if value:
            boxes[video, int(number)] = read_box(value, None)
    return boxes


def annotations_text(journal: Journal) -> str:
    """The annotated frames as a box sheet; size 0 says that a frame shows no face."""
    rows = sorted(annotated_boxes(journal).items())
    return table_text(
        SHEET_COLUMNS,
        (dict(zip(SHEET_COLUMNS, (*frame, *(box or (0, 0, 0))), strict=True)) for frame, box in rows),
    )


def import_annotations(journal: Journal, folder: Path, person: str) -> int:
    """Take over the annotated frames of a table that came without its journal; how many there are.

    The table is written anew. Raises InputError for one that is no box sheet, or that says more than the journal has.
    """
    path = annotations_path(folder)
    if journal.people("box") or not path.is_file():
        return 0
    sheet = read_sheet(path)
    if SUBJECT in sheet:
        expected, found = "a box sheet as this app writes it", f"a column {SUBJECT!r}, which would be lost"
        remedy = "leave the column out; or give the table another name, and that name as `faces: annotations`"
        raise InputError(path, expected, found, remedy)
    changes = [
        Change("box", f"{spelled(Path(row.file), folder)}/{row.frame_num}", "", box_text(box))
        for row in sheet.itertuples()
        for box in [(row.box_x, row.box_y, row.box_size) if row.box_size else None]
    ]
    if changes:
        journal.act(person, changes)
        write_whole(path, annotations_text(journal))
    return len(changes)


def tables_of_frames(journal: Journal, frames: FrameSet, folder: Path, people: Iterable[str]) -> list[Table]:
    """The one table of annotated frames, which is everybody's."""
    return [Table(annotations_path(folder), partial(annotations_text, journal), "box")]


def videos_in(folder: Path) -> list[Path]:
    """The videos in a folder and those below it, but hidden ones. Raises InputError where there are none."""
    names = sorted(glob("**/*", root_dir=folder, recursive=True))  # noqa: PTH207 (goes through links, leaves hidden ones)
    found = [folder / name for name in names if name.lower().endswith(VIDEO_SUFFIXES) and (folder / name).is_file()]
    if not found:
        raise InputError(folder, f"videos ({', '.join(VIDEO_SUFFIXES)})", "none", "name videos, or their folder")
    return found


def spelled(path: Path, folder: Path) -> str:
    """The one spelling of a video's path: from `folder` on where it lies in there, else whole."""
    whole, here = (folder / expand_home(str(path))).resolve(), folder.resolve()
    return str(whole.relative_to(here) if whole.is_relative_to(here) else whole)


def read_asked(path: Path) -> list[Asked]:
    """The frames that a table names by `video` and `frame_num`: those that a training wants, or a box sheet."""
    optional = ["certainty", "why", *SHEET_COLUMNS[2:], SUBJECT]
    table = read_people_table(str(path), SHEET_COLUMNS[:2], optional)
    if table.empty:
        raise InputError(path, "frames to annotate", "none", "train the detector on videos, which name frames")
    for column in SHEET_COLUMNS[2:]:
        table[column] = table[column].replace("", "0") if column in table else "0"
    table = whole_numbers(table, SHEET_COLUMNS[1:], str(path))
    said = table.certainty.map(as_number) if "certainty" in table else pd.Series(1.0, table.index)
    asked = []
    for row, certainty in zip(table.itertuples(), pd.to_numeric(said, errors="coerce").fillna(0), strict=True):
        seen = certainty >= SUGGESTED and row.box_size > 0
        box = (row.box_x, row.box_y, row.box_size) if seen else None
        asked.append(Asked(row.video, row.frame_num, box, float(certainty)))
    return asked


def choose_frames(videos: dict[str, pd.DataFrame], count: int) -> list[Asked]:
    """`count` frames spread over videos, video after video: key frames, which are quick to read, where they suffice.

    `videos` are names with indexes. Videos of one recording are asked for other instants, as far as there are some.
    """
    asked = []
    for number, (video, index) in enumerate(videos.items()):
        share = count * (number + 1) // len(videos) - count * number // len(videos)
        keys = index.index[index.key_frame].to_numpy()
        frames, offset = keys if len(keys) >= share else index.index.to_numpy(), (0.5 + number * GOLDEN_RATIO) % 1
        asked += [Asked(video, frame) for frame in spread(frames, share, offset)]
    return asked


class Films:
    """The videos that frames are asked of, by the one spelling of their paths, each looked at once.

    `folder` is where relative paths begin. A video that can't be read is told, and left out.
    """

    def __init__(self, folder: Path, journal: Journal):
        self.folder = folder
        self.journal = journal
        self.indexes: dict[str, pd.DataFrame] = {}
        self.digests: dict[str, str] = {}

    def path(self, video: str) -> Path:
        """Where a video is."""
        return self.folder / video

    def add(self, videos: Iterable[Path]) -> list[str]:
        """Look at some videos; the names of those that can be read."""
        annotated = {video for video, _ in annotated_boxes(self.journal)}
        names = dict.fromkeys(spelled(video, self.folder) for video in videos)
        for video in progress([name for name in names if name not in self.indexes], desc="looking at", unit="video"):
            path = self.path(video)
            if not path.is_file():
                raise InputError(path, "a video to annotate", instead_of_file(path), "correct its path")
            self.digests[video] = digest_of_ends(str(path))
            known = self.journal.value("", "film", video)
            if known not in ("", self.digests[video]) and video in annotated:
                remedy = f"give it another name, or move {FOLDER}/ away: its annotations are of the video before"
                raise InputError(path, "the video of which frames are annotated", "another one of that name", remedy)
            try:
                self.indexes[video] = index_frames(str(path))
            except InputError as error:
                print(f"Left out:\n{error}\n")
        return [name for name in names if name in self.indexes]

    def note(self, videos: Iterable[str]) -> None:
        """Remember which videos their names stand for."""
        new = [name for name in videos if self.journal.value("", "film", name) != self.digests[name]]
        if new:
            self.journal.act("", [Change("film", name, "", self.digests[name]) for name in new])


def find_frames(sources: list[Path], count: int, films: Films) -> list[Asked]:
    """The frames that some tables name, and `count` of some videos and folders of videos. Each once.

    Raises InputError for what is none of these, and where no video can be read.
    """
    asked, videos = [], []
    for source in sources:
        if source.is_dir():
            videos += videos_in(source)
        elif not source.is_file():
            remedy = "name videos, their folder, or a table of frames such as results/faces/wanted.csv"
            raise InputError(source, "videos to annotate", instead_of_file(source), remedy)
        elif source.suffix.lower() in TABLE_SUFFIXES:
            asked += read_asked(source)
        else:
            videos.append(source)
    asked = [replace(frame, video=spelled(Path(frame.video), films.folder)) for frame in asked]
    there = set(films.add(Path(frame.video) for frame in asked))
    asked = [frame for frame in asked if frame.video in there]
    chosen = films.add(path.absolute() for path in videos)
    asked += choose_frames({name: films.indexes[name] for name in chosen}, count)
    if not asked:
        raise InputError(sources[0], "a video that can be read", "none", "convert it, or name others")
    found: dict[tuple[str, int], Asked] = {}
    for frame in asked:
        found.setdefault((frame.video, frame.frame_num), frame)
    return list(found.values())


def write_frame(path: Path, pixels: np.ndarray) -> None:
    """Write a frame as JPEG, whole or not at all. Raises InputError where that fails."""
    part = path.with_name("extracting.jpg")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_image(part, pixels)
        part.replace(path)
    except OSError as error:
        raise InputError(path, "room on the disk for a frame", error.strerror or repr(error), REMEDY) from error


def extract_asked(asked: list[Asked], films: Films, folder: Path) -> dict[tuple[str, int], Path]:
    """Write a JPEG of each frame that is not there yet into `folder`; the path of each that can be read."""
    paths = {
        (frame.video, frame.frame_num): folder / frame_name(films.digests[frame.video], frame.frame_num)
        for frame in asked
    }
    missing: dict[str, list[int]] = {}
    for (video, number), path in paths.items():
        if not path.is_file():
            missing.setdefault(video, []).append(number)
    for video, numbers in progress(missing.items(), desc="extracting frames", unit="video"):
        with Video(str(films.path(video)), films.indexes[video]) as opened:
            for number, frame in opened.read(sorted(numbers)):
                write_frame(paths[video, number], picture(frame))
            if opened.unreadable:
                print(f"Left out, as they can't be read: frames {spans(opened.unreadable)} of {video}.")
    return {frame: path for frame, path in paths.items() if path.is_file()}


def read_frame_set(sources: list[Path], count: int, folder: Path, journal: Journal) -> FrameSet:
    """The frames to annotate (see find_frames), extracted under `folder`. Raises InputError where that can't be."""
    films = Films(folder, journal)
    asked = find_frames(sources, count, films)
    paths = extract_asked(asked, films, folder / FOLDER / "frames")
    films.note({video for video, _ in paths})
    items = []
    for frame in asked:
        if path := paths.get((frame.video, frame.frame_num)):
            size = size_of_picture(path)
            box = fit_box(frame.suggested, size) if frame.suggested else None
            view = View(frame.video, frame.frame_num, path, box, frame.certainty, size)
            items.append(Item(len(items) + 1, view.frame, len(items) + 1, (view,)))
    return FrameSet(tuple(items))
