"""A video with damage in it is searched as far as it can be read, where the config allows that."""

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from scripts.faces.detect_faces import detect_faces
from scripts.recordings.probe_video import probe_video
from squint.detection.detector import CELL_OUTPUTS, SCAN_WIDTH, STRIDE
from squint.errors import InputError
from tests.videos import CAMERAS, barcode, break_packet, write_pictures

FRAMES, BROKEN, GROUP = 120, 60, 20


class SureDetector:
    """Finds the same face in each picture."""

    def __init__(self, model):
        self.model = model

    def scan(self, scanned):
        grid = np.zeros((scanned.pixels.shape[0] // STRIDE, SCAN_WIDTH // STRIDE, CELL_OUTPUTS), np.float32)
        grid[3, 10, 0] = 0.9
        return grid


@pytest.mark.parametrize(
    "cameras", [["left"], ["top_2", "left"], ["C10", "C2"], ["1", "2"], ["01", "1e3"], ["NA", "B"]]
)
def test_a_camera_has_any_name_and_its_own_synchronisation_frame(tmp_path, cameras):
    video = write_pictures(tmp_path / "clip.mp4", map(barcode, range(40)))
    record, index, sync, table = (str(tmp_path / name) for name in ("r.json", "i.parquet", "sync.csv", "t.parquet"))
    probe_video(str(video), record, index, False)
    frames = [10 * place for place in range(len(cameras))]
    about = {"camera": cameras, "sync_frame": frames, "clock_ppm": [np.nan] * len(cameras), "fps": 25.0}
    pd.DataFrame(about).assign(sync_s=[(n - 0.5) / 25 for n in frames]).to_csv(sync, index=False)
    (tmp_path / "detector.tflite").touch()
    detector = SureDetector(tmp_path / "detector.tflite")
    settings = {"sample_every": 5, "certainty": 0.5}
    for camera, first in zip(cameras, frames, strict=True):
        detect_faces(record, index, sync, detector, table, camera, settings, False, 1, code="")
        assert pd.read_parquet(table).frame_num.tolist() == list(range(first, 40, 5))


@pytest.mark.parametrize("threads", [1, 2])
def test_a_broken_video_is_gone_on_with_where_the_config_allows_it(tmp_path, caplog, threads):
    groups = {"x264-params": f"keyint={GROUP}:min-keyint={GROUP}:scenecut=0:bframes=0"}
    whole = write_pictures(tmp_path / "whole.mp4", map(barcode, range(FRAMES)), options=groups)
    video = break_packet(whole, tmp_path / "C2.mp4", BROKEN + 1)
    record, index, sync, table = (str(tmp_path / name) for name in ("r.json", "i.parquet", "sync.csv", "t.parquet"))
    probe_video(str(video), record, index, False)
    about = {"camera": CAMERAS, "sync_frame": 0, "sync_s": -0.5 / 25, "clock_ppm": 0.0, "fps": 25.0}
    pd.DataFrame(about).to_csv(sync, index=False)
    (tmp_path / "detector.tflite").touch()

    def search(allow_damaged):
        detector = SureDetector(tmp_path / "detector.tflite")
        settings = {"sample_every": 5, "certainty": 0.5}
        detect_faces(record, index, sync, detector, table, "C2", settings, allow_damaged, threads, code="")

    with pytest.raises(InputError, match=r"C2\.mp4\n.*\n  found:    frames .* can't be read") as error:
        search(False)
    assert "allow_damaged" in str(error.value)
    search(True)
    assert "can't be read" in caplog.text and "Going on with what can be read" in caplog.text
    found = pd.read_parquet(table)
    # With frames of no more than one to be predicted from, the damage ends with its group of frames.
    lost = ((found.sync_index > BROKEN) & (found.sync_index < BROKEN + GROUP)).to_numpy()
    assert (found.frame_num == -1).to_numpy().tolist() == (found.det_lbl == 0).to_numpy().tolist() == lost.tolist()
    assert found.frame_num[~lost].tolist() == found.sync_index[~lost].tolist()
    assert pq.read_schema(table).metadata[b"unreadable_samples"] == str(lost.sum()).encode()
    assert json.loads((tmp_path / "r.json").read_text())["missing"] == 0
