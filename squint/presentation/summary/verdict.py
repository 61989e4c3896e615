"""How well the scorer agrees with the expert beside its references, in plain words and as a table of the summary."""

import math
from collections.abc import Mapping

import pandas as pd

from squint.presentation.summary.wording import count, estimate, number, percent

# The rows of the table of the scorer's agreement.
SCORER, EXPERT, CONTROL, CONSTANT = "scorer", "expert again", "shuffled control", "constant"
FIGURES = {"r": "Pearson’s r", "mae": "Mean absolute error", "icc": "ICC(2,1)"}
# Intervals that are bootstrapped over fewer animals than this are told to be too narrow.
FEW_ANIMALS = 10


def headline(agreement: pd.DataFrame, animals: str) -> str:
    """The verdict in one sentence. `agreement` is the table by `who`; `animals` is what those are called.

    The scorer follows the expert if the interval of r is above 0, and its error is less than that of a reference if
    the interval of the difference is above 0.
    """
    follows = agreement.loc[SCORER, "r low"] > 0
    references = {CONSTANT: "a constant’s", CONTROL: "the shuffled control’s"}
    equalled = [name for who, name in references.items() if not agreement.loc[who, "excess mae low"] > 0]
    if follows and not equalled:
        return f"The scorer agrees with the expert on {animals} it never saw"
    if follows:
        less = " or ".join(equalled)
        return f"The scorer follows the expert on {animals} it never saw, but its error is not shown to be below {less}"
    if not equalled:
        return f"On {animals} it never saw, the scorer errs less than a constant, but is not shown to follow the expert"
    return f"It is not shown that the scorer agrees with the expert on {animals} it never saw"


def tell_verdict(agreement: pd.DataFrame, animals: str, highest: float, confidence: float) -> str:
    """The sentences under the headline."""
    scorer, expert, constant = (agreement.loc[who] for who in (SCORER, EXPERT, CONSTANT))
    again = f"the expert’s own second scores by {estimate(expert, 'mae')}, " if expert.moments else ""
    return (
        f"Over {count(int(scorer.moments), 'moment')} of {int(scorer.animals)} {animals}, its scores correlate with "
        f"the expert’s by r = {estimate(scorer, 'r')} and differ from them by {estimate(scorer, 'mae')} on average, on "
        f"the scale from 0 to {highest}; {again}a constant by {estimate(constant, 'mae')}. "
        f"In brackets: {100 * confidence:g} % intervals."
    )


def axis_ends(agreement: pd.DataFrame, name: str) -> tuple[float, float]:
    """Ends of a figure's axis: 0, or -1 where something is below it, to 1; errors from 0 up, in steps of 0.25."""
    if name == "mae":
        return 0.0, max(1, math.ceil(agreement["mae high"].max() * 4)) / 4
    return (-1.0 if agreement[f"{name} low"].min() < 0 else 0.0), 1.0


def place_on_axis(row: Mapping, name: str, ends: tuple[float, float]) -> dict[str, float] | None:
    """Positions of a figure and of its interval's ends on an axis, in percent; None where it is not defined."""
    values = {"low": row[f"{name} low"], "value": row[name], "high": row[f"{name} high"]}
    if any(math.isnan(value) for value in values.values()):
        return None
    low, high = ends
    return {key: round(100 * (min(max(value, low), high) - low) / (high - low), 2) for key, value in values.items()}


def tabulate_agreement(agreement: pd.DataFrame) -> dict:
    """The page's table: `columns` with their axes, and `rows` with a cell for each of them."""
    about = {
        SCORER: ("Scorer, on animals left out", agreement.network[SCORER]),
        EXPERT: ("Expert, scoring again", "the same moment twice"),
        CONTROL: ("Control, with shuffled labels", agreement.network[CONTROL]),
        CONSTANT: ("Constant", "the median of the training animals"),
    }
    ends = {name: axis_ends(agreement, name) for name in FIGURES}
    columns = [
        {"name": title, "low": number(ends[name][0], 0), "high": f"{ends[name][1]:g}", "zero": ends[name][0] < 0}
        for name, title in FIGURES.items()
    ]
    rows = []
    for who, (title, what) in about.items():
        row = agreement.loc[who]
        cells = [
            {"name": name, "text": estimate(row, name), "bar": place_on_axis(row, name, ends[name])} for name in FIGURES
        ]
        counts = f"{count(int(row.moments), 'moment')} of {count(int(row.animals), 'animal')}"
        if not row.moments:
            what, counts = "no moment was accepted twice", ""
        rows.append(
            {"who": who.split()[0], "title": title, "what": " · ".join(filter(None, [what, counts])), "cells": cells}
        )
    return {"columns": columns, "rows": rows}


