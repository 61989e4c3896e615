"""The simulated coder is off as the thesis's experts were, and corrects what is wrong with boxes."""

import numpy as np
import pandas as pd
import pytest

from scripts.moments.simulate_coder import judge, simulate_corrections
from squint.domain.scale import ACTION_UNITS
from squint.domain.seeds import named_generator
from squint.simulation.behaviour import simulate_units

UNITS = list(ACTION_UNITS)


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
            twice = [judge(truth, named_generator(recording, step, n)) for n in (1, 2)]
            differences.append(mean_score(twice[0]) - mean_score(twice[1]))
    differences = np.array(differences)
    mae = np.abs(differences).mean()
    assert mae == pytest.approx(0.169, abs=0.02)
    assert np.sqrt((differences**2).mean()) / mae == pytest.approx(1.485, abs=0.12)


def test_hidden_units_are_not_observable_and_hidden_faces_bad():
    side = judge(truth_of([1] * 5, views=(80, -80)), named_generator(1, "side"))
    assert side["nose"] == side["cheek"] == ""
    hidden = judge(truth_of([1] * 5, face=False), named_generator(1, "hidden"))
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
