"""Trains the face detector on annotated frames and exports it for LiteRT."""

from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pandas as pd

from scripts.backend import UNREADABLE, load_keras
from scripts.boxes import misplaced
from scripts.faces.annotations import PICTURE, check_apart, read_annotations
from scripts.faces.detector import OUTPUTS, STRIDE, WINDOW, view_frame
from scripts.images import read_image
from scripts.job import InputError, job, progress
from scripts.people_tables import instead_of_file
from scripts.seeds import named_generator, named_seed
from scripts.video import Video

SCALE_JITTER = 0.2  # training pictures are scaled by up to this share
CENTRED_SHARE = 0.6  # share of the training windows that are placed to hold the face
RING = 2  # cells around a face's centre that count neither as face nor as background


def annotated_frames(table: pd.DataFrame) -> Iterator[tuple[pd.Series, av.VideoFrame]]:
    """Each annotation with its frame. Raises InputError for a file or frame that can't be read."""
    for file, rows in progress(table.groupby("file", sort=True), desc="reading annotated frames", unit="file"):
        if not Path(file).is_file():
            expected = "a video or picture that was annotated"
            raise InputError(file, expected, instead_of_file(file), "correct the annotations")
        by_frame = rows.set_index("frame_num").sort_index()
        if by_frame.index[0] == PICTURE:
            yield by_frame.iloc[0], av.VideoFrame.from_ndarray(read_image(Path(file)), format="rgb24")
            continue
        with Video(file) as video:
            for number, frame in video.read_all(by_frame.index):
                yield by_frame.loc[number], frame


def load_pictures(table: pd.DataFrame) -> tuple[list[np.ndarray], np.ndarray]:
    """Scan pictures of the annotated frames, and their faces (n, 3): centre and size in scan px, 0 for none."""
    pictures, faces = [], []
    for row, frame in annotated_frames(table):
        seen = view_frame(frame)
        if misplaced(row, seen.width, seen.height):
            where = "" if row.name == PICTURE else f"frame {row.name} of "
            raise InputError(
                f"the annotation of {where}{row.file}",
                f"a box centred in the frame, {seen.width} by {seen.height} px, and no larger than it",
                f"box_x {row.box_x}, box_y {row.box_y}, box_size {row.box_size}",
                "correct it",
            )
        pictures.append(seen.pixels)
        place = [row.box_x + row.box_size / 2, row.box_y + row.box_size / 2, row.box_size]
        faces.append(np.array(place) / seen.scale if row.box_size > 0 else np.zeros(3))
    return pictures, np.array(faces, float)