def compare_errors(agreement: pd.DataFrame) -> str:
    """By how much the scorer's error is below those of its references."""
    parts = []
    for who, name in ((CONSTANT, "the constant’s"), (CONTROL, "the control’s")):
        below = agreement.loc[who, "excess mae"] >= 0
        excess = estimate(agreement.loc[who], "excess mae", 1 if below else -1)
        parts.append(f"{excess} {'below' if below else 'above'} {name}")
    return f"On the same moments, the scorer’s error is {parts[0]} and {parts[1]}."


def tell_bias(agreement: pd.DataFrame) -> str:
    """By how much an animal's mean score is off."""
    low, high = (number(agreement.loc[SCORER, f"{end} animal bias"], sign="+") for end in ("lowest", "highest"))
    return f"The mean score of a single animal is off by {low} to {high} (lowest and highest of the animals left out)."


def tell_intervals(intervals: pd.DataFrame, network: str, constant: str, coverage: float) -> str:
    """What the intervals that the scorer predicts for single moments hold. `intervals`: the table of all networks."""
    overall = intervals[intervals.score == "all"].set_index("network")
    ours, reference = overall.loc[network], overall.loc[constant]
    return (
        f"The scorer’s own intervals for single moments, which should hold {percent(coverage)} of the expert’s scores, "
        f"hold {percent(ours.coverage)} ({percent(ours['coverage low'])} to {percent(ours['coverage high'])}) and are "
        f"{number(ours.width)} wide; the constant’s are {number(reference.width)} wide."
    )


def list_notes(agreement: pd.DataFrame, intervals: pd.DataFrame, coverage: float) -> list[str]:
    """The sentences under the table."""
    notes = [
        compare_errors(agreement),
        tell_bias(agreement),
        tell_intervals(intervals, agreement.network[SCORER], agreement.network[CONSTANT], coverage),
        "All moments of all animals left out are taken together; a constant has no correlation. How high r and ICC are "
        "depends on how much scores vary among the moments that are compared, too; those that were scored twice are "
        "other moments than the scorer’s.",
    ]
    animals = int(agreement.animals[SCORER])
    if animals < FEW_ANIMALS:
        notes.append(
            f"With {animals} animals the intervals, bootstrapped over animals and moments, are rather too narrow."
        )
    return notes


def tell_curves(curve: pd.DataFrame, coverage: float) -> list[str]:
    """What the intervals of curves hold. `curve` is the table by curve; nothing is told where it is empty."""
    if not curve.moments.min():
        return []
    moment, smoothed = curve.loc["a moment"], curve.loc["smoothed curve"]
    left_out = int(moment["not scored"])
    rest = f" {left_out} more of the expert’s moments were not scored, since that told nothing." if left_out else ""
    return [
        f"The intervals of curves, which should hold {percent(coverage)} of the expert’s scores, hold "
        f"{percent(smoothed.coverage)} ({percent(smoothed['coverage low'])} to {percent(smoothed['coverage high'])}) "
        f"around the smoothed curve and are {number(smoothed.width)} wide; around single moments they hold "
        f"{percent(moment.coverage)} and are {number(moment.width)} wide. Each animal was judged by intervals "
        f"that were calibrated on the others.{rest}"
    ]


def given(value: float | None) -> float:
    """A figure of a scorer's file, in which nothing stands for what is not defined."""
    return math.nan if value is None else float(value)


def tell_given(metrics: dict, file: str, confidence: float) -> str:
    """What a scorer that was made elsewhere earned there, from the `metrics` in its file."""
    scorer = {name: given(value) for name, value in metrics["scorer"].items()}
    constant = {name: given(value) for name, value in metrics["constant"].items()}
    return (
        f"The scorer ({file}) was made elsewhere. On {count(int(scorer['animals']), 'animal')} that it had never seen "
        f"there, its scores correlated with the expert’s by r = {estimate(scorer, 'r')} and differed from them by "
        f"{estimate(scorer, 'mae')} on average; a constant by {estimate(constant, 'mae')}. In brackets: "
        f"{100 * confidence:g} % intervals. How it does here is not known: nobody scored these recordings."
    )


def tell_given_bias(metrics: dict) -> str:
    """By how much an animal's mean score was off where the scorer was made."""
    low, high = (number(given(metrics["scorer"][f"{end} animal bias"]), sign="+") for end in ("lowest", "highest"))
    return f"The mean score of a single animal was off by {low} to {high} where the scorer was made."
