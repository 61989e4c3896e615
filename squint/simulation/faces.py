"""Faces of the simulated mouse alone, with chosen action units and from chosen sides."""

import numpy as np

from squint.samples.cropping import cut, widen
from squint.simulation.mouse import head_frame
from squint.simulation.rendering import Painter, face_box


def paint_face(painter: Painter, units: np.ndarray, view_degrees: float, generator: np.random.Generator) -> np.ndarray:
    """The face crop of a resting mouse with `units`, seen from `view_degrees` off its front."""
    state = {
        "position": np.array([1.0, 0.0]),
        "heading": np.radians(view_degrees),
        "head_yaw": 0.0,
        "head_pitch": -0.12,
        "grooming": 0.0,
        "units": units,
    }
    frame = painter.expose(painter.paint(state), 1.0, generator)
    return cut(frame, widen(*face_box(painter.camera, head_frame(state))))  # pyright: ignore[reportArgumentType]
