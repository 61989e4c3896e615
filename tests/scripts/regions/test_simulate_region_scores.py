import numpy as np
import pandas as pd

from scripts.regions.simulate_region_scores import simulate_region_scores


def truth(frames: int = 400) -> pd.DataFrame:
    rows = np.arange(frames)
    about = {"rack": "R1", "frame_num": rows, "eye": 2 * rows / frames, "blink": rows % 50 == 7, "paws": rows % 40 < 4}
    shown = {"eye_0_px": np.where(rows % 10 == 3, 0, 60), "eye_1_px": 0}
    return pd.concat([pd.DataFrame(about | shown).assign(region=region) for region in ("1", "2")])


def test_scores_follow_the_truth_and_are_a_little_off():
    scores = simulate_region_scores(truth(), "R1", 200, 9, 1)
    table = scores.merge(truth(), on=["region", "frame_num"])
    true = np.where(table.blink, 9, table.eye * 4.5)
    assert len(table) == 400 and table.score.between(0, 9).all()
    assert 0.4 < np.abs(table.score - true).mean() < 1.0 and abs((table.score - true).mean()) < 0.2


def test_only_frames_in_which_an_eye_can_be_judged_are_scored():
    table = simulate_region_scores(truth(), "R1", 1000, 9, 1).merge(truth(), on=["region", "frame_num"])
    assert not table.paws.any() and ((table.eye_0_px > 0) | table.blink).all()


def test_the_same_seed_scores_the_same_and_each_region_other_frames():
    first, again = (simulate_region_scores(truth(), "R1", 27, 9, 5) for _ in range(2))
    assert first.equals(again) and len(first) == 54
    one, other = (set(first.frame_num[first.region == region]) for region in ("1", "2"))
    assert one != other
