"""Trains the face detector on annotated frames and exports it for LiteRT."""

from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pandas as pd

from squint.detection.annotations import check_apart, read_annotations
from squint.detection.box_table import PICTURE
from squint.detection.detector import CELL_OUTPUTS, STRIDE, WINDOW, scan_picture
from squint.detection.network import build_detector, detection_loss
from squint.domain.boxes import outside_frame
from squint.domain.seeds import named_generator, named_seed
from squint.errors import InputError, instead_of_file
from squint.files.images import read_image
from squint.files.video import Video
from squint.jobs.job import job, progress
from squint.learning.batches import make_batches
from squint.learning.training import fit, write_record
from squint.models.backend import UNREADABLE, load_keras

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


def load_pictures(table: pd.DataFrame) -> tuple[list[np.ndarray], np.ndarray, list[str]]:
    """Scan pictures of the annotated frames, faces (n, 3): centre and size in scan px, 0 for none; and their files."""
    pictures, faces, files = [], [], []
    for row, frame in annotated_frames(table):
        scanned = scan_picture(frame)
        if outside_frame(row, scanned.width, scanned.height):
            where = "" if row.name == PICTURE else f"frame {row.name} of "
            raise InputError(
                f"the annotation of {where}{row.file}",
                f"a box centred in the frame, {scanned.width} by {scanned.height} px, and no larger than it",
                f"box_x {row.box_x}, box_y {row.box_y}, box_size {row.box_size}",
                "correct it",
            )
        pictures.append(scanned.pixels)
        face = [row.box_x + row.box_size / 2, row.box_y + row.box_size / 2, row.box_size]
        faces.append(np.array(face) / scanned.scale if row.box_size > 0 else np.zeros(3))
        files.append(row.file)
    return pictures, np.array(faces, float), files


def hold_out(files: list[str], share: float, generator: np.random.Generator) -> np.ndarray:
    """Which frames training is stopped by, (frames,) bool: those of a `share` of the files, at least one of them.

    ASSUME a file is a recording, so that frames of one are not on both sides. Of one file alone the last frames are
    held out; some are always left to train on. Raises InputError for fewer than two frames.
    """
    names = sorted(set(files))
    if len(files) < 2:
        raise InputError("the annotations", "at least two frames, to train on and to stop by", "one", "annotate more")
    if len(names) == 1:
        return np.arange(len(files)) >= max(1, len(files) - max(1, round(share * len(files))))
    count = min(len(names) - 1, max(1, round(share * len(names))))
    return np.isin(files, generator.choice(names, count, replace=False))


def sample_window(
    picture: np.ndarray, face: np.ndarray, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
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


def window_batches(
    keras, pictures: list[np.ndarray], faces: np.ndarray, batch_size: int, name: tuple, shuffled: bool, threads: int
):
    """Windows of `pictures` and their target grids as a Keras data set (see make_batches).

    `name` (a seed and names) seeds the windows. Those of a training set are `shuffled` and others in each epoch.
    """

    def plan(epoch: int) -> list[np.ndarray]:
        rows = np.arange(len(pictures))
        order = named_generator(*name, epoch).permutation(rows) if shuffled else rows
        return [order[start : start + batch_size] for start in range(0, len(order), batch_size)]

    def read(epoch: int, step: int, batch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        generator = named_generator(*name, epoch if shuffled else 0, "step", step)
        sampled = [sample_window(pictures[row], faces[row], generator) for row in batch]
        return np.stack([window for window, _ in sampled]), np.stack([target_grid(face) for _, face in sampled])

    return make_batches(keras, plan, read, threads)


def start_detector(keras, weights: str):
    """The network before training, with `weights` of a file, if any. Raises InputError for others."""
    model = build_detector(keras)
    if weights:
        try:
            model.load_weights(weights)
        except UNREADABLE as error:
            remedy = "give the detector.weights.h5 of a training, or empty `faces: start_from`"
            raise InputError(weights, "weights of the face detector", str(error).split("\n")[0], remedy) from error
    return model


def split_windows(
    keras, pictures: list[np.ndarray], faces: np.ndarray, held_out: np.ndarray, batch_size: int, seed: int, threads: int
) -> dict:
    """The windows of what is trained on and of what is `held_out`, as Keras data sets by subset."""
    batches = {}
    for subset, chosen in (("train", ~held_out), ("validation", held_out)):
        rows, name = np.flatnonzero(chosen), (seed, "detector windows", subset)
        ours = [pictures[row] for row in rows]
        batches[subset] = window_batches(keras, ours, faces[rows], batch_size, name, subset == "train", threads)
    return batches


def train_detector(
    annotations: str,
    videos_of_recordings: list[str],
    start_from: str,
    model_path: str,
    weights_path: str,
    history_path: str,
    record_path: str,
    settings: dict,
    seed: int,
    threads: int,
) -> None:
    """Train on `annotations`; write the .tflite model, its weights for Keras, its training curve and its record.

    `settings`: `epochs`, `batch_size`, `learning_rate`, `validation_share` (of the annotated files), `patience`
    (epochs). `start_from` is a weights file to go on from, or empty.
    """
    table = read_annotations(annotations)
    check_apart(annotations, table, videos_of_recordings)
    keras = load_keras(threads, named_seed(seed, "face detector"))
    model, loss = start_detector(keras, start_from), detection_loss(keras)
    pictures, faces, files = load_pictures(table)
    held_out = hold_out(files, settings["validation_share"], named_generator(seed, "detector validation"))
    batches = split_windows(keras, pictures, faces, held_out, settings["batch_size"], seed, threads)
    steps = settings["epochs"] * len(batches["train"])
    rate = keras.optimizers.schedules.CosineDecay(settings["learning_rate"], steps)
    training = fit(
        keras,
        model,
        batches,
        optimizer=keras.optimizers.Adam(rate),  # pyright: ignore[reportArgumentType]
        loss=loss,
        metrics=[],
        monitor="val_loss",
        epochs=settings["epochs"],
        patience=settings["patience"],
        where="the face detector",
        started=bool(start_from),
    )
    for subset_batches in batches.values():
        subset_batches.close()
    training.curve.to_csv(history_path)
    model.save_weights(weights_path)
    model.export(model_path, format="litert", verbose=False)
    write_record(
        record_path,
        keras,
        model,
        training,
        settings=settings,
        loss=loss.__name__,
        seed=seed,
        start_from=start_from,
        frames={"train": int((~held_out).sum()), "validation": int(held_out.sum())},
        validation_files=sorted({file for file, out in zip(files, held_out, strict=True) if out}),
    )


if __name__ == "__main__":
    with job(snakemake):
        train_detector(
            annotations=snakemake.params.annotations,
            videos_of_recordings=snakemake.params.videos_of_recordings,
            start_from=snakemake.params.start_from,
            model_path=snakemake.output.model,
            weights_path=snakemake.output.weights,
            history_path=snakemake.output.history,
            record_path=snakemake.output.record,
            settings=snakemake.params.settings,
            seed=snakemake.params.seed,
            threads=snakemake.params.threads,
        )
