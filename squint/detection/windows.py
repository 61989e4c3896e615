"""Windows of annotated frames, which the face detector learns from: placed, turned and lit at random.

A lab's few hundred frames show one rig on some days. What varies between days and animals is varied here: how large and
where the face is, the light, its colour, the sharpness, the noise, and what is around the face.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from squint.detection.detector import CELL_OUTPUTS, STRIDE, WINDOW
from squint.domain.seeds import named_generator
from squint.learning.batches import make_batches

SCALES = (0.6, 1.6)
TURN_DEGREES = 12
CENTRED_SHARE = 0.7  # of the windows of a frame with a face, those that are placed to hold it
OFF_CENTRE = 0.35  # of a window's side, the farthest from its middle that a face is placed
PASTED_SHARE = 0.2  # of those, faces that are put before another frame
PASTED_SIDE = 1.5  # of a face's size, what is put there
GAINS, GAMMAS, CONTRASTS = (0.6, 1.5), (0.7, 1.4), (0.7, 1.3)
TINT = 0.12
GREY_SHARE, BLURRED_SHARE, NOISY_SHARE = 0.1, 0.3, 0.3
BLUR_PX, NOISE = (0.4, 1.6), 10
RING = 2  # cells around a face's centre that count neither as face nor as background
FACE_SHARE = 0.6  # of an epoch's windows of annotated frames, those of frames with a face
UNLABELLED_SHARE = 0.125  # of a batch, windows of frames that nobody annotated
UNLABELLED = -1.0  # in place of the weight of a certainty that nobody knows
BATCHES = 100  # of an epoch


@dataclass(frozen=True)
class Annotated:
    """Annotated frames: scan pictures, faces (n, 3) with centre and size in scan px, 0 for none, and whose they are."""

    pictures: list[np.ndarray]
    faces: np.ndarray
    groups: list[str]

    def chosen(self, rows: np.ndarray) -> "Annotated":
        """Those of some rows."""
        return Annotated([self.pictures[row] for row in rows], self.faces[rows], [self.groups[row] for row in rows])


def place_window(shape: Sequence[int], face: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Where a random window of `WINDOW` px lies in a picture: the affine map (2, 3) from the picture into the window.

    It is scaled and turned about its middle, and in half of the cases mirrored.
    """
    scale = float(np.exp(generator.uniform(*np.log(SCALES))))
    angle = np.radians(generator.uniform(-TURN_DEGREES, TURN_DEGREES))
    side = WINDOW / scale
    if face[2] > 0 and generator.random() < CENTRED_SHARE:
        middle = face[:2] + generator.uniform(-OFF_CENTRE, OFF_CENTRE, 2) * side
    else:
        sides = np.array([shape[1], shape[0]], float)
        middle = generator.uniform(np.minimum(side / 2, sides / 2), np.maximum(sides - side / 2, sides / 2))
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if generator.random() < 0.5:
        turn = np.array([[-1.0, 0.0], [0.0, 1.0]]) @ turn
    return np.column_stack([turn, WINDOW / 2 - turn @ middle])


