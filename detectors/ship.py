"""Ships the face detector that a run in results.detector trained, with a record of how it was made: `make detector`.

The record says what it was trained with and on, how good it is on simulated animals that it never saw beside a box
that never moves, and which code and packages made it.
"""

import hashlib
import json
import shutil
from pathlib import Path

import pandas as pd
import yaml

from squint.config.settings import SHIPPED_DETECTOR, TRAINED_DETECTOR
from squint.provenance.digests import code_version, machine

ROOT = Path(__file__).parent.parent
RUN = ROOT / "results.detector"
CONFIG = ROOT / "detectors" / "simulated_rig.yaml"
# What a detector depends on beside `seed`: the frames, and the training.
FACES = ("start_from", "annotations", "simulated_recordings", "simulated_seconds", "simulated_every", "training")
QUALITY = ["frames", "faces", "ap50", "ap50_low", "ap50_high", "mean_iou", "false_faces"]


def training_settings() -> dict:
    """The values of config.yaml and of the shipped detector's own config that it depends on."""
    default, own = (yaml.safe_load(path.read_text()) for path in (ROOT / "config.yaml", CONFIG))
    faces = default["faces"] | own["faces"]
    simulation = {key: value for key, value in default["recordings"]["simulation"].items() if key != "seconds"}
    return {"seed": default["seed"], "simulation": simulation, "faces": {key: faces[key] for key in FACES}}


def describe(run: Path) -> dict:
    """The record of the detector that was trained in `run`."""
    annotations = pd.read_csv(run / "results" / "faces" / "annotations.csv")
    quality = pd.read_csv(run / "results" / "tables" / "detection.csv").set_index("scope")[QUALITY]
    best = json.loads((run / "results" / "faces" / "detector.json").read_text())["best_epoch"]
    curve = pd.read_csv(run / "results" / "faces" / "detector.history.csv").iloc[best]
    return {
        "sha256": hashlib.sha256((run / TRAINED_DETECTOR).read_bytes()).hexdigest(),
        "settings": training_settings(),
        "annotated_frames": len(annotations),
        "annotated_faces": int((annotations.box_size > 0).sum()),
        "loss": round(float(curve.loss), 4),
        "val_loss": round(float(curve.val_loss), 4),
        "quality": {name: quality.loc[name].round(4).to_dict() for name in ("all", "reference")},
        "code": code_version(ROOT),
        "machine": machine(),
    }


if __name__ == "__main__":
    shipped = ROOT / SHIPPED_DETECTOR
    shutil.copy(RUN / TRAINED_DETECTOR, shipped)
    shutil.copy((RUN / TRAINED_DETECTOR).with_suffix(".weights.h5"), shipped.with_suffix(".weights.h5"))
    shipped.with_suffix(".json").write_text(json.dumps(describe(RUN), indent=1) + "\n")
    print(f"Shipped {SHIPPED_DETECTOR}: see {SHIPPED_DETECTOR.replace('.tflite', '.json')}")
