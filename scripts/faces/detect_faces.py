"""Finds the face in every fifth frame of one camera, by scanning, then by tracking while that succeeds."""

import json
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from scripts.faces.detector import Face, FaceDetector
from scripts.job import job, progress
from scripts.video import luma, read_frames

# A pixel belongs to an edge if its Laplacian exceeds this many grey levels.
EDGE_LEVEL = 24


def sharpness(plane: np.ndarray) -> int:
    """Number of edge pixels of a luma plane (thesis, 4.3.1: a simple measure of a frame's sharpness)."""
    return int(np.count_nonzero(np.abs(cv2.Laplacian(plane, cv2.CV_16S)) > EDGE_LEVEL))


def find_face(detector: FaceDetector, frame: np.ndarray, last: Face | None, certainty: float) -> tuple[Face, int, int]:
    """The face of a frame with its tracking status (det_trd) and tracking failure (det_trf).

    A face that was found in the last sampled frame is looked for around its place first.
    """
    if last is not None:
        face = detector.track(frame, last)
        if face.certainty >= certainty:
            return face, 1, 0
    return detector.scan(frame), 0, int(last is not None)


def detect_faces(
    record_path: str, sync_path: str, model: str, table_path: str, camera: str, settings: dict, threads: int
) -> None:
    """Write the detection table of one camera (thesis, Tables 4.1 and 4.2).

    `settings`: `sample_every` (frames), `certainty` (least certainty of a face, 0 to 1).
    """
    record = json.loads(Path(record_path).read_text())
    sync_frame = int(pd.read_csv(sync_path, index_col="camera").sync_frame[camera])
    detector = FaceDetector(model)
    rows = []
    last = None
    for number, time_s, frame in progress(read_frames(record["path"], threads), total=record["frames"], unit="frame"):
        if number < sync_frame or (number - sync_frame) % settings["sample_every"]:
            continue
        face, tracked, lost = find_face(detector, frame.to_ndarray(format="rgb24"), last, settings["certainty"])
        found = face.certainty >= settings["certainty"]
        last = face if found else None
        rows.append(
            {
                "sync_index": number - sync_frame,
                "frame_num": number,
                "time_s": time_s,
                "det_lbl": int(found),
                "det_prb": face.certainty,
                "det_trd": tracked,
                "det_trf": lost,
                "box_x": face.x if found else 0,
                "box_y": face.y if found else 0,
                "box_size": face.size if found else 0,
                "sharpness": sharpness(luma(frame)),
            }
        )
    table = pa.Table.from_pandas(pd.DataFrame(rows), preserve_index=False)
    path = Path(record["path"])
    video_class = {
        "dir": str(path.parent),
        "name": record["name"],
        "path": str(path),
        "frame_length": record["frames"],
        "sizeInBytes": record["bytes"],
        "sizeInMb": record["bytes"] / 2**20,
        "synch_frame": sync_frame,
        "save_load_dir": str(Path(table_path).parent),
        "width": record["width"],
        "height": record["height"],
        "fps": record["fps"],
    }
    pq.write_table(table.replace_schema_metadata({key: str(value) for key, value in video_class.items()}), table_path)


if __name__ == "__main__":
    with job(snakemake):
        detect_faces(
            snakemake.input.record,
            snakemake.input.sync,
            snakemake.params.model,
            snakemake.output.table,
            snakemake.wildcards.camera,
            snakemake.params.settings,
            snakemake.threads,
        )
