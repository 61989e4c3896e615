"""The page after the last item: how a coder agrees with themself, and with others who have scored all items too."""

import math

import pandas as pd

from scripts.app.desk import Desk
from scripts.app.journal import Change
from scripts.app.layout import Page, html
from scripts.app.sheets import is_done, scores_path
from scripts.evaluation.measure_agreement import collect_pairs, measure_agreement
from scripts.moments.accept_labels import read_coders, score_moments

DRAWS = 1000
CONFIDENCE = 0.95
FEWEST_PAIRS = 2


def has_finished(desk: Desk, person: str) -> bool:
    """Whether a person has scored all items."""
    return all(is_done(desk.journal, person, item) for item in desk.recording.items)


def measure(desk: Desk, coder: str) -> pd.DataFrame:
    """The workflow's table of agreement for a coder who is done: with themself, and with each other who is done."""
    others = [person for person in desk.journal.people("score") if person != coder and has_finished(desk, person)]
    paths = [str(scores_path(desk.folder, desk.recording.name, person)) for person in (coder, *others)]
    scored = score_moments(read_coders(paths, str(desk.recording.sheet)), pd.read_parquet(desk.recording.moments))
    pairs = collect_pairs({"": scored[scored.coder == coder]}, {"": ""})
    for other in others:
        both = collect_pairs({"": scored[scored.coder.isin([coder, other])]}, {"": ""})
        pairs = pd.concat([pairs, both[both.between != "duplicates"].assign(between=other)], ignore_index=True)
    table = measure_agreement(pairs, DRAWS, CONFIDENCE, seed=0)
    return table[table.condition == "all"] if len(table) else table


def interval_bar(value: float, low: float, high: float) -> None:
    """A value on a line from -1 to 1 with its interval; the number is beside it."""
    place, left, right = (50 + 50 * min(max(edge, -1), 1) for edge in (value, low, high))
    with html("span", classes="interval", aria_hidden="true"):
        html("span", classes="extent").style(f"left: {left:.1f}%; width: {right - left:.1f}%")
        html("span", classes="point").style(f"left: {place:.1f}%")


def number(value: float, sign: str = "") -> str:
    """A figure with two decimals and a true minus."""
    return f"{value + 0.0:{sign}z.2f}".replace("-", "−")


def show_figures(rows: pd.DataFrame) -> None:
    """A table of one kind of pairs, a row a unit."""
    measures = [("icc", "Intraclass correlation"), ("kappa", "Weighted kappa")]
    with html("table", classes="agreement"):
        with html("tr"):
            for name in ("Unit", "Pairs", *(name for _, name in measures), "Mean difference", "95 % limits"):
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
                html("td", number(row["bias"], "+") if row["pairs"] else "–")
                limits = [number(row[f"{end} limit"], "+") for end in ("lower", "upper")]
                html("td", " to ".join(limits) if row["pairs"] >= FEWEST_PAIRS else "–")


def agreement_page(desk: Desk, coder: str, token: str) -> None:
    """Lay the page out; before the last item is scored it says how many are left."""
    Page(desk, coder, token, "agreement", lambda: None)
    with html("section", classes="text"):
        left = sum(not is_done(desk.journal, coder, item) for item in desk.recording.items)
        if left:
            html("p", f"It is shown when all items are scored; {left} are left.")
            return
        # Later changes of scores can be told from the journal.
        desk.act(coder, [Change("agreement", "", "", "shown")])
        table = measure(desk, coder)
        html("p", "You have scored all items, thank you. Your scores are saved, and this window can be closed.")
        own = table[table.between == "duplicates"]
        html("h2", "With yourself")
        if own.empty or own.pairs.max() < FEWEST_PAIRS:
            html("p", "Too few moments were shown to you twice.")
        else:
            html("p", "Some moments were shown to you twice. This is how much your two scorings agree.")
            show_figures(own)
        for other, rows in table[table.between != "duplicates"].groupby("between"):
            html("h2", f"With {other}")
            show_figures(rows)
        html(
            "p",
            f"1 is full agreement, 0 what chance gives; in brackets, and as bars from −1 to 1, {CONFIDENCE:.0%} "
            "intervals. Intraclass correlation: ICC(2,1), absolute agreement. Kappa has linear weights. – means that "
            "it cannot be told, as where all scores are the same.",
            "hint",
        )
