"""A scorer in one file, with parts that stand in for networks, and small videos to score."""

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scripts.recordings.probe_video import probe_video
from squint.domain.scale import make_scale
from squint.scorer.archive import ABOUT, write_scorer
from tests.scales import SCALE, WHOLE_MGS
from tests.videos import write_pictures

WORDS = {
    "exposure": [100.0, 10.0],
    "blur": [30.0, 5.0],
    "size": [60.0, 10.0],
    "colour": [0.0, 0.1],
    "background": [80.0, 10.0],
}
METRICS = {
    "scorer": {
        "animals": 6.0,
        "moments": 300.0,
        "r": 0.77,
        "r low": 0.65,
        "r high": 0.85,
        "mae": 0.23,
        "mae low": 0.2,
        "mae high": 0.27,
        "lowest animal bias": -0.12,
        "highest animal bias": None,
    },
    "constant": {"animals": 6.0, "moments": 300.0, "r": None, "mae": 0.45, "mae low": 0.4, "mae high": 0.5},
    "false alarms": {"share": 0.05},
}
# The fields of a scorer's scorer.json but its format and digests.
FIELDS: dict[str, Any] = {
    "name": "good",
    "settings": {"views": "one", "output": "regression", "backbone": "compact", "trainable": True}
    | {"precision": "float32", "scale": SCALE},
    "scale": WHOLE_MGS,
    "image_size": 64,
    "detection": {"sample_every": 7, "certainty": 0.4},
    "min_prob": 0.9,
    "most_cameras": 6,
    "window_s": 11.0,
    "coverage": 0.8,
    "margins": {"frame": 0.1, "curve": 0.05, "widest": None},
    "limits": {
        "face_distance": 3.0,
        "camera_distance": 2.0,
        "camera_oddity": 5.0,
        "smallest_size": 20.0,
        "least_sharp": 5.0,
        "words": WORDS,
    },
    "animals": {"rotate": ["ada", "bob"], "train": ["cat"], "validate": ["dan"]},
    "simulated": False,
    "metrics": METRICS,
    "versions": {"squint": "1.0", "keras": "3.1"},
    "licence": "MIT",
}
PARTS = {
    "MODEL_CARD.md": "# good\n",
    "LICENSE": "MIT\n",
    "detector.tflite": "a detector",
    "networks/1.keras": "a network",
    "networks/2.keras": "another network",
    "likeness/1.h5": "a likeness",
}


def written(path: Path, parts: Mapping[str, Path | str] | None = None, **fields: Any) -> Path:
    """A scorer at `path`, with some of FIELDS changed; its network says what it says on the scale."""
    about = FIELDS | fields
    if "scale" in fields:
        about["settings"] = about["settings"] | {"scale": make_scale(about["scale"]).values}
    write_scorer(str(path), about, PARTS if parts is None else parts)
    return path


def contents(path: Path) -> dict[str, bytes]:
    """All parts of a scorer."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(path: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """The scorer at `path`, its parts changed as by somebody who has a zip program and no Squint."""
    parts = contents(path)
    change(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def retold(path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """The scorer at `path`, what it says of itself changed."""

    def edit(parts: dict[str, bytes]) -> None:
        values = json.loads(parts[ABOUT])
        change(values)
        parts[ABOUT] = json.dumps(values).encode()

    return rewritten(path, edit)


def film(folder, cameras, frames=12):
    """Videos of a chessboard whose frames have a mean level each, with their indexes."""
    board = 40 * (np.add.outer(np.arange(48) // 6, np.arange(64) // 6) % 2) - 20
    videos, indexes = {}, {}
    for number, camera in enumerate(cameras):
        shown = [(20 + 15 * frame + 3 * number + board).astype(np.uint8) for frame in range(frames)]
        options = {"crf": "1", "preset": "ultrafast"}
        videos[camera] = str(write_pictures(folder / f"{camera}.mp4", shown, options=options))
        indexes[camera] = str(folder / f"{camera}.frames.parquet")
        probe_video(videos[camera], str(folder / f"{camera}.json"), indexes[camera], False)
    return videos, indexes


def detections_of(folder, cameras, frames):
    """Detections of a face in some frames of each camera, whose frames are a frame off each other."""
    paths = {}
    for number, camera in enumerate(cameras):
        table = pd.DataFrame({"frame_num": [frame + number for frame in frames], "sync_index": frames})
        table = table.assign(det_lbl=1, det_prb=0.99, box_x=10.0 * (1 + number), box_y=8.0, box_size=20.0)
        table.loc[len(table)] = [11, 99, 1, 0.1, 0, 0, 5]  # not certain enough
        paths[camera] = str(folder / f"{camera}.detections.parquet")
        table.astype({"frame_num": int, "sync_index": int}).to_parquet(paths[camera])
    return paths
