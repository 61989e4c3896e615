"""The table of curves tells what their intervals hold, each animal judged by margins from the others."""

import json

import numpy as np
import pandas as pd
import pytest

from scripts.scorers.calibrate_scorer import COLUMNS, calibrate_scorer, read_held_out, tabulate_coverage
from squint.scorer.calibration import Margins, Window, calibrate, judge_coverage
from tests.shown import run_script


def write_recordings(folder, animals=("ada", "bob", "cat", "dan"), moments=12):
    """Files of a recording of each animal: its raw timeline, its labels, the record of a video."""
    generator = np.random.default_rng(1)
    paths = {"raws": [], "labels": [], "records": []}
    for animal in animals:
        score = generator.uniform(0.2, 1.8, moments)
        fused = score + generator.normal(0, 0.2, moments)
        raw = pd.DataFrame({"sync_index": 5 * np.arange(moments), "faces": 1, "top": fused, "fused": fused})
        raw = raw.assign(spread=0.1, low=fused, high=fused, abstained="")
        labels = pd.DataFrame({"sync_index": raw.sync_index, "score": score, "item": range(moments)})[::2]
        for kind, table in (("raws", raw), ("labels", labels)):
            paths[kind].append(str(folder / f"{animal}.{kind}.parquet"))
            table.to_parquet(paths[kind][-1])
        paths["records"].append(str(folder / f"{animal}.json"))
        (folder / f"{animal}.json").write_text(json.dumps({"fps": 15.0}))
    return paths


def held_out(folder):
    animals = ["ada", "bob", "cat", "dan"]
    return read_held_out(**write_recordings(folder), animals=animals, cameras=[["top"]] * 4, window_s=2, every=5)


def test_recordings_are_read_with_their_own_window(tmp_path):
    paths = write_recordings(tmp_path)
    (tmp_path / "bob.json").write_text(json.dumps({"fps": 30.0}))
    animals, cameras = ["ada", "bob", "cat", "ada"], [["top"]] * 3 + [("left", "top")]
    found = read_held_out(**paths, animals=animals, cameras=cameras, window_s=2, every=5)
    assert [one.animal for one in found] == animals
    assert [one.window for one in found] == [Window(6, 5), Window(12, 5), Window(6, 5), Window(6, 5)]
    assert [one.cameras for one in found] == [["top"]] * 3 + [["left", "top"]]
    assert found[2].raw.equals(pd.read_parquet(paths["raws"][2]))
    assert found[2].labels.equals(pd.read_parquet(paths["labels"][2]))


def test_margins_for_new_animals_come_from_all_and_judged_ones_from_the_others(tmp_path):
    recordings = held_out(tmp_path)
    judged = calibrate_scorer(recordings, 0.8, 2, str(tmp_path / "calibration.json"))
    margins = Margins.read(json.loads((tmp_path / "calibration.json").read_text()))
    assert margins == calibrate(recordings, 0.8, 2)
    pd.testing.assert_frame_equal(judged, judge_coverage(recordings, 0.8, 2))


def test_infinite_margins_are_written_as_plain_json(tmp_path):
    calibrate_scorer(held_out(tmp_path)[:1], 0.99, 2, str(tmp_path / "calibration.json"))
    text = (tmp_path / "calibration.json").read_text()
    assert json.loads(text, parse_constant=pytest.fail) == {"frame": None, "curve": None, "widest": None}


def moments():
    """Four moments of two animals, of which the intervals hold three and two."""
    table = pd.DataFrame({"animal": ["ada", "bob", "ada", "ada"], "sync_index": [5, 0, 10, 0]})
    table = table.assign(score=[1.0, 1.0, 0.0, 2.0], fused=[1.0, 0.5, 0.5, 2.0], smoothed=[1.5, 1.0, 0.0, 1.0])
    table = table.assign(low=[0.5, 0.5, 0.4, 1.5], high=[1.5, 1.0, 0.6, 2.0])
    return table.assign(smoothed_low=[1.2, 0.9, 0.0, 0.5], smoothed_high=[1.8, 1.1, 0.1, 1.5])


def test_coverage_width_and_error_are_those_of_a_plain_count():
    table = tabulate_coverage(moments(), 7, 0.95, 500, 1).set_index("curve")
    assert table.index.tolist() == ["a moment", "smoothed curve"] and table.columns.tolist() == COLUMNS
    assert (
        table.moments.tolist() == [4, 4] and table["not scored"].tolist() == [3, 3] and table.animals.tolist() == [2, 2]
    )
    assert table.coverage.tolist() == [0.75, 0.5]
    assert table.width.tolist() == pytest.approx([(1 + 0.5 + 0.2 + 0.5) / 4, (0.6 + 0.2 + 0.1 + 1) / 4])
    assert table.mae.tolist() == pytest.approx([(0 + 0.5 + 0.5 + 0) / 4, (0.5 + 0 + 0 + 1) / 4])
    assert (table["coverage low"] <= table.coverage).all() and (table.coverage <= table["coverage high"]).all()


def test_the_order_of_moments_does_not_count_and_the_seed_does():
    many = pd.concat([moments().assign(animal=f"{name}") for name in "abcdef"], ignore_index=True)
    many = many.assign(high=many.high + np.linspace(-1, 1, len(many)), sync_index=range(len(many)))
    one = tabulate_coverage(many, 24, 0.95, 200, 1)
    pd.testing.assert_frame_equal(one, tabulate_coverage(many.sample(frac=1, random_state=1), 24, 0.95, 200, 1))
    assert not one.equals(tabulate_coverage(many, 24, 0.95, 200, 2))


def test_without_a_second_animal_the_rows_are_empty():
    table = tabulate_coverage(pd.DataFrame(), 5, 0.95, 100, 1).set_index("curve")
    assert table.moments.tolist() == [0, 0]
    assert table.drop(columns="moments").isna().all(axis=None)


def test_the_job_writes_both(tmp_path):
    params = {"animals": ["ada", "bob", "cat", "dan"], "cameras": [["top"]] * 4, "window_s": 2, "every": 5}
    params |= {"coverage": 0.8, "highest": 2, "confidence": 0.95, "draws": 100, "seed": 1}
    made = {"calibration": str(tmp_path / "calibration.json"), "table": str(tmp_path / "curve.csv")}
    run_script("scorers/calibrate_scorer.py", write_recordings(tmp_path), params, made)
    table = pd.read_csv(made["table"])
    assert table.curve.tolist() == ["a moment", "smoothed curve"] and table.animals.tolist() == [4, 4]
    assert set(json.loads((tmp_path / "calibration.json").read_text())) == {"frame", "curve", "widest"}
