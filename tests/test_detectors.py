"""The shipped face detector is what its record says, and finds faces of the simulated rig."""

import hashlib
import json

import av
import numpy as np
import pandas as pd

from detectors.ship import training_settings
from squint.config.settings import SHIPPED_DETECTOR
from squint.detection.detector import FaceDetector, best_face, scan_picture
from squint.domain.boxes import overlap
from squint.domain.seeds import named_generator
from squint.simulation.mouse import head_frame, sample_animal
from squint.simulation.rendering import Camera, Painter, face_box, sample_scene
from tests.conftest import ROOT

RECORD = json.loads((ROOT / SHIPPED_DETECTOR).with_suffix(".json").read_text())
BOX = ["box_x", "box_y", "box_size"]


def test_its_record_is_of_this_file_and_of_todays_settings():
    assert hashlib.sha256((ROOT / SHIPPED_DETECTOR).read_bytes()).hexdigest() == RECORD["sha256"]
    assert training_settings() == RECORD["settings"], "settings changed: `make detector` trains it anew"


def test_it_was_judged_on_animals_that_it_never_saw_beside_a_trivial_reference():
    assert RECORD["quality"]["reference"]["ap50"] < 0.5 < 0.9 < RECORD["quality"]["all"]["ap50_low"]


def test_it_finds_faces_that_look_into_a_camera():
    """Animals and headings that are nobody's; a box is right from an overlap of a half on, as in its record."""
    detector, found, known = FaceDetector(str(ROOT / SHIPPED_DETECTOR)), [], []
    for number in range(8):
        index = number % 6
        camera = Camera(index, 640, 360)
        painter = Painter(
            camera,
            sample_animal(named_generator(1, "test animal", number)),
            sample_scene(named_generator(1, "test scene", number)),
            named_generator(1, "test background", number),
        )
        heading = np.radians(60 * index + 8 * (number - 4))
        state = {"position": np.zeros(2), "heading": heading, "head_yaw": 0.0, "head_pitch": -0.1, "grooming": 0.0}
        state["units"] = np.full(5, number / 4)
        scanned = scan_picture(av.VideoFrame.from_ndarray(painter.paint(state), format="rgb24"))
        face = best_face(detector.scan(scanned), scanned)
        assert face.certainty > 0.5
        found.append((face.x, face.y, face.size))
        known.append(face_box(camera, head_frame(state)))
    shared = overlap(pd.DataFrame(found, columns=BOX), pd.DataFrame(known, columns=BOX))
    assert (shared > 0.5).all()
