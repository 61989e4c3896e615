"""Measures predicted intervals: split conformal on the validation subset, judged on the test subset by score range."""

import numpy as np
import pandas as pd

from squint.domain.scale import Scale, make_scale
from squint.domain.seeds import named_generator
from squint.jobs.job import job, progress
from squint.measures.bootstrap import interval
from squint.measures.intervals import predict_intervals
from squint.measures.metrics import merge_views


def describe_moments(moments: pd.DataFrame) -> dict:
    """Errors, coverage and width over some moments."""
    error = moments.prediction - moments.score
    held = (moments.low <= moments.score) & (moments.score <= moments.high)
    return {
        "moments": len(moments),
        "mae": error.abs().mean(),
        "mean error": error.mean(),
        "coverage": held.mean(),
        "width": (moments.high - moments.low).mean(),
    }


def coverage_interval(moments: pd.DataFrame, draws: int, confidence: float, generator) -> tuple[float, float]:
    """Interval of the coverage, bootstrapped over subjects and, in each, over moments."""
    held = ((moments.low <= moments.score) & (moments.score <= moments.high)).to_numpy(float)
    subjects = [held[moments.subject == subject] for subject in moments.subject.unique()]
    values = np.empty(draws)
    for draw in range(draws):
        chosen = [subjects[index] for index in generator.integers(0, len(subjects), len(subjects))]
        values[draw] = np.mean(np.concatenate([generator.choice(part, len(part)) for part in chosen]))
    return interval(values, confidence)


def tabulate_intervals(
    networks: dict[str, pd.DataFrame], scale: Scale, draws: int, confidence: float, seed: int
) -> pd.DataFrame:
    """A row a network and score range, then over all. `networks` maps names to moments of all folds with `subject`."""
    rows = []
    for name, moments in networks.items():
        ranges = scale.range_of(moments.score.to_numpy())
        for label, chosen in [*((n, ranges == c) for c, n in enumerate(scale.range_names)), ("all", ranges >= 0)]:
            part = moments[chosen]
            if part.empty:
                continue
            low, high = coverage_interval(
                part, draws, confidence, named_generator(seed, "bootstrap", "intervals", label)
            )
            rows.append(
                {"network": name, "score": label}
                | describe_moments(part)
                | {"coverage low": low, "coverage high": high}
            )
    return pd.DataFrame(rows)


def read_intervals(
    folder: str, folds: list[int], coverage: float, scale: Scale, subjects: dict[str, str]
) -> pd.DataFrame:
    """The test moments of all folds of one network with their intervals and `subject`, by recording in `subjects`."""
    parts = []
    for fold in folds:
        validation, test = (
            merge_views(pd.read_parquet(f"{folder}/LOSOCV-{fold}-{subset}.parquet"))
            for subset in ("validation", "test_corr")
        )
        parts.append(predict_intervals(validation, test, coverage, scale.highest))
    moments = pd.concat(parts, ignore_index=True)
    return moments.assign(subject=moments.experiment.map(subjects))


if __name__ == "__main__":
    with job(snakemake):
        params = snakemake.params
        scale = make_scale(params.scale)
        networks = {
            name: read_intervals(
                folder=f"results/predictions/{name}",
                folds=params.folds,
                coverage=params.coverage,
                scale=scale,
                subjects=params.subjects,
            )
            for name in progress(params.networks, unit="network")
        }
        tabulate_intervals(
            networks=networks,
            scale=scale,
            draws=snakemake.params.draws,
            confidence=snakemake.params.confidence,
            seed=snakemake.params.seed,
        ).to_csv(snakemake.output.table, index=False, float_format="%.3f")
