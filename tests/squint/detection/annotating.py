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
