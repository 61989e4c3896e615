"""Faces of a recording are scored or left out for a reason that is told, whatever the blocks in which it is done."""

import numpy as np
import pandas as pd
import pytest

import squint.scorer.timeline as timeline
from squint.models.scorer import Said, Scorer
from squint.samples.cropping import cut, widen
from squint.scorer.likeness import Likeness, describe_crops, fit_likeness
from squint.scorer.timeline import (
    BLURRED,
    CUT_OFF,
    TOO_SMALL,
    UNLIKE,
    Recording,
    ScoredFaces,
    abstentions,
    beyond_frame,
    cut_faces,
    fuse_cameras,
    mean_distance,
    score_faces,
    score_over_time,
)
from tests.scales import SCALE
from tests.scorers import detections_of, film

CAMERAS = ["front", "left", "top"]
LIMITS = {"face_distance": 3.0, "smallest_size": 20.0, "least_sharp": 5.0}
GOOD = {"distance": 1.0, "beyond": 0.0, "blur": 30.0, "size": 60.0}


class Stand:
    """Stands in for a model that says what a function makes of its inputs."""

    def __init__(self, function, width=1):
        self.output_shape = (None, width)
        self.predict_on_batch = function


def brightness(batch):
    return batch.reshape(len(batch), -1).mean(axis=1)[:, None] / 255


def single(factor):
    """A network of single views over one feature."""
    return Stand(lambda inputs: factor * inputs)


def together(factor):
    """A network of all views over one feature: their mean."""
    return Stand(lambda inputs: (factor * (inputs[0][..., 0] * inputs[1]).sum(axis=1) / inputs[1].sum(axis=1))[:, None])


def certain(inputs):
    """Probabilities of higher scores that fall from threshold to threshold."""
    return np.clip(np.asarray(inputs) - np.linspace(0, 1, 20), 0, 1)


def settings_of(views="one", output="regression"):
    return {"views": views, "output": output, "scale": SCALE}


def scorer_of(views="one"):
    make = single if views == "one" else together
    return Scorer(settings_of(views), [make(1.0), make(1.2)], [Stand(brightness)])


def faces_of(moments=9, cameras=CAMERAS, every=5):
    """Faces at all moments by all cameras but that each is missed now and then; in no order of moments."""
    rows = [
        {"sync_index": every * moment, "camera": camera, "box_size": 60.0, "beyond": 0.0}
        for moment in range(moments)
        for number, camera in enumerate(cameras)
        if (moment + number) % 4
    ]
    table = pd.DataFrame(rows)
    return table.iloc[np.random.default_rng(1).permutation(len(table))].reset_index(drop=True)


def pictures(count, size=16):
    return np.random.default_rng(2).integers(0, 256, (count, size, size, 3), np.uint8)


def in_blocks(monkeypatch, block, *arguments):
    monkeypatch.setattr(timeline, "BLOCK", block)
    return score_faces(*arguments)


def same_said(one, other):
    assert one.predictions == pytest.approx(other.predictions)
    assert (one.above is None) == (other.above is None)


@pytest.mark.parametrize("views", ["one", "all"])
@pytest.mark.parametrize("block", [1, 2, 4])
def test_blocks_give_the_same_as_all_at_once(monkeypatch, views, block):
    faces = faces_of()
    images = pictures(len(faces))
    known = [fit_likeness(brightness(images))]
    limits = LIMITS | {"face_distance": 1.2}
    whole, parts = (
        in_blocks(monkeypatch, size, scorer_of(views), known, limits, images, faces) for size in (99, block)
    )
    assert 0 < (whole.faces.abstained == "").sum() < len(faces)
    pd.testing.assert_frame_equal(whole.faces, parts.faces)
    same_said(whole.single, parts.single)
    assert whole.moments.tolist() == parts.moments.tolist()
    assert (whole.sets is None) == (parts.sets is None) == (views == "one")
    if whole.sets is not None:
        same_said(whole.sets, parts.sets)
    fused = [fuse_cameras(scored, CAMERAS, 0.9, 2) for scored in (whole, parts)]
    pd.testing.assert_frame_equal(*fused)


