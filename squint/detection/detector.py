"""The face detector: one small fully convolutional network that looks at a whole frame at once.

It looks at pictures scaled so that the frame is `SCAN_WIDTH` px wide; for each cell of `STRIDE` px it
gives the certainty of a face's centre, the centre's offset in cells and the log of the box size in cells.
"""

from dataclasses import dataclass

import av
import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from squint.errors import InputError
from squint.files.frames import picture, shown_size

SCAN_WIDTH = 320
STRIDE = 8
WINDOW = 128  # side in px of the pictures it is trained on and of the surroundings in which a face is tracked
CELL_OUTPUTS = 4  # certainty, offset x, offset y, log size


@dataclass(frozen=True)
class Face:
    """A detected face: square box in px of the full frame, certainty from 0 to 1."""

    x: int
    y: int
    size: int
    certainty: float


def decode(grid: np.ndarray) -> tuple[float, float, float, float]:
    """The most certain face of one output grid (rows, columns, 4): certainty, centre x, centre y, size in scan px."""
    row, column = np.unravel_index(np.argmax(grid[..., 0]), grid.shape[:2])
    certainty, dx, dy, log_size = (float(v) for v in grid[row, column])
    return certainty, (column + 0.5 + dx) * STRIDE, (row + 0.5 + dy) * STRIDE, float(np.exp(log_size)) * STRIDE


@dataclass(frozen=True)
class ScanPicture:
    """A frame as the detector sees it, shrunk to `SCAN_WIDTH`, and the size of the frame in px."""

    pixels: np.ndarray  # uint8 RGB, sides are multiples of the stride
    width: int
    height: int

    @property
    def scale(self) -> float:
        """How many times larger the frame is."""
        return self.width / SCAN_WIDTH


def scan_picture(frame: av.VideoFrame) -> ScanPicture:
    """The scan picture of a frame: upright, shrunk, and padded below to whole cells."""
    pixels = picture(frame, SCAN_WIDTH)
    padded = cv2.copyMakeBorder(pixels, 0, -pixels.shape[0] % STRIDE, 0, 0, cv2.BORDER_REPLICATE)
    return ScanPicture(padded, *shown_size(frame))


class FaceDetector:
    """A trained detector under LiteRT; `model` is a path to its .tflite file."""

    def __init__(self, model: str):
        self.model = model
        self.interpreters: dict[tuple[int, ...], Interpreter] = {}
        outputs = self.load().get_output_details()[0]["shape_signature"][-1]
        if outputs != CELL_OUTPUTS:
            remedy = "give a detector.tflite that this workflow trained"
            raise InputError(model, f"a face detector with {CELL_OUTPUTS} outputs a cell", f"{outputs} outputs", remedy)

    def load(self) -> Interpreter:
        """A new interpreter. Raises InputError if the file is missing or no LiteRT model."""
        try:
            return Interpreter(model_path=str(self.model), num_threads=1)
        except (ValueError, RuntimeError) as error:
            raise InputError(
                self.model, "a face detector for LiteRT", str(error), "correct `faces: weights`"
            ) from error

    def scan(self, scanned: ScanPicture) -> np.ndarray:
        """The output grid (rows, columns, 4) for a scan picture."""
        shape = (1, *scanned.pixels.shape)
        if shape not in self.interpreters:
            interpreter = self.load()
            interpreter.resize_tensor_input(interpreter.get_input_details()[0]["index"], shape)
            interpreter.allocate_tensors()
            self.interpreters[shape] = interpreter
        interpreter = self.interpreters[shape]
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], scanned.pixels[None].astype(np.float32))
        interpreter.invoke()
        return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0]


def near(grid: np.ndarray, face: Face, scanned: ScanPicture) -> np.ndarray:
    """The grid of a scan picture with certainty 0 beyond half of `WINDOW` from the cell of a `face`."""
    row, column = (int((v + face.size / 2) / scanned.scale / STRIDE) for v in (face.y, face.x))
    reach = WINDOW // STRIDE // 2
    surroundings = np.s_[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1]
    masked = np.zeros_like(grid)
    masked[surroundings] = grid[surroundings]
    return masked


def best_face(grid: np.ndarray, scanned: ScanPicture) -> Face:
    """The most certain face in the grid of a scan picture."""
    return place_face(*decode(grid), scanned)


def place_face(certainty: float, x: float, y: float, size: float, scanned: ScanPicture) -> Face:
    """The face around a centre in a scan picture, in px of its frame; its box is moved and shrunk to lie within."""
    x, y, size = x * scanned.scale, y * scanned.scale, size * scanned.scale
    box = int(np.clip(round(size), 1, min(scanned.width, scanned.height)))
    left = int(np.clip(round(x - size / 2), 0, scanned.width - box))
    top = int(np.clip(round(y - size / 2), 0, scanned.height - box))
    return Face(left, top, box, certainty)
