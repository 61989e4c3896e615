"""Timelines fuse the cameras that see a face and tell how the networks differ."""

import numpy as np
import pandas as pd
import pytest

from scripts.evaluation.score_recording import fuse_cameras, moment_sets, read_faces
from squint.errors import InputError


def test_cameras_are_fused_per_moment():
    faces = pd.DataFrame({"sync_index": [0, 0, 5, 15], "camera": ["C1", "C3", "C1", "C2"]})
    scores = np.array([[0.0, 1.0, 2.0, 1.0], [1.0, 1.0, 2.0, 0.0]])
    table = fuse_cameras(faces, scores, None, window=2, every=5)
    assert table.sync_index.tolist() == [0, 5, 15]
    assert table.faces.tolist() == [2, 1, 1]
    assert table.C1[:2].tolist() == [0.5, 2.0]
    assert table[["C2", "C4", "C5", "C6"]].iloc[0].isna().all()
    assert table.fused.tolist() == pytest.approx([0.75, 2.0, 0.5])
    assert table.spread.tolist() == pytest.approx([0.25, 0.0, 0.5])


def test_what_a_network_says_of_all_views_is_the_fused_score():
    faces = pd.DataFrame({"sync_index": [5, 0, 0], "camera": ["C1", "C1", "C3"]})
    together = np.array([[0.4, 2.0], [0.6, 2.0]])
    table = fuse_cameras(faces, np.zeros((2, 3)), together, window=1, every=5)
    assert table.fused.tolist() == pytest.approx([0.5, 2.0])
    assert table.spread.tolist() == pytest.approx([0.1, 0.0])
    assert moment_sets(faces).tolist() == [[1, 2, -1, -1, -1, -1], [0, -1, -1, -1, -1, -1]]


def test_smoothing_is_over_time_and_not_over_rows():
    faces = pd.DataFrame({"sync_index": [0, 5, 100], "camera": "C1"})
    table = fuse_cameras(faces, np.array([[0.0, 1.0, 2.0]]), None, window=3, every=5)
    assert table.smoothed.tolist() == pytest.approx([0.5, 0.5, 2.0])


def test_a_recording_without_faces_is_an_input_error(tmp_path):
    paths = []
    for camera in range(6):
        paths.append(tmp_path / f"C{camera + 1}.parquet")
        pd.DataFrame({"det_lbl": [0], "det_prb": [0.2]}).to_parquet(paths[-1])
    with pytest.raises(InputError, match=r"faces of certainty 0.95"):
        read_faces(paths, 0.95)
