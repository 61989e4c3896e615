"""Annotated faces in the layout of YOLO: a folder of pictures, with a text file of boxes for each."""

from pathlib import Path

import pandas as pd

from squint.detection.box_table import BEYOND, COLUMNS, PICTURE, PICTURE_SUFFIXES, check_turn, size_of_picture, square
from squint.errors import InputError
from squint.files.lab_tables import decode

TEXTS, LABELS = (".txt", ".TXT", ".Txt"), ("labels", "Labels", "LABELS")
LINE = "lines of a class and four shares from 0 to 1: centre, width and height"


def pictures_in(folder: Path) -> list[Path]:
    """The pictures in a folder and those below it, without hidden ones, which macOS leaves on other disks."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in PICTURE_SUFFIXES
        and path.is_file()
        and not any(part.startswith((".", "__MACOSX")) for part in path.relative_to(folder).parts)
    )


def labels_of(picture: Path, folder: Path) -> Path:
    """The label file of a picture: beside it, or in a folder `labels` that mirrors `images`."""
    parts = list(picture.relative_to(folder).parts)
    above = [place for place, part in enumerate(parts[:-1]) if part.lower() == "images"]
    mirrored = []
    if above:
        before, behind = folder.joinpath(*parts[: above[-1]]), parts[above[-1] + 1 :]
        mirrored = [before.joinpath(name, *behind) for name in LABELS]
    elif folder.name.lower() == "images":
        mirrored = [folder.parent.joinpath(name, *parts) for name in LABELS]
    places = [place.with_suffix(suffix) for place in [*mirrored, picture] for suffix in TEXTS]
    return next((place for place in places if place.is_file()), picture.with_suffix(TEXTS[0]))


def read_line(line: str) -> tuple[str, list[float]]:
    """Class, and centre x and y, width and height of a line of YOLO text, which may end with a certainty.

    Raises ValueError for other lines: outlines, boxes in px, and boxes that are partly outside of the picture, as the
    corners of an outline of two points seem to be.
    """
    face, *numbers = line.split()
    values = [float(number) for number in numbers]
    if len(values) not in (4, 5) or not all(0 <= value <= 1 for value in values):
        raise ValueError(repr(line))
    x, y, width, height = values[:4]
    edges = (x - width / 2, y - height / 2, 1 - x - width / 2, 1 - y - height / 2)
    if min(edges) < -BEYOND or not width or not height:
        raise ValueError(f"{line!r}, which is no box within the picture")
    return face, values[:4]


def parse_labels(path: Path) -> list[tuple[str, list[float]]]:
    """The boxes of a label file. Raises ValueError for other lines (see read_line), InputError for what is no text."""
    text = decode(str(path), path.read_bytes())
    return [read_line(line) for line in text.splitlines() if line.strip()]


def read_labels(path: Path) -> list[tuple[str, list[float]]]:
    """The boxes of a label file; none where it is not there. Raises InputError for other lines."""
    try:
        return parse_labels(path) if path.is_file() else []
    except ValueError as error:
        raise InputError(path, LINE, str(error), "correct the line; export boxes, not outlines") from error


def check_labels(folder: Path, read: set[Path]) -> None:
    """Raise InputError for labels whose picture is not there, or of a kind that is not read."""
    for path in sorted(folder.rglob("*")):
        if path.suffix not in TEXTS or path in read or path.name.startswith("."):
            continue
        try:
            boxes = parse_labels(path)
        except (ValueError, OSError, InputError):
            continue  # a list of files, of classes, or a note
        if boxes:
            expected = f"a picture for each file of labels ({', '.join(PICTURE_SUFFIXES)})"
            raise InputError(path, expected, "none", "bring the picture, convert it, or remove its labels")


def read_yolo(path: Path) -> pd.DataFrame:
    """A folder of pictures with YOLO label files: class, centre, width and height as shares of the picture.

    A picture without labels shows no face; the class of faces is 0.
    """
    rows, read = [], set()
    for picture in pictures_in(path):
        labels = labels_of(picture, path)
        read.add(labels)
        boxes = read_labels(labels)
        if any(face != "0" for face, _ in boxes):
            raise InputError(labels, "faces alone, of class 0", f"class {boxes[0][0]}", "keep the faces, as class 0")
        if len(boxes) > 1:
            raise InputError(labels, "at most one face a picture", f"{len(boxes)} lines", "keep one line")
        width, height = size_of_picture(picture)
        box = (0, 0, 0)
        if boxes:
            check_turn(picture)
            x, y, w, h = boxes[0][1]
            box = square((x - w / 2) * width, (y - h / 2) * height, w * width, h * height)
        rows.append([str(picture), PICTURE, *box])
    check_labels(path, read)
    return pd.DataFrame(rows, columns=COLUMNS)
