"""What all forms of annotated faces share: the table that they become, and squares around boxes."""

from pathlib import Path

from squint.errors import InputError, is_file
from squint.files.containers import open_video
from squint.files.frames import note_aspect, shown_size
from squint.files.images import read_image, size_if_turned

COLUMNS = ["file", "frame_num", "box_x", "box_y", "box_size"]
PICTURE = -1  # in place of a frame number
PICTURE_SUFFIXES = (".jpg", ".jpeg", ".jpe", ".jp2", ".png", ".bmp", ".tif", ".tiff", ".webp")
# Width and height after resizing may differ by this share, as they are rounded.
ROUNDING = 0.01
# A box may reach so far beyond its picture, as a share of it.
BEYOND = 0.01
REMEDY = "give a box sheet (.csv), COCO JSON (.json) or a folder in the layout of YOLO"


def square(left: float, top: float, width: float, height: float) -> tuple[int, int, int]:
    """The square around a box: left, top and size in px."""
    size = max(width, height)
    return round(left + (width - size) / 2), round(top + (height - size) / 2), round(size)


def check_turn(picture: Path, sized: tuple[float, float] = (0, 0)) -> None:
    """Raise InputError for a picture that is shown turned or mirrored, where a box may be of it as it is stored.

    `sized` are its width and height when it was annotated, if known: what was turned by a quarter is told by them.
    """
    stored = size_if_turned(picture)
    if stored and (not all(sized) or abs(sized[0] * stored[1] / sized[1] / stored[0] - 1) <= ROUNDING):
        expected = "a picture that is shown as it is stored"
        found = "an EXIF orientation, which its box may follow or not"
        remedy = "write the picture anew as it is shown, without that mark, and see that its box is right"
        raise InputError(picture, expected, found, remedy)


def size_of_picture(path: Path) -> tuple[int, int]:
    """Width and height in px of a picture as it is shown. Raises InputError for a broken one."""
    try:
        height, width = read_image(path).shape[:2]
    except OSError as error:
        raise InputError(path, "a picture", str(error), "give a whole one, or remove it with its labels") from error
    return width, height


def size_of(file: str) -> tuple[int, int] | None:
    """Width and height in px of an annotated picture or video as it is shown; None for one that is not there."""
    path = Path(file)
    if not is_file(path):
        return None
    if path.suffix.lower() in PICTURE_SUFFIXES:
        return size_of_picture(path)
    container, stream = open_video(file)
    with container:
        frame = next(container.decode(stream), None)
        return None if frame is None else shown_size(note_aspect(frame, stream.sample_aspect_ratio))
