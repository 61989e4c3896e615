"""What pixels show, as people and tools mark it: label images in PNG, COCO polygons and run lengths.

All are of whole frames as players show them, and give label images: uint8 (height, width) of `CLASSES`.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from squint.domain.regions import ANIMAL, CLASSES, EARS, EYES
from squint.errors import InputError, instead_of_file

# The number at the end of a file's name is that of the frame: mouse-F000120.png, 120.png.
FRAME_NUMBER = re.compile(r"(\d+)$")
WORDS = {ANIMAL: {"animal", "mouse", "rat", "body", "mice"}, EARS: {"ear"}, EYES: {"eye"}}
REMEDY = "mark animals, ears and eyes (classes 1, 2 and 3 of a label image), and name each file by its frame's number"
DEEPEST = 1 << 16  # px a side of a picture


@dataclass(frozen=True)
class Masks:
    """Marked frames of one video: the number of each, and what reads its label image."""

    path: str
    readers: dict[int, Callable[[], np.ndarray]]

    @property
    def frames(self) -> list[int]:
        """The numbers of marked frames, ascending."""
        return sorted(self.readers)

    def read(self, number: int, width: int, height: int) -> np.ndarray:
        """The label image of a frame of `width` by `height` px. Raises InputError for one of another size."""
        labels = self.readers[number]()
        if labels.shape != (height, width):
            found = f"{labels.shape[1]} by {labels.shape[0]} px for frame {number}"
            expected = f"masks of the video's frames, {width} by {height} px"
            raise InputError(self.path, expected, found, "export the masks at the size of the video")
        return labels


def frame_number(name: str, where: str) -> int:
    """The frame that a file's name ends with. Raises InputError for none."""
    found = FRAME_NUMBER.search(Path(name).stem)
    if found is None:
        raise InputError(where, "names that end with the number of a frame, such as mouse-F000120.png", name, REMEDY)
    return int(found[1])


def read_label_image(path: Path) -> np.ndarray:
    """A PNG of classes. Raises InputError for a picture that is none."""
    data = path.read_bytes()
    labels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if data else None
    if labels is None or labels.ndim != 2 or labels.dtype != np.uint8:
        found = "no picture" if labels is None else f"{labels.ndim} axes of {labels.dtype}"
        raise InputError(path, "a label image: one byte a pixel, not colours", found, REMEDY)
    if labels.max(initial=0) >= len(CLASSES):
        expected = f"values from 0 to {len(CLASSES) - 1} ({', '.join(CLASSES)})"
        raise InputError(path, expected, f"{labels.max()}", REMEDY)
    return labels


def read_folder(folder: Path) -> Masks:
    """The label images in a folder. Raises InputError for two of one frame, and for none."""
    readers: dict[int, Callable[[], np.ndarray]] = {}
    for path in sorted(path for path in folder.iterdir() if path.suffix.lower() == ".png"):
        number = frame_number(path.name, str(folder))
        if number in readers:
            raise InputError(folder, "one label image a frame", f"two of frame {number}", "remove one")
        readers[number] = lambda path=path: read_label_image(path)
    if not readers:
        raise InputError(folder, "label images, PNG files", "none", REMEDY)
    return Masks(str(folder), readers)


def class_of_category(name: str, where: Path) -> int:
    """The class that a category of COCO is. Raises InputError for another."""
    words = {word.removesuffix("s") for word in re.findall(r"[a-z]+", name.casefold())}
    for value in (EYES, EARS, ANIMAL):
        if words & WORDS[value]:
            return value
    raise InputError(where, f"categories of {', '.join(CLASSES[1:])}", repr(name), "rename or remove the category")


def decode_runs(counts: list[int] | str, height: int, width: int) -> np.ndarray:
    """The mask (height, width) of COCO's run lengths, plain or as text, down the columns.

    Written here, since the common decoder believes lengths that reach beyond the picture. Raises ValueError for those.
    """
    if isinstance(counts, str):
        counts = read_runs(counts)
    runs = np.array(counts, np.int64)
    if runs.ndim != 1 or (runs < 0).any() or runs.sum() != height * width:
        raise ValueError(f"run lengths of {int(runs.sum())} px for {height} × {width}")
    values = np.arange(len(runs)) % 2
    return np.repeat(values.astype(bool), runs).reshape(width, height).T


