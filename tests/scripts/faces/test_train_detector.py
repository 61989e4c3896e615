"""The detector is trained on windows that are drawn by name, and stopped by files that it does not see."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.faces import train_detector as module
from scripts.faces.train_detector import (
    check_quality,
    group_files,
    hold_out,
    judge,
    load_pictures,
    may_be_learnt,
    overlap_squares,
    read_unlabelled,
    train_detector,
)
from squint.detection.annotations import read_annotations
from squint.detection.detector import CELL_OUTPUTS, STRIDE, FaceDetector, ScanPicture
from squint.detection.network import build_detector
from squint.domain.seeds import named_generator
from squint.errors import InputError
from squint.files.images import write_image
from squint.learning.training import Training
from tests.videos import write_video


def generator(seed=1):
    return named_generator(seed, "detector validation")


frames_of_files = st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=40)
shares = st.floats(0.01, 0.99)


@given(frames_of_files.filter(lambda files: len(set(files)) > 1), shares)
def test_some_files_are_held_out_and_some_are_not_each_as_a_whole(files, share):
    held_out = hold_out(files, share, generator())
    assert held_out.shape == (len(files),) and held_out.dtype == bool
    sides = {file: {bool(out) for name, out in zip(files, held_out, strict=True) if name == file} for file in files}
    assert all(len(side) == 1 for side in sides.values())
    assert {True} in sides.values() and {False} in sides.values()


@pytest.mark.parametrize(
    ("files", "share", "count"),
    [(20, 0.15, 3), (20, 0.01, 1), (20, 0.99, 19), (2, 0.9, 1), (2, 0.1, 1), (3, 0.5, 2), (7, 0.25, 2)],
)
def test_so_many_files_are_held_out_as_their_share_says(files, share, count):
    names = [f"{number:02d}.mp4" for number in range(files)]
    assert hold_out(names, share, generator()).sum() == count


def test_files_count_and_not_their_frames():
    files = ["a"] * 30 + ["b", "c", "d"]
    held_out = hold_out(files, 0.25, generator())
    assert len({file for file, out in zip(files, held_out, strict=True) if out}) == 1


@given(frames_of_files, shares, st.randoms(use_true_random=False))
def test_the_same_files_are_held_out_on_every_call_in_whatever_order_they_come(files, share, random):
    one, again = (hold_out(files, share, generator()) for _ in range(2))
    assert np.array_equal(one, again)
    if len(set(files)) > 1:
        mixed = random.sample(files, len(files))
        found = hold_out(mixed, share, generator())
        assert {f for f, out in zip(mixed, found, strict=True) if out} == {
            f for f, out in zip(files, one, strict=True) if out
        }


def test_another_seed_holds_out_other_files():
    names = [f"{number}.mp4" for number in range(30)]
    assert not np.array_equal(hold_out(names, 0.3, generator(1)), hold_out(names, 0.3, generator(2)))


@pytest.mark.parametrize(("frames", "share", "count"), [(2, 0.15, 1), (2, 0.5, 1), (10, 0.2, 2), (20, 0.15, 3)])
def test_of_one_file_alone_the_last_frames_are_held_out(frames, share, count):
    held_out = hold_out(["a.mp4"] * frames, share, generator())
    assert held_out.tolist() == [False] * (frames - count) + [True] * count


@pytest.mark.parametrize("files", [[], ["a.mp4"]])
def test_fewer_than_two_frames_are_an_input_error(files):
    with pytest.raises(InputError) as error:
        hold_out(files, 0.15, generator())
    assert "expected: at least two frames, to train on and to stop by" in str(error.value)


def table_of(files, frame_num=0, subjects=None):
    table = pd.DataFrame({"file": files, "frame_num": frame_num})
    return table if subjects is None else table.assign(subject=subjects)


@pytest.mark.parametrize(
    ("table", "groups"),
    [
        (table_of(["a/C1.mp4", "a/C2.mp4", "b/C1.mp4"]), ["a", "a", "b"]),
        (table_of(["a/1.mp4", "a/2.mp4"]), ["a/1.mp4", "a/2.mp4"]),
        (table_of(["a/1.mp4", "b/2.mp4"], subjects=["ada", "ada"]), ["ada", "ada"]),
        (table_of(["a/m1_001.jpg", "a/m1_002.jpg", "a/m2_001.jpg"], -1), ["a/m1_", "a/m1_", "a/m2_"]),
        (table_of(["a/01.jpg", "a/02.jpg", "b/01.jpg"], -1), ["a/", "a/", "b/"]),
        (table_of(["a/01.jpg", "a/02.jpg"], -1), ["a/01.jpg", "a/02.jpg"]),
    ],
)
def test_frames_of_one_animal_or_recording_are_a_group(table, groups):
    assert group_files(table) == groups


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
    check_quality(quality, trained, {"least_ap": 0.3}, "faces.csv")
    check_quality(quality | {"ap50": np.nan}, trained, {"least_ap": 0.5}, "faces.csv")
    with pytest.raises(InputError) as error:
        check_quality(quality, trained, {"least_ap": 0.5}, "faces.csv")
    assert "0.30 on 10 held-out frames, 4 with a face; trained on 30, 12 with a face, of 1 animal(s)" in str(
        error.value
    )
    assert "annotate more frames" in str(error.value)


SETTINGS = {"steps": 20, "batch_size": 4, "learning_rate": 0.002, "validation_share": 0.25, "patience": 20}
SETTINGS["least_ap"] = 0.0


def annotate(folder):
    """Four pictures of a bright face, one without, and a video of two frames without; all in COCO JSON."""
    rows = []
    for number in range(5):
        picture = np.full((90, 160, 3), 60, np.uint8)
        left = 10 + 20 * number
        if number:
            picture[30:60, left : left + 30] = 200
        write_image(folder / f"{number}.jpg", picture)
        rows.append({"id": number, "file_name": f"{number}.jpg"})
    video = write_video(folder / "film.mp4", [60] * 4)
    rows += [{"id": 10 + frame, "video": str(video), "frame_num": frame} for frame in (0, 2)]
    boxes = [{"image_id": n, "category_id": 1, "bbox": [10 + 20 * n, 30, 30, 30]} for n in range(1, 5)]
    content = {"images": rows, "annotations": boxes, "categories": [{"id": 1, "name": "face"}]}
    (folder / "faces.json").write_text(json.dumps(content))
    return str(folder / "faces.json")


def train(folder, annotations, start_from="", seed=1, videos=(), **changes):
    """Train; the folder with what is written."""
    folder.mkdir()
    made = {name: str(folder / file) for name, file in MADE.items()}
    with pytest.MonkeyPatch.context() as patch:  # epochs of a few steps
        patch.setattr(module, "STEPS_OF_EPOCH", 10)
        patch.setattr(module, "VALIDATION_BATCHES", 2)
        how = {"settings": SETTINGS | changes, "min_prob": 0.95, "seed": seed, "threads": 1, "kept": str(folder)}
        train_detector(annotations, [*videos], start_from, **made, **how)
    return folder


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


def test_annotated_pictures_and_frames_are_seen_at_one_size(annotations):
    frames = load_pictures(read_annotations(annotations))
    assert {picture.shape for picture in frames.pictures} == {(184, 320, 3), (240, 320, 3)}
    assert len(frames.groups) == 7 and len(set(frames.groups)) == 6
    assert frames.faces[1].tolist() == [2 * 45, 2 * 45, 2 * 30]  # a frame of 160 px is seen at 320 px
    assert frames.faces[0].tolist() == [0, 0, 0]


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
    assert record["trained"]["groups"] == 4 and len(record["held_out_groups"]) == 2  # of six, a quarter
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


def test_frames_of_an_animal_that_is_held_out_teach_nothing():
    table = pd.DataFrame({"file": ["m1/a.mp4", "m1/b.mp4", "m2/a.mp4"], "frame_num": [0, 0, 0]})
    places = [("m1/a.mp4", 7), ("m2/a.mp4", 3), ("m1/b.mp4", 9)]
    assert may_be_learnt(places, table, np.array([False, False, True])) == [True, False, True]


def test_of_one_video_alone_frames_before_what_is_held_out_teach():
    table = pd.DataFrame({"file": ["a.mp4"] * 4, "frame_num": [0, 10, 20, 30]})
    places = [("a.mp4", number) for number in (5, 15, 25, 35)]
    assert may_be_learnt(places, table, np.arange(4) >= 2) == [True, True, False, False]


def test_an_animal_that_some_frames_name_is_told():
    table = pd.DataFrame({"file": ["a.mp4", "b.mp4"], "frame_num": 0, "subject": ["m1", ""]})
    with pytest.raises(InputError, match="an animal for each frame in column `subject`"):
        group_files(table)
    assert len(set(group_files(table.assign(subject=["mouse 1", "Mouse-1"])))) == 1


def test_frames_that_nobody_annotated_are_others_than_those_that_are(annotations):
    table = read_annotations(annotations)
    unlabelled, places = read_unlabelled(table)
    assert len(unlabelled) == len(places) and {file for file, _ in places} <= set(table.file)
    assert not {(row.file, row.frame_num) for row in table.itertuples()} & set(places)
    assert read_unlabelled(table[table.frame_num < 0]) == ([], [])


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


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_of_one_file_some_frames_are_left_to_train_on(share):
    held_out = hold_out(["a.mp4"] * 2, share, generator())
    assert held_out.tolist() == [False, True]
