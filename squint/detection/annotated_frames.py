"""Annotated frames as the detector learns from them: their pictures, whose they are, what is held out of them.

Beside them, frames of the same videos that nobody annotated.
"""

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
from squint.files.copies import find_copies
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
    """Scan pictures of annotated frames and their faces in scan px, in the order of `table` (see sort_frames).

    `indexes` are those of the videos. Raises InputError for a box outside its frame.
    """
    pictures, faces = [], []
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
    return Annotated(pictures, np.array(faces, float), table.group.tolist())


def sort_frames(table: pd.DataFrame) -> pd.DataFrame:
    """Annotated frames by file and number, with what they show in a column `group`: an animal, or else a folder.

    The column `subject` says whose face it is. Without it, what is in one folder may be one animal seen by several
    cameras at once, and counts as that. Raises InputError for a column that names the animals of some frames alone, and
    for a file, or copies of one, that would be of several groups.
    """
    table = table.sort_values(["file", "frame_num"], ignore_index=True)
    if SUBJECT in table and (table[SUBJECT] != "").any():
        silent = table[table[SUBJECT] == ""]
        if len(silent):
            found, remedy = f"none for {silent.file.iloc[0]}", "name all animals, or leave the column out"
            raise InputError("the annotations", f"an animal for each frame in column `{SUBJECT}`", found, remedy)
        table["group"] = table[SUBJECT].map(same_name)
    else:
        table["group"] = [str(Path(file).parent) for file in table.file]
    files = table.file.unique().tolist()
    groups_of = table.groupby("file").group.unique()
    for alike in [*([file] for file in files), *find_copies(files)]:
        groups = list(dict.fromkeys(group for file in alike for group in groups_of[file]))
        if len(groups) > 1:
            found = f"{' and '.join(groups)} for {', which holds the same as '.join(alike[:2])}"
            remedy = f"name each video once; give animals that are in one video one name in column `{SUBJECT}`"
            raise InputError("the annotations", "one animal or folder for each video or picture", found, remedy)
    return table


def instants(table: pd.DataFrame) -> pd.Series:
    """When frames were taken, as far as is known: a frame's number, or that at the end of a picture's name."""
    numbers = table.file.str.extract(r"([0-9]{1,18})\.[^./]*$")[0].fillna("0").astype("int64")
    return table.frame_num.where(table.frame_num != PICTURE, numbers)


def hold_out(table: pd.DataFrame, share: float, generator: np.random.Generator) -> np.ndarray:
    """Which frames training is stopped and judged by, (frames,) bool: those of a `share` of the groups, one at least.

    `table` is that of sort_frames. Groups are drawn among those with a face, so that there are faces on both sides. Of
    one such group alone all is held out from the instant on at which the last `share` of its faces begins, whatever
    camera saw them. Raises InputError for fewer than two faces.
    """
    face = table.box_size > 0
    if face.sum() < 2:
        found = "one" if face.any() else "none"
        raise InputError("the annotations", "at least two faces, to train on and to stop by", found, "annotate more")
    names = sorted(table.group[face].unique())
    if len(names) > 1:
        count = min(len(names) - 1, max(1, round(share * len(names))))
        return table.group.isin(generator.choice(names, count, replace=False)).to_numpy()
    ours = np.flatnonzero(table.group == names[0])
    ours = ours[np.argsort(instants(table).to_numpy()[ours], kind="stable")]
    before = np.cumsum(face.to_numpy()[ours])
    held_out = np.zeros(len(table), bool)
    held_out[ours[before > min(before[-1] - 1, max(1, round((1 - share) * before[-1])))]] = True
    return held_out


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
    """Which unlabelled frames show nothing that is held out; of a group that is so in part, those before that part.

    `table` is that of sort_frames.
    """
    group_of = dict(zip(table.file, table.group, strict=True))
    learnt = set(table.group[~held_out])
    first = table[held_out].groupby("group").frame_num.min()
    return [group_of[file] in learnt and number < first.get(group_of[file], np.inf) for file, number in places]