def read_runs(text: str) -> list[int]:
    """The run lengths in COCO's text: 5 bits a character from `0` on, each length beside the second before it."""
    runs: list[int] = []
    at = 0
    while at < len(text):
        value, shift = 0, 0
        while True:
            if at >= len(text) or not 0 <= (bits := ord(text[at]) - 48) < 64 or shift > 30:
                raise ValueError("run lengths that are cut or no text of COCO")
            value |= (bits & 31) << shift
            shift, at = shift + 5, at + 1
            if not bits & 32:
                break
        if bits & 16:
            value -= 1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
    return runs


def draw_segmentation(segmentation: object, height: int, width: int) -> np.ndarray:
    """The mask (height, width) of a COCO annotation: polygons, or run lengths. Raises ValueError for neither."""
    if isinstance(segmentation, dict):
        if list(map(int, segmentation["size"])) != [height, width]:
            raise ValueError(f"run lengths of a picture of size {segmentation['size']}")
        return decode_runs(segmentation["counts"], height, width)
    if not isinstance(segmentation, list) or not segmentation:
        raise ValueError("no polygon")
    mask = np.zeros((height, width), np.uint8)
    for polygon in segmentation:
        points = np.array(polygon, float).reshape(-1, 2)
        if len(points) < 3 or not np.isfinite(points).all() or np.abs(points).max() > DEEPEST:
            raise ValueError(f"a polygon of {len(points)} points, or one far outside the picture")
        cv2.fillPoly(mask, [np.round((points - 0.5) * 16).astype(np.int32)], (1,), shift=4)
    return mask.astype(bool)


def draw_labels(annotations: list[tuple[int, object]], height: int, width: int) -> np.ndarray:
    """The label image of a frame's annotations (class, segmentation): eyes lie over ears, ears over the animal."""
    labels = np.zeros((height, width), np.uint8)
    for value, segmentation in sorted(annotations, key=lambda annotation: annotation[0]):
        labels[draw_segmentation(segmentation, height, width)] = value
    return labels


def read_coco_masks(path: Path) -> Masks:
    """The marked frames of COCO JSON: an image's `frame_num`, or the number that its file name ends with, is its frame.

    Raises InputError for a file that is none, and for categories that are no class.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        known = {category["id"]: str(category["name"]) for category in content["categories"]}
        images = {image["id"]: image for image in content["images"]}
        marked: dict[int, list[tuple[int, object]]] = {key: [] for key in images}
        for annotation in content["annotations"]:
            if annotation.get("segmentation"):
                name = known[annotation["category_id"]]
                value = class_of_category(name, path)
                marked[annotation["image_id"]].append((value, annotation["segmentation"]))
        readers: dict[int, Callable[[], np.ndarray]] = {}
        for key, image in images.items():
            number = image.get("frame_num")
            number = frame_number(str(image["file_name"]), str(path)) if number is None else int(number)
            height, width = int(image["height"]), int(image["width"])
            if not (0 < height < DEEPEST and 0 < width < DEEPEST):
                raise ValueError(f"an image of {width} by {height} px")
            if number in readers:
                raise InputError(path, "one image a frame", f"two of frame {number}", "remove one")
            ours = marked[key]
            draw_labels(ours, height, width)  # what is wrong with it is told here
            readers[number] = lambda ours=ours, height=height, width=width: draw_labels(ours, height, width)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        found = f"{type(error).__name__}: {error}"
        raise InputError(path, "COCO JSON with polygons or run lengths", found, REMEDY) from error
    if not any(marked.values()):
        raise InputError(path, "marked animals, ears and eyes", "no annotation with a segmentation", REMEDY)
    return Masks(str(path), readers)


def mark_centres(mask: np.ndarray) -> list[tuple[float, float, int]]:
    """Centre x and y in px, and px, of each connected part of a boolean mask; the larger first."""
    count, _, stats, centres = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    found = [(*centres[number].tolist(), int(stats[number, cv2.CC_STAT_AREA])) for number in range(1, count)]
    return sorted(found, key=lambda part: -part[2])


def read_masks(path: str) -> Masks:
    """The marked frames of a folder of label images or of COCO JSON. Raises InputError for neither."""
    if Path(path).is_dir():
        return read_folder(Path(path))
    if not Path(path).is_file():
        raise InputError(
            path, "masks: a folder of label images, or COCO JSON", instead_of_file(path), "correct the path"
        )
    return read_coco_masks(Path(path))
