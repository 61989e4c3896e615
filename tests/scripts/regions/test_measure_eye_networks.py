import numpy as np
import pandas as pd
import pytest

from scripts.regions.draw_eye_networks import draw_bland_altman, draw_errors
from scripts.regions.measure_eye_networks import (
    NOT_SMOOTHED,
    SMOOTHED,
    read_predictions,
    tabulate_bias,
    tabulate_networks,
    with_curve,
)
from squint.regions.samples import FRAME, K_FOLD, LEAVE_ONE_ANIMAL_OUT
from tests.scripts.regions.data import predictions

HOW = {"draws": 200, "confidence": 0.9, "seed": 1}


@pytest.fixture
def said(tmp_path) -> pd.DataFrame:
    """A good network in both schemes, and one that says nothing."""
    paths: dict[str, dict[str, str]] = {"good": {}, "eye_shuffled": {}}
    for network, scheme, error in (
        ("good", K_FOLD, 0.3),
        ("good", LEAVE_ONE_ANIMAL_OUT, 0.6),
        ("eye_shuffled", LEAVE_ONE_ANIMAL_OUT, 5.0),
    ):
        paths[network][scheme] = str(tmp_path / f"{network}-{scheme}.parquet")
        predictions(error=error).to_parquet(paths[network][scheme])
    return read_predictions(paths)


def test_a_good_network_is_better_than_a_constant_and_one_that_says_nothing_is_not(said):
    table = tabulate_networks(said, **HOW).set_index(["network", "scheme"])
    assert list(table.index) == [
        ("good", K_FOLD),
        ("good", LEAVE_ONE_ANIMAL_OUT),
        ("eye_shuffled", LEAVE_ONE_ANIMAL_OUT),
    ]
    good, nothing = table.loc[("good", LEAVE_ONE_ANIMAL_OUT)], table.loc[("eye_shuffled", LEAVE_ONE_ANIMAL_OUT)]
    assert good["less than constant low"] > 0 > nothing["less than constant low"]
    assert good["MAE low"] < good.MAE < good["MAE high"] < good["constant MAE"] and good.r > 0.9
    assert (good.frames, good.animals) == (120, 6)
    assert good["lower limit"] < good.bias < good["upper limit"]
    assert table.loc[("good", K_FOLD)].MAE < good.MAE


def test_errors_are_those_of_the_frames(said):
    ours = said[(said.network == "good") & (said.scheme == K_FOLD)]
    row = tabulate_networks(ours, **HOW).iloc[0]
    assert pytest.approx(np.abs(ours.prediction - ours.score).mean()) == row.MAE
    assert row.bias == pytest.approx((ours.prediction - ours.score).mean())
    assert row["constant MAE"] == pytest.approx(np.abs(4 - ours.score).mean())


def test_bias_is_told_for_each_score(said):
    table = tabulate_bias(said)
    ours = table[(table.network == "good") & (table.scheme == K_FOLD)]
    assert ours.score.tolist() == list(range(10)) and ours.frames.sum() == 120
    assert np.allclose(ours.bias, ours.prediction - ours.score)


def test_the_smoothed_curve_stands_beside_networks_at_the_same_frames(said):
    known = said[(said.network == "good") & (said.scheme == LEAVE_ONE_ANIMAL_OUT)]
    judged = known[["rack", "region", "animal", "frame_num"]].assign(smoothed=known.score)
    judged.loc[judged.index[:10], "smoothed"] = np.nan
    table = with_curve(said, judged, "good")
    smoothed = table[table.network == SMOOTHED]
    assert len(smoothed) == 110 and np.allclose(smoothed.prediction, smoothed.score)
    beside = table[table.network == NOT_SMOOTHED]
    assert beside[FRAME].to_numpy().tolist() == smoothed[FRAME].to_numpy().tolist()
    assert not np.allclose(beside.prediction, beside.score)


def test_an_animal_that_sat_in_two_racks_has_its_own_curve_in_each(said):
    known = said[(said.network == "good") & (said.scheme == LEAVE_ONE_ANIMAL_OUT)]
    twice = pd.concat([known, known.assign(rack="R2")])
    judged = twice[["rack", "region", "animal", "frame_num"]].assign(smoothed=np.where(twice.rack == "R2", 9.0, 1.0))
    smoothed = with_curve(twice, judged, "good").query("network == @SMOOTHED")
    assert smoothed.groupby("rack").prediction.unique().to_dict() == {"R1": [1.0], "R2": [9.0]}


def test_figures_are_drawn(said, tmp_path):
    by_scheme = {
        scheme: said[(said.network == "good") & (said.scheme == scheme)] for scheme in (K_FOLD, LEAVE_ONE_ANIMAL_OUT)
    }
    draw_bland_altman(by_scheme, 9, str(tmp_path / "agreement.svg"))
    draw_errors(tabulate_networks(said, **HOW), str(tmp_path / "errors.svg"))
    assert all((tmp_path / name).stat().st_size > 5000 for name in ("agreement.svg", "errors.svg"))
