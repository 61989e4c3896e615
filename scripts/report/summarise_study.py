"""Writes the first page of the results: what the head of a lab asks of a study, in one file that needs no other.

The page is made of the finished tables and figures. Its template, style and script are `report/summary.*`, the methods'
prose is `report/methods.html.j2`. Whatever comes from data is escaped, and the page's own policy lets a browser load
and run nothing but what is in it.
"""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from squint.files.result_tables import read_table
from squint.jobs.job import job
from squint.presentation.summary.findings import list_findings
from squint.presentation.summary.methods import describe_methods, installed, read_records
from squint.presentation.summary.verdict import (
    SCORER,
    headline,
    list_notes,
    tabulate_agreement,
    tell_bias,
    tell_verdict,
)
from squint.presentation.summary.wording import count, listing, number, ordinal, percent

# The figures of the page by the names of the rule's inputs: their titles, and what they show.
PICTURES = {
    "predicted_scores": (
        "Predicted and given scores",
        "Each moment’s score by the scorer and by the expert; a panel is an animal left out.",
    ),
    "bland_altman": (
        "Differences from the expert",
        "Scorer minus expert over their mean, with bias and 95 % limits of agreement.",
    ),
    "comparison": (
        "All networks",
        "Every network beside its references: means over the animals left out, with intervals.",
    ),
    "coverage": (
        "Predicted intervals",
        "How often they hold the expert’s score, and the mean error, by range of the score.",
    ),
    "consistency": (
        "The expert’s consistency",
        "How the two scores of moments that were shown twice differ.",
    ),
    "groups_figure": (
        "What became of the moments",
        "Accepted, shown again, bad, with too few units, not scored; by recording.",
    ),
    "shown_moments": (
        "Moments",
        "The lowest, a middle and the highest score of the first recording, seen by all cameras. Orange: faces.",
    ),
    "detected_faces": (
        "Detected faces",
        "Some at random, and the least certain ones of those that count.",
    ),
}
TABLES = {
    "scorer_agreement": "scorer and expert",
    "comparison_scores": "all networks, errors",
    "comparison_correlations": "all networks, correlation",
    "intervals": "predicted intervals",
    "coder_agreement": "agreement of coders",
    "coder_consistency": "consistency of coders",
    "moments": "moments",
    "images": "images",
    "recordings": "recordings",
    "durations": "durations",
}
# So many curves are in the page itself, which would become too large to send; it links to those of more recordings.
MOST_CURVES = 10
MEDIA_TYPES = {".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True)
class Picture:
    """A figure of the page: its file, a title, and what it shows; whether the page holds it, or links to it alone."""

    path: str
    title: str
    shows: str
    held: bool = True

    @property
    def data(self) -> str:
        """The whole file as an address, if the page holds it. As images of their own, SVGs keep their ids apart."""
        if not self.held:
            return ""
        content = base64.b64encode(Path(self.path).read_bytes()).decode()
        return f"data:{MEDIA_TYPES[Path(self.path).suffix]};base64,{content}"

    @property
    def link(self) -> str:
        """The file's path from the folder of the page."""
        return Path(self.path).relative_to("results").as_posix()


def call_animals(sheet: pd.DataFrame) -> str:
    """What the animals of some recordings are called where a number of them stands."""
    if sheet.simulated.all():
        return "simulated animals"
    return "animals (some of them simulated)" if sheet.simulated.any() else "animals"


def tell_simulated(sheet: pd.DataFrame) -> dict[str, str]:
    """The notice of simulated recordings, and the tag of what numbers of all recordings stand in; empty for none."""
    names = list(sheet.index[sheet.simulated])
    if not names:
        return {"notice": "", "tag": ""}
    every = len(names) == len(sheet)
    which = f"All {len(names)} recordings" if every else f"{listing(names)} ({len(names)} of {len(sheet)} recordings)"
    be, them = ("are", "them") if len(names) > 1 else ("is", "it")
    notice = f"{which} {be} simulated: a test bed, and no number from {them} is a result about mice."
    return {"notice": notice, "tag": "simulated" if every else "in part simulated"}


def list_facts(
    sheet: pd.DataFrame, recordings: pd.DataFrame, counts: pd.Series, images: pd.Series, coders: list[str]
) -> list[dict[str, str]]:
    """The key numbers of the study. `counts` and `images` are the totals of the tables of moments and images."""
    tested = sheet.subject[sheet.role == "rotate"].nunique()
    new = int((sheet.role == "score").sum())
    animals = "simulated animal" if sheet.simulated.all() else "animal"
    hours = recordings.minutes.sum() / 60
    return [
        fact(sheet.subject.nunique(), animals, f"{tested} left out in turn"),
        fact(len(sheet), "recording", f"{new} without scores" if new else "all scored"),
        fact(recordings.camera.nunique(), "camera", f"{len(recordings)} videos, {number(hours, 1)} h"),
        fact(int(counts["accepted moments"]), "scored moment", f"of {counts['selected moments']:,} selected"),
        fact(len(coders), "coder", listing(coders)),
        fact(int(images["CORR"]), "image", f"of faces; {images['total']:,} with copies"),
    ]


def fact(many: int, noun: str, detail: str) -> dict[str, str]:
    """A number, what it counts, and more about it."""
    words = count(many, noun).split(" ", 1)
    return {"number": words[0], "noun": words[1], "detail": detail}


def describe_curve(name: str, row: pd.Series, timeline: pd.DataFrame, sampled: int, known: bool) -> list[str]:
    """The sentences under a new recording's curve. `row` is of the sample sheet, `sampled` the moments looked at.

    `known` says whether the animal has scored recordings too.
    """
    minutes = (timeline.time_s.max() - timeline.time_s.min()) / 60
    subject = f"{'simulated ' if row.simulated else ''}{row.subject}, {row.condition}"
    ends = [timeline.loc[index] for index in (timeline.smoothed.idxmin(), timeline.smoothed.idxmax())]
    low, high = (f"{number(end.smoothed)} (at {number(end.time_s / 60, 1)} min)" for end in ends)
    words = [
        f"{name} ({subject}): mean fused score {number(timeline.fused.mean())} over {number(minutes, 1)} min, the "
        f"smoothed one from {low} to {high}.",
        f"A face was seen in {percent(min(1.0, len(timeline) / sampled))} of {count(sampled, 'sampled moment')}.",
        f"The networks of the folds differ by {number(timeline.spread.mean())} (standard deviation, mean over time).",
    ]
    if known:
        words.append("Most of these networks were trained on other recordings of this animal.")
    return words


def list_curves(
    sheet: pd.DataFrame, recordings: pd.DataFrame, timelines: dict[str, tuple[str, str]]
) -> list[dict[str, object]]:
    """The curves of new recordings. `timelines` maps a recording to the paths of its table and its figure."""
    known = set(sheet.subject[sheet.role != "score"])
    curves = []
    for name, (table, figure) in timelines.items():
        row = sheet.loc[name]
        sampled = int(recordings.searched_frames[recordings.experiment == name].max())
        sentences = describe_curve(name, row, read_table(table), sampled, row.subject in known)
        shows = "Each camera, all cameras fused, and how many see a face."
        picture = Picture(figure, f"{name} over time", shows, held=len(curves) < MOST_CURVES)
        tag = "simulated" if row.simulated else ""
        curves.append({"picture": picture, "tag": tag, "said": " ".join(sentences)})
    return curves


def count_done(scored: pd.DataFrame, items: int) -> pd.DataFrame:
    """A row a coder of one recording: `coder`, `done`, `items`. `scored` are the scored items, `items` all to score."""
    done = scored.groupby("coder", sort=False).done.sum().astype(int)
    return pd.DataFrame({"coder": done.index, "done": done.to_numpy(), "items": items})


def read_sheets(scored: dict[str, str], moments: pd.DataFrame) -> pd.DataFrame:
    """How far each coder got in each recording: `experiment`, `coder`, `done`, `items`.

    `scored` maps recordings to their tables of scored items; `moments` is the table of moments by recording.
    """
    items = moments[["selected moments", "duplicates"]].sum(axis=1).astype(int)
    parts = [count_done(pd.read_parquet(path), items[name]).assign(experiment=name) for name, path in scored.items()]
    return pd.concat(parts, ignore_index=True)


def allow(script: str) -> str:
    """The content security policy of the page: images and styles that are in it, and this very script."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"


def render(template: str, style: str, script: str, **parts) -> str:
    """The page. The texts of `style` and `script` stand in it as they are; all other text is escaped."""
    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(Path(template).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"count": count, "listing": listing, "ordinal": ordinal}
    page = environment.get_template(Path(template).name)
    return page.render(style=style, script=script, policy=allow(script), **parts) + "\n"


def summarise_study(
    tables: dict[str, str],
    scored: dict[str, str],
    records: list[str],
    timelines: dict[str, tuple[str, str]],
    pictures: dict[str, str],
    sheet: pd.DataFrame,
    settings: dict,
    versions: dict[str, str],
) -> dict[str, object]:
    """The parts of the page, as its template takes them.

    `tables` are paths of tables by name (`detection` may be absent), `scored` of scored items by recording, `timelines`
    of the table and figure of each new recording, `pictures` of figures by their names in PICTURES. `sheet`:
    `subject`, `condition`, `role` and `simulated` by recording. `settings`: what the methods tell of the config.
    """
    recordings, groups, intervals = (read_table(tables[name]) for name in ("recordings", "groups", "intervals"))
    moments, images = (read_table(tables[name]).set_index("experiment") for name in ("moments", "images"))
    agreement = read_table(tables["scorer_agreement"]).set_index("who")
    agreement["network"] = agreement.network.fillna("")
    detection = read_table(tables["detection"]) if "detection" in tables else None
    sheets = read_sheets(scored, moments)
    coders = sorted(sheets.coder.unique())
    networks = read_records(records)
    animals = call_animals(sheet[sheet.role == "rotate"])
    evaluation = settings["evaluation"]
    return {
        "simulated": tell_simulated(sheet),
        "headline": headline(agreement, animals),
        "verdict": tell_verdict(agreement, animals, evaluation["confidence"]),
        "facts": list_facts(sheet, recordings, moments.loc["total"], images.loc["total"], coders),
        "agreement": tabulate_agreement(agreement),
        "notes": list_notes(agreement, intervals, evaluation["coverage"]),
        "curves": list_curves(sheet, recordings, timelines),
        "scorer": agreement.network[SCORER],
        "bias": tell_bias(agreement),
        "findings": list_findings(sheet, recordings, detection, groups, sheets, settings["sync"]["clock_ppm"]),
        "pictures": [Picture(pictures[name], *about) for name, about in PICTURES.items() if name in pictures],
        "methods": describe_methods(sheet, recordings, moments.loc["total"], len(coders), networks, versions),
        "settings": settings,
        "tables": {name: title for name, title in TABLES.items() if name in tables},
    }


if __name__ == "__main__":
    with job(snakemake):
        given, params = snakemake.input, snakemake.params
        named = dict(given.items())
        parts = summarise_study(
            tables={name: named[name] for name in [*TABLES, "groups", "detection"] if named.get(name)},
            scored=dict(zip(params.scored, given.scored, strict=True)),
            records=given.records,
            timelines=dict(zip(params.new, zip(given.timelines, given.curves, strict=True), strict=True)),
            pictures={name: named[name] for name in PICTURES},
            sheet=pd.DataFrame(params.sheet).set_index("experiment"),
            settings=params.settings,
            versions=installed(),
        )
        style, script = Path(given.style).read_text(), Path(given.script).read_text()
        page = render(template=given.template, style=style, script=script, **parts)
        Path(snakemake.output.page).write_text(page)
