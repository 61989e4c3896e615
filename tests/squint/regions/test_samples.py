import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.regions.samples import FRAME, Patches, anti_proportional, deal_frames, shuffle_scores


def patches(frames: int = 60, animals: int = 4) -> Patches:
    """Frames of one or two eyes each."""
    rows = [
        ("R1", str(frame % animals), f"m{frame % animals}", frame, frame % 10)
        for frame in range(frames)
        for _ in range(1 + frame % 2)
    ]
    table = pd.DataFrame(rows, columns=["rack", "region", "animal", "frame_num", "score"])
    return Patches(table, np.arange(len(table), dtype=np.uint8)[:, None, None, None])


def test_each_frame_is_tested_once_with_both_eyes():
    ours = patches()
    folds = deal_frames(ours, "k_fold", 30, 7)
    assert list(folds) == [str(number) for number in range(1, 31)]
    assert (np.sum(list(folds.values()), axis=0) == 1).all()
    for tested in folds.values():
        assert not set(ours.frames[tested]) & set(ours.frames[~tested]), "both eyes of a frame are on one side"


def test_over_frames_an_animal_is_on_both_sides_and_over_animals_it_is_not():
    ours = patches()
    over_frames = deal_frames(ours, "k_fold", 5, 7)["1"]
    assert set(ours.table.animal[over_frames]) & set(ours.table.animal[~over_frames])
    folds = deal_frames(ours, "leave_one_animal_out", 5, 7)
    assert list(folds) == ["m0", "m1", "m2", "m3"]
    for animal, tested in folds.items():
        assert set(ours.table.animal[tested]) == {animal} and animal not in set(ours.table.animal[~tested])


def test_all_tests_nothing_and_more_folds_than_frames_are_not_dealt():
    assert not deal_frames(patches(), "all", 30, 7)["all"].any()
    assert len(deal_frames(patches(frames=12), "k_fold", 30, 7)) == 12


def test_the_deal_is_of_the_seed_alone():
    first, again, other = (deal_frames(patches(), "k_fold", 5, seed) for seed in (1, 1, 2))
    assert all(np.array_equal(first[fold], again[fold]) for fold in first)
    assert not all(np.array_equal(first[fold], other[fold]) for fold in first)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=80))
def test_each_score_is_drawn_as_often_as_any_other(scores):
    chances = anti_proportional(np.array(scores, float))
    values = sorted(set(scores))
    shares = [chances[np.array(scores) == value].sum() for value in values]
    assert shares == pytest.approx([1 / len(values)] * len(values))


def test_a_control_has_the_same_scores_dealt_to_other_frames():
    ours = patches()
    shuffled = shuffle_scores(ours, 3)
    assert sorted(ours.table.drop_duplicates(FRAME).score) == sorted(shuffled.table.drop_duplicates(FRAME).score)
    assert (shuffled.table.score != ours.table.score).any()
    assert shuffled.table.groupby(FRAME).score.nunique().max() == 1
    assert shuffled.images is ours.images
