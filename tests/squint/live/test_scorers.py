import numpy as np
import pandas as pd
import pytest

from scripts.regions.score_rack import score_rack
from squint.domain.regions import Region
from squint.errors import InputError
from squint.files.video import index_frames
from squint.live.messages import BadPicture
from squint.live.recorder import Recorder
from squint.live.scorers import load_scorer
from squint.live.session import Session
from squint.live.sources import FileSource
from squint.regions.archive import load_region_scorer
from tests.scorers import written
from tests.scripts.regions.data import SIZE, make_store
from tests.squint.live.fakes import linked, serving
from tests.videos import write_pictures


def test_a_scorer_of_regions_answers_as_it_scores(region_scorer):
    live, (_, scorer) = load_scorer(str(region_scorer), 1), load_region_scorer(str(region_scorer))
    store = make_store(animals=2, frames=3)
    names = [str(number) for number in range(6)]
    said = live.score(names, list(store.pictures), [True] + [False] * 5)
    expected = [scorer.score(picture) for picture in store.pictures]
    assert [one.region for one in said] == names
    assert [one.score for one in said] == [one.score for one in expected]
    assert said[0].mask.startswith(b"\x89PNG") and said[1].mask is None and len(said[0].marks) == 2
    nothing = live.score(["a"], [np.full(SIZE[::-1], 30, np.uint8)], [False])[0]
    assert (nothing.score, nothing.abstained) == (None, "no animal in sight")


def test_pictures_that_it_does_not_take_are_refused(region_scorer):
    live = load_scorer(str(region_scorer), 1)
    live.check(*SIZE, 1)
    for about in ((47, 36, 1), (48, 36, 3)):
        with pytest.raises(BadPicture, match="this scorer takes one of 48 by 36 px"):
            live.check(*about)


def test_what_is_no_scorer_is_told(tmp_path):
    (tmp_path / "x.squint").write_bytes(b"no scorer")
    with pytest.raises(InputError, match="a scorer"):
        load_scorer(str(tmp_path / "x.squint"), 1)
    with pytest.raises(InputError):
        load_scorer(str(written(tmp_path / "faces.squint")), 1)  # its networks are none


@pytest.fixture
def film(tmp_path) -> str:
    """Two animals that move to the right in two regions of a film."""
    store = make_store(animals=2, frames=8)
    pictures = [np.hstack([store.pictures[frame], store.pictures[8 + frame]]) for frame in range(8)]
    return str(write_pictures(tmp_path / "film.mp4", pictures * 5, fps=20, options={"crf": "4"}))


PLACES = {"left": Region(0, 0, 48, 36), "right": Region(48, 0, 48, 36)}


def test_live_and_offline_scores_of_a_film_are_the_same(region_scorer, film, tmp_path):
    """Through messages, server and recorder as in the workflow's job, curves and all."""
    source = FileSource(film, paced=False)
    with serving(load_scorer(str(region_scorer), 1)) as server, linked(server.address) as client:
        welcome = client.wait_for_server(20)
        client.patient = True
        session = Session(source, PLACES, client, welcome)
        regions = {name: str(region) for name, region in PLACES.items()}
        session.record(Recorder(tmp_path / "live", welcome, regions, film), annotated=False)
        session.start().thread.join(60)
    index_frames(film).to_parquet(tmp_path / "index.parquet", index=False)
    rows = [(name, name, region.left, region.top, region.width, region.height) for name, region in PLACES.items()]
    places = pd.DataFrame(rows, columns=["region", "animal", "left", "top", "width", "height"])
    offline = score_rack(film, str(tmp_path / "index.parquet"), places, *load_region_scorer(str(region_scorer)))
    live = pd.read_parquet(tmp_path / "live" / "curves.parquet")
    assert len(live) == len(offline) == 80 and offline.score.notna().all()
    for column in ("frame_num", "time_s", "score", "low", "high", "smoothed", "smoothed_low", "smoothed_high"):
        assert np.allclose(live[column], offline[column], atol=1e-3, equal_nan=True), column
    assert live.region.tolist() == offline.region.tolist() and live.blink.tolist() == offline.blink.tolist()
