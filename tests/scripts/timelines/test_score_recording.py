"""Timelines fuse the cameras that see a face and tell how the networks differ; cameras are judged by their faces."""

import numpy as np
import pandas as pd
import pytest

from scripts.timelines.score_recording import judge_cameras, score_recording
from squint.errors import InputError
from squint.models.networks import build_network
from squint.models.scorer import Said
from squint.samples.views import NO_VIEW, pad_sets
from squint.scorer.calibration import Margins, Window, finish
from squint.scorer.likeness import fit_likeness, write_likeness
from squint.scorer.timeline import Recording, ScoredFaces, fuse_cameras, read_faces
from tests.scales import SCALE
from tests.scorers import FIELDS, PARTS, detections_of, film, written
from tests.videos import CAMERAS


def scored(faces, scores, together=None, above=None):
    """What is known of faces that are all scored; `together` is said of moments, `above` of faces."""
    faces = pd.DataFrame(faces).assign(abstained="")
    sets = None if together is None else Said(np.array(together), None)
    single = Said(np.array(scores, float), None if above is None else np.array(above, float))
    return ScoredFaces(faces, single, sets, np.sort(faces.sync_index.unique()))


def test_cameras_are_fused_per_moment():
    faces = {"sync_index": [0, 0, 5, 15], "camera": ["C1", "C3", "C1", "C2"]}
    table = fuse_cameras(scored(faces, [[0, 1, 2, 1], [1, 1, 2, 0]]), list(CAMERAS), 0.9, 2)
    assert table.sync_index.tolist() == [0, 5, 15]
    assert table.faces.tolist() == [2, 1, 1]
    assert table.C1[:2].tolist() == [0.5, 2.0]
    assert table[["C2", "C4", "C5", "C6"]].iloc[0].isna().all()
    assert table.fused.tolist() == pytest.approx([0.75, 2.0, 0.5])
    assert table.spread.tolist() == pytest.approx([0.25, 0.0, 0.5])


def test_what_a_network_says_of_all_views_is_the_fused_score():
    faces = {"sync_index": [5, 0, 0], "camera": ["C1", "C1", "C3"]}
    given = scored(faces, np.zeros((2, 3)), together=[[0.4, 2.0], [0.6, 2.0]])
    table = fuse_cameras(given, list(CAMERAS), 0.9, 2)
    assert table.fused.tolist() == pytest.approx([0.5, 2.0])
    assert table.spread.tolist() == pytest.approx([0.1, 0.0])
    assert pad_sets(given.faces, ["sync_index"]).tolist() == [[1, 2], [0, NO_VIEW]]


def test_smoothing_is_over_time_and_not_over_rows():
    given = scored({"sync_index": [0, 5, 100], "camera": "C1"}, [[0.0, 1.0, 2.0]])
    raw = fuse_cameras(given, list(CAMERAS), 0.9, 2)
    table = finish(raw, list(CAMERAS), Margins(0.0, 0.0, float("inf")), Window(3, 5), 2)
    assert table.smoothed.tolist() == pytest.approx([0.5, 0.5, 2.0])


def test_a_recording_without_faces_is_an_input_error(tmp_path):
    paths = {camera: tmp_path / f"{camera}.parquet" for camera in CAMERAS}
    for path in paths.values():
        pd.DataFrame({"det_lbl": [0], "det_prb": [0.2]}).to_parquet(path)
    with pytest.raises(InputError, match=r"faces of certainty 0.95"):
        read_faces(paths, 0.95)


RIGS = [["front"], ["top_2", "left"], [f"C{number}" for number in (10, 2, 1, 7, 3, 4, 5, 6)]]


@pytest.mark.parametrize("cameras", RIGS)
def test_each_camera_has_a_column_in_the_rigs_order(cameras):
    faces = {"sync_index": [0] * len(cameras), "camera": cameras[::-1]}
    table = fuse_cameras(scored(faces, [range(len(cameras))]), cameras, 0.9, 9)
    assert table.columns.tolist()[: len(cameras) + 2] == ["sync_index", "faces", *cameras]
    assert table[cameras].iloc[0].tolist() == list(range(len(cameras)))[::-1]
    assert (table.faces[0], table.fused[0]) == (len(cameras), pytest.approx((len(cameras) - 1) / 2))


def test_faces_are_told_by_the_cameras_that_saw_them(tmp_path):
    paths = {camera: str(tmp_path / f"{camera}.parquet") for camera in ("top_2", "left")}
    for number, path in enumerate(paths.values()):
        pd.DataFrame({"det_lbl": [1, 1], "det_prb": [0.99, 0.2], "frame_num": [number, 9]}).to_parquet(path)
    faces = read_faces(paths, 0.95)
    assert faces[["camera", "frame_num"]].to_numpy().tolist() == [["top_2", 0], ["left", 1]]


