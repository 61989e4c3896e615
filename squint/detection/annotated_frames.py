"""Annotated frames as the detector learns from them: their pictures, whose they are, what is held out of them.

Beside them, frames of the same videos that nobody annotated.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pandas as pd

from squint.detection.annotations import SUBJECT
from squint.detection.box_table import PICTURE
from squint.detection.detector import ScanPicture, scan_picture
from squint.detection.wanted import spread
from squint.detection.windows import Annotated
from squint.domain.boxes import outside_frame
from squint.domain.naming import same_name
from squint.errors import InputError, instead_of_file
from squint.files.images import read_image
from squint.files.video import Video, index_frames
from squint.jobs.job import progress

# So many frames that nobody annotated are read, of so many videos at most.
UNLABELLED_FRAMES, UNLABELLED_FILMS = 400, 24


def index_films(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The index of each annotated video, which is read more than once. Raises InputError for a missing file."""
    missing = next((file for file in table.file.unique() if not Path(file).is_file()), None)
    if missing is not None:
        expected = "a video or picture that was annotated"
        raise InputError(missing, expected, instead_of_file(missing), "correct the annotations")
    films = sorted(table.file[table.frame_num != PICTURE].unique())
    return {film: index_frames(film) for film in progress(films, desc="indexing annotated videos", unit="video")}


def annotated_frames(
    table: pd.DataFrame, indexes: dict[str, pd.DataFrame]
) -> Iterator[tuple[pd.Series, av.VideoFrame]]:
    """Each annotation with its frame; `indexes` are those of the videos. Raises InputError for what can't be read."""
    for file, rows in progress(table.groupby("file", sort=True), desc="reading annotated frames", unit="file"):
        by_frame = rows.set_index("frame_num").sort_index()
        if by_frame.index[0] == PICTURE:
            yield by_frame.iloc[0], av.VideoFrame.from_ndarray(read_image(Path(file)), format="rgb24")
            continue
        with Video(file, indexes[file]) as video:
            for number, frame in video.read_all(by_frame.index):
                yield by_frame.loc[number], frame


def load_pictures(table: pd.DataFrame, indexes: dict[str, pd.DataFrame]) -> Annotated:
    """Scan pictures of annotated frames, their faces in scan px, and the animal or recording that each shows.

    In the order of files and frame numbers. `indexes` are those of the videos.
    """
    pictures, faces, groups = [], [], []
    named = dict(zip(table.file, group_files(table), strict=True))
    for row, frame in annotated_frames(table, indexes):
        scanned = scan_picture(frame)
        if outside_frame(row, scanned.width, scanned.height):
            where = "" if row.name == PICTURE else f"frame {row.name} of "
            raise InputError(
                f"the annotation of {where}{row.file}",
                f"a box centred in the frame, {scanned.width} by {scanned.height} px, and no larger than it",
                f"box_x {row.box_x}, box_y {row.box_y}, box_size {row.box_size}",
                "correct it",
            )
        pictures.append(scanned.pixels)
        face = [row.box_x + row.box_size / 2, row.box_y + row.box_size / 2, row.box_size]
        faces.append(np.array(face) / scanned.scale if row.box_size > 0 else np.zeros(3))
        groups.append(named[row.file])
    return Annotated(pictures, np.array(faces, float), groups)


def group_files(table: pd.DataFrame) -> list[str]:
    """What each annotated file shows, as far as is known: its animal, or its recording.

    The column `subject` says it. Else videos in one folder are the cameras of one recording where there are several
    folders, and pictures whose names differ by the number at their end are of one recording. Raises InputError for a
    column that names the animals of some frames alone.
    """
    if SUBJECT in table and (table[SUBJECT] != "").any():
        silent = table[table[SUBJECT] == ""]
        if len(silent):
            found, remedy = f"none for {silent.file.iloc[0]}", "name all animals, or leave the column out"
            raise InputError("the annotations", f"an animal for each frame in column `{SUBJECT}`", found, remedy)
        return table[SUBJECT].map(same_name).tolist()
    folders = {str(Path(file).parent) for file in table.file}
    stems = [re.sub(r"[0-9]+$", "", Path(file).stem) for file in table.file]
    pictures = (table.frame_num == PICTURE).all()
    if len(folders) > 1 and not pictures:
        return [str(Path(file).parent) for file in table.file]
    if pictures and (len(folders) > 1 or len(set(stems)) > 1):
        return [f"{Path(file).parent}/{stem}" for file, stem in zip(table.file, stems, strict=True)]
    return table.file.tolist()


def hold_out(groups: list[str], share: float, generator: np.random.Generator) -> np.ndarray:
    """Which frames training is stopped and judged by, (frames,) bool: those of a `share` of the groups, one at least.

    A group is an animal or a recording, so that neighbouring frames are not on both sides. Of one group alone the last
    frames are held out; some are always left to train on. Raises InputError for fewer than two frames.
    """
    names = sorted(set(groups))
    if len(groups) < 2:
        raise InputError("the annotations", "at least two frames, to train on and to stop by", "one", "annotate more")
    if len(names) == 1:
        return np.arange(len(groups)) >= max(1, len(groups) - max(1, round(share * len(groups))))
    count = min(len(names) - 1, max(1, round(share * len(names))))
    return np.isin(groups, generator.choice(names, count, replace=False))


def read_unlabelled(
    annotated: pd.DataFrame, indexes: dict[str, pd.DataFrame]
) -> tuple[list[ScanPicture], list[tuple[str, int]]]:
    """Frames of annotated videos that are not annotated, and their files and numbers; none of pictures alone.

    They are key frames, which are decoded alone, so that long videos cost no more than short ones. `indexes` are those
    of the videos.
    """
    films = sorted(indexes)
    files = films[:: -(-len(films) // UNLABELLED_FILMS)] if films else []
    pictures, frames = [], []
    for file in progress(files, desc="reading frames that are not annotated", unit="video"):
        known = set(annotated.frame_num[annotated.file == file])
        with Video(file, indexes[file]) as video:
            keys = [int(key) for key in video.keys if key not in known]
            for number, frame in video.read_keys(spread(keys, UNLABELLED_FRAMES // len(files))):
                pictures.append(scan_picture(frame))
                frames.append((file, number))
    return pictures, frames


def may_be_learnt(places: list[tuple[str, int]], table: pd.DataFrame, held_out: np.ndarray) -> list[bool]:
    """Which unlabelled frames show no animal that is held out; of one animal alone, those before what is held out."""
    owners = dict(zip(table.file, group_files(table), strict=True))
    apart = {owners[file] for file in table.file[held_out]}
    if len(set(owners.values())) > 1:
        return [owners[file] not in apart for file, _ in places]
    first = table[held_out].groupby("file").frame_num.min()
    return [number < first.get(file, np.inf) for file, number in places]
