"""Scores each frame of a rack's video, region by region."""

import pandas as pd

from squint.domain.regions import Region
from squint.files.frames import picture
from squint.files.video import Video
from squint.jobs.job import progress
from squint.regions.curves import RAW
from squint.regions.pictures import View
from squint.regions.scorer import RegionScorer


def score_frames(
    video: str, index: str, places: pd.DataFrame, scorers: dict[str, RegionScorer], size: tuple[int, int], channel: str
) -> pd.DataFrame:
    """What is said of each frame and region: RAW and `region`, frame after frame.

    `places` are the regions (`read_places`), `scorers` one for each by its name.
    """
    views = {row.region: View(Region(row.left, row.top, row.width, row.height), size) for row in places.itertuples()}
    rows = []
    with Video(video, index) as film:
        times = film.times_s
        for number, frame in progress(film.read_all(range(len(film))), total=len(film), unit="frame"):
            shown = picture(frame)
            for region, view in views.items():
                said = scorers[region].score(view.picture(shown, channel))
                rows.append((region, number, times[number], said.score, len(said.eyes), said.abstained))
    return pd.DataFrame(rows, columns=["region", *RAW])
