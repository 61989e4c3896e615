"""Scores each frame of a rack with a scorer of regions: the curve of each animal, with intervals, blinks apart."""

import pandas as pd

from squint.jobs.job import job
from squint.regions.archive import RegionAbout, load_region_scorer
from squint.regions.curves import RAW, make_curve
from squint.regions.scorer import RegionScorer
from squint.regions.store import read_places
from squint.regions.videos import score_frames


def score_rack(video: str, index: str, places: pd.DataFrame, about: RegionAbout, scorer: RegionScorer) -> pd.DataFrame:
    """The curve of each region (CURVE, `region` and `animal`), region after region."""
    scorers = dict.fromkeys(places.region, scorer)
    raw = score_frames(video, index, places, scorers, (about.size[0], about.size[1]), about.channel)
    parts = []
    for row in places.itertuples():
        ours = raw.loc[raw.region == row.region, RAW].reset_index(drop=True)
        parts.append(make_curve(ours, about.manner, about.calibration).assign(region=row.region, animal=row.animal))
    return pd.concat(parts, ignore_index=True)


if __name__ == "__main__":
    with job(snakemake):
        about, scorer = load_region_scorer(snakemake.input.scorer)
        curves = score_rack(
            video=snakemake.params.video,
            index=snakemake.input.index,
            places=read_places(snakemake.input.table),
            about=about,
            scorer=scorer,
        )
        curves.to_parquet(snakemake.output.curves, index=False)
