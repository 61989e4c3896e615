"""How well experts agree with themselves on duplicated moments, and with each other, per action unit."""

from itertools import combinations

import numpy as np
import pandas as pd

from squint.domain.scale import ACTION_UNITS, UNIT_NAMES
from squint.domain.seeds import named_generator
from squint.measures.agreement import intraclass_correlation, limits_of_agreement, weighted_kappa
from squint.measures.bootstrap import interval, sample_moments
from squint.measures.consistency import duplicate_pairs

JUDGED = [*ACTION_UNITS, "score"]


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


def collect_pairs(tables: dict[str, pd.DataFrame], conditions: dict[str, str]) -> pd.DataFrame:
    """All moments that were scored twice: `between`, `condition`, `experiment`, and first and second scores."""
    parts = []
    for experiment, scored in tables.items():
        kinds = {"duplicates": duplicate_pairs(scored)} | coder_pairs(scored)
        for between, (first, second) in kinds.items():
            part = pd.DataFrame(
                {f"{unit} {side}": t[unit].to_numpy() for side, t in (("1", first), ("2", second)) for unit in JUDGED}
            )
            parts.append(part.assign(between=between, condition=conditions[experiment], experiment=experiment))
    return pd.concat(parts, ignore_index=True)


def describe_agreement(first: np.ndarray, second: np.ndarray, unit: str, draws: int, confidence: float, generator):
    """One row's figures for paired scores without NaN; kappa for single units alone."""
    row = {"pairs": len(first)} | limits_of_agreement(first, second)
    measures = {"icc": intraclass_correlation} | ({} if unit == "score" else {"kappa": weighted_kappa})
    samples = sample_moments(len(first), draws, generator) if len(first) else np.zeros((draws, 0), int)
    for name, measure in measures.items():
        value = float(measure(first, second)) if len(first) else float("nan")
        low, high = interval(measure(first[samples], second[samples]), confidence) if len(first) else (np.nan, np.nan)
        row |= {name: value, f"{name} low": low, f"{name} high": high}
    return row


def measure_agreement(pairs: pd.DataFrame, draws: int, confidence: float, seed: int) -> pd.DataFrame:
    """A row for each kind of pair, condition and unit, the mean score last."""
    rows = []
    for between, ours in pairs.groupby("between", sort=False):
        for condition in ["all", *sorted(ours.condition.unique())]:
            part = ours if condition == "all" else ours[ours.condition == condition]
            for unit in JUDGED:
                both = part[[f"{unit} 1", f"{unit} 2"]].dropna().to_numpy()
                generator = named_generator(seed, "agreement", between, condition, unit)
                figures = describe_agreement(both[:, 0], both[:, 1], unit, draws, confidence, generator)
                name = UNIT_NAMES.get(unit, "mean score")
                rows.append({"between": between, "condition": condition, "unit": name} | figures)
    order = ["between", "condition", "unit", "pairs", "icc", "icc low", "icc high", "kappa", "kappa low", "kappa high"]
    table = pd.DataFrame(rows, columns=None if rows else order)
    return table[[*order, *(column for column in table if column not in order)]]
