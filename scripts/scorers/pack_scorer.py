"""Packs the scorer of a study into one file, with a model card in plain words."""

import json
import tempfile
from pathlib import Path

import pandas as pd

import squint
from squint.domain.scale import Guide, make_guide
from squint.files.result_tables import read_table
from squint.files.stores import open_fold
from squint.jobs.job import job
from squint.learning.training import versions
from squint.models.scorer import Scorer, load_scorer
from squint.presentation.cards import render_card
from squint.scorer.archive import CARD, DETECTOR, LICENCE, write_scorer

# Rows of the table of the scorer's agreement.
SCORER, CONSTANT = "scorer", "constant"


def earned(agreement: pd.DataFrame, curve: pd.DataFrame, likeness: pd.DataFrame) -> dict:
    """The metrics that the scorer earned on animals left out, as plain data; what is not defined is None."""
    rows = {"scorer": agreement.loc[SCORER], "constant": agreement.loc[CONSTANT]}
    rows |= {name: row for name, row in curve.set_index("curve").iterrows()}
    table = {who: {key: value for key, value in row.items() if not isinstance(value, str)} for who, row in rows.items()}
    table["false alarms"] = {"share": float(likeness.set_index("experiment").told["false alarms"])}
    return {
        who: {key: None if pd.isna(value) else float(value) for key, value in row.items()} for who, row in table.items()
    }


def write_card(
    template: str, about: dict, networks: int, guide: Guide, agreement: pd.DataFrame, curve: pd.DataFrame
) -> str:
    """The model card of so many `networks`: what it is, earned on which animals, and must not be used for."""
    return render_card(
        template,
        about=about,
        networks=networks,
        guide=guide,
        scorer=agreement.loc[SCORER],
        constant=agreement.loc[CONSTANT],
        curves=curve.to_dict("records"),
    )


def save_models(scorer: Scorer, folder: Path) -> dict[str, Path]:
    """Write networks and extractors into `folder`; their files by the names of parts."""
    parts = {}
    for kind, models in (("networks", scorer.networks), ("extractors", scorer.extractors)):
        for index, model in enumerate(models, start=1):
            path = folder / f"{kind}-{index}.keras"
            model.save(path)
            parts[f"{kind}/{index}.keras"] = path
    return parts


def pack_scorer(
    path: str,
    card_path: str,
    template: str,
    scorer: Scorer,
    likeness: list[str],
    detector: str,
    licence: str,
    tables: dict[str, str],
    about: dict,
) -> None:
    """Write the scorer and its card. `tables` are the paths of `agreement`, `curve` and `likeness`."""
    agreement = read_table(tables["agreement"]).set_index("who")
    curve, unlike = read_table(tables["curve"]), read_table(tables["likeness"])
    about = about | {
        "versions": {"squint": squint.__version__} | versions(),
        "metrics": earned(agreement, curve, unlike),
    }
    card = write_card(template, about, len(scorer.networks), make_guide(about["scale"]), agreement, curve)
    Path(card_path).write_text(card, encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        parts: dict[str, Path | str] = {CARD: card, LICENCE: Path(licence), DETECTOR: Path(detector)}
        parts |= save_models(scorer, Path(folder))
        parts |= {f"likeness/{index}.h5": Path(file) for index, file in enumerate(likeness, start=1)}
        write_scorer(path, about, parts)


if __name__ == "__main__":
    with job(snakemake):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        pack_scorer(
            path=made.scorer,
            card_path=made.card,
            template=given.template,
            scorer=load_scorer(
                params.about["settings"],
                params.about["image_size"],
                models=given.models,
                sources=given.sources,
                means=[open_fold(train).mean_colour() for train in given.trains],
                seed=params.seed,
                threads=params.threads,
            ),
            likeness=given.likeness,
            detector=params.detector,
            licence=given.licence,
            tables={"agreement": given.agreement, "curve": given.curve, "likeness": given.likeness_table},
            about=params.about
            | {
                "margins": json.loads(Path(given.calibration).read_text()),
                "limits": json.loads(Path(given.limits).read_text())["all"],
            },
        )