def cut_window(picture: np.ndarray, move: np.ndarray) -> np.ndarray:
    """A window of a picture, (WINDOW, WINDOW, 3); averaged where it shrinks."""
    scale = float(np.sqrt(abs(np.linalg.det(move[:, :2]))))
    if scale < 1:
        picture = cv2.GaussianBlur(picture, (0, 0), 0.4 / scale)
    return cv2.warpAffine(picture, move, (WINDOW, WINDOW), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def paste_face(window: np.ndarray, face: np.ndarray, behind: np.ndarray) -> np.ndarray:
    """A window with all but its face (centre and size in px) taken from another one, with a soft edge between."""
    rows, columns = np.mgrid[:WINDOW, :WINDOW]
    away = np.hypot(columns - face[0], rows - face[1]) / (PASTED_SIDE * face[2] / 2)
    mask = np.clip((1.2 - away) / 0.4, 0, 1)[..., None].astype(np.float32)
    return (mask * window + (1 - mask) * behind).astype(np.uint8)


def relight(window: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """A window in another light: float32 (WINDOW, WINDOW, 3) from 0 to 255."""
    levels = np.arange(256, dtype=np.float32) / 255
    gain, gamma = (np.exp(generator.uniform(*np.log(span))) for span in (GAINS, GAMMAS))
    contrast, tint = generator.uniform(*CONTRASTS), generator.uniform(1 - TINT, 1 + TINT, 3)
    middle = window.mean() / 255
    levels = (levels[:, None] - middle) * contrast + middle
    levels = np.clip(np.clip(levels * gain * tint, 0, 1) ** gamma * 255, 0, 255).astype(np.uint8)
    lit = np.stack([levels[window[..., channel], channel] for channel in range(3)], axis=-1)
    if generator.random() < GREY_SHARE:
        lit = np.repeat(cv2.cvtColor(lit, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    if generator.random() < BLURRED_SHARE:
        lit = cv2.GaussianBlur(lit, (0, 0), generator.uniform(*BLUR_PX))
    if generator.random() >= NOISY_SHARE:
        return lit.astype(np.float32)
    noise = generator.normal(0, generator.uniform(0, NOISE), lit.shape[:2])[..., None]
    return np.clip(lit + noise, 0, 255).astype(np.float32)


def sample_window(
    picture: np.ndarray, face: np.ndarray, behind: np.ndarray | None, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A random window and its face (centre and size in px, 0 for none); `behind` is a picture without a face."""
    move = place_window(picture.shape, face, generator)
    window = cut_window(picture, move)
    seen = np.zeros(3)
    if face[2] > 0:
        x, y = move @ [face[0], face[1], 1]
        seen = np.array([x, y, face[2] * np.sqrt(abs(np.linalg.det(move[:, :2])))])
        if not (0 <= x < WINDOW and 0 <= y < WINDOW):
            seen = np.zeros(3)
    if behind is not None and seen[2] > 0 and generator.random() < PASTED_SHARE:
        window = paste_face(window, seen, cut_window(behind, place_window(behind.shape, np.zeros(3), generator)))
    return relight(window, generator), seen


def unlabelled_grid() -> np.ndarray:
    """What stands in place of a target grid for a window of which nobody knows where its face is, if anywhere."""
    grid = target_grid(np.zeros(3))
    grid[..., CELL_OUTPUTS] = UNLABELLED
    return grid


def target_grid(face: np.ndarray) -> np.ndarray:
    """What the network should output for a window (cells, cells, 5): its outputs, and the weight of the certainty."""
    cells = WINDOW // STRIDE
    grid = np.zeros((cells, cells, CELL_OUTPUTS + 1), np.float32)
    grid[..., CELL_OUTPUTS] = 1
    if face[2] <= 0:
        return grid
    column, row = (min(int(v // STRIDE), cells - 1) for v in face[:2])
    grid[max(0, row - RING) : row + RING + 1, max(0, column - RING) : column + RING + 1, CELL_OUTPUTS] = 0
    rows, columns = (slice(max(0, at - 1), at + 2) for at in (row, column))
    grid[rows, columns, 0] = 1
    grid[rows, columns, CELL_OUTPUTS] = 2
    grid[rows, columns, 1] = face[0] / STRIDE - np.arange(cells)[None, columns] - 0.5
    grid[rows, columns, 2] = face[1] / STRIDE - np.arange(cells)[rows, None] - 0.5
    grid[rows, columns, 3] = np.log(face[2] / STRIDE)
    return grid


def draw_rows(faces: np.ndarray, count: int, generator: np.random.Generator) -> np.ndarray:
    """`count` rows of annotated frames, each in turn; `FACE_SHARE` of them with a face where there are both kinds."""
    kinds = [np.flatnonzero(faces[:, 2] > 0), np.flatnonzero(faces[:, 2] <= 0)]
    shares = [round(FACE_SHARE * count), count - round(FACE_SHARE * count)]
    if not all(map(len, kinds)):
        kinds, shares = [np.arange(len(faces))], [count]
    drawn = []
    for rows, share in zip(kinds, shares, strict=True):
        turns = [generator.permutation(rows) for _ in range(-(-share // len(rows)))]
        drawn.append(np.concatenate(turns)[:share])
    return generator.permutation(np.concatenate(drawn))


def window_batches(
    keras,
    frames: Annotated,
    batch_size: int,
    name: tuple,
    shuffled: bool,
    threads: int,
    batches: int = BATCHES,
    unlabelled: Sequence[np.ndarray] = (),
):
    """Windows of annotated frames and their target grids as a Keras data set (see make_batches).

    `name` (a seed and names) seeds the windows. Those of a training set are `shuffled` and others in each epoch; else
    they are the same in each. A share of each batch shows `unlabelled` pictures, if any.
    """
    others = round(UNLABELLED_SHARE * batch_size) if len(unlabelled) else 0
    labelled = batch_size - others
    empty = np.flatnonzero(frames.faces[:, 2] <= 0)

    def plan(epoch: int) -> list[np.ndarray]:
        generator = named_generator(*name, "rows", epoch if shuffled else 0)
        return list(draw_rows(frames.faces, batches * labelled, generator).reshape(batches, labelled))

    def read(epoch: int, step: int, batch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        generator = named_generator(*name, epoch if shuffled else 0, "step", step)
        sampled = []
        for row in batch:
            behind = frames.pictures[generator.choice(empty)] if len(empty) else None
            window, face = sample_window(frames.pictures[row], frames.faces[row], behind, generator)
            sampled.append((window, target_grid(face)))
        for row in generator.integers(len(unlabelled), size=others) if others else ():
            sampled.append((sample_window(unlabelled[row], np.zeros(3), None, generator)[0], unlabelled_grid()))
        return np.stack([window for window, _ in sampled]), np.stack([grid for _, grid in sampled])

    return make_batches(keras, plan, read, threads)
