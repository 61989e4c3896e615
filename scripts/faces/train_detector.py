"""Trains the face detector on annotated frames and exports it for LiteRT."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from squint.detection.annotated_frames import (
    hold_out,
    index_films,
    load_pictures,
    may_be_learnt,
    read_unlabelled,
    sort_frames,
)
from squint.detection.annotations import check_apart, read_annotations
from squint.detection.certainty import fit_certainty, scale_certainty, scaled
from squint.detection.detector import ScanPicture, decode, place_face
from squint.detection.network import build_detector, detection_loss
from squint.detection.wanted import choose_wanted
from squint.detection.windows import BATCHES, Annotated, window_batches
from squint.domain.boxes import overlap
from squint.domain.seeds import named_generator, named_seed
from squint.errors import InputError
from squint.jobs.job import job
from squint.learning.training import fit, write_record
from squint.measures.detection import HIT, average_precision, ratio
from squint.models.backend import UNREADABLE, load_keras
from squint.presentation.figures import BLUE, RED, plt, save_figure

STEPS_OF_EPOCH = BATCHES
VALIDATION_BATCHES = 20
PICTURES_AT_ONCE = 32
SHOWN, PER_ROW = 12, 4  # held-out frames in the figure of what was missed
WANTED = 40  # frames to annotate next
MOST_KNOWN = 400  # annotated frames that others are compared with


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
    keras,
    frames: Annotated,
    held_out: np.ndarray,
    unlabelled: list[np.ndarray],
    batch_size: int,
    seed: int,
    threads: int,
) -> dict:
    """The windows of what is trained on and of what is `held_out`, as Keras data sets by subset."""
    batches = {}
    for subset, chosen, count in (("train", ~held_out, STEPS_OF_EPOCH), ("validation", held_out, VALIDATION_BATCHES)):
        ours, name = frames.chosen(np.flatnonzero(chosen)), (seed, "detector windows", subset)
        training = subset == "train"
        others = unlabelled if training else []
        batches[subset] = window_batches(keras, ours, batch_size, name, training, threads, count, others)
    return batches


def find_faces(model, pictures: list[np.ndarray]) -> np.ndarray:
    """The most certain face of each scan picture, (n, 4): certainty, centre x and y, size in scan px."""
    found = np.zeros((len(pictures), 4))
    shapes = [picture.shape for picture in pictures]
    for shape in sorted(set(shapes)):
        rows = [row for row, other in enumerate(shapes) if other == shape]
        for start in range(0, len(rows), PICTURES_AT_ONCE):
            some = rows[start : start + PICTURES_AT_ONCE]
            grids = model.predict(np.stack([pictures[row] for row in some]).astype(np.float32), verbose=0)
            found[some] = [decode(grid) for grid in grids]
    return found


def overlap_squares(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Intersection over union of squares (n, 3) by their centres and sizes; 0 where one has no size."""

    def table(squares: np.ndarray) -> pd.DataFrame:
        corners = squares[:, :2] - squares[:, 2:] / 2
        return pd.DataFrame(np.column_stack([corners, squares[:, 2]]), columns=["box_x", "box_y", "box_size"])

    return overlap(table(one), table(other))


def judge(found: np.ndarray, faces: np.ndarray, min_prob: float) -> dict[str, float]:
    """How well faces were found (see find_faces) in frames with known `faces`, (n, 3)."""
    there, iou = faces[:, 2] > 0, overlap_squares(found[:, 1:], faces)
    counted = found[:, 0] >= min_prob
    return {
        "frames": len(faces),
        "faces": int(there.sum()),
        "ap50": average_precision(there, found[:, 0], iou),
        "recall": ratio((counted & there & (iou >= HIT)).sum(), there.sum()),
        "false_faces": ratio((counted & ~there).sum(), (~there).sum()),
    }


