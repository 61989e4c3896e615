"""Annotated faces in COCO JSON, as annotation tools write them and the workflow exports them."""

import json
from pathlib import Path, PureWindowsPath

import pandas as pd

from squint.detection.box_table import BEYOND, COLUMNS, PICTURE, REMEDY, ROUNDING, check_turn, size_of, square
from squint.errors import InputError, is_file
from squint.files.lab_tables import expand_home

# Boxes whose numbers are all so small are shares of the picture, some of them a little beyond it.
LARGEST_SHARE = 1.1


def find_picture(name: str, folder: Path) -> Path:
    """The picture that an image of COCO JSON names: beside the file, or in a folder `images` beside it or above it."""
    name = expand_home(name)
    parts = PureWindowsPath(name).parts  # splits at either slash
    for place in (folder, folder / "images", folder.parent / "images"):
        if is_file(place.joinpath(*parts)):
            return place.joinpath(*parts)
    return folder / name


def describe_image(image: dict, folder: Path) -> dict:
    """File and frame number of an image of COCO JSON. Raises ValueError for a frame number that is none."""
    stated = {"width": float(image.get("width") or 0), "height": float(image.get("height") or 0)}
    if "video" not in image:
        return {"file": str(find_picture(str(image["file_name"]), folder)), "frame_num": PICTURE} | stated
    number = image["frame_num"]
    if not isinstance(number, int) or number < 0:
        raise ValueError(f"frame_num {number!r} of image {image['id']}")
    return {"file": expand_home(str(image["video"])), "frame_num": number} | stated


def face_category(path: Path, categories: list[dict], used: set) -> object:
    """The id of the category of faces: one called face, or the one with face in its name. Raises InputError for none.

    A category without annotations that others name as their parent, as Roboflow writes it, is none.
    """
    parents = {str(category.get("supercategory")) for category in categories}
    names = {
        category["id"]: str(category["name"])
        for category in categories
        if category["id"] in used or str(category["name"]) not in parents
    }
    called = [key for key, name in names.items() if name.strip().lower() == "face"]
    faces = called or [key for key, name in names.items() if len(names) == 1 or "face" in name.lower()]
    if len(faces) != 1:
        found = ", ".join(names.values()) or "none"
        raise InputError(path, "one category of faces", found, "name one category face")
    return faces[0]


def fit_box(path: Path, image: dict, bbox: list[float], sizes: dict[str, tuple[int, int] | None]) -> tuple:
    """The square around a box, in px of the picture as it is shown now.

    `sizes` keeps what was read of files. Raises InputError where the picture that was annotated was another.
    """
    if max(bbox) <= LARGEST_SHARE:
        found = f"{bbox} of {image['file']}, which may be shares of the picture"
        raise InputError(path, "boxes in px", found, "multiply them by the picture's width and height, or export anew")
    left, top, width, height = bbox
    stated = (image["width"], image["height"])
    if image["frame_num"] == PICTURE and is_file(image["file"]):
        check_turn(Path(image["file"]), stated)
    if not all(stated):
        return square(left, top, width, height)
    if image["file"] not in sizes:
        sizes[image["file"]] = size_of(image["file"])
    shown = sizes[image["file"]] or stated
    scale = (shown[0] / stated[0], shown[1] / stated[1])
    if abs(scale[0] / scale[1] - 1) > ROUNDING:
        turned = abs(shown[0] * stated[0] / shown[1] / stated[1] - 1) < ROUNDING
        found = f"{image['file']} of {shown[0]} by {shown[1]} px, annotated as {stated[0]:g} by {stated[1]:g} px"
        remedy = "annotate the pictures as they are now, or bring back those that were annotated"
        if turned:
            found += ": turned since, or shown turned by its EXIF orientation or display matrix"
            remedy = "write the pictures anew as they are shown, without that mark, and annotate them"
        raise InputError(path, "pictures of the size that was annotated", found, remedy)
    edges = (left / stated[0], top / stated[1], 1 - (left + width) / stated[0], 1 - (top + height) / stated[1])
    if min(edges) < -BEYOND:
        found = f"{bbox} of {image['file']}, {stated[0]:g} by {stated[1]:g} px"
        remedy = "give left, top, width and height, and not the right and the lower edge"
        raise InputError(path, "boxes within the picture", found, remedy)
    return square(left * scale[0], top * scale[1], width * scale[0], height * scale[1])


def read_coco(path: Path) -> pd.DataFrame:
    """COCO JSON with one face an image at most. Pictures are found beside the file.

    An image with `video` and `frame_num`, as the workflow exports them, is a frame of a video. Pictures that were made
    larger or smaller after they were annotated have their boxes scaled.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        categories = content["categories"]
        known = {category["id"]: str(category["name"]) for category in categories}
        rows = {image["id"]: describe_image(image, path.parent) for image in content["images"]}
        boxes = [
            (item["image_id"], item["category_id"], [float(value) for value in item["bbox"]])
            for item in content["annotations"]
        ]
        strange = [item for item in boxes if item[0] not in rows or item[1] not in known]
        for _, _, box in boxes:
            square(*box)
        repeated = len(content["images"]) - len(rows)
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise InputError(path, "COCO JSON", f"{type(error).__name__}: {error}", REMEDY) from error
    if strange or repeated:
        found = f"one of image {strange[0][0]}, category {strange[0][1]}" if strange else f"{repeated} id(s) twice"
        raise InputError(path, "annotations of known images and categories, each with an id of its own", found, REMEDY)
    face = face_category(path, categories, {category for _, category, _ in boxes})
    sizes: dict[str, tuple[int, int] | None] = {}
    for image, category, box in boxes:
        if category != face:
            continue
        if "box_size" in rows[image]:
            found = f"two in {rows[image]['file']}"
            raise InputError(path, "at most one face an image", found, "keep one annotation")
        rows[image] |= dict(zip(COLUMNS[2:], fit_box(path, rows[image], box, sizes), strict=True))
    table = pd.DataFrame(rows.values(), columns=COLUMNS).fillna(0)
    return table.astype(dict.fromkeys(COLUMNS[1:], int))
