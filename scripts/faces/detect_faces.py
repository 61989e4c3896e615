"""Finds the face in the sampled frames of one camera, near its last location first."""

import json
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from itertools import starmap
from pathlib import Path

import av
import cv2
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from squint.detection.detector import Face, FaceDetector, ScanPicture, best_face, near, scan_picture
from squint.files.damage import report_damage, spans
from squint.files.frames import luma
from squint.files.resumable_rows import ResumableRows, digest_of
from squint.files.video import Video
from squint.jobs.job import job, progress
from squint.synchronisation.clocks import moment_frames, read_sync

# A job that is killed loses so many sampled frames at most, which take a minute or two in full HD.
KEEP_EVERY = 2000
AHEAD = 8  # frames that wait to be searched at most
# A pixel belongs to an edge if its Laplacian exceeds this many grey levels.
EDGE_LEVEL = 24
# Columns of a moment that the camera has no frame of, beside sync_index.
NO_FRAME = {
    "frame_num": -1,
    "time_s": np.nan,
    "det_lbl": 0,
    "det_prb": 0.0,
    "det_trd": 0,
    "det_trf": 0,
    "box_x": 0,
    "box_y": 0,
    "box_size": 0,
    "sharpness": 0,
}


def sharpness(plane: np.ndarray) -> int:
    """Number of edge pixels of a luma plane (thesis, 4.3.1: a simple measure of a frame's sharpness)."""
    flat = cv2.inRange(cv2.Laplacian(plane, cv2.CV_16S), -EDGE_LEVEL, EDGE_LEVEL)
    return plane.size - cv2.countNonZero(flat)


def find_face(
    detector: FaceDetector, scanned: ScanPicture, last: Face | None, certainty: float
) -> tuple[Face, int, int]:
    """The face in a scan picture with its tracking status (det_trd) and tracking failure (det_trf).

    A face that was found in the last sampled frame is looked for near its last location first, then everywhere (thesis,
    4.3.1). The thesis ran a network on a window, and on the whole if that failed. Here one pass over the whole picture
    serves both: a window's pass would save a hundredth of what a sampled frame costs, and its boxes are no better
    (`make bench-video`).
    """
    grid = detector.scan(scanned)
    if last is not None:
        face = best_face(near(grid, last, scanned), scanned)
        if face.certainty >= certainty:
            return face, 1, 0
    return best_face(grid, scanned), 0, int(last is not None)


class FaceSearch:
    """Looks for the face in one frame after the other; `row` is that of the frame before, None at the beginning."""

    def __init__(self, detector: FaceDetector, certainty: float, row: dict | None):
        self.detector, self.certainty, self.last = detector, certainty, None
        if row is not None and row["det_lbl"]:
            self.last = Face(row["box_x"], row["box_y"], row["box_size"], row["det_prb"])

    def look(self, number: int, time_s: float, frame: av.VideoFrame) -> dict:
        """The row of a frame."""
        face, tracked, lost = find_face(self.detector, scan_picture(frame), self.last, self.certainty)
        found = face.certainty >= self.certainty
        self.last = face if found else None
        return {
            "frame_num": int(number),
            "time_s": float(time_s),
            "det_lbl": int(found),
            "det_prb": face.certainty,
            "det_trd": tracked,
            "det_trf": lost,
            "box_x": face.x if found else 0,
            "box_y": face.y if found else 0,
            "box_size": face.size if found else 0,
            "sharpness": sharpness(luma(frame)),
        }


