"""Annotated frames, which the face detector learns from and is judged by: a sheet, COCO JSON or YOLO text.

All three become one table: `file` (a video or a picture), `frame_num` (−1 for a picture), and the face's square box
`box_x`, `box_y`, `box_size` in px; size 0 means no face. A box that is not square becomes the square around it.
"""

import json
from pathlib import Path

import pandas as pd

from squint.errors import InputError
from squint.files.images import read_image
from squint.files.lab_tables import read_people_table, whole_numbers

SHEET_COLUMNS = ["video", "frame_num", "box_x", "box_y", "box_size"]
PICTURE = -1  # in place of a frame number
PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png")
REMEDY = "give a box sheet (.csv), COCO JSON (.json) or a folder in the layout of YOLO"


def square(left: float, top: float, width: float, height: float) -> tuple[int, int, int]:
    """The square around a box: left, top and size in px."""
    size = max(width, height)
    return round(left + (width - size) / 2), round(top + (height - size) / 2), round(size)


def read_sheet(path: Path) -> pd.DataFrame:
    """A box sheet: `video`, `frame_num`, `box_x`, `box_y`, `box_size`."""
    table = whole_numbers(read_people_table(str(path), SHEET_COLUMNS, []), SHEET_COLUMNS[1:], str(path))
    return table.rename(columns={"video": "file"})


def coco_image(image: dict, folder: Path) -> dict:
    """File and frame number of an image of COCO JSON. Raises ValueError for a frame number that is none."""
    if "video" not in image:
        return {"file": str(folder / image["file_name"]), "frame_num": PICTURE}
    number = image["frame_num"]
    if not isinstance(number, int) or number < 0:
        raise ValueError(f"frame_num {number!r} of image {image['id']}")
    return {"file": str(image["video"]), "frame_num": number}


def read_coco(path: Path) -> pd.DataFrame:
    """COCO JSON with one face an image at most. Pictures are found beside the file.

    An image with `video` and `frame_num`, as the workflow exports them, is a frame of a video. Of several categories
    the one with face in its name counts.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        names = {category["id"]: str(category["name"]) for category in content["categories"]}
        rows = {image["id"]: coco_image(image, path.parent) for image in content["images"]}
        boxes = [
            (item["image_id"], item["category_id"], square(*map(float, item["bbox"])))
            for item in content["annotations"]
        ]
        strange = [item for item in boxes if item[0] not in rows or item[1] not in names]
        repeated = len(content["images"]) - len(rows)
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise InputError(path, "COCO JSON", f"{type(error).__name__}: {error}", REMEDY) from error
    if strange or repeated:
        found = f"one of image {strange[0][0]}, category {strange[0][1]}" if strange else f"{repeated} id(s) twice"
        raise InputError(path, "annotations of known images and categories, each with an id of its own", found, REMEDY)
    faces = [key for key, name in names.items() if len(names) == 1 or "face" in name.lower()]
    if len(faces) != 1:
        found = ", ".join(names.values()) or "none"
        raise InputError(path, "one category of faces", found, "name one category face")
    for image, category, box in boxes:
        if category != faces[0]:
            continue
        if "box_size" in rows[image]:
            found = f"two in {rows[image]['file']}"
            raise InputError(path, "at most one face an image", found, "keep one annotation")
        rows[image] |= dict(zip(SHEET_COLUMNS[2:], box, strict=True))
    table = pd.DataFrame(rows.values(), columns=["file", *SHEET_COLUMNS[1:]]).fillna(0)
    return table.astype(dict.fromkeys(SHEET_COLUMNS[1:], int))


def yolo_labels(picture: Path) -> Path:
    """The label file of a picture: beside it, or in a folder `labels` that mirrors `images`."""
    parts = ["labels" if part == "images" else part for part in picture.parts]
    mirrored = Path(*parts).with_suffix(".txt")
    return mirrored if mirrored.is_file() else picture.with_suffix(".txt")


def read_yolo_line(line: str) -> tuple[str, list[float]]:
    """Class, and centre x and y, width and height of a line of YOLO text, which may end with a certainty.

    Raises ValueError for other lines: outlines, or boxes in px.
    """
    face, *numbers = line.split()
    values = [float(number) for number in numbers]
    if len(values) not in (4, 5) or not all(0 <= value <= 1 for value in values):
        raise ValueError(repr(line))
    return face, values[:4]


def read_yolo(path: Path) -> pd.DataFrame:
    """A folder of pictures with YOLO label files: class, centre, width and height as shares of the picture.

    A picture without labels shows no face; the class of faces is 0.
    """
    rows = []
    for picture in sorted(p for p in path.rglob("*") if p.suffix.lower() in PICTURE_SUFFIXES and p.is_file()):
        labels = yolo_labels(picture)
        try:
            lines = labels.read_text(encoding="utf-8").splitlines() if labels.is_file() else []
            boxes = [read_yolo_line(line) for line in lines if line.strip()]
        except ValueError as error:
            expected = "lines of a class and four shares from 0 to 1: centre, width and height"
            raise InputError(labels, expected, str(error), "correct the line") from error
        if any(face != "0" for face, _ in boxes):
            raise InputError(labels, "faces alone, of class 0", f"class {boxes[0][0]}", "keep the faces, as class 0")
        if len(boxes) > 1:
            raise InputError(labels, "at most one face a picture", f"{len(boxes)} lines", "keep one line")
        box = (0, 0, 0)
        if boxes:
            try:
                height, width = read_image(picture).shape[:2]
            except OSError as error:
                raise InputError(picture, "a picture", str(error), "give a whole one, or remove it") from error
            x, y, w, h = boxes[0][1]
            box = square((x - w / 2) * width, (y - h / 2) * height, w * width, h * height)
        rows.append([str(picture), PICTURE, *box])
    return pd.DataFrame(rows, columns=["file", *SHEET_COLUMNS[1:]])


def read_annotations(path: str) -> pd.DataFrame:
    """The annotated frames of a sheet (.csv), COCO JSON (.json) or a YOLO folder.

    Raises InputError for a missing or malformed file, a frame that is annotated twice, or no face at all.
    """
    source = Path(path)
    if source.is_dir():
        table = read_yolo(source)
    elif source.suffix.lower() == ".json":
        table = read_coco(source)
    else:
        table = read_sheet(source)
    twice = table[table.duplicated(["file", "frame_num"])]
    if len(twice):
        found = f"frame {twice.frame_num.iloc[0]} of {twice.file.iloc[0]} more than once"
        raise InputError(path, "one annotation a frame", found, "keep one row")
    if not (table.box_size > 0).any():
        remedy = "add faces; a row with box_size 0 marks a frame without one"
        raise InputError(path, "at least one face", "no row with a box_size above 0", remedy)
    return table


def check_apart(
    path: str, table: pd.DataFrame, videos_of_recordings: list[str], frames: str = "results/frames"
) -> None:
    """Raise InputError if annotations for training come from recordings that the detector is to be judged by."""
    judged = {Path(video).resolve() for video in videos_of_recordings}
    for file in table.file.unique():
        if Path(file).resolve() in judged or Path(frames).resolve() in Path(file).resolve().parents:
            remedy = "annotate recordings that serve nothing else"
            raise InputError(path, "frames of videos that are not in the sample sheet", file, remedy)
