"""The page after the last item: how a coder agrees with themself, and with others who have scored all items too."""

import math
import sys
from dataclasses import dataclass

import pandas as pd
from nicegui import run, ui

from squint.app.journal import Change
from squint.app.layout import Page
from squint.app.session import Session
from squint.app.sheets import is_done, scores_path
from squint.errors import InputError
from squint.files.score_sheets import read_coders, score_moments
from squint.measures.coder_agreement import collect_pairs, measure_agreement
from squint.measures.consistency import choose_loss, duplicate_differences
from squint.web.elements import html

DRAWS = 1000
CONFIDENCE = 0.95
FEWEST_PAIRS = 2


@dataclass(frozen=True)
class Agreement:
    """The workflow's figures for one coder: a table of duplicates, the mean error over them, a table for each other."""

    own: pd.DataFrame
    apart: float | None
    others: dict[str, pd.DataFrame]


def who_is_done(session: Session) -> list[str]:
    """The people who have scored all items."""
    people, units = session.journal.people("score"), session.recording.scale.units
    return [
        person
        for person in people
        if all(is_done(session.journal, person, item, units) for item in session.recording.items)
    ]


def measure(session: Session, coder: str, others: list[str]) -> Agreement:
    """How a coder agrees with themself, and each of some others with them; differences are the other's minus theirs."""
    paths = [str(scores_path(session.folder, session.recording.name, person)) for person in (coder, *others)]
    scale, guide = session.recording.scale, session.recording.guide
    scores = read_coders(paths, str(session.recording.sheet), scale)
    scored = score_moments(scores, pd.read_parquet(session.recording.moments), scale)
    mine = scored[scored.coder == coder]
    tables = {}
    for other in others:
        pairs = collect_pairs({"": scored[scored.coder.isin([coder, other])]}, {"": ""}, scale.units)
        pairs = pairs[pairs.between != "duplicates"]
        if other < coder:  # pairs are in the order of names
            pairs = pairs.rename(columns=lambda name: name[:-1] + {"1": "2", "2": "1"}.get(name[-1], name[-1]))
        tables[other] = tabulate(pairs, guide.units, scale.highest)
    apart = choose_loss(duplicate_differences(mine))["mae"]
    return Agreement(
        tabulate(collect_pairs({"": mine}, {"": ""}, scale.units), guide.units, scale.highest), apart, tables
    )


def tabulate(pairs: pd.DataFrame, units: dict[str, str], highest: int) -> pd.DataFrame:
    """A row a unit, of all conditions together."""
    table = measure_agreement(pairs, units, highest, DRAWS, CONFIDENCE, seed=0)
    return table[table.condition == "all"]


def interval_bar(value: float, low: float, high: float) -> None:
    """A value on a line from -1 to 1 with its interval; the number is beside it."""
    point, left, right = (50 + 50 * min(max(edge, -1), 1) for edge in (value, low, high))
    with html("span", classes="interval", aria_hidden="true"):
        html("span", classes="extent").style(f"left: {left:.1f}%; width: {right - left:.1f}%")
        html("span", classes="point").style(f"left: {point:.1f}%")


def number(value: float, sign: str = "") -> str:
    """A figure with two decimals and a true minus."""
    return f"{value:{sign}z.2f}".replace("-", "−")


def show_figures(rows: pd.DataFrame, other: str = "") -> None:
    """A table of one kind of pairs, a row a unit; with differences where the pairs are those of two people."""
    measures = [("icc", "Intraclass correlation"), ("kappa", "Weighted kappa")]
    differences = [f"{other} − you, on average", "95 % between"] if other else []
    with html("table", classes="agreement"):
        with html("tr"):
            for name in ("Unit", "Pairs", *(name for _, name in measures), *differences):
                html("th", name, scope="col")
        for row in rows.to_dict("records"):
            with html("tr"):
                html("th", row["unit"].capitalize(), scope="row")
                html("td", str(row["pairs"]))
                for measure_name, _ in measures:
                    value, low, high = (row[f"{measure_name}{end}"] for end in ("", " low", " high"))
                    with html("td"):
                        if math.isnan(value):
                            html("span", "–")
                            continue
                        html("span", f"{number(value)} ({number(low)} to {number(high)})", "figure")
                        interval_bar(value, low, high)
                if other:
                    limits = [number(row[f"{end} limit"], "+") for end in ("lower", "upper")]
                    html("td", number(row["bias"], "+") if row["pairs"] else "–")
                    html("td", " to ".join(limits) if row["pairs"] >= FEWEST_PAIRS else "–")


def show_agreement(agreement: Agreement) -> None:
    """All figures, with a heading for each person."""
    html("h2", "With yourself")
    if agreement.own.empty or agreement.own.pairs.max() < FEWEST_PAIRS:
        html("p", "Too few moments were shown to you twice to tell.")
    else:
        apart = f"{agreement.apart:.2f}"
        html("p", f"Some moments were shown to you twice. Your two mean scores of one are {apart} apart on average.")
        show_figures(agreement.own)
    for other, rows in agreement.others.items():
        html("h2", f"With {other}")
        show_figures(rows, other)
    html(
        "p",
        "1 is full agreement, 0 what chance gives. In brackets and as bars (from −1 to 1) are "
        f"{100 * CONFIDENCE:.0f} % intervals: with few pairs they are wide, and the figures before them mean little. "
        "Intraclass correlation: ICC(2,1), absolute agreement; kappa with linear weights; – where it cannot be told, "
        "as where all scores are the same.",
        "hint",
    )


def agreement_page(session: Session, coder: str, token: str) -> None:
    """Lay the page out; before the last item is scored it says how many are left."""
    Page(session, coder, token, "agreement", lambda: None)
    with html("section", classes="text") as text:
        units = session.recording.scale.units
        left = sum(not is_done(session.journal, coder, item, units) for item in session.recording.items)
        if left:
            html("p", f"How you agree with yourself and others is shown when all items are scored; {left} are left.")
            return
        html("p", "You have scored all items, thank you. Your scores are saved, and this window can be closed.")
        waiting = html("p", "Measuring …", role="status")

    async def fill() -> None:
        others = [person for person in who_is_done(session) if person != coder]
        # In a thread: other coders' keys don't wait for it.
        try:
            agreement = await run.io_bound(measure, session, coder, others)
        except InputError as error:
            print(f"\n{error}\n", file=sys.stderr, flush=True)  # names files, which a coder is not to see
            waiting.set_text("It cannot be measured; the server's terminal says why. Your scores are safe.")
            return
        waiting.delete()
        with text:
            show_agreement(agreement)
        if not session.journal.value(coder, "agreement", ""):
            session.act(coder, [Change("agreement", "", "", "shown")])  # later changes of scores can be told from it

    ui.timer(0, fill, once=True)
