"""Renders the six cameras of a simulated recording, each as a video with the truth about its frames."""

from scripts.grimace import CAMERAS
from scripts.job import job
from scripts.recordings.simulate_camera import simulate_camera

if __name__ == "__main__":
    with job(snakemake):
        for camera, video, truth in zip(CAMERAS, snakemake.output.videos, snakemake.output.truths, strict=True):
            simulate_camera(video, truth, camera=camera, **snakemake.params.simulation)
