import numpy as np
import pandas as pd

from scripts.regions.draw_region_curves import draw_region_curves
from scripts.regions.measure_region_curves import measure_region_curves
from scripts.regions.pack_region_scorer import left_out_errors, write_card
from scripts.regions.score_held_out_regions import score_regions
from squint.files.video import index_frames
from squint.regions.archive import load_region_scorer, read_region_about
from squint.regions.curves import CURVE, RAW
from tests.conftest import ROOT
from tests.scripts.regions.data import SIZE, make_store
from tests.squint.regions.scorers import ABOUT
from tests.videos import write_pictures


def test_each_region_is_scored_by_its_own_scorer(region_scorer, tmp_path):
    pictures = list(make_store(animals=1, frames=6).pictures)
    film = str(write_pictures(tmp_path / "film.mp4", [np.hstack([one, one]) for one in pictures], fps=10))
    index_frames(film).to_parquet(tmp_path / "index.parquet", index=False)
    rows = [("a", "m1", 0, 0, *SIZE), ("b", "m2", SIZE[0], 0, *SIZE), ("c", "unscored", 0, 0, *SIZE)]
    places = pd.DataFrame(rows, columns=["region", "animal", "left", "top", "width", "height"])
    _, scorer = load_region_scorer(str(region_scorer))
    seen = []

    class Noted:
        def __init__(self, animal):
            self.animal = animal

        def score(self, picture):
            seen.append(self.animal)
            return scorer.score(picture)

    scorers = {animal: Noted(animal) for animal in ("m1", "m2")}
    table = score_regions(film, str(tmp_path / "index.parquet"), places, scorers, SIZE, "red")
    assert list(table.columns) == ["region", "animal", *RAW] and len(table) == 12
    assert seen == ["m1", "m2"] * 6 and table.animal.tolist() == seen and table.time_s.max() == 0.5


def judged() -> pd.DataFrame:
    values = {"animal": ["m1", "m1", "m2"], "smoothed": [3.0, np.nan, 5.0], "expert": [2.5, 4.0, 6.0]}
    return pd.DataFrame(values)


def test_errors_of_the_smoothed_curve_are_kept_by_animal():
    assert left_out_errors(judged()) == {"m1": [0.5], "m2": [-1.0]}


def test_the_card_tells_what_was_earned_and_what_is_a_test_bed():
    row = {"frames": 200, "not scored": 3, "coverage": 0.9, "coverage low": 0.85, "coverage high": 0.94}
    curves = pd.DataFrame([{"curve": name, **row, "width": 2.0, "mae": 0.7} for name in ("a frame", "smoothed curve")])
    scores = {"network": "eye_digits", "scheme": "leave_one_animal_out", "animals": 12, "frames": 300, "MAE": 0.71}
    scores |= {"MAE low": 0.6, "MAE high": 0.8, "constant MAE": 1.9, "r": 0.9, "bias": -0.1}
    template = str(ROOT / "report" / "region_model_card.md.j2")
    card = write_card(template, ABOUT, curves, pd.DataFrame([scores]))
    assert "a test bed. Nothing that it says is about real animals" in card
    assert "0.71 (0.60 to 0.80)" in card and "a constant's is 1.90" in card and "12 animals" in card
    assert "| smoothed curve | 200 | 3 | 90 % (85 to 94) | 2.00 | 0.70 |" in card
    assert "test bed" not in write_card(template, ABOUT | {"simulated": False}, curves, pd.DataFrame([scores]))


def curve(path, animal: str) -> str:
    times = np.arange(900) / 30
    scores = np.where(np.arange(100, 1000) % 200 < 6, 9.0, 3.0)
    blinks = np.arange(100, 1000) % 200 < 6
    values = {"frame_num": range(900), "time_s": times, "score": scores, "low": scores - 1, "high": scores + 1}
    values |= {"smoothed": np.where(blinks, np.nan, 3.0), "smoothed_low": 2.5, "smoothed_high": 3.5, "eyes": 2}
    table = pd.DataFrame(values).assign(blink=blinks, abstained="")
    assert set(CURVE) <= set(table.columns)
    table.assign(region="a", animal=animal).to_parquet(path, index=False)
    return str(path)


def test_what_curves_tell_is_told_of_each_animal(region_scorer, tmp_path):
    racks = {"NEW1": curve(tmp_path / "NEW1.parquet", "m9"), "OLD": curve(tmp_path / "OLD.parquet", "m1")}
    table = measure_region_curves(racks, read_region_about(str(region_scorer)), 100, 0.9, 1).set_index("rack")
    new = table.loc["NEW1"]
    assert new["known animal"] == "" and table.loc["OLD"]["known animal"] == "yes"
    assert new["mean"] == 3 and new["above"] == 1 and new["mean low"] < 3.3 and new["mean high"] > 2.7
    assert new["blinks"] == 4 / (new["scored s"] / 60)


def test_curves_are_drawn(tmp_path):
    table = pd.read_parquet(curve(tmp_path / "NEW1.parquet", "m9"))
    draw_region_curves(table, "NEW1", 2.25, 2.0, 0.9, 9, str(tmp_path / "NEW1.svg"))
    assert (tmp_path / "NEW1.svg").stat().st_size > 20_000
