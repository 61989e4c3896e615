"""Scores each frame of a rack with a scorer of regions: the curve of each animal, with intervals, blinks apart."""

import pandas as pd

from squint.domain.regions import Region
from squint.files.frames import picture
from squint.files.video import Video
from squint.jobs.job import job, progress
from squint.regions.archive import RegionAbout, load_region_scorer
from squint.regions.curves import RAW, make_curve
from squint.regions.pictures import View
from squint.regions.scorer import RegionScorer
from squint.regions.store import read_places


def score_rack(video: str, index: str, places: pd.DataFrame, about: RegionAbout, scorer: RegionScorer) -> pd.DataFrame:
    """The curve of each region (CURVE, `region` and `animal`), region after region."""
    size = (about.size[0], about.size[1])
    views = {row.region: View(Region(row.left, row.top, row.width, row.height), size) for row in places.itertuples()}
    rows = {region: [] for region in views}
    with Video(video, index) as film:
        times = film.times_s
        for number, frame in progress(film.read_all(range(len(film))), total=len(film), unit="frame"):
            shown = picture(frame)
            for region, view in views.items():
                said = scorer.score(view.picture(shown, about.channel))
                rows[region].append((number, times[number], said.score, len(said.eyes), said.abstained))
    parts = []
    for row in places.itertuples():
        raw = pd.DataFrame(rows[row.region], columns=RAW)
        parts.append(make_curve(raw, about.manner, about.calibration).assign(region=row.region, animal=row.animal))
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
