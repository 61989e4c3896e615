"""Frames of a lab's videos that a person annotates with faces, for a detector that is to learn from them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from squint.app.journal import Journal
from squint.app.recording import Box, Item, View
from squint.app.sheets import Table, read_box, table_text
from squint.detection.annotations import SHEET_COLUMNS, SUBJECT
from squint.detection.box_table import size_of_picture
from squint.detection.wanted import spread
from squint.errors import InputError, instead_of_file
from squint.files.crop_names import frame_name
from squint.files.frames import picture
from squint.files.images import write_image
from squint.files.lab_tables import read_people_table, whole_numbers
from squint.files.video import Video
from squint.jobs.job import progress

FOLDER = "annotations"  # what a person annotates, beside `results`
DIGEST = "annotated frames"  # their journal is the same whatever frames it grows by
VIDEO_SUFFIXES = (".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mts", ".m2ts", ".ts", ".mpg", ".mpeg", ".wmv")
TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".ods")
GOLDEN_RATIO = 0.618  # its multiples spread evenly however many there are
SUGGESTED = 0.5  # certainty of a detector from which its box is shown


@dataclass(frozen=True)
class Asked:
    """A frame to annotate: its number from 0, and where a detector sees a face in it, if it does."""

    video: str
    frame_num: int
    suggested: Box | None = None
    certainty: float = 0.0


@dataclass(frozen=True)
class FrameSet:
    """The frames that one server shows, an item each, in the order in which they are asked for."""

    items: tuple[Item, ...]
    cameras: int = 1  # views of an item
    digest: str = DIGEST


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


def tables_of_frames(journal: Journal, frames: FrameSet, folder: Path, people: Iterable[str]) -> list[Table]:
    """The one table of annotated frames, which is everybody's."""
    return [Table(annotations_path(folder), partial(annotations_text, journal), "box")]


def videos_in(folder: Path) -> list[Path]:
    """The videos in a folder and those below it. Raises InputError where there are none."""
    found = sorted(path for path in folder.rglob("[!.]*") if path.suffix.lower() in VIDEO_SUFFIXES and path.is_file())
    if not found:
        raise InputError(folder, f"videos ({', '.join(VIDEO_SUFFIXES)})", "none", "name videos, or their folder")
    return found


def read_asked(path: Path) -> list[Asked]:
    """The frames that a table names by `video` and `frame_num`: those that a training wants, or a box sheet."""
    optional = ["certainty", "why", *SHEET_COLUMNS[2:], SUBJECT]
    table = read_people_table(str(path), SHEET_COLUMNS[:2], optional)
    if table.empty:
        raise InputError(path, "frames to annotate", "none", "train the detector on videos, which name frames")
    for column in SHEET_COLUMNS[2:]:
        table[column] = table[column].replace("", "0") if column in table else "0"
    table = whole_numbers(table, SHEET_COLUMNS[1:], str(path))
    said = table.certainty if "certainty" in table else pd.Series(1.0, table.index)
    asked = []
    for row, certainty in zip(table.itertuples(), pd.to_numeric(said, errors="coerce").fillna(0), strict=True):
        seen = certainty >= SUGGESTED and row.box_size > 0
        box = (row.box_x, row.box_y, row.box_size) if seen else None
        asked.append(Asked(str(Path(row.video).expanduser()), row.frame_num, box, float(certainty)))
    return asked


def choose_frames(videos: list[Path], count: int) -> list[Asked]:
    """`count` frames spread over videos, video after video: key frames, which are quick to read, where they suffice.

    Videos of one recording are asked for frames of other instants.
    """
    asked = []
    for number, path in enumerate(progress(videos, desc="choosing frames", unit="video")):
        share = count * (number + 1) // len(videos) - count * number // len(videos)
        with Video(str(path)) as video:
            frames = video.keys if len(video.keys) >= share else range(len(video))
            offset = (0.5 + number * GOLDEN_RATIO) % 1
            asked += [Asked(str(path), frame) for frame in spread(frames, share, offset)]
    return asked


def find_frames(sources: list[Path], count: int) -> list[Asked]:
    """The frames that some tables name, and `count` of some videos and folders of videos. Each once.

    Raises InputError for what is none of these.
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
    asked += choose_frames(list(dict.fromkeys(videos)), count) if videos else []
    return list({(frame.video, frame.frame_num): frame for frame in asked}.values())


def extract_asked(asked: list[Asked], folder: Path) -> list[Path]:
    """Write a JPEG of each frame that is not there yet into `folder`; their paths."""
    names, paths = {}, {}
    for video in dict.fromkeys(frame.video for frame in asked):
        if not Path(video).is_file():
            raise InputError(video, "a video to annotate", instead_of_file(video), "correct its path")
        about = Path(video).stat()  # another video of the same name has other frames
        what = f"{Path(video).absolute()}/{about.st_size}/{about.st_mtime_ns}"
        names[video] = hashlib.sha256(what.encode()).hexdigest()[:16]
    for frame in asked:
        paths[frame.video, frame.frame_num] = folder / frame_name(names[frame.video], frame.frame_num)
    folder.mkdir(parents=True, exist_ok=True)
    missing: dict[str, list[int]] = {}
    for (video, number), path in paths.items():
        if not path.is_file():
            missing.setdefault(video, []).append(number)
    for video, numbers in progress(missing.items(), desc="extracting frames", unit="video"):
        with Video(video) as opened:
            for number, frame in opened.read_all(sorted(numbers)):
                write_image(paths[video, number], picture(frame))
    return list(paths.values())


def read_frame_set(sources: list[Path], count: int, folder: Path) -> FrameSet:
    """The frames to annotate (see find_frames), extracted under `folder`. Raises InputError where that can't be."""
    asked = find_frames(sources, count)
    paths = extract_asked(asked, folder / FOLDER / "frames")
    items = []
    for number, (frame, path) in enumerate(zip(asked, paths, strict=True), 1):
        size = size_of_picture(path)
        view = View(frame.video, frame.frame_num, path, frame.suggested, frame.certainty, size)
        items.append(Item(number, view.frame, number, (view,)))
    return FrameSet(tuple(items))
