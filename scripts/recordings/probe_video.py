"""Writes what a video file is, and its index: when each frame is shown. Only its first frame is decoded."""

import json
from functools import partial
from pathlib import Path

import numpy as np

from squint.errors import InputError, instead_of_file
from squint.files.chapters import film_bytes
from squint.files.containers import CONVERT, REMEDY
from squint.files.copies import digest_of_ends
from squint.files.damage import report_damage, spans, stated_frames
from squint.files.frames import orientation, picture, pixel_aspect, read_matrix, turns_by_quarters
from squint.files.video import Video, index_frames
from squint.files.video_index import RATE_JITTER
from squint.jobs.job import job, progress


def describe(path: str, index: str, allow_damaged: bool) -> dict:
    """The record of a video with its index. Raises InputError for a damaged file unless that is allowed."""
    size = film_bytes(path)
    with Video(path, index) as video:
        times = video.times_s
        mean_rate = (len(times) - 1) / times[-1] if len(times) > 1 and times[-1] > 0 else 0.0
        stated_rate = float(video.stream.average_rate or video.stream.guessed_rate or 0)
        fps = stated_rate if not mean_rate or abs(stated_rate - mean_rate) < 0.01 * mean_rate else mean_rate
        record = {
            "path": str(path),
            "name": Path(path).name,
            "bytes": size,
            "digest": digest_of_ends(path),
            "codec": video.stream.codec_context.name,
            "fps": fps,
            "frames": len(video),
            "constant_rate": bool(np.all(np.abs(np.diff(times) * fps - 1) < RATE_JITTER)),
        }
        promised = stated_frames(video)
        lost = np.flatnonzero(video.packets < 0)
        first = next(video.read(range(len(video))), None)
    if first is None:
        raise InputError(path, "frames that can be decoded", f"none of {len(video)}", REMEDY)
    if not turns_by_quarters(first[1]):
        found = f"a display matrix of {read_matrix(first[1])}"
        raise InputError(path, "a picture that is shown upright, in quarter turns or mirrored", found, CONVERT)
    if promised:
        report_damage(
            path, f"{promised} frames, from the file's header", f"{len(video)}: the file is cut", allow_damaged
        )
    if len(lost):
        report_damage(path, "a file without gaps", f"frames {spans(lost)} are lost", allow_damaged)
    shown = picture(first[1])
    return record | {
        "height": shown.shape[0],
        "width": shown.shape[1],
        "orientation": orientation(first[1]),
        "pixel_aspect": float(pixel_aspect(first[1])),
        "interlaced": bool(first[1].interlaced_frame),
        "missing": max(promised - len(video), 0) + len(lost),
    }


def probe_video(video: str, record_path: str, index_path: str, allow_damaged: bool) -> None:
    """Write the record of `video` as JSON and its index as parquet. Raises InputError for an unreadable one."""
    if not Path(video).is_file():
        raise InputError(
            video,
            "the video of a camera",
            instead_of_file(video),
            "check the columns `videos` and `cameras` of the sample sheet; {camera} in a path becomes a camera's name",
        )
    shown = partial(progress, desc="times are missing or wrong: decoding each frame once", unit="packet")
    index_frames(video, shown).to_parquet(index_path, index=False)
    Path(record_path).write_text(json.dumps(describe(video, index_path, allow_damaged), indent=2) + "\n")


if __name__ == "__main__":
    with job(snakemake):
        probe_video(
            video=snakemake.params.video,
            record_path=snakemake.output.record,
            index_path=snakemake.output.index,
            allow_damaged=snakemake.params.allow_damaged,
        )
