"""The detector is trained on windows that are drawn by name, and stopped by files that it does not see."""

import json

import numpy as np
import pandas as pd
import pytest

from scripts.faces import train_detector as module
from scripts.faces.train_detector import (
    check_quality,
    judge,
    overlap_squares,
    train_detector,
)
from squint.detection.annotations import read_annotations
from squint.detection.detector import CELL_OUTPUTS, STRIDE, FaceDetector, ScanPicture
from squint.detection.network import build_detector
from squint.errors import InputError
from squint.learning.training import Training
from tests.squint.detection.annotating import annotate

FACES = np.array([[50.0, 50, 20], [50, 50, 20], [0, 0, 0], [0, 0, 0]])
FOUND = np.array([[0.99, 52, 50, 20], [0.9, 90, 90, 20], [0.97, 10, 10, 9], [0.2, 10, 10, 9]])


def test_what_was_found_is_judged_by_what_is_there():
    quality = judge(FOUND, FACES, 0.95)
    assert (quality["frames"], quality["faces"]) == (4, 2)
    assert quality["recall"] == 0.5 == quality["false_faces"] == quality["ap50"]
    assert overlap_squares(FOUND[:, 1:], FACES).round(3).tolist() == [0.818, 0, 0, 0]


def test_a_detector_that_learnt_too_little_is_told_with_what_it_learnt():
    trained = {"frames": 30, "faces": 12, "groups": 1}
    quality = {"ap50": 0.3, "frames": 10, "faces": 4}
    check_quality(quality, trained, {"least_ap": 0.3}, "faces.csv", 40)
    with pytest.raises(InputError) as error:
        check_quality(quality, trained, {"least_ap": 0.5}, "faces.csv", 40)
    assert "0.30 on 10 held-out frames, 4 with a face; trained on 30, 12 with a face, of 1 animal(s)" in str(
        error.value
    )
    assert "annotate more frames" in str(error.value) and "make app VIDEOS=" in str(error.value)
    with pytest.raises(InputError) as error:  # annotated pictures, whose videos are not known
        check_quality(quality, trained, {"least_ap": 0.5}, "faces.csv", 0)
    assert "make app" not in str(error.value)


SETTINGS = {"steps": 20, "batch_size": 4, "learning_rate": 0.002, "validation_share": 0.25, "patience": 20}
SETTINGS["least_ap"] = 0.0


def train(folder, annotations, start_from="", seed=1, videos=(), **changes):
    """Train; the folder with what is written."""
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:  # epochs of a few steps
        patch.setattr(module, "STEPS_OF_EPOCH", 10)
        patch.setattr(module, "VALIDATION_BATCHES", 2)
        train_detector(annotations, [*videos], start_from, **made_in(folder), **how(folder, seed, **changes))
    return folder


def made_in(folder):
    """Where a training writes."""
    return {name: str(folder / file) for name, file in MADE.items()}


def how(folder, seed=1, **changes):
    """How it trains."""
    return {"settings": SETTINGS | changes, "min_prob": 0.95, "seed": seed, "threads": 1, "kept": str(folder)}


MADE = {
    "model_path": "detector.tflite",
    "weights_path": "detector.weights.h5",
    "history_path": "history.csv",
    "record_path": "detector.json",
    "misses_path": "misses.png",
    "wanted_path": "wanted.csv",
}


@pytest.fixture(scope="module")
def annotations(tmp_path_factory):
    return annotate(tmp_path_factory.mktemp("annotated"))


@pytest.fixture(scope="module")
def trained(annotations, tmp_path_factory):
    """A training of two epochs."""
    return train(tmp_path_factory.mktemp("detector") / "made", annotations)


def test_the_training_curve_tells_the_loss_on_what_was_held_out(trained):
    curve = pd.read_csv(trained / "history.csv")
    assert curve.epoch.tolist() == [0, 1]
    assert {"loss", "val_loss"} <= set(curve.columns)
    assert np.isfinite(curve[["loss", "val_loss"]].to_numpy()).all()


def test_the_record_tells_what_was_trained_on_and_which_epoch_is_kept(trained):
    record = json.loads((trained / "detector.json").read_text())
    curve = pd.read_csv(trained / "history.csv")
    assert record["epochs"] == len(curve) == 2
    assert record["best_epoch"] == curve.val_loss.idxmin() <= record["epochs"]
    assert record["settings"] == SETTINGS and record["loss"] == "detection_loss"
    assert (record["seed"], record["start_from"]) == (1, "")
    assert record["trained"]["frames"] + record["held_out"]["frames"] == 7
    assert record["trained"]["groups"] == 1 == len(record["held_out_groups"])  # all are in one folder
    assert set(record["held_out"]) == {"frames", "faces", "ap50", "recall", "false_faces"}
    assert record["certainty"]["slope"] > 0