def run_in_background(work: Callable[..., dict], calls: Iterator[tuple]) -> Iterator[dict]:
    """The results of `work` with the arguments of each of `calls`, in order, from a thread beside that of `calls`.

    So the threads of a reader need not wait for what is done with its frames.
    """
    with ThreadPoolExecutor(1) as pool:
        waiting = deque()
        for arguments in calls:
            waiting.append(pool.submit(work, *arguments))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def search_frames(
    video: Video, numbers: np.ndarray, detector: FaceDetector, certainty: float, saved_rows: ResumableRows
) -> pd.DataFrame:
    """The detections in frames of ascending `numbers`, a row each; frames that can't be read have none."""
    rows = saved_rows.read()
    reached = rows[-1]["frame_num"] if rows else -1
    before, rest = numbers[numbers <= reached], numbers[numbers > reached]
    video.unreadable |= set(before.tolist()) - {row["frame_num"] for row in rows}
    search = FaceSearch(detector, certainty, rows[-1] if rows else None)
    times_s = video.times_s
    read = ((number, times_s[number], frame) for number, frame in video.read(rest))
    looked = starmap(search.look, read) if video.threads == 1 else run_in_background(search.look, read)
    for row in progress(looked, total=len(numbers), initial=len(before), unit="frame"):
        rows.append(row)
        if len(rows) % KEEP_EVERY == 0:
            saved_rows.write(rows)
    return pd.DataFrame(rows, columns=list(NO_FRAME))


def tabulate_moments(planned: np.ndarray, found: pd.DataFrame, every: int) -> pd.DataFrame:
    """One row a moment: `sync_index` and the detections of its frame, `planned`; `NO_FRAME` where there is none."""
    table = found.set_index("frame_num", drop=False).reindex(planned).reset_index(drop=True)
    table = table.fillna(NO_FRAME).astype({name: type(value) for name, value in NO_FRAME.items()})
    table.insert(0, "sync_index", every * np.arange(len(planned)))
    return table


def detect_faces(
    record_path: str,
    index_path: str,
    sync_path: str,
    detector: FaceDetector,
    table_path: str,
    camera: str,
    settings: dict,
    allow_damaged: bool,
    threads: int,
    code: str,
) -> None:
    """Write the detection table of one camera (thesis, Tables 4.1 and 4.2).

    `settings`: `sample_every` (frames), `certainty` (least certainty of a face, 0 to 1). Goes on where a killed job
    stopped that had the same inputs and `code`, a digest. Raises InputError for frames that can't be read, unless that
    is allowed.
    """
    record = json.loads(Path(record_path).read_text())
    sync = read_sync(sync_path)
    every = settings["sample_every"]
    with Video(record["path"], index_path, threads) as video:
        files = (Path(path) for path in (record_path, index_path, sync_path, detector.model))
        changed = Path(video.path).stat().st_mtime_ns
        saved_rows = ResumableRows(f"{table_path}.part", digest_of(*files, changed, settings, code))
        planned = moment_frames(sync, camera, video.times_s, every)
        found = search_frames(video, np.unique(planned[planned >= 0]), detector, settings["certainty"], saved_rows)
        unreadable = video.unreadable
    if unreadable:
        what = f"frames {spans(unreadable)} can't be read ({len(unreadable)} of {record['frames']})"
        report_damage(record["path"], "a video that decodes to its end", what, allow_damaged)
    frame = tabulate_moments(planned, found, every)
    table = pa.Table.from_pandas(frame, preserve_index=False)
    path = Path(record["path"])
    video_class = {
        "dir": str(path.parent),
        "name": record["name"],
        "path": str(path),
        "frame_length": record["frames"],
        "missing_frames": record["missing"],
        "unreadable_samples": len(unreadable),
        "sizeInBytes": record["bytes"],
        "sizeInMb": record["bytes"] / 2**20,
        "synch_frame": sync.sync_frame[camera],
        "save_load_dir": str(Path(table_path).parent),
        "width": record["width"],
        "height": record["height"],
        "fps": record["fps"],
    }
    pq.write_table(table.replace_schema_metadata({key: str(value) for key, value in video_class.items()}), table_path)
    saved_rows.remove()


if __name__ == "__main__":
    with job(snakemake):
        detect_faces(
            record_path=snakemake.input.record,
            index_path=snakemake.input.index,
            sync_path=snakemake.input.sync,
            detector=FaceDetector(snakemake.params.model),
            table_path=snakemake.output.table,
            camera=snakemake.wildcards.camera,
            settings=snakemake.params.settings,
            allow_damaged=snakemake.params.allow_damaged,
            threads=snakemake.threads,
            code=digest_of(
                snakemake.params.code_digest,
                *(version(name) for name in ("av", "ai-edge-litert", "numpy")),
            ),
        )
