import cv2
import numpy as np
import pandas as pd
import pytest

from scripts.regions.store_regions import read_region_scores, store_regions
from squint.domain.regions import ANIMAL, EYES
from squint.errors import InputError
from squint.files.video import index_frames
from squint.regions.store import read_stores
from tests.squint.live.fakes import write_film


@pytest.fixture
def rack(tmp_path):
    """A film of two animals, masks of two of its frames, and scores."""
    film = write_film(tmp_path / "film.mp4", seconds=1)
    index_frames(str(film)).to_parquet(tmp_path / "frames.parquet", index=False)
    places = [("a", "m1", 0, 0, 160, 180), ("b", "m2", 160, 0, 160, 180)]
    columns = ["region", "animal", "left", "top", "width", "height"]
    pd.DataFrame(places, columns=columns).to_csv(tmp_path / "places.csv", index=False)
    (tmp_path / "masks").mkdir()
    for number in (3, 8):
        labels = np.zeros((180, 320), np.uint8)
        labels[60:120, 40:110] = ANIMAL
        labels[80:90, 60:70] = EYES
        (tmp_path / "masks" / f"F{number}.png").write_bytes(cv2.imencode(".png", labels)[1].tobytes())
    (tmp_path / "scores.csv").write_text("region;frame_num;score\na;8;2,5\nb;12;9\nb;13;\n")
    return tmp_path


def store(rack, masks: str = "masks", scores: str = "scores.csv"):
    how = {"rack": "R1", "size": (96, 96), "step": 3, "channel": "red", "highest": 9}
    given = {"masks_path": str(rack / masks) if masks else "", "scores_path": str(rack / scores) if scores else ""}
    paths = {"store_path": str(rack / "out.h5"), "eyes_path": str(rack / "eyes.parquet")}
    where = {"video": str(rack / "film.mp4"), "index": str(rack / "frames.parquet"), "table": str(rack / "places.csv")}
    store_regions(**where, **given, **paths, **how)
    return read_stores([str(rack / "out.h5")]), pd.read_parquet(rack / "eyes.parquet")


def test_marked_and_scored_frames_are_stored(rack):
    ours, eyes = store(rack)
    table = ours.table
    assert list(zip(table.region, table.frame_num, strict=True)) == [("a", 3), ("a", 8), ("b", 12)]
    assert ours.marked.tolist() == [True, True, False], "where nothing is marked of a box, nobody has marked it"
    assert table.score[ours.scored].tolist() == [2.5, 9.0] and table.animal.tolist() == ["m1", "m1", "m2"]
    assert table.time_s[2] == pytest.approx(0.6) and ours.pictures.shape == (3, 96, 96)
    assert set(np.unique(ours.masks[0])) == {0, ANIMAL, EYES}
    # The region of 160 by 180 px is filled up to 180 by 180.
    assert len(eyes) == 2 and eyes.x[0] == pytest.approx((64.5 + 0.5 + 10) * 96 / 180 - 0.5)
    assert eyes.y[0] == pytest.approx((84.5 + 0.5) * 96 / 180 - 0.5)


def test_masks_or_scores_alone_will_do(rack):
    assert len(store(rack, scores="")[0].table) == 2
    ours, eyes = store(rack, masks="")
    assert len(ours.table) == 2 and not ours.marked.any() and eyes.empty


def test_frames_that_the_video_does_not_have_are_told(rack):
    (rack / "scores.csv").write_text("region,frame_num,score\na,20,1\n")
    with pytest.raises(InputError, match="frames from 0 to 19"):
        store(rack)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("c,1,2", "regions among: a, b"),
        ("a,1,2\na,1,3", "one score a region and frame"),
        ("a,1,10", "scores from 0 to 9"),
        ("a,1,many", "scores from 0 to 9"),
        ("a,-1,2", "whole numbers"),
        ("a,1", None),
    ],
)
def test_wrong_scores_are_told(tmp_path, rows, words):
    path = tmp_path / "scores.csv"
    path.write_text(f"region,frame_num,score\n{rows}\n")
    if words is None:
        assert read_region_scores(str(path), ["a", "b"], 9).empty, "an empty cell is no score"
        return
    with pytest.raises(InputError) as caught:
        read_region_scores(str(path), ["a", "b"], 9)
    assert words in str(caught.value)


def test_scores_that_are_not_there_are_told(tmp_path):
    with pytest.raises(InputError, match="an expert's scores"):
        read_region_scores(str(tmp_path / "scores.csv"), ["a"], 9)
