"""Writes a recording's detections as COCO JSON, for annotation tools and other detectors."""

import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from squint.files.crop_names import frame_name
from squint.jobs.job import job


def coco(tables: dict[str, pd.DataFrame], videos: dict[str, str], sizes: dict[str, tuple[int, int]]) -> dict:
    """COCO's images, annotations and categories of the frames in which a face was found.

    `tables` are detections, `videos` paths and `sizes` width and height in px, all by camera. An image names its
    video and frame, and the file name that `results/frames` gives it; an annotation's `score` is its certainty.
    """
    images, annotations = [], []
    for camera, table in tables.items():
        width, height = sizes[camera]
        for row in table[table.det_lbl == 1].itertuples():
            number = len(images) + 1
            name = frame_name(camera, row.frame_num)
            about = {"id": number, "file_name": name, "width": width, "height": height}
            images.append(about | {"video": videos[camera], "frame_num": row.frame_num, "sync_index": row.sync_index})
            box = {"bbox": [row.box_x, row.box_y, row.box_size, row.box_size], "area": row.box_size**2, "iscrowd": 0}
            annotations.append({"id": number, "image_id": number, "category_id": 1, "score": row.det_prb} | box)
    return {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "face"}]}


def export_detections(detections: dict[str, str], path: str) -> None:
    """Write the COCO JSON of the detection tables of all cameras."""
    about = {camera: pq.read_schema(table).metadata for camera, table in detections.items()}
    content = coco(
        {camera: pd.read_parquet(table) for camera, table in detections.items()},
        {camera: values[b"path"].decode() for camera, values in about.items()},
        {camera: (int(values[b"width"]), int(values[b"height"])) for camera, values in about.items()},
    )
    Path(path).write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    with job(snakemake):
        export_detections(
            detections=dict(zip(snakemake.params.cameras, snakemake.input.detections, strict=True)),
            path=snakemake.output.export,
        )
