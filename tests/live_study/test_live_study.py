"""A miniature of live scoring's learning, output by output (`make test-live`)."""

import shutil

import h5py
import numpy as np
import pandas as pd
import pytest

from squint.domain.regions import Region
from squint.regions.archive import load_region_scorer
from squint.regions.curves import CURVE
from tests.conftest import ROOT, Workplace, planned_jobs

MINIATURE = ROOT / "tests" / "live_study"


@pytest.fixture(scope="module")
def live(project, tmp_path_factory) -> Workplace:
    """The miniature, run on two cores. Tests leave its files as they are."""
    place = Workplace(project, tmp_path_factory.mktemp("live"))
    for name in ("config.yaml", "racks.tsv"):
        shutil.copy(MINIATURE / name, place.folder / name)
    code, output = place.snakemake("--cores", "2")
    assert code == 0, output[-4000:]
    return place


def read(live: Workplace, name: str) -> pd.DataFrame:
    path = live.results / name
    return pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)


LEARNT = ["m1", "m2", "m3", "m4"]


def test_a_finished_run_has_nothing_to_do(live):
    assert planned_jobs(live) == {}


def test_regions_are_found_where_the_boxes_are(live):
    table = pd.read_csv(live.results / "regions" / "RACK1.csv")
    found = [Region(*row) for row in table[["left", "top", "width", "height"]].to_numpy().tolist()]
    assert table.animal.tolist() == LEARNT
    assert [(region.left < 320, region.top < 180) for region in found] == [
        *((True, True), (False, True)),
        *((True, False), (False, False)),
    ]
    assert all(region.fault(640, 360) == "" for region in found)


def test_marked_and_scored_frames_are_stored(live):
    with h5py.File(live.results / "regions" / "RACK1.h5") as file:
        assert file["pictures"].shape[1:] == (144, 192) and file["masks"].shape[1:] == (72, 96)
        scores, frames = file["score"][:], file["frame_num"][:]
        marked = file["masks"][:, 0, 0] != 255
    assert (np.isfinite(scores)).sum() == 4 * 14 and marked.sum() == 4 * 10
    assert set(frames[marked]) == set(range(0, 80, 8))


def test_no_animal_is_judged_by_a_segmentation_that_saw_it(live):
    records = {
        fold: pd.read_json(live.results / "segmentation" / f"{fold}.json", typ="series") for fold in ("1", "2", "all")
    }
    assert [records[fold].held_out for fold in ("1", "2", "all")] == [["m1", "m3"], ["m2", "m4"], []]
    for fold in ("1", "2"):
        spots = read(live, f"segmentation/{fold}.spots.parquet")
        assert set(spots.animal) <= set(records[fold].held_out)
    table = read(live, "tables/segmentation.csv")
    assert set(table["class"]) == {"animal", "ears", "eyes"} and set(table.group) == {"all", "white", "black"}
    animal = table[(table["class"] == "animal") & (table.group == "all")].set_index("who").IoU
    assert animal["segmentation"] > 0.3
    eyes = read(live, "tables/eye_centres.csv").iloc[0]
    assert eyes.found > 0.3 and eyes["centre error"] < 6


def test_each_scored_frame_is_told_by_networks_that_never_saw_it(live):
    patches = read(live, "eyes/patches.parquet")
    frames = patches.drop_duplicates(["region", "frame_num"])
    assert set(patches.animal) == set(LEARNT) and len(frames) >= 30
    for name, scheme in (("eye", "k_fold"), ("eye", "leave_one_animal_out"), ("units", "leave_one_animal_out")):
        table = read(live, f"eyes/{name}/{scheme}.parquet")
        assert len(table) == len(frames) and not table.duplicated(["region", "frame_num"]).any()
        assert (table.fold == table.animal).all() == (scheme != "k_fold")
        assert table.prediction.between(0, 9).all()
    control = read(live, "eyes/eye_shuffled/leave_one_animal_out.parquet").merge(frames, on=["region", "frame_num"])
    assert (control.score_x == control.score_y).all(), "the control is judged by true scores"


def test_tables_have_each_network_with_its_interval_and_references(live):
    table = read(live, "tables/eye_networks.csv")
    assert list(zip(table.network, table.scheme, strict=True)) == [
        ("eye", "k_fold"),
        ("eye", "leave_one_animal_out"),
        ("units", "leave_one_animal_out"),
        ("eye_shuffled", "leave_one_animal_out"),
        ("smoothed", "leave_one_animal_out"),
        ("not smoothed", "leave_one_animal_out"),
    ]
    assert (table["MAE low"] <= table.MAE).all() and (table["MAE high"] >= table.MAE).all()
    assert table["constant MAE"].notna().all()
    bias = read(live, "tables/eye_bias.csv")
    assert bias.groupby(["network", "scheme"]).frames.sum().to_dict() == {
        (row.network, row.scheme): row.frames for row in table.itertuples()
    }
    assert read(live, "tables/region_curve.csv").coverage.between(0, 1).all()


def test_the_scorer_says_what_the_curves_of_new_animals_say(live):
    about, scorer = load_region_scorer(str(live.results / "scorer" / "regions.squint"))
    assert about.animals == LEARNT and about.simulated and set(about.errors) <= set(LEARNT)
    curves = read(live, "curves/NEW1.parquet")
    assert set(curves.columns) == {*CURVE, "region", "animal"} and len(curves) == 160
    assert set(curves.animal) == {"m5", "m6"} and scorer.patches == ("eye",)
    assert (curves.score.isna() == (curves.abstained != "")).all()
    told = read(live, "tables/region_curves.csv")
    assert told.animal.tolist() == ["m5", "m6"] and told["known animal"].isna().all()
    scored = curves[curves.score.notna()].groupby("animal").size()
    assert np.allclose(told.set_index("animal")["shown"], scored.reindex(told.animal, fill_value=0) / 80, atol=0.1)


def test_what_people_look_at_is_there(live):
    for name in ("segmentation.png", "eye_networks.svg", "eye_agreement.svg", "curves/NEW1.svg", "regions/RACK1.png"):
        assert (live.results / "figures" / name).stat().st_size > 5000, name
    card = (live.results / "scorer" / "regions.MODEL_CARD.md").read_text()
    assert "a test bed" in card and "m1, m2, m3 and m4" in card
