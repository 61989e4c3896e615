"""Cuts the faces of one recording's accepted moments into a folder of named crops, for one kind (thesis, 4.6).

ORGN takes the detector's boxes, CORR the corrected ones, SYMM mirrors CORR, and AUGM holds four
augmentations of each crop of CORR and SYMM.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from squint.domain.boxes import accepted
from squint.domain.seeds import named_generator
from squint.errors import InputError
from squint.files.corrections import check_corrections, correct_boxes, read_corrections
from squint.files.crop_names import CropName, encode, frame_name, write_listing
from squint.files.images import read_image, write_image
from squint.jobs.job import job, progress
from squint.samples.cropping import augment_all, cut, mirror, widen


def list_faces(
    moments: pd.DataFrame, labels: pd.DataFrame, units: list[str], min_prob: float, corrections: pd.DataFrame | None
) -> pd.DataFrame:
    """One row a face of an accepted moment, with its box and the scores of the moment's `units`."""
    moments = moments.assign(face=accepted(moments, min_prob))
    moments = correct_boxes(moments.drop(columns=["sync_index"]), corrections)
    faces = moments[moments.face].merge(labels[["item", "sync_index", *units]], on="item", validate="m:1")
    return faces.sort_values(["item", "camera"], ignore_index=True)


def name_face(face, experiment: str, creation: str, units: list[str]) -> CropName:
    """The crop name of one row of `list_faces`."""
    return CropName(
        experiment=experiment,
        creation=creation,
        sync_index=int(face.sync_index),
        units=tuple(None if np.isnan(score) else int(score) for score in (getattr(face, unit) for unit in units)),
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
        for creation, picture in augment_all(frame, square, generator):
            yield replace(name, creation=creation), picture


def cut_crops(
    moments: str,
    labels: str,
    frames: str,
    corrections: str,
    folder: str,
    experiment: str,
    kind: str,
    units: list[str],
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
    faces = list_faces(shown, scored, units, min_prob, corrected)
    Path(folder).mkdir(parents=True)
    creation = "CORR" if kind == "AUGM" else kind
    for face in progress(faces.itertuples(), total=len(faces), unit="face"):
        frame = read_image(Path(frames) / frame_name(face.camera, face.frame_num))
        for name, picture in make_crops(frame, name_face(face, experiment, creation, units), kind, seed):
            write_image(Path(folder) / encode(name), picture)
    write_listing(Path(folder))


if __name__ == "__main__":
    with job(snakemake):
        cut_crops(
            moments=snakemake.input.moments,
            labels=snakemake.input.labels,
            frames=snakemake.input.frames,
            corrections=snakemake.params.corrections,
            folder=snakemake.output.folder,
            experiment=snakemake.wildcards.experiment,
            kind=snakemake.wildcards.kind,
            units=snakemake.params.units,
            min_prob=snakemake.params.min_prob,
            seed=snakemake.params.seed,
        )
