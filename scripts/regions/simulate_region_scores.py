"""Stands in for the expert on simulated racks: scores the eyes of some frames from the truth.

The scores are off as an expert's are. ASSUME they are judged with normal noise.
"""

import numpy as np
import pandas as pd

from squint.domain.seeds import named_generator
from squint.jobs.job import job
from squint.simulation.units import SEVEREST

NOISE = 0.085  # standard deviation, as a share of the scale: that of a unit of the six-camera coder
LEAST_PX = 24  # of the eyes in sight that the coder needs, in the video


def simulate_region_scores(truth: pd.DataFrame, rack: str, frames: int, highest: int, seed: int) -> pd.DataFrame:
    """Scores of up to `frames` frames of each region: `region`, `frame_num`, `score` from 0 to `highest`.

    Frames are drawn from those in which an eye is in sight and no paw before it; one in a blink is scored as shut.
    """
    rows = []
    for region, ours in truth.groupby("region", sort=False):
        generator = named_generator(seed, "region scores", rack, region)
        seen = ours[~ours.paws & (ours.eye_0_px + ours.eye_1_px >= LEAST_PX) | ours.blink & ~ours.paws]
        chosen = seen.iloc[np.sort(generator.permutation(len(seen))[:frames])]
        true = np.where(chosen.blink, 1.0, chosen.eye / SEVEREST)
        judged = np.round(highest * (true + generator.normal(0, NOISE, len(chosen))))
        scores = np.clip(judged, 0, highest).astype(int)
        rows.append(pd.DataFrame({"region": region, "frame_num": chosen.frame_num.to_numpy(), "score": scores}))
    return pd.concat(rows, ignore_index=True)


if __name__ == "__main__":
    with job(snakemake):
        scores = simulate_region_scores(
            truth=pd.read_parquet(snakemake.input.truth),
            rack=snakemake.wildcards.rack,
            frames=snakemake.params.frames,
            highest=snakemake.params.highest,
            seed=snakemake.params.seed,
        )
        scores.to_csv(snakemake.output.scores, index=False)
