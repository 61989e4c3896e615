"""Frames that are annotated with faces, for tests of what learns from them."""

import json

import numpy as np

from squint.files.images import write_image
from tests.videos import write_video


def annotate(folder):
    """Four pictures of a bright face, one without, and a video of two frames without; all in COCO JSON."""
    rows = []
    for number in range(5):
        picture = np.full((90, 160, 3), 60, np.uint8)
        left = 10 + 20 * number
        if number:
            picture[30:60, left : left + 30] = 200
        write_image(folder / f"{number}.jpg", picture)
        rows.append({"id": number, "file_name": f"{number}.jpg"})
    video = write_video(folder / "film.mp4", [60] * 4)
    rows += [{"id": 10 + frame, "video": str(video), "frame_num": frame} for frame in (0, 2)]
    boxes = [{"image_id": n, "category_id": 1, "bbox": [10 + 20 * n, 30, 30, 30]} for n in range(1, 5)]
    content = {"images": rows, "annotations": boxes, "categories": [{"id": 1, "name": "face"}]}
    (folder / "faces.json").write_text(json.dumps(content))
    return str(folder / "faces.json")


def write_turned(path, shape, orientation):
    """Write a picture of `shape` (height, width) whose upper left is bright, with an EXIF orientation (1 to 8)."""
    picture = np.zeros((*shape, 3), np.uint8)
    picture[: shape[0] // 3, : shape[1] // 4] = 200
    write_image(path, picture)
    tag = (0x112).to_bytes(2) + (3).to_bytes(2) + (1).to_bytes(4) + orientation.to_bytes(2) + b"\0\0"
    exif = b"Exif\0\0MM\0*" + (8).to_bytes(4) + (1).to_bytes(2) + tag + bytes(4)
    whole = path.read_bytes()
    path.write_bytes(whole[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2) + exif + whole[2:])
