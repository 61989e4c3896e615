import json

import numpy as np
import pandas as pd
import pytest

from scripts.regions.calibrate_curves import calibrate, read_curves, tabulate_coverage
from squint.regions.curves import Manner

MANNER = Manner(window_s=1.0, closed=7, blink_s=0.5, highest=9)


@pytest.fixture
def racks(tmp_path) -> tuple[list[str], list[str]]:
    """Two racks of four animals each, whose curves err a little, and scores of some of their frames."""
    generator, raws, scores = np.random.default_rng(0), [], []
    for rack in range(2):
        rows, given = [], []
        for region in range(4):
            true = 3 + 2 * np.sin(np.arange(300) / 50 + region)
            said = np.clip(true + generator.normal(0, 0.3) + generator.normal(0, 0.4, 300), 0, 9)
            frames = {"region": str(region), "animal": f"m{rack}{region}", "frame_num": range(300)}
            rows.append(pd.DataFrame(frames).assign(time_s=np.arange(300) / 30, score=said, eyes=1, abstained=""))
            given += [f"{region},{frame},{round(true[frame])}" for frame in range(5, 300, 12)]
        raws.append(str(tmp_path / f"{rack}.parquet"))
        scores.append(str(tmp_path / f"{rack}.csv"))
        pd.concat(rows).to_parquet(raws[-1])
        (tmp_path / f"{rack}.csv").write_text("region,frame_num,score\n" + "\n".join([*given, "0,1,"]) + "\n")
    return raws, scores


def test_intervals_are_calibrated_and_judged_on_other_animals(racks, tmp_path):
    curves = read_curves(["R0", "R1"], *racks)
    assert [curve.animal for curve in curves] == [f"m{rack}{region}" for rack in range(2) for region in range(4)]
    judged = calibrate(curves, MANNER, 0.9, str(tmp_path / "margins.json"))
    margins = json.loads((tmp_path / "margins.json").read_text())
    assert 0 < margins["curve"] < margins["frame"] < 3
    table = tabulate_coverage(judged, 100, 0.9, 1).set_index("curve")
    assert list(table.index) == ["a frame", "smoothed curve"] and (table.frames == 200).all()
    assert table.coverage.between(0.8, 1).all() and table.loc["smoothed curve"].mae < table.loc["a frame"].mae
    assert (table["coverage low"] <= table.coverage).all() and (table.animals == 8).all()


def test_a_region_without_scores_calibrates_nothing(racks, tmp_path):
    raws, scores = racks
    (tmp_path / "0.csv").write_text("region,frame_num,score\n2,10,4\n")
    assert [curve.animal for curve in read_curves(["R0"], raws[:1], scores[:1])] == ["m02"]
