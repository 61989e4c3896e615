"""A recording of an animal is scored over time by the network of the fold that leaves it out."""

import json

import numpy as np
import pandas as pd
import pytest

from squint.models.networks import build_network
from squint.scorer.likeness import fit_likeness, write_likeness
from squint.scorer.timeline import CUT_OFF
from tests.scales import SCALE
from tests.scorers import detections_of, film
from tests.shown import run_script

CAMERAS = ["front", "top"]
SETTINGS = {"output": "regression", "views": "one", "scale": SCALE, "backbone": "compact", "weights": "none"}
SETTINGS |= {"normalisation": "none", "head": [], "dropout": 0.0, "precision": "float32", "trainable": True}
LIMITS = {"face_distance": 1e9, "smallest_size": 0.0, "least_sharp": 0.0}


@pytest.fixture
def job(keras, tmp_path):
    """What the job is given and makes; the network has never been trained."""
    videos, indexes = film(tmp_path, CAMERAS)
    detections = detections_of(tmp_path, CAMERAS, [0, 3, 6])
    build_network(keras, SETTINGS, 16, None).save(tmp_path / "LOSOCV-1.keras")
    write_likeness(tmp_path / "LOSOCV-1.h5", fit_likeness(np.random.default_rng(1).normal(size=(50, 96))))
    (tmp_path / "limits.json").write_text(json.dumps({"folds": {"1": LIMITS}}))
    given = {"models": [str(tmp_path / "LOSOCV-1.keras")], "sources": [], "trains": []}
    given |= {"likeness": str(tmp_path / "LOSOCV-1.h5"), "limits": str(tmp_path / "limits.json")}
    given |= {"indexes": list(indexes.values()), "detections": list(detections.values())}
    params = {"videos": videos, "settings": SETTINGS, "image_size": 16, "seed": 1, "threads": 1}
    params |= {"min_prob": 0.9, "coverage": 0.9, "highest": 2, "fold": 1}
    return given, params, {"raw": str(tmp_path / "EXP1.parquet")}


def test_the_job_writes_a_raw_timeline(job):
    given, params, made = job
    run_script("scorers/score_held_out.py", given, params, made)
    raw = pd.read_parquet(made["raw"])
    assert raw.columns.tolist() == ["sync_index", "faces", *CAMERAS, "fused", "spread", "low", "high", "abstained"]
    assert raw.sync_index.tolist() == [0, 3, 6] and raw.faces.tolist() == [2, 2, 2]
    assert raw.fused.tolist() == pytest.approx(raw[CAMERAS].mean(axis=1).tolist())
    assert set(raw.spread) == {0.0} and raw.low.equals(raw.fused)


def test_faces_abstain_by_the_limits_of_the_study(job, tmp_path):
    given, params, made = job
    tables = [pd.read_parquet(path) for path in given["detections"]]
    for path, table in zip(given["detections"], tables, strict=True):
        table.assign(box_x=table.box_x.where(table.sync_index != 3, -12.0)).to_parquet(path)
    run_script("scorers/score_held_out.py", given, params, made)
    assert pd.read_parquet(made["raw"]).abstained.tolist() == ["", CUT_OFF, ""]
    (tmp_path / "limits.json").write_text(json.dumps({"folds": {"1": LIMITS | {"face_distance": 0.0}, "2": LIMITS}}))
    run_script("scorers/score_held_out.py", given, params, made)
    assert pd.read_parquet(made["raw"]).fused.isna().all()