USUAL = {"exposure": 100.0, "blur": 30.0, "size": 60.0, "colour": 0.0, "background": 80.0}
LIMITS = {"camera_distance": 2.0, "camera_oddity": 99.0, "words": {word: [value, 1.0] for word, value in USUAL.items()}}


@pytest.mark.parametrize("cameras", RIGS)
def test_each_camera_is_judged_by_its_own_faces(cameras, caplog):
    """The first one's are darker and far from the training data; one more has no face at all."""
    rows = [
        USUAL | {"camera": camera, "distance": 3.0 if number == 0 else 1.0, "abstained": ""}
        for number, camera in enumerate(cameras)
        for _ in range(4)
    ]
    rows[0]["abstained"] = "blurred"
    faces = pd.DataFrame(rows)
    faces.loc[faces.camera == cameras[0], "exposure"] = 20.0
    table = judge_cameras(faces, [*cameras, "unseen"], LIMITS, "NEW1").set_index("camera")
    assert table.index.tolist() == [*cameras, "unseen"]
    assert table.faces.tolist() == [4] * len(cameras) + [0]
    assert table.not_scored.tolist() == [1] + [0] * len(cameras)
    assert table.told.tolist() == [True] + [False] * len(cameras)
    assert table.differs.tolist() == ["darker"] + [""] * len(cameras)
    assert caplog.text.count("is unlike what the scorer was trained on") == 1
    assert f"NEW1, camera {cameras[0]} is unlike what the scorer was trained on: darker." in caplog.text


SETTINGS = {"output": "regression", "views": "one", "scale": SCALE, "backbone": "compact", "weights": "none"}
SETTINGS |= {"normalisation": "none", "head": [], "dropout": 0.0, "precision": "float32", "trainable": True}
ROOMY = FIELDS["limits"] | {"face_distance": 1e9, "camera_distance": 1e9, "camera_oddity": 1e9}
ROOMY |= {"smallest_size": 0.0, "least_sharp": 0.0}


EVERY_THIRD = {"sample_every": 3, "certainty": 0.4}


def packed(keras, folder, **fields):
    """A scorer of two networks that were never trained."""
    parts = {name: text for name, text in PARTS.items() if not name.startswith(("networks/", "likeness/"))}
    for number in (1, 2):
        build_network(keras, SETTINGS, 16, None).save(folder / f"{number}.keras")
        features = np.random.default_rng(number).normal(size=(50, 96))
        write_likeness(folder / f"{number}.h5", fit_likeness(features))
        parts |= {f"networks/{number}.keras": folder / f"{number}.keras"}
        parts |= {f"likeness/{number}.h5": folder / f"{number}.h5"}
    about = {"settings": SETTINGS, "image_size": 16, "limits": ROOMY, "detection": EVERY_THIRD} | fields
    return written(folder / "good.squint", parts, **about)


@pytest.mark.parametrize("cameras", [["front"], ["front", "top"]])
def test_a_recording_is_scored_with_a_file_alone(keras, tmp_path, cameras):
    videos, indexes = film(tmp_path, cameras)
    recording = Recording(videos, indexes, detections_of(tmp_path, cameras, [0, 3, 6]))
    scorer = str(packed(keras, tmp_path))
    table, judged = score_recording(scorer, recording, 25.0, "NEW1", tmp_path, 1)
    columns = ["sync_index", "time_s", "faces", *cameras, "fused", "spread", "low", "high"]
    assert table.columns.tolist() == [*columns, "smoothed", "smoothed_low", "smoothed_high", "abstained"]
    assert table.time_s.tolist() == pytest.approx([0, 3 / 25, 6 / 25])
    assert table.faces.tolist() == [len(cameras)] * 3
    inside = table.fused.clip(0, 2)
    assert (table.low <= inside).all() and (inside <= table.high).all()
    assert (table.spread > 0).all()
    assert judged.camera.tolist() == cameras and judged.faces.tolist() == [3] * len(cameras)
    assert not judged.told.any() and set(judged.not_scored) == {0}
    again, _ = score_recording(scorer, recording, 25.0, "NEW1", tmp_path, 1)
    pd.testing.assert_frame_equal(again, table)


def test_faces_beyond_the_limits_of_the_file_are_not_scored(keras, tmp_path):
    videos, indexes = film(tmp_path, ["front"])
    recording = Recording(videos, indexes, detections_of(tmp_path, ["front"], [0, 3, 6]))
    scorer = packed(keras, tmp_path, limits=ROOMY | {"face_distance": 0.0, "camera_distance": 0.0})
    table, judged = score_recording(str(scorer), recording, 25.0, "NEW1", tmp_path, 1)
    assert set(table.abstained) == {"unlike the training data"} and table.fused.isna().all()
    assert judged.told.tolist() == [True] and judged.not_scored.tolist() == [3]
