"""Renders the video of a simulated rack, with the truth about it and label images."""

from squint.jobs.job import job
from squint.simulation.rack import make_boxes, simulate_rack

if __name__ == "__main__":
    with job(snakemake):
        values = dict(snakemake.params.simulation)
        boxes = make_boxes(values.pop("boxes"), values["width"], values["height"])
        simulate_rack(
            video_path=snakemake.output.video,
            truth_path=snakemake.output.truth,
            masks_path=snakemake.output.masks,
            boxes=boxes,
            **values,
        )
