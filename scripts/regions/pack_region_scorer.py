"""Packs the scorer of regions into one file, with a model card in plain words."""

import json
import tempfile
from pathlib import Path

import pandas as pd

import squint
from squint.files.result_tables import read_table
from squint.jobs.job import job
from squint.learning.training import versions
from squint.models.backend import load_keras
from squint.models.eye_network import export_folds
from squint.presentation.cards import render_card
from squint.regions.archive import write_region_scorer
from squint.regions.samples import ALL, LEAVE_ONE_ANIMAL_OUT
from squint.scorer.archive import CARD, EYES, LICENCE, SEGMENTATION


def left_out_errors(judged: pd.DataFrame) -> dict[str, list[float]]:
    """The smoothed curve less the expert's score, of each animal that was left out."""
    known = judged[judged.smoothed.notna()]
    return {str(animal): (ours.smoothed - ours.expert).tolist() for animal, ours in known.groupby("animal", sort=False)}


def write_card(template: str, about: dict, curves: pd.DataFrame, scores: pd.DataFrame) -> str:
    """The model card: what the scorer is, what it earned on which animals, and must not be used for."""
    ours = scores[(scores.network == about["name"]) & (scores.scheme == LEAVE_ONE_ANIMAL_OUT)].iloc[0]
    return render_card(template, about=about, curves=curves.to_dict("records"), ours=ours)


def pack_region_scorer(
    path: str,
    card_path: str,
    template: str,
    licence: str,
    segmentation: str,
    weights: str,
    margins: str,
    judged: pd.DataFrame,
    curves: pd.DataFrame,
    scores: pd.DataFrame,
    about: dict,
    threads: int,
) -> None:
    """Write the scorer and its card."""
    about["margins"] = json.loads(Path(margins).read_text())
    about["errors"] = left_out_errors(judged)
    about["versions"] = {"squint": squint.__version__} | versions()
    rows = curves.set_index("curve")
    about["metrics"] = {str(name): {key: float(v) for key, v in row.items()} for name, row in rows.iterrows()}
    card = write_card(template, about, curves, scores)
    Path(card_path).write_text(card, encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        eyes = Path(folder) / EYES
        eyes.write_bytes(export_folds(load_keras(threads, 0), weights, len(about["patches"]))[ALL])
        parts = {CARD: card, LICENCE: Path(licence), SEGMENTATION: Path(segmentation), EYES: eyes}
        write_region_scorer(path, about, parts)


if __name__ == "__main__":
    with job(snakemake):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        pack_region_scorer(
            path=made.scorer,
            card_path=made.card,
            template=given.template,
            licence=given.licence,
            segmentation=given.segmentation,
            weights=given.weights,
            margins=given.margins,
            judged=pd.read_parquet(given.judged),
            curves=read_table(given.curves),
            scores=read_table(given.scores),
            about=dict(params.about),
            threads=params.threads,
        )
