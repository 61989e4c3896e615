import numpy as np
import pandas as pd

from squint.files.video import index_frames
from squint.regions.archive import load_region_scorer
from squint.regions.curves import RAW
from squint.regions.videos import score_frames
from tests.scripts.regions.data import SIZE, make_store
from tests.videos import write_pictures


def test_each_frame_of_each_region_has_a_row(region_scorer, tmp_path):
    pictures = list(make_store(animals=1, frames=5).pictures)
    empty = np.full_like(pictures[0], 30)
    film = str(write_pictures(tmp_path / "film.mp4", [np.hstack([one, empty]) for one in pictures], fps=10))
    index_frames(film).to_parquet(tmp_path / "index.parquet", index=False)
    rows = [("a", "m1", 0, 0, *SIZE), ("b", "m2", SIZE[0], 0, *SIZE)]
    places = pd.DataFrame(rows, columns=["region", "animal", "left", "top", "width", "height"])
    _, scorer = load_region_scorer(str(region_scorer))
    table = score_frames(film, str(tmp_path / "index.parquet"), places, {"a": scorer, "b": scorer}, SIZE, "red")
    assert list(table.columns) == ["region", *RAW]
    assert list(zip(table.region, table.frame_num, strict=True)) == [(r, n) for n in range(5) for r in ("a", "b")]
    assert np.allclose(table.time_s, np.repeat(np.arange(5) / 10, 2))
    seen = table.region == "a"
    assert (table.eyes[seen] == 2).all() and table.score[seen].notna().all()
    assert set(table.abstained[~seen]) == {"no animal in sight"} and table.score[~seen].isna().all()