def draw_misses(unseen: Annotated, found: np.ndarray, path: str) -> None:
    """Draw the held-out frames that the detector did worst on: faces missed or misplaced, and what is no face."""
    there, iou = unseen.faces[:, 2] > 0, overlap_squares(found[:, 1:], unseen.faces)
    fault = np.where(there, 1 - found[:, 0] * (iou >= HIT), found[:, 0])
    worst = np.argsort(-fault, kind="stable")[:SHOWN]
    figure, cells = plt.subplots(-(-SHOWN // PER_ROW), PER_ROW, figsize=(11, 6.4))
    for cell in cells.ravel():
        cell.axis("off")
    for cell, row in zip(cells.ravel(), worst, strict=False):
        cell.imshow(unseen.pictures[row])
        for (x, y, size), colour in ((unseen.faces[row], BLUE), (found[row, 1:], RED)):
            if size > 0:
                box = (x - size / 2, y - size / 2)
                cell.add_patch(plt.Rectangle(box, size, size, fill=False, ec=colour, lw=1.4))
        what = "a face" if there[row] else "no face"
        cell.set_title(f"{what}; found with {found[row, 0]:.2f}", fontsize=7, weight="normal", loc="center")
        cell.text(
            0,
            1,
            "/".join(Path(unseen.groups[row]).parts[-2:]),
            fontsize=5,
            color="white",
            va="top",
            transform=cell.transAxes,
        )
    figure.suptitle("Worst of what was held out: annotated (blue) and found (red)", x=0.01, ha="left", fontsize=10)
    save_figure(figure, path)


def look_at(keras, model, pictures: list[np.ndarray]) -> np.ndarray:
    """What the detector sees in scan pictures, (n, 48): its last features, averaged over each picture."""
    seen = keras.Model(model.input, model.get_layer("context_3_relu").output)
    return np.array([np.asarray(seen(picture[None].astype(np.float32)))[0].mean(axis=(0, 1)) for picture in pictures])


def write_wanted(
    keras, model, frames: Annotated, unlabelled: list[ScanPicture], places: list[tuple[str, int]], path: str
) -> int:
    """Write which of some frames to annotate next: `video`, `frame_num`, `certainty`, `why`, and the face found.

    How many there are: none for annotated pictures, whose videos are not known.
    """
    rows = []
    if unlabelled:
        pictures = [scanned.pixels for scanned in unlabelled]
        found = find_faces(model, pictures)
        known = frames.pictures[:: -(-len(frames.pictures) // MOST_KNOWN)]
        seen, of_known = (look_at(keras, model, shown) for shown in (pictures, known))
        for row, why in choose_wanted(found[:, 0], seen, of_known, WANTED):
            certainty, x, y, size = found[row].tolist()
            face = place_face(certainty, x, y, size, unlabelled[row])
            rows.append((*places[row], round(face.certainty, 4), why, face.x, face.y, face.size))
    columns = ["video", "frame_num", "certainty", "why", "box_x", "box_y", "box_size"]
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
    return len(rows)


def check_quality(
    quality: dict[str, float], trained: dict[str, int], settings: dict, annotations: str, wanted: int
) -> None:
    """Raise InputError for a detector that finds too few of the faces that it was not trained on.

    `wanted` is the number of frames that it would have annotated next.
    """
    if quality["ap50"] >= settings["least_ap"]:
        return
    found = (
        f"{quality['ap50']:.2f} on {quality['frames']} held-out frames, {quality['faces']} with a face; trained on "
        f"{trained['frames']}, {trained['faces']} with a face, of {trained['groups']} animal(s) or folder(s)"
    )
    expected = f"frames from which a face detector learns: an average precision of {settings['least_ap']:g} or more"
    remedy = (
        "annotate more frames, of other animals, light and places; check that boxes surround faces; or raise `faces: "
        "training: steps`. What it missed is drawn in results/logs/train_detector.png"
    )
    if wanted:
        remedy += (
            "; frames that would help most are in results/logs/train_detector.wanted.csv: make app "
            "VIDEOS=results/logs/train_detector.wanted.csv CODER=..."
        )
    raise InputError(annotations, expected, found, remedy)


def train_detector(
    annotations: str,
    videos_of_recordings: list[str],
    start_from: str,
    model_path: str,
    weights_path: str,
    history_path: str,
    record_path: str,
    misses_path: str,
    wanted_path: str,
    kept: str,
    settings: dict,
    min_prob: float,
    seed: int,
    threads: int,
) -> None:
    """Train on `annotations`; write the .tflite model, its weights for Keras, its training curve and its record.

    Also a figure of what it missed, and the frames that it wants annotated next, which both stay in the folder `kept`
    where the detector is too poor, until it is trained again.

    `settings`: `steps`, `batch_size`, `learning_rate`, `validation_share` (of the annotated animals or folders),
    `patience` (steps), `least_ap` on what was held out. `start_from` is a weights file to go on from, or empty;
    `min_prob` the certainty from which faces count. Raises InputError for a detector that is too poor.
    """
    kept_copies = {
        misses_path: Path(kept) / "train_detector.png",
        wanted_path: Path(kept) / "train_detector.wanted.csv",
    }
    for copy in kept_copies.values():
        copy.unlink(missing_ok=True)
    table = sort_frames(read_annotations(annotations))
    check_apart(annotations, table, videos_of_recordings)
    held_out = hold_out(table, settings["validation_share"], named_generator(seed, "detector validation"))
    keras = load_keras(threads, named_seed(seed, "face detector"))
    model, loss = start_detector(keras, start_from), detection_loss(keras)
    indexes = index_films(table)
    frames = load_pictures(table, indexes)
    unseen = frames.chosen(np.flatnonzero(held_out))
    unlabelled, places = read_unlabelled(table, indexes)
    may_be = may_be_learnt(places, table, held_out)
    learnt = [scanned.pixels for scanned, one in zip(unlabelled, may_be, strict=True) if one]
    batches = split_windows(keras, frames, held_out, learnt, settings["batch_size"], seed, threads)
    epochs = settings["steps"] // STEPS_OF_EPOCH
    rate = keras.optimizers.schedules.CosineDecay(settings["learning_rate"], epochs * STEPS_OF_EPOCH)
    training = fit(
        keras,
        model,
        batches,
        optimizer=keras.optimizers.Adam(rate),  # pyright: ignore[reportArgumentType]
        loss=loss,
        metrics=[],
        monitor="val_loss",
        epochs=epochs,
        patience=settings["patience"] // STEPS_OF_EPOCH,
        where="the face detector",
        started=bool(start_from),
    )
    for subset_batches in batches.values():
        subset_batches.close()
    training.curve.to_csv(history_path)
    found = find_faces(model, unseen.pictures)
    slope, shift = fit_certainty(found[:, 0], overlap_squares(found[:, 1:], unseen.faces) >= HIT)
    scale_certainty(model, slope, shift)
    found[:, 0] = scaled(found[:, 0], slope, shift)
    quality = judge(found, unseen.faces, min_prob)
    ours = table[~held_out]
    trained = {"frames": len(ours), "faces": int((ours.box_size > 0).sum()), "groups": ours.group.nunique()}
    print(f"On what was held out, by which it was stopped and scaled: {quality}; trained on {trained}.", flush=True)
    draw_misses(unseen, found, misses_path)
    wanted = write_wanted(keras, model, frames, unlabelled, places, wanted_path)
    try:
        check_quality(quality, trained, settings, annotations, wanted)
    except InputError:
        for written, copy in kept_copies.items():
            shutil.copy(written, copy)
        raise
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
        trained=trained,
        held_out={key: None if np.isnan(value) else value for key, value in quality.items()},
        held_out_groups=sorted(set(unseen.groups)),
        certainty={"slope": slope, "shift": shift},
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
            misses_path=snakemake.output.misses,
            wanted_path=snakemake.output.wanted,
            kept=str(Path(snakemake.log[0]).parent),
            settings=snakemake.params.settings,
            min_prob=snakemake.params.min_prob,
            seed=snakemake.params.seed,
            threads=snakemake.params.threads,
        )
