"""Renders one camera of a simulated recording, as a video with the truth about its frames."""

from squint.jobs.job import job
from squint.simulation.camera import simulate_camera

if __name__ == "__main__":
    with job(snakemake):
        simulate_camera(
            video_path=snakemake.output.video,
            truth_path=snakemake.output.truth,
            camera=snakemake.wildcards.camera,
            **snakemake.params.simulation,
        )
