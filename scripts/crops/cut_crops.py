"""Cuts the faces of one recording's accepted moments into a folder of named crops, for one kind (thesis, 4.6).

ORGN takes the detector's boxes, CORR the corrected ones, SYMM mirrors CORR, and AUGM holds four
augmentations of each crop of CORR and SYMM.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from scripts.boxes import accepted, misplaced
from scripts.crop_names import CropName, encode, frame_name, write_listing
from scripts.crops.cutting import augment, cut, mirror, widen
from scripts.grimace import ACTION_UNITS, CAMERAS
from scripts.images import read_image, write_image
from scripts.job import InputError, job, progress
from scripts.people_tables import read_people_table, whole_numbers
from scripts.seeds import named_generator

AUGMENTATIONS_OF_EACH = 4
BOX = ["box_x", "box_y", "box_size"]


def read_corrections(path: str) -> pd.DataFrame:
    """Corrected boxes: `camera`, `frame_num`, `box_x`, `box_y`, `box_size` in px; size 0 removes a box.

    Raises InputError for wrong columns, cameras, numbers, or a frame that is corrected twice.
    """
    table = whole_numbers(read_people_table(path, ["camera", "frame_num", *BOX], []), ["frame_num", *BOX], path)
    wrong = table[~table.camera.isin(CAMERAS)]
    if len(wrong):
        raise InputError(path, "a camera from C1 to C6", repr(wrong.camera.iloc[0]), "correct the cell")
    twice = table[table.duplicated(["camera", "frame_num"])]
    if len(twice):
        found = f"{twice.camera.iloc[0]}, frame {twice.frame_num.iloc[0]} more than once"
        raise InputError(path, "one correction a frame", found, "keep one row")
    return table


def check_corrections(corrected: pd.DataFrame, path: str, moments_path: str) -> None:
    """Raise InputError for a corrected box that can't be of a face in the recording's frames."""
    about = pq.read_schema(moments_path).metadata
    width, height = int(about[b"width"]), int(about[b"height"])
    wrong = corrected[misplaced(corrected, width, height)]
    if len(wrong):
        row = wrong.iloc[0]
        raise InputError(
            path,
            f"boxes centred in frames of {width} by {height} px, and no larger than these",
            f"{row.camera}, frame {row.frame_num}: box_x {row.box_x}, box_y {row.box_y}, box_size {row.box_size}",
            "correct that row; box_size 0 removes a box",
        )


def correct_boxes(moments: pd.DataFrame, corrections: pd.DataFrame | None) -> pd.DataFrame:
    """`moments` (with boolean `face`) with corrected boxes laid over the detected ones."""
    if corrections is None:
        return moments
    shown = moments[["camera", "frame_num"]].drop_duplicates()
    strange = corrections.merge(shown, on=["camera", "frame_num"], how="left", indicator=True)._merge == "left_only"
    if strange.any():
        row = corrections[strange.to_numpy()].iloc[0]
        raise InputError(
            "the corrections",
            "frames of selected moments",
            f"{row.camera}, frame {row.frame_num}",
            "remove or correct that row",
        )
    merged = moments.merge(corrections, on=["camera", "frame_num"], how="left", suffixes=("", "_new"))
    changed = merged.box_size_new.notna()
    for column in BOX:
        merged[column] = merged[column].where(~changed, merged[f"{column}_new"]).astype(int)
    merged["face"] = merged.face.where(~changed, merged.box_size_new > 0).astype(bool)
    return merged


def list_faces(
    moments: pd.DataFrame, labels: pd.DataFrame, min_prob: float, corrections: pd.DataFrame | None
) -> pd.DataFrame:
    """One row a face of an accepted moment, with its box and the moment's action units."""
    moments = moments.assign(face=accepted(moments, min_prob))
    moments = correct_boxes(moments.drop(columns=["sync_index"]), corrections)
    faces = moments[moments.face].merge(labels[["item", "sync_index", *ACTION_UNITS]], on="item", validate="m:1")
    return faces.sort_values(["item", "camera"], ignore_index=True)


def name_face(face, experiment: str, creation: str) -> CropName:
    """The crop name of one row of `list_faces`."""
    return CropName(
        experiment=experiment,
        creation=creation,
        sync_index=int(face.sync_index),
        units=tuple(
            None if np.isnan(score) else int(score) for score in (getattr(face, unit) for unit in ACTION_UNITS)
        ),
        camera=face.camera,
        frame_num=int(face.frame_num),
        box_x=int(face.box_x),
        box_y=int(face.box_y),
        box_size=int(face.box_size),
        item=int(face.item),
    )


def make_crops(frame: np.ndarray, name: CropName, kind: str, seed: int) -> Iterator[tuple[CropName, np.ndarray]]:
    """The crops of `kind` of one face: one for ORGN, CORR and SYMM, eight for AUGM."""
    square = widen(name.box_x, name.box_y, name.box_size)
    if kind in ("ORGN", "CORR"):
        yield name, cut(frame, square)
    elif kind == "SYMM":
        yield name, cut(*mirror(frame, square))
    else:
        generator = named_generator(seed, "augment", encode(replace(name, creation="CORR")))
        for number in range(2 * AUGMENTATIONS_OF_EACH):
            footage = (frame, square) if number < AUGMENTATIONS_OF_EACH else mirror(frame, square)
            letter, picture = augment(*footage, generator)
            yield replace(name, creation=f"A{number:02d}{letter}"), picture


def cut_crops(
    moments: str,
    labels: str,
    frames: str,
    corrections: str,
    folder: str,
    experiment: str,
    kind: str,
    min_prob: float,
    seed: int,
) -> None:
    """Write the crops of one recording and kind into `folder`; `corrections` is empty for none."""
    corrected = read_corrections(corrections) if corrections and kind != "ORGN" else None
    if corrected is not None:
        check_corrections(corrected, corrections, moments)
    shown, scored = pd.read_parquet(moments), pd.read_parquet(labels)
    known, labelled = (pd.MultiIndex.from_frame(table[["item", "sync_index"]]) for table in (shown, scored))
    if not labelled.isin(known).all():
        found, remedy = "those of other moments", "delete it and run again: it is made anew"
        raise InputError(labels, f"the labels of moments in {moments}", found, remedy)
    faces = list_faces(shown, scored, min_prob, corrected)
    Path(folder).mkdir(parents=True)
    creation = "CORR" if kind == "AUGM" else kind
    for face in progress(faces.itertuples(), total=len(faces), unit="face"):
        frame = read_image(Path(frames) / frame_name(face.camera, face.frame_num))
        for name, picture in make_crops(frame, name_face(face, experiment, creation), kind, seed):
            write_image(Path(folder) / encode(name), picture)
    write_listing(Path(folder))


if __name__ == "__main__":
    with job(snakemake):
        cut_crops(
            snakemake.input.moments,
            snakemake.input.labels,
            snakemake.input.frames,
            snakemake.params.corrections,
            snakemake.output.folder,
            snakemake.wildcards.experiment,
            snakemake.wildcards.kind,
            snakemake.params.min_prob,
            snakemake.params.seed,
        )
