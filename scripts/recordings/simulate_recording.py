"""Renders the six cameras of a simulated recording, each as a video with the truth about its frames."""

from squint.domain.rig import CAMERAS
from squint.jobs.job import job
from squint.simulation.camera import simulate_camera

if __name__ == "__main__":
    with job(snakemake):
        for camera, video, truth in zip(CAMERAS, snakemake.output.videos, snakemake.output.truths, strict=True):
            simulate_camera(video_path=video, truth_path=truth, camera=camera, **snakemake.params.simulation)