def draw_window(picture: np.ndarray, face: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A random window of `WINDOW` px with random scale, mirror image and brightness, and its face."""
    scale = generator.uniform(1 - SCALE_JITTER, 1 + SCALE_JITTER)
    flip = generator.random() < 0.5
    seen = face[2] > 0
    side = WINDOW / scale
    if seen and generator.random() < CENTRED_SHARE:
        left, top = face[:2] - side / 2 + generator.uniform(-0.35, 0.35, 2) * side
    else:
        left = generator.uniform(0, picture.shape[1] - side)
        top = generator.uniform(0, max(1, picture.shape[0] - side))
    move = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
    window = cv2.warpAffine(picture, move, (WINDOW, WINDOW), borderMode=cv2.BORDER_REPLICATE)
    x, y, size = (face[0] - left) * scale, (face[1] - top) * scale, face[2] * scale
    if flip:
        window, x = window[:, ::-1], WINDOW - x
    window = window.astype(np.float32) * generator.uniform(0.8, 1.2) + generator.uniform(-15, 15)
    inside = seen and 0 <= x < WINDOW and 0 <= y < WINDOW
    return np.clip(window, 0, 255), np.array([x, y, size]) if inside else np.zeros(3)


def target_grid(face: np.ndarray) -> np.ndarray:
    """What the network should say of a window (cells, cells, 5): its outputs, and the weight of the certainty."""
    cells = WINDOW // STRIDE
    grid = np.zeros((cells, cells, OUTPUTS + 1), np.float32)
    grid[..., OUTPUTS] = 1
    if face[2] <= 0:
        return grid
    column, row = (min(int(v // STRIDE), cells - 1) for v in face[:2])
    grid[max(0, row - RING) : row + RING + 1, max(0, column - RING) : column + RING + 1, OUTPUTS] = 0
    rows, columns = (slice(max(0, at - 1), at + 2) for at in (row, column))
    grid[rows, columns, 0] = 1
    grid[rows, columns, OUTPUTS] = 2
    grid[rows, columns, 1] = face[0] / STRIDE - np.arange(cells)[None, columns] - 0.5
    grid[rows, columns, 2] = face[1] / STRIDE - np.arange(cells)[rows, None] - 0.5
    grid[rows, columns, 3] = np.log(face[2] / STRIDE)
    return grid


def build_detector(keras):
    """The detector's network: RGB picture of any size (0 to 255) to grid (rows, columns, 4)."""
    layers = keras.layers
    picture = keras.Input((None, None, 3), name="picture")
    x = layers.Rescaling(1 / 127.5, offset=-1, name="centre")(picture)
    for name, channels in (("half", 12), ("quarter", 24), ("eighth", 48)):
        x = layers.Conv2D(channels, 3, strides=2, padding="same", use_bias=False, name=name)(x)
        x = layers.BatchNormalization(name=f"{name}_norm")(x)
        x = layers.ReLU(name=f"{name}_relu")(x)
    for name in ("context_1", "context_2", "context_3"):
        y = layers.SeparableConv2D(48, 3, padding="same", use_bias=False, name=name)(x)
        y = layers.BatchNormalization(name=f"{name}_norm")(y)
        x = layers.ReLU(name=f"{name}_relu")(layers.Add(name=f"{name}_add")([x, y]))
    certainty = layers.Conv2D(1, 1, activation="sigmoid", name="certainty")(x)
    place = layers.Conv2D(OUTPUTS - 1, 1, name="place")(x)
    return keras.Model(picture, layers.Concatenate(name="grid")([certainty, place]), name="face_detector")


def detection_loss(keras):
    """Weighted binary cross-entropy of the certainty plus absolute error of the place where a face is."""
    ops = keras.ops

    def loss(target, grid):
        certainty = ops.clip(grid[..., 0], 1e-6, 1 - 1e-6)
        truth, weight = target[..., 0], target[..., OUTPUTS]
        entropy = -truth * ops.log(certainty) - (1 - truth) * ops.log(1 - certainty)
        place = ops.sum(ops.abs(target[..., 1:OUTPUTS] - grid[..., 1:]), axis=-1)
        return ops.sum(weight * entropy + truth * place, axis=(1, 2)) / 9

    return loss


def train_detector(
    annotations: str,
    videos_of_recordings: list[str],
    start_from: str,
    model_path: str,
    weights_path: str,
    history_path: str,
    settings: dict,
    seed: int,
    threads: int,
) -> None:
    """Train on `annotations` and write the .tflite model, its weights for Keras and its training curve.

    `settings`: `epochs`, `batch_size`, `learning_rate`. `start_from` is a weights file to go on from, or empty.
    """
    table = read_annotations(annotations)
    check_apart(annotations, table, videos_of_recordings)
    keras = load_keras(threads, named_seed(seed, "face detector"))
    model = build_detector(keras)
    if start_from:
        try:
            model.load_weights(start_from)
        except UNREADABLE as error:
            remedy = "give the detector.weights.h5 of a training, or empty `faces: start_from`"
            raise InputError(start_from, "weights of the face detector", str(error).split("\n")[0], remedy) from error
    pictures, faces = load_pictures(table)
    batches = len(pictures) // settings["batch_size"] + 1
    schedule = keras.optimizers.schedules.CosineDecay(settings["learning_rate"], settings["epochs"] * batches)
    model.compile(keras.optimizers.Adam(schedule), loss=detection_loss(keras))
    history = []
    for epoch in progress(range(settings["epochs"]), desc="training", unit="epoch"):
        generator = named_generator(seed, "detector windows", epoch)
        order = generator.permutation(len(pictures))
        losses = []
        for start in range(0, len(order), settings["batch_size"]):
            drawn = [
                draw_window(pictures[i], faces[i], generator) for i in order[start : start + settings["batch_size"]]
            ]
            windows = np.stack([window for window, _ in drawn])
            losses.append(float(model.train_on_batch(windows, np.stack([target_grid(face) for _, face in drawn]))))
        history.append({"epoch": epoch + 1, "loss": float(np.mean(losses))})
    pd.DataFrame(history).to_csv(history_path, index=False)
    model.save_weights(weights_path)
    model.export(model_path, format="litert", verbose=False)


if __name__ == "__main__":
    with job(snakemake):
        train_detector(
            snakemake.params.annotations,
            snakemake.params.videos_of_recordings,
            snakemake.params.start_from,
            snakemake.output.model,
            snakemake.output.weights,
            snakemake.output.history,
            snakemake.params.settings,
            snakemake.params.seed,
            snakemake.params.threads,
        )
