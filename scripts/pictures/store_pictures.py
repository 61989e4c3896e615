"""Stores labelled pictures as the crops of a recording and kind are stored: as they are, mirrored, or augmented.

ORGN and CORR are the pictures as they are, since nobody corrects a box of theirs. Where the sheet says how a picture
was made, as crops of Squint's tell, it is taken as that and nothing is made of it.
"""

from collections.abc import Iterator

import cv2
import numpy as np
import pandas as pd

from squint.detection.detector import FaceDetector, best_face, scan_picture
from squint.domain.scale import Scale, make_scale
from squint.domain.seeds import named_generator
from squint.errors import InputError
from squint.files.images import read_image, resize_crop
from squint.files.picture_sheets import read_pictures
from squint.files.stores import store_columns, write_store
from squint.jobs.job import job, progress
from squint.samples.cropping import LARGEST_SHIFT, Square, augment_all, cut, mirror, widen


def whole_picture(picture: np.ndarray) -> Square:
    """The square around a picture; beyond its shorter sides the border repeats."""
    height, width = picture.shape[:2]
    side = max(height, width)
    return (width - side) / 2, (height - side) / 2, float(side)


def with_margin(picture: np.ndarray, square: Square) -> tuple[np.ndarray, Square]:
    """A picture that is a face with its border repeated around it, so that it can be shifted and shown from farther."""
    margin = round(LARGEST_SHIFT * square[2])
    padded = cv2.copyMakeBorder(picture, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
    return padded, (square[0] + margin, square[1] + margin, square[2])


def find_face(picture: np.ndarray, detector: FaceDetector, certainty: float, path: str) -> Square:
    """The square that is shown of the face in a picture. Raises InputError where there is none."""
    import av

    scanned = scan_picture(av.VideoFrame.from_ndarray(picture, format="rgb24"))
    face = best_face(detector.scan(scanned), scanned)
    if face.certainty < certainty:
        raise InputError(
            path,
            f"a face of certainty {certainty} or more",
            f"none; the best has {face.certainty:.2f}",
            "take the picture out of the sheet, train the detector on such pictures, or set `pictures: faces: false`",
        )
    return widen(face.x, face.y, face.size)


def make_pictures(
    picture: np.ndarray, square: Square, row: pd.Series, kind: str, seed: int
) -> Iterator[tuple[str, np.ndarray]]:
    """The images of `kind` of one picture, each with how it was made: one, or eight for AUGM."""
    if row.kind:
        yield row.kind, cut(picture, square)
    elif kind in ("ORGN", "CORR"):
        yield kind, cut(picture, square)
    elif kind == "SYMM":
        yield kind, cut(*mirror(picture, square))
    else:
        generator = named_generator(seed, "augment", row.recording, row.file)
        yield from augment_all(picture, square, generator)


def of_kind(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The pictures that give images of a kind, in the order of their files."""
    made = table.kind.str.replace(r"^A[0-9].*", "AUGM", regex=True)
    return table[(made == "") | (made == kind)].sort_values("file", ignore_index=True)


def describe(row: pd.Series, number: int, creation: str, square: Square, scale: Scale) -> dict:
    """The columns of one stored image (thesis, Table 4.7)."""
    left, top, size = (round(value) for value in square)
    return {
        "file_path": row.path,
        "experiment_creation": f"{row.recording}_{creation}",
        "sync_index": row["item"],
        "score": row.score,
        **{f"score_{unit}": row[unit] for unit in scale.units},
        "camera": row.camera,
        "frame_num": number,
        "box_x": left,
        "box_y": top,
        "box_size": size,
        "item": row["item"],
    }


def store_pictures(
    table: pd.DataFrame,
    kind: str,
    store_path: str,
    scale: Scale,
    image_size: int,
    detector: FaceDetector | None,
    certainty: float,
    seed: int,
) -> None:
    """Write the images of `kind` of the pictures in `table`; with a `detector` those of their faces."""
    rows, images = [], []
    for number, row in progress(list(of_kind(table, kind).iterrows()), unit="picture"):
        picture = read_image(row.path)
        if detector and not row.kind:
            square = find_face(picture, detector, certainty, row.path)
        else:
            square = whole_picture(picture)
            if kind == "AUGM" and not row.kind:
                picture, square = with_margin(picture, square)
        for creation, made in make_pictures(picture, square, row, kind, seed):
            rows.append(describe(row, number, creation, square, scale))
            images.append(resize_crop(made, image_size))
    write_store(store_path, images, pd.DataFrame(rows, columns=store_columns(scale.units)), image_size)


if __name__ == "__main__":
    with job(snakemake):
        params = snakemake.params
        scale = make_scale(params.scale)
        table = read_pictures(params.sheet, params.folder, scale)
        store_pictures(
            table=table[table.recording == snakemake.wildcards.experiment],
            kind=snakemake.wildcards.kind,
            store_path=snakemake.output.store,
            scale=scale,
            image_size=params.image_size,
            detector=FaceDetector(params.detector) if params.detector else None,
            certainty=params.certainty,
            seed=params.seed,
        )
