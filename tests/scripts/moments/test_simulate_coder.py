"""The simulated coder is off as the thesis's experts were, and corrects what is wrong with boxes."""

import numpy as np
import pandas as pd
import pytest

from scripts.moments.simulate_coder import BAD_SHARE, judge, simulate_coder, simulate_corrections
from squint.config.scales import read_scale
from squint.domain.scale import make_scale
from squint.domain.seeds import named_generator
from squint.files.score_sheets import read_scores, sheet_columns, write_sheet
from squint.simulation.behaviour import simulate_units
from tests.scales import MGS, ORBITAL, UNITS

SCALES = {"mouse": MGS, "rat": make_scale(read_scale("rat_grimace")), "orbital": ORBITAL}


def truth_of(units, views=(0, 60, -60), face=True):
    return pd.DataFrame([list(units)] * len(views), columns=UNITS).assign(face=face, view_degrees=views)


def mean_score(given):
    return np.nanmean([float(given[unit]) if given[unit] else np.nan for unit in UNITS])


def test_duplicates_differ_as_in_the_thesis():
    differences = []
    for recording in range(10):
        units = simulate_units(named_generator(recording, "units"), 1000, "pain")
        for step in range(0, 1000, 20):
            truth = truth_of(units[step])
            twice = [judge(truth, MGS, named_generator(recording, step, n)) for n in (1, 2)]
            differences.append(mean_score(twice[0]) - mean_score(twice[1]))
    differences = np.array(differences)
    mae = np.abs(differences).mean()
    assert mae == pytest.approx(0.169, abs=0.02)
    assert np.sqrt((differences**2).mean()) / mae == pytest.approx(1.485, abs=0.12)


def test_hidden_units_are_not_observable_and_hidden_faces_bad():
    side = judge(truth_of([1] * 5, views=(80, -80)), MGS, named_generator(1, "side"))
    assert side["nose"] == side["cheek"] == ""
    hidden = judge(truth_of([1] * 5, face=False), MGS, named_generator(1, "hidden"))
    assert hidden["bad_image"] == 1
    assert all(hidden[unit] == "" for unit in UNITS)


def test_missed_misplaced_and_false_boxes_are_corrected():
    boxes = {"camera": ["C1", "C2", "C3", "C4"], "frame_num": [1, 1, 1, 1]}
    moments = pd.DataFrame(
        boxes
        | {
            "det_lbl": [1, 0, 1, 1],
            "det_prb": [0.99] * 4,
            "box_x": [0, 0, 50, 0],
            "box_y": 0,
            "box_size": [10, 0, 10, 10],
        }
    )
    truth = pd.DataFrame(boxes | {"face": [True, True, True, False], "box_x": 1, "box_y": 0, "box_size": 10})
    corrections = simulate_corrections(moments, truth, 0.95)
    assert corrections.camera.tolist() == ["C2", "C3", "C4"]
    assert corrections.box_size.tolist() == [10, 10, 0]


def judged(scale, count=300, **how):
    """What is said of so many moments, whose units are anything from 0 to 2."""
    levels = named_generator(1, "levels").uniform(0, 2, (count, 5))
    return [judge(truth_of(units, **how), scale, named_generator(1, n)) for n, units in enumerate(levels)]


@pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES)
def test_each_unit_of_a_scale_has_a_whole_score_of_it_or_none(scale):
    given = judged(scale)
    for unit in scale.units:
        said = {row[unit] for row in given}
        assert said == {"", *map(str, range(scale.highest + 1))}
    assert all(set(row) == {*scale.units, "bad_image", "done"} for row in given)


@pytest.mark.parametrize(
    ("name", "hidden"), [("mouse", {"nose", "cheek"}), ("rat", {"nose_cheek"}), ("orbital", set())]
)
def test_what_is_judged_from_the_front_is_blank_from_the_side(name, hidden):
    given = judged(SCALES[name], 60, views=(80, -80))
    assert {unit for unit in SCALES[name].units if not any(row[unit] for row in given)} == hidden


@pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES)
@pytest.mark.parametrize("share", [0, 0.25, 0.5, 1])
def test_scores_reach_as_far_on_each_scale(scale, share):
    rows = [judge(truth_of([2 * share] * 5), scale, named_generator(1, n)) for n in range(40)]
    for unit in scale.units:
        scores = [float(row[unit]) for row in rows if row[unit]]
        assert np.median(scores) == pytest.approx(share * scale.highest, abs=0.5)


def test_a_unit_of_two_drawn_ones_is_their_mean():
    truth = truth_of([0, 0, 2, 0, 0])  # the nose alone
    given = [judge(truth, SCALES["rat"], named_generator(1, n))["nose_cheek"] for n in range(60)]
    assert np.median([float(score) for score in given if score]) == 1


@pytest.mark.parametrize(
    ("cameras", "seen", "bad"), [(1, 1, False), (1, 0, True), (2, 1, True), (2, 2, False), (8, 1, True), (8, 2, False)]
)
def test_a_moment_is_bad_where_too_few_of_its_cameras_see_the_face(cameras, seen, bad):
    truth = truth_of([1] * 5, views=[0] * cameras).assign(face=[True] * seen + [False] * (cameras - seen))
    share = np.mean([judge(truth, MGS, named_generator(1, n))["bad_image"] for n in range(50)])
    assert share == 1 if bad else share < 5 * BAD_SHARE


@pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES)
def test_a_simulated_sheet_can_be_read_as_a_persons(tmp_path, scale):
    keys = pd.DataFrame([(item, camera) for item in range(1, 31) for camera in ("left", "top_2")])
    keys.columns = ["item", "camera"]
    keys["frame_num"] = 10 * keys["item"]
    keys.assign(det_lbl=0, det_prb=0.1, box_x=0, box_y=0, box_size=0).to_parquet(tmp_path / "moments.parquet")
    truths = []
    for camera in ("left", "top_2"):
        table = pd.DataFrame(named_generator(1, "truth").uniform(0, 2, (400, 5)), columns=UNITS)
        table = table.assign(camera=camera, frame_num=range(400), face=True, view_degrees=0.0, box_x=5, box_y=5)
        truths.append(str(tmp_path / f"{camera}.parquet"))
        table.assign(box_size=20).to_parquet(truths[-1])
    made = [str(tmp_path / name) for name in ("scores.csv", "corrections.csv")]
    simulate_coder(str(tmp_path / "moments.parquet"), truths, *made, scale, "EXP1", 0.95, 1)
    assert pd.read_csv(made[0]).columns.tolist() == sheet_columns(scale.units)
    write_sheet(str(tmp_path / "moments.parquet"), str(tmp_path / "sheet.csv"), scale.units)
    scores = read_scores(made[0], str(tmp_path / "sheet.csv"), scale)
    assert scores["item"].tolist() == list(range(1, 31)) and scores.done.all()
    assert scores[list(scale.units)].max().max() == scale.highest
    assert len(pd.read_csv(made[1])) == 60  # a box for each face that was missed