def test_the_weights_are_those_of_the_model_that_finds_faces(trained, keras):
    network = build_detector(keras)
    network.load_weights(str(trained / "detector.weights.h5"))
    detector = FaceDetector(str(trained / "detector.tflite"))
    for rows in (23, 30):
        pixels = np.random.default_rng(1).integers(0, 256, (rows * STRIDE, 320, 3), np.uint8)
        grid = detector.scan(ScanPicture(pixels, 320, rows * STRIDE))
        assert grid.shape == (rows, 40, CELL_OUTPUTS)
        assert grid == pytest.approx(np.asarray(network(pixels[None].astype(np.float32)))[0], abs=1e-2)


def weights_of(keras, folder):
    network = build_detector(keras)
    network.load_weights(str(folder / "detector.weights.h5"))
    return network.get_weights()


def test_training_goes_on_from_given_weights(trained, annotations, tmp_path, keras, monkeypatch):
    """With stand-ins for what takes seconds: a training that changes nothing, and the export."""
    curve = pd.DataFrame({"loss": [1.0], "val_loss": [2.0]}).rename_axis("epoch")
    monkeypatch.setattr(module, "fit", lambda *_, **__: Training(curve, 0))
    monkeypatch.setattr(keras.Model, "export", lambda *_, **__: None)
    start = str(trained / "detector.weights.h5")
    folder = train(tmp_path / "on", annotations, start, seed=2)
    record = json.loads((folder / "detector.json").read_text())
    assert (record["start_from"], record["epochs"], record["best_epoch"]) == (start, 1, 0)
    before, after = (weights_of(keras, place) for place in (trained, folder))
    same = [np.array_equal(a, b) for a, b in zip(before, after, strict=True)]
    changed = [weight.path for weight, alike in zip(build_detector(keras).weights, same, strict=True) if not alike]
    assert all("certainty" in name for name in changed)  # which means what it says on what was held out


def test_a_detector_that_is_too_poor_stops_the_run(annotations, tmp_path):
    with pytest.raises(InputError, match=r"an average precision of 1 or more\n  found:    0\.\d\d on"):
        train(tmp_path / "poor", annotations, least_ap=1.0)
    assert not (tmp_path / "poor" / "detector.tflite").exists()
    kept = {path.name for path in (tmp_path / "poor").iterdir()}
    assert {"train_detector.png", "train_detector.wanted.csv"} <= kept
    with pytest.raises(InputError):  # what an earlier training kept does not outlast the next one
        train_detector("none.csv", [], "", **made_in(tmp_path / "poor"), **how(tmp_path / "poor"))
    assert not {path.name for path in (tmp_path / "poor").iterdir()} & {
        "train_detector.png",
        "train_detector.wanted.csv",
    }


def test_frames_to_annotate_next_are_of_the_videos_and_new(trained, annotations):
    wanted = pd.read_csv(trained / "wanted.csv")
    known = read_annotations(annotations)
    assert wanted.columns.tolist() == ["video", "frame_num", "certainty", "why", "box_x", "box_y", "box_size"]
    assert (wanted.box_size > 0).all() and (wanted.box_x >= 0).all()
    films = known[known.frame_num >= 0]
    assert set(wanted.video) <= set(films.file)
    pairs = [set(zip(table.iloc[:, 0], table.frame_num, strict=True)) for table in (wanted, films)]
    assert not pairs[0] & pairs[1]
    assert (trained / "misses.png").read_bytes().startswith(b"\x89PNG")


def test_a_file_of_other_weights_is_an_input_error(annotations, tmp_path):
    other = tmp_path / "other.weights.h5"
    other.write_bytes(b"no weights")
    with pytest.raises(InputError) as error:
        train(tmp_path / "none", annotations, str(other))
    assert "expected: weights of the face detector" in str(error.value)
    assert "`faces: start_from`" in str(error.value)
    assert list((tmp_path / "none").iterdir()) == []


def test_training_on_recordings_that_are_to_be_judged_is_an_input_error(annotations, tmp_path):
    videos = [str(path) for path in read_annotations(annotations).file.unique()]
    with pytest.raises(InputError, match="not in the sample sheet"):
        train(tmp_path / "none", annotations, videos=videos[:1])
    assert list((tmp_path / "none").iterdir()) == []
