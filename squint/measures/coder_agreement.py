"""How well experts agree with themselves on duplicated moments, and with each other, per action unit."""

from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd

from squint.domain.seeds import named_generator
from squint.measures.agreement import intraclass_correlation, limits_of_agreement, weighted_kappa
from squint.measures.bootstrap import interval, sample_moments
from squint.measures.consistency import duplicate_pairs

SCORE = "score"
SIDES = (" 1", " 2")  # behind the name of what was scored, those of the first and the second scoring


def coder_pairs(scored: pd.DataFrame) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """For each two coders of a recording the moments that both scored, in the same order."""
    accepted = scored[scored.accepted].drop_duplicates(["coder", "sync_index"])
    pairs = {}
    for first, second in combinations(sorted(accepted.coder.unique()), 2):
        sides = [accepted[accepted.coder == coder].set_index("sync_index") for coder in (first, second)]
        both = sides[0].index.intersection(sides[1].index)
        if len(both):
            pairs[f"{first} and {second}"] = (sides[0].loc[both], sides[1].loc[both])
    return pairs


def collect_pairs(
    tables: dict[str, pd.DataFrame], conditions: dict[str, str], units: tuple[str, ...] | list[str]
) -> pd.DataFrame:
    """All moments that were scored twice: `between`, `condition`, `experiment`, and first and second scores."""
    parts = []
    judged = [*units, SCORE]
    for experiment, scored in tables.items():
        kinds = {"duplicates": duplicate_pairs(scored)} | coder_pairs(scored)
        for between, (first, second) in kinds.items():
            part = pd.DataFrame(
                {
                    unit + side: t[unit].to_numpy()
                    for side, t in zip(SIDES, (first, second), strict=True)
                    for unit in judged
                }
            )
            parts.append(part.assign(between=between, condition=conditions[experiment], experiment=experiment))
    return pd.concat(parts, ignore_index=True)


def describe_agreement(
    first: np.ndarray, second: np.ndarray, highest: int | None, draws: int, confidence: float, generator
):
    """One row's figures for paired scores without NaN; kappa for those of single units, up to `highest`, alone."""
    row = {"pairs": len(first)} | limits_of_agreement(first, second)
    kappa = {} if highest is None else {"kappa": partial(weighted_kappa, highest=highest)}
    measures = {"icc": intraclass_correlation} | kappa
    samples = sample_moments(len(first), draws, generator) if len(first) else np.zeros((draws, 0), int)
    for name, measure in measures.items():
        value = float(measure(first, second)) if len(first) else float("nan")
        low, high = interval(measure(first[samples], second[samples]), confidence) if len(first) else (np.nan, np.nan)
        row |= {name: value, f"{name} low": low, f"{name} high": high}
    return row


def measure_agreement(
    pairs: pd.DataFrame, units: dict[str, str], highest: int, draws: int, confidence: float, seed: int
) -> pd.DataFrame:
    """A row for each kind of pair, condition and unit, the mean score last.

    `units` maps the scale's units to their names, `highest` is the highest score of one.
    """
    rows = []
    for between, ours in pairs.groupby("between", sort=False):
        for condition in ["all", *sorted(ours.condition.unique())]:
            part = ours if condition == "all" else ours[ours.condition == condition]
            for unit, name in (units | {SCORE: "mean score"}).items():
                both = part[[unit + side for side in SIDES]].dropna().to_numpy()
                top = None if unit == SCORE else highest
                generator = named_generator(seed, "agreement", between, condition, unit)
                figures = describe_agreement(both[:, 0], both[:, 1], top, draws, confidence, generator)
                rows.append({"between": between, "condition": condition, "unit": name} | figures)
    order = ["between", "condition", "unit", "pairs", "icc", "icc low", "icc high", "kappa", "kappa low", "kappa high"]
    table = pd.DataFrame(rows, columns=None if rows else order)
    return table[[*order, *(column for column in table if column not in order)]]
