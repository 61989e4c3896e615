"""Writes the full frames of the selected moments, decoding what lies around them."""

from pathlib import Path

import pandas as pd

from squint.files.crop_names import frame_name
from squint.files.frames import picture
from squint.files.images import write_image
from squint.files.video import Video
from squint.jobs.job import job, progress


def extract_frames(moments_path: str, videos: dict[str, str], indexes: list[str], folder: str, threads: int) -> None:
    """Write one JPEG a camera and moment into `folder`; `videos` maps a camera to its file."""
    moments = pd.read_parquet(moments_path)
    Path(folder).mkdir(parents=True)
    for camera, index in progress(list(zip(videos, indexes, strict=True)), unit="camera"):
        numbers = moments.frame_num[(moments.camera == camera) & (moments.frame_num >= 0)]
        with Video(videos[camera], index, threads) as video:
            for number, frame in video.read_all(sorted(set(numbers))):
                write_image(Path(folder) / frame_name(camera, number), picture(frame))


if __name__ == "__main__":
    with job(snakemake):
        extract_frames(
            moments_path=snakemake.input.moments,
            videos=snakemake.params.videos,
            indexes=snakemake.input.indexes,
            folder=snakemake.output.frames,
            threads=snakemake.threads,
        )
