import h5py
import numpy as np
import pandas as pd
import pytest

from scripts.regions.train_eye_network import PREDICTED, drawn_batches, first_weights, predict_frames, train_eye_network
from squint.models.eye_network import CONVOLUTIONS, build_eye_network
from squint.regions.patches import STORED
from squint.regions.samples import FRAME, Patches

SETTINGS = {"epochs": 2, "batch_size": 8, "learning_rate": 0.001, "momentum": 0.9}


def patches(frames: int = 24, animals: int = 3) -> Patches:
    """Two eyes a frame, whose openings follow the score."""
    rows, images = [], []
    across = np.hypot(*np.mgrid[-1 : 1 : STORED * 1j, -1 : 1 : STORED * 1j])
    for frame in range(frames):
        for _ in range(2):
            score = float(frame % 10)
            rows.append(("R1", str(frame % animals), f"m{frame % animals}", frame, score))
            images.append(np.where(across < 0.4 - 0.03 * score, 20, 180).astype(np.uint8)[..., None])
    return Patches(pd.DataFrame(rows, columns=["rack", "region", "animal", "frame_num", "score"]), np.stack(images))


def test_an_epoch_has_as_many_patches_as_frames_drawn_anew(keras):
    ours = patches()
    batches = drawn_batches(keras, ours, np.ones(len(ours.table), bool), 8, (1, "eyes"))
    assert len(batches) == 3
    first = batches[0]
    batches.on_epoch_begin()
    batches.on_epoch_begin()
    assert first[0].shape == (8, 50, 50, 1) and first[1].shape == (8,)
    assert not np.array_equal(first[0], batches[0][0])


def test_a_network_starts_from_convolutions_that_were_pre_trained(keras, tmp_path):
    learnt = build_eye_network(keras, 1, 10)
    learnt.save_weights(tmp_path / "digits.weights.h5")
    model = build_eye_network(keras, 1)
    before = model.get_layer("fc_1").get_weights()[0]
    first_weights(keras, model, 1, str(tmp_path / "digits.weights.h5"))
    for name in CONVOLUTIONS:
        assert np.array_equal(model.get_layer(name).get_weights()[0], learnt.get_layer(name).get_weights()[0])
    assert np.array_equal(model.get_layer("fc_1").get_weights()[0], before)


def test_a_frame_is_the_mean_of_its_eyes_within_the_scale():
    table = patches(frames=2).table
    said = predict_frames(np.array([2.0, 3.0, 12.0, 8.0]), table, 9)
    assert said.prediction.tolist() == [2.5, 8.5] and said.frame_num.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("scheme", "folds"), [("k_fold", ["1", "2", "3", "4"]), ("leave_one_animal_out", ["m0", "m1", "m2"])]
)
def test_each_frame_is_told_by_a_network_that_never_saw_it(tmp_path, scheme, folds):
    ours, path = patches(), str(tmp_path / "weights.h5")
    table = train_eye_network(ours, scheme, 4, "eye", None, SETTINGS, 9, path, seed=1, threads=1)
    assert list(table.columns) == PREDICTED and len(table) == 24
    assert not table.duplicated(FRAME).any() and table.prediction.between(0, 9).all()
    known = ours.table.drop_duplicates(FRAME)
    for fold, rows in table.groupby("fold"):
        others = known[~known.frame_num.isin(rows.frame_num)]
        assert set(rows.constant) == {others.score.median()}, fold
    with h5py.File(path) as file:
        assert list(file) == sorted(folds)
        weights = [[file[fold][name][:] for name in sorted(file[fold])] for fold in folds]
    assert not np.allclose(weights[0][0], weights[1][0])


def test_the_same_seed_trains_the_same_and_all_keeps_one_network(tmp_path):
    first, again = (
        train_eye_network(patches(), "leave_one_animal_out", 0, "eye", None, SETTINGS, 9, str(tmp_path / "w.h5"), 1, 1)
        for _ in range(2)
    )
    assert np.allclose(first.prediction, again.prediction, atol=1e-4)
    whole = train_eye_network(patches(), "all", 0, "eye", None, SETTINGS, 9, str(tmp_path / "all.h5"), 1, 1)
    assert whole.empty and list(whole.columns) == PREDICTED
    with h5py.File(tmp_path / "all.h5") as file:
        assert list(file) == ["all"]