def test_each_face_keeps_its_row_and_what_is_said_of_it():
    faces = faces_of()
    images = pictures(len(faces))
    scored = score_faces(scorer_of(), [], {}, images, faces)
    assert scored.faces[faces.columns.tolist()].equals(faces)
    assert scored.single.predictions[0] == pytest.approx(brightness(images)[:, 0], abs=1e-6)
    words = describe_crops(images, faces.box_size.to_numpy())
    pd.testing.assert_frame_equal(scored.faces[list(words)], words)
    assert set(scored.faces.abstained) == {""} and set(scored.faces.distance) == {0.0}


def test_a_face_that_abstains_is_in_no_set_of_its_moment():
    faces = pd.DataFrame({"sync_index": [0, 0, 5, 5], "camera": ["front", "top"] * 2, "box_size": 60.0})
    faces["beyond"] = [0.0, 0.5, 0.0, 0.0]
    images = pictures(4)
    light = brightness(images)[:, 0]
    scored = score_faces(scorer_of("all"), [], LIMITS, images, faces)
    assert scored.faces.abstained.tolist() == ["", CUT_OFF, "", ""]
    assert scored.moments.tolist() == [0, 5]
    assert scored.sets.predictions[0] == pytest.approx([light[0], (light[2] + light[3]) / 2], abs=1e-6)
    table = fuse_cameras(scored, ["front", "top"], 0.9, 2)
    assert table.faces.tolist() == [1, 2] and table.abstained.tolist() == ["", ""]
    assert table.top.isna().tolist() == [True, False]


@pytest.mark.parametrize("views", ["one", "all"])
@pytest.mark.parametrize("block", [1, 99])
def test_a_moment_all_of_whose_faces_abstain_has_the_reason_and_no_score(monkeypatch, views, block):
    faces = pd.DataFrame({"sync_index": [0, 0, 5], "camera": ["front", "top", "top"], "box_size": [60, 60, 8]})
    scored = in_blocks(monkeypatch, block, scorer_of(views), [], LIMITS, pictures(3), faces.assign(beyond=0.0))
    table = fuse_cameras(scored, ["front", "top"], 0.9, 2)
    assert table.sync_index.tolist() == [0, 5]
    assert table.abstained.tolist() == ["", TOO_SMALL] and table.faces.tolist() == [2, 0]
    assert table.loc[1, ["front", "top", "fused", "spread", "low", "high"]].isna().all()
    assert table.loc[0, ["front", "top", "fused", "spread", "low", "high"]].notna().all()


@pytest.mark.parametrize("views", ["one", "all"])
def test_a_recording_all_of_whose_faces_abstain_has_no_score_at_all(views):
    faces = faces_of().assign(beyond=1.0)
    scored = score_faces(scorer_of(views), [], LIMITS, pictures(len(faces)), faces)
    table = fuse_cameras(scored, CAMERAS, 0.9, 2)
    assert len(table) == faces.sync_index.nunique()
    assert set(table.abstained) == {CUT_OFF} and set(table.faces) == {0}
    assert table[[*CAMERAS, "fused", "spread", "low", "high"]].isna().all(axis=None)


def test_intervals_of_moments_without_a_score_are_empty_where_networks_tell_distributions():
    faces = pd.DataFrame({"sync_index": [0, 5], "camera": "front", "box_size": 60.0, "beyond": [0.0, 1.0]})
    networks = [Stand(certain, 20)] * 2
    scorer = Scorer(settings_of(output="distribution"), networks, [Stand(brightness)])
    scored = score_faces(scorer, [], LIMITS, pictures(2), faces)
    table = fuse_cameras(scored, ["front"], 0.8, 2)
    assert table.low[0] < table.high[0]
    assert table.loc[1, ["fused", "low", "high"]].isna().all()


