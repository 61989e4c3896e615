"""Writes the first page of the results: what the head of a lab asks of a study, in one file that needs no other.

The page is made of the finished tables and figures. Its template, style and script are `report/summary.*`, the methods'
prose is `report/methods.html.j2`. Whatever comes from data is escaped, and the page's own policy lets a browser load
and run nothing but what is in it.
"""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from squint.domain.scale import Guide, Scale, make_guide, make_scale
from squint.files.result_tables import read_table
from squint.jobs.job import job
from squint.presentation.summary.findings import list_findings
from squint.presentation.summary.methods import describe_methods, installed, read_records
from squint.presentation.summary.verdict import (
    headline,
    list_notes,
    tabulate_agreement,
    tell_bias,
    tell_curves,
    tell_given,
    tell_given_bias,
    tell_verdict,
)
from squint.presentation.summary.wording import count, listing, number, ordinal, percent

# The figures of the page by the names of the rule's inputs: their titles, and what they show.
PICTURES = {
    "predicted_scores": (
        "Predicted and given scores",
        "Each moment’s score by the scorer and by the expert; a panel is a fold.",
    ),
    "bland_altman": (
        "Differences from the expert",
        "Scorer minus expert over their mean, with bias and 95 % limits of agreement.",
    ),
    "comparison": (
        "All networks",
        "Every network beside its references: means over folds, with intervals.",
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
    "curve": "certainty of curves",
    "likeness": "animals left out beside the training data",
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
    """The notice of simulated recordings and pictures, and the tag of what numbers of all stand in; empty for none."""
    names = list(sheet.index[sheet.simulated])
    if not names:
        return {"notice": "", "tag": ""}
    every, many = len(names) == len(sheet), len(names) > 1
    kind = "set of pictures" if (sheet.pictures > 0).all() else "recording"
    kinds = kind.replace("set", "sets") if kind.startswith("set") else f"{kind}s"
    which = f"All {len(names)} {kinds}" if many else f"The {kind}"
    if not every:
        which = f"{listing(names)} ({len(names)} of {len(sheet)} {kinds})"
    be, them = ("are", "them") if many else ("is", "it")
    notice = f"{which} {be} simulated: a test bed, and no number from {them} is a result about animals."
    return {"notice": notice, "tag": "simulated" if every else "in part simulated"}


def list_facts(sheet: pd.DataFrame, recordings: pd.DataFrame | None) -> list[dict[str, str]]:
    """The key numbers of what was filmed or pictured; `recordings` is None where nothing was filmed."""
    tested = sheet.subject[sheet.role == "rotate"].nunique()
    animals = "simulated animal" if sheet.simulated.all() else "animal"
    facts = [
        fact(sheet.subject.nunique(), animals, f"{tested} left out in turn" if tested else "scored by a given scorer")
    ]
    if sheet.pictures.any():
        pictured = sheet[sheet.pictures > 0]
        facts.append(
            fact(int(pictured.pictures.sum()), "picture", f"of {count(pictured.subject.nunique(), 'subject')}")
        )
    if recordings is not None:
        filmed, hours = sheet[sheet.pictures == 0], recordings.minutes.sum() / 60
        new, most = int((sheet.role == "score").sum()), recordings.groupby("experiment").camera.nunique().max()
        facts.append(fact(len(filmed), "recording", f"{new} without scores" if new else "all scored"))
        facts.append(fact(int(most), "camera", f"{len(recordings)} videos, {number(hours, 1)} h"))
    return facts


def list_score_facts(counts: pd.Series | None, images: pd.Series, coders: list[str]) -> list[dict[str, str]]:
    """The key numbers of what was scored. `counts` and `images` are the totals of the tables of moments and images."""
    facts = []
    if counts is not None:
        facts.append(
            fact(int(counts["accepted moments"]), "scored moment", f"of {counts['selected moments']:,} selected")
        )
        facts.append(fact(len(coders), "coder", listing(coders)))
    return [*facts, fact(int(images["CORR"]), "image", f"of faces; {images['total']:,} with copies")]


def fact(many: int, noun: str, detail: str) -> dict[str, str]:
    """A number, what it counts, and more about it."""
    words = count(many, noun).split(" ", 1)
    return {"number": words[0], "noun": words[1], "detail": detail}


def describe_curve(name: str, row: pd.Series, timeline: pd.DataFrame, sampled: int, note: str) -> list[str]:
    """The sentences under a new recording's curve. `row` is of the sample sheet, `sampled` the moments looked at.

    `note` tells how the scorer knows the animal; empty where it does not.
    """
    minutes = (timeline.time_s.max() - timeline.time_s.min()) / 60
    subject = f"{'simulated ' if row.simulated else ''}{row.subject}, {row.condition}"
    words = []
    if timeline.smoothed.notna().any():
        ends = [timeline.loc[index] for index in (timeline.smoothed.idxmin(), timeline.smoothed.idxmax())]
        low, high = (f"{number(end.smoothed)} (at {number(end.time_s / 60, 1)} min)" for end in ends)
        words = [
            f"{name} ({subject}): mean fused score {number(timeline.fused.mean())} over {number(minutes, 1)} min, the "
            f"smoothed one from {low} to {high}; its interval is {number(mean_width(timeline))} wide on average.",
        ]
    else:
        words = [f"{name} ({subject}): the scorer judged no moment of {number(minutes, 1)} min."]
    words.append(
        f"A face was seen in {percent(min(1.0, len(timeline) / sampled))} of {count(sampled, 'sampled moment')}."
    )
    if note:
        words.append(f"It is {note}: the curve is not that of an animal it never saw.")
    return words


def mean_width(timeline: pd.DataFrame) -> float:
    """How wide the smoothed curve's interval is on average."""
    return float((timeline.smoothed_high - timeline.smoothed_low).mean())


def read_timelines(paths: dict[str, str]) -> dict[str, pd.DataFrame]:
    """The timelines of new recordings."""
    tables = {name: read_table(path, dtype={"abstained": str}) for name, path in paths.items()}
    return {name: table.assign(abstained=table.abstained.fillna("")) for name, table in tables.items()}


def read_cameras(paths: dict[str, str]) -> pd.DataFrame:
    """What is told of the cameras of new recordings: `experiment`, `camera`, `told`, `differs`."""
    tables = [read_table(path, dtype={"differs": str}).assign(experiment=name) for name, path in paths.items()]
    if not tables:
        return pd.DataFrame(columns=["experiment", "camera", "told", "differs"])
    table = pd.concat(tables, ignore_index=True)
    return table.assign(differs=table.differs.fillna(""))


def list_curves(
    sheet: pd.DataFrame,
    recordings: pd.DataFrame | None,
    timelines: dict[str, pd.DataFrame],
    figures: dict[str, str],
    notes: dict[str, str],
) -> list[dict[str, object]]:
    """The curves of new recordings. `figures` are the paths of their figures; `notes` tell which animals are known."""
    curves = []
    for name, timeline in timelines.items():
        row = sheet.loc[name]
        if recordings is None:
            raise ValueError(f"no table of recordings beside the curve of {name}")
        sampled = int(recordings.searched_frames[recordings.experiment == name].max())
        sentences = describe_curve(name, row, timeline, sampled, notes.get(name, ""))
        shows = "Each camera, all cameras fused with an interval, and how many see a face."
        picture = Picture(figures[name], f"{name} over time", shows, held=len(curves) < MOST_CURVES)
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


def describe_scores(
    tables: dict[str, str], scored: dict[str, str], sheet: pd.DataFrame, highest: float, evaluation: dict
) -> dict[str, Any]:
    """The parts of the page that tell how the scorer that was trained here agrees with the expert."""
    moments = read_table(tables["moments"]).set_index("experiment") if "moments" in tables else None
    images = read_table(tables["images"]).set_index("experiment").loc["total"]
    agreement = read_table(tables["scorer_agreement"]).set_index("who")
    agreement["network"] = agreement.network.fillna("")
    sheets = None if moments is None else read_sheets(scored, moments)
    coders = [] if sheets is None else sorted(sheets.coder.unique())
    counts = None if moments is None else moments.loc["total"]
    animals = call_animals(sheet[sheet.role == "rotate"])
    notes = list_notes(agreement, read_table(tables["intervals"]), evaluation["coverage"])
    if "curve" in tables:
        notes += tell_curves(read_table(tables["curve"]).set_index("curve"), evaluation["coverage"])
    return {
        "headline": headline(agreement, animals),
        "verdict": tell_verdict(agreement, animals, highest, evaluation["confidence"]),
        "facts": list_score_facts(counts, images, coders),
        "agreement": tabulate_agreement(agreement),
        "notes": notes,
        "bias": tell_bias(agreement),
        "counts": counts,
        "sheets": sheets,
        "coders": len(coders),
    }


def describe_given_scorer(scorer: dict, new: int, confidence: float) -> dict[str, Any]:
    """The same parts for a scorer that was made elsewhere, from the metrics that its file holds."""
    return {
        "headline": f"{count(new, 'recording')} scored by {scorer['name']}",
        "verdict": tell_given(scorer["metrics"], scorer["file"], confidence),
        "facts": [],
        "agreement": None,
        "notes": [],
        "bias": tell_given_bias(scorer["metrics"]),
        "counts": None,
        "sheets": None,
        "coders": 0,
    }


def summarise_study(
    tables: dict[str, str],
    scored: dict[str, str],
    records: list[str],
    timelines: dict[str, str],
    cameras: dict[str, str],
    figures: dict[str, str],
    pictures: dict[str, str],
    sheet: pd.DataFrame,
    scale: Scale,
    guide: Guide,
    scorer: dict,
    settings: dict,
    versions: dict[str, str],
) -> dict[str, object]:
    """The parts of the page, as its template takes them.

    `tables` are paths of tables by name, those of scores only where networks were trained, `scored` of scored items by
    recording; `timelines`, `cameras` and `figures` of each new recording's curve, of what is told of its cameras, and
    of its figure; `pictures` of figures by their names in PICTURES. `sheet`: `subject`, `condition`, `role` and
    `simulated` by recording. `scale` and `guide`: what was scored. `scorer`: its name and the animals that it knows.
    `settings`: what the methods tell of the config.
    """
    recordings = read_table(tables["recordings"]) if "recordings" in tables else None
    evaluation = settings["evaluation"]
    if "scorer_agreement" in tables:
        parts = describe_scores(tables, scored, sheet, scale.highest, evaluation)
    else:
        parts = describe_given_scorer(scorer, len(timelines), evaluation["confidence"])
    curves = read_timelines(timelines)
    findings = list_findings(
        sheet,
        recordings,
        read_table(tables["detection"]) if "detection" in tables else None,
        read_table(tables["groups"]) if "groups" in tables else None,
        parts["sheets"],
        read_cameras(cameras),
        curves,
        settings["sync"]["clock_ppm"],
    )
    networks = read_records(records)
    return parts | {
        "simulated": tell_simulated(sheet),
        "facts": [*list_facts(sheet, recordings), *parts["facts"]],
        "curves": list_curves(sheet, recordings, curves, figures, scorer["notes"]),
        "scorer": scorer["name"],
        "findings": findings,
        "pictures": [Picture(pictures[name], *about) for name, about in PICTURES.items() if name in pictures],
        "methods": describe_methods(
            sheet,
            scale,
            guide,
            recordings,
            parts["counts"],
            parts["coders"],
            networks,
            versions,
        ),
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
            timelines=dict(zip(params.new, given.timelines, strict=True)),
            cameras=dict(zip(params.new, given.cameras, strict=True)),
            figures=dict(zip(params.new, given.curves, strict=True)),
            pictures={name: str(named[name]) for name in PICTURES if named.get(name)},
            sheet=pd.DataFrame(params.sheet).set_index("experiment"),
            scale=make_scale(params.scale),
            guide=make_guide(params.scale),
            scorer=params.scorer,
            settings=params.settings,
            versions=installed(),
        )
        style, script = Path(given.style).read_text(), Path(given.script).read_text()
        page = render(template=given.template, style=style, script=script, **parts)
        Path(snakemake.output.page).write_text(page)
