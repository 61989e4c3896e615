"""What a lab gives is taken: own scores of several coders, and corrections. Damaged videos: test_detect_faces."""

import shutil

import pandas as pd
import pytest

from squint.files.crop_names import decode
from tests.conftest import Workplace
from tests.lab import edit_sheet

TARGETS = ("results/crops/EXP1_CORR", "results/crops/EXP1_ORGN")
TARGETS += ("results/tables/coder_agreement.csv", "results/tables/moments.csv")


@pytest.fixture(scope="module")
def given(miniature, tmp_path_factory) -> Workplace:
    """The miniature with a lab's own files for EXP1: the scores of two coders, and corrections, one to 50 px."""
    folder = tmp_path_factory.mktemp("given") / "work"
    shutil.copytree(miniature.folder, folder)
    place = Workplace(miniature.project, folder)
    frame = shown_frame(place)
    corrections = pd.read_csv(place.results / "simulated" / "EXP1" / "corrections.csv")
    corrections = corrections[(corrections.camera != frame.camera) | (corrections.frame_num != frame.frame_num)]
    corrections.loc[-1] = [frame.camera, frame.frame_num, 30, 40, 50]
    corrections.to_csv(folder / "corrected.csv", index=False)
    (folder / "scores").mkdir()
    first = pd.read_csv(place.results / "simulated" / "EXP1" / "scores.csv", dtype=str)
    first.to_csv(folder / "scores" / "EXP1.csv", index=False)
    first.assign(coder="second", eye="1").to_csv(folder / "scores" / "EXP1.second.csv", index=False)
    theirs = "simulated\tscores/EXP1.csv, scores/EXP1.second.csv\tcorrected.csv"
    edit_sheet(place, "rotate\tsimulated\tsimulated\tsimulated", f"rotate\t{theirs}")
    code, output = place.snakemake("--cores", "2", *TARGETS)
    assert code == 0, output
    return place


def shown_frame(place: Workplace) -> pd.Series:
    """A frame of the first moment that has a label."""
    moments = pd.read_parquet(place.results / "moments" / "EXP1.parquet")
    labels = pd.read_parquet(place.results / "labels" / "EXP1.parquet")
    return moments[moments["item"] == labels["item"][0]].iloc[0]


def test_a_labs_own_corrections_are_taken(given):
    frame = shown_frame(given)
    crops = [decode(path.name) for path in (given.results / "crops" / "EXP1_CORR").glob("*.jpg")]
    mine = [name for name in crops if (name.camera, name.frame_num) == (frame.camera, frame.frame_num)]
    assert [(name.box_x, name.box_y, name.box_size) for name in mine] == [(30, 40, 50)]


def test_two_coders_of_one_recording_are_compared(given):
    table = pd.read_csv(given.results / "tables" / "coder_agreement.csv")
    ours = table[(table.between == "second and simulated") & (table.condition == "all")].set_index("unit")
    assert (ours.loc["ear position", ["bias", "lower limit", "upper limit"]] == 0).all()
    scored = pd.read_parquet(given.results / "labels" / "EXP1.scored.parquet")
    accepted = scored[scored.accepted].drop_duplicates(["coder", "sync_index"])
    eyes = accepted.pivot(index="sync_index", columns="coder", values="eye").dropna()
    assert (eyes.second == 1).all() and ours.loc["orbital tightening", "pairs"] == len(eyes) > 0
    assert ours.loc["orbital tightening", "bias"] == pytest.approx((eyes.simulated - 1).mean(), abs=0.001)
    moments = pd.read_csv(given.results / "tables" / "moments.csv", index_col="experiment")
    assert moments.loc["EXP1", "coders"] == "simulated and second"