def test_intervals_are_those_of_the_mean_distribution_of_a_moments_faces():
    above = np.array([[1.0] * 10 + [0.0] * 10, [1.0] * 14 + [0.0] * 6])
    faces = pd.DataFrame({"sync_index": [0, 0], "camera": ["front", "top"], "abstained": ""})
    scored = ScoredFaces(faces, Said(np.array([[1.0, 1.4]]), above), None, np.array([0]))
    table = fuse_cameras(scored, ["front", "top"], 0.5, 2)
    mean = above.mean(axis=0)
    falls = np.flatnonzero(np.diff(mean))
    steps = 2 * (np.arange(20) + 0.5) / 20
    assert steps[falls[0]] <= table.low[0] <= steps[falls[0] + 1]
    assert steps[falls[1]] <= table.high[0] <= steps[falls[1] + 1]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ""),
        ({"distance": 3.0, "beyond": 0.1, "blur": 5.0, "size": 20.0}, ""),
        ({"distance": 3.1}, UNLIKE),
        ({"beyond": 0.11}, CUT_OFF),
        ({"blur": 4.9}, BLURRED),
        ({"size": 19.0}, TOO_SMALL),
        ({"distance": 9.0, "beyond": 0.5}, CUT_OFF),
        ({"distance": 9.0, "beyond": 0.5, "blur": 0.0}, BLURRED),
        ({"distance": 9.0, "beyond": 0.5, "blur": 0.0, "size": 1.0}, TOO_SMALL),
    ],
)
def test_the_first_reason_in_order_is_told(changes, reason):
    faces = pd.DataFrame([GOOD, GOOD | changes], index=[7, 3])
    told = abstentions(faces, LIMITS)
    assert told.tolist() == ["", reason] and told.index.tolist() == [7, 3]


def test_without_limits_no_face_abstains():
    faces = pd.DataFrame([{"distance": 99.0, "beyond": 1.0, "blur": 0.0, "size": 0.0}])
    assert abstentions(faces, {}).tolist() == [""]


@pytest.mark.parametrize(
    ("square", "share"),
    [
        ((0, 0, 10), 0.0),
        ((90, 40, 10), 0.0),
        ((-5, 0, 10), 0.5),
        ((95, 45, 10), 0.75),
        ((95, 0, 10), 0.5),
        ((-10, 0, 10), 1.0),
        ((200, 200, 10), 1.0),
        ((-50, -50, 200), 1 - 100 * 50 / 200**2),
    ],
)
def test_what_lies_beyond_the_frame_is_counted_by_hand(square, share):
    assert beyond_frame(square, 100, 50) == pytest.approx(share)


def test_the_distance_is_the_mean_over_the_backbones():
    near = Likeness(np.zeros(1), np.ones((1, 1)), np.ones(1))
    far = Likeness(np.full(1, 10.0), np.ones((1, 1)), np.ones(1))
    one, other = np.array([[1.0], [2.0]]), np.array([[10.0], [13.0]])
    assert mean_distance([near, far], [one, other]).tolist() == [0.5, 2.5]
    assert mean_distance([near, far], [one]).tolist() == [5.0, 5.0]


def test_faces_are_cut_from_the_frames_in_which_they_were_found(tmp_path):
    videos, indexes = film(tmp_path, CAMERAS)
    found = detections_of(tmp_path, CAMERAS, [0, 3, 6])
    recording = Recording(videos, indexes, found)
    faces = timeline.read_faces(found, 0.9)
    images, beyond = cut_faces(faces, recording, 16, 1, tmp_path / "crops")
    assert images.shape == (9, 16, 16, 3)
    levels = 20 + 15 * faces.frame_num + 3 * faces.camera.map(CAMERAS.index)
    assert images.mean(axis=(1, 2, 3)) == pytest.approx(levels, abs=4)
    squares = [widen(*row) for row in faces[["box_x", "box_y", "box_size"]].to_numpy()]
    assert beyond == pytest.approx([beyond_frame(square, 64, 48) for square in squares])
    assert cut(np.zeros((48, 64, 3), np.uint8), squares[0]).shape[0] == 24


@pytest.mark.parametrize("cameras", [CAMERAS[:1], CAMERAS])
def test_a_recording_is_scored_from_its_files(tmp_path, cameras):
    videos, indexes = film(tmp_path, cameras)
    recording = Recording(videos, indexes, detections_of(tmp_path, cameras, [0, 3, 6]))
    scorer = Scorer(settings_of(), [Stand(brightness)], [])
    raw, faces = score_over_time(scorer, [], {}, recording, 0.9, 16, 0.9, 2, 1, tmp_path)
    assert raw.sync_index.tolist() == [0, 3, 6] and set(raw.faces) == {len(cameras)}
    shift = np.mean([18 * number for number in range(len(cameras))])
    assert (255 * raw.fused).tolist() == pytest.approx([20 + 15 * frame + shift for frame in (0, 3, 6)], abs=4)
    assert len(faces) == 3 * len(cameras) and set(faces.camera) == set(cameras)
    assert not [path for path in tmp_path.iterdir() if path.is_dir()], "crops are left"
