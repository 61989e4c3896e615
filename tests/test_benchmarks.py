"""The benchmarks still run, and judge rightly what takes no minutes to judge."""

import math

import pandas as pd
import yaml

from benchmarks.drift import measure_recording
from benchmarks.video import judge_tracking, run_stage
from tests.conftest import ROOT


def test_a_second_light_event_keeps_drifting_cameras_within_half_a_frame():
    settings = yaml.safe_load((ROOT / "config.yaml").read_text())["recordings"]["sync"]
    judged = measure_recording("DRIFT", 5, 1.0, settings, seed=1)
    assert judged["moments"] > 2900
    assert judged["share_within_half_a_frame"] == 1
    assert judged["largest_error_frames"] < 0.5 < judged["without_second_event_largest"]


def test_the_benchmark_of_the_video_stage_finds_faces(miniature, tmp_path):
    clip = miniature.results / "simulated" / "EXP1" / "C1.mp4"
    detector = miniature.results / "faces" / "detector.tflite"
    run_stage(clip, detector, 2, tmp_path)
    assert (tmp_path / "detections.parquet").is_file()
    judged = judge_tracking(clip, detector)
    assert judged["no tracking"]["tracked"] == 0
    assert judged["tracking in the grid of one scan"]["tracked"] > 0
    frames = len(pd.read_parquet(clip.with_suffix(".truth.parquet")))
    for measures in judged.values():
        assert measures["frames"] == math.ceil(frames / 5)
        assert measures["ap50"] > 0.3
