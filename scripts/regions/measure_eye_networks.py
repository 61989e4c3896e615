"""Measures networks for patches, cross-validated over frames as published and over animals, beside a constant."""

import numpy as np
import pandas as pd

from squint.domain.seeds import named_generator
from squint.jobs.job import job
from squint.measures.agreement import limits_of_agreement
from squint.measures.bootstrap import interval, sample_by_subject
from squint.measures.metrics import correlation
from squint.regions.samples import FRAME, LEAVE_ONE_ANIMAL_OUT

# In the place of a network: the curve of the scorer's network, and its frames without those of blinks.
SMOOTHED, NOT_SMOOTHED = "smoothed", "not smoothed"


def read_predictions(paths: dict[str, dict[str, str]]) -> pd.DataFrame:
    """Predictions of all networks, with `network` and `scheme`; `paths` by network and scheme."""
    parts = [
        pd.read_parquet(path).assign(network=network, scheme=scheme)
        for network, by_scheme in paths.items()
        for scheme, path in by_scheme.items()
    ]
    return pd.concat(parts, ignore_index=True)


def with_curve(predictions: pd.DataFrame, judged: pd.DataFrame, scorer: str) -> pd.DataFrame:
    """`predictions` and, as networks of their own, the scorer's curve at the same frames: smoothed, and not.

    It has no part in blinks, which an expert scores as shut: so both are judged without them.
    """
    ours = predictions[(predictions.network == scorer) & (predictions.scheme == LEAVE_ONE_ANIMAL_OUT)]
    known = judged.loc[judged.smoothed.notna(), [*FRAME, "animal", "smoothed"]]
    curve = ours.merge(known, on=[*FRAME, "animal"], validate="one_to_one")
    rows = {SMOOTHED: curve.smoothed, NOT_SMOOTHED: curve.prediction}
    parts = [curve.assign(network=name, prediction=said).drop(columns="smoothed") for name, said in rows.items()]
    return pd.concat([predictions, *parts], ignore_index=True)


def measure_network(table: pd.DataFrame, draws: int, confidence: float, generator: np.random.Generator) -> dict:
    """The errors of one network in one scheme, each with its interval; animals are drawn, and frames in each."""
    table = table.sort_values(["animal", "rack", "region", "frame_num"])
    score, said, constant = (table[name].to_numpy(float) for name in ("score", "prediction", "constant"))
    samples = sample_by_subject(table.animal.to_numpy(str), draws, generator)
    error, beside = np.abs(said - score), np.abs(constant - score)
    row: dict = {"frames": len(table), "animals": table.animal.nunique()}
    measures = {
        "MAE": lambda rows: error[rows].mean(),
        "constant MAE": lambda rows: beside[rows].mean(),
        "less than constant": lambda rows: (beside - error)[rows].mean(),
        "bias": lambda rows: (said - score)[rows].mean(),
        "r": lambda rows: float(correlation(score[rows], said[rows])),
    }
    everything = np.arange(len(table))
    for name, measure in measures.items():
        low, high = interval(np.array([measure(sample) for sample in samples]), confidence)
        row |= {name: measure(everything), f"{name} low": low, f"{name} high": high}
    limits = limits_of_agreement(score, said)
    return row | {key: limits[key] for key in ("lower limit", "upper limit")}


def tabulate_networks(predictions: pd.DataFrame, draws: int, confidence: float, seed: int) -> pd.DataFrame:
    """A row for each network and scheme."""
    rows = []
    for (network, scheme), ours in predictions.groupby(["network", "scheme"], sort=False):
        generator = named_generator(seed, "bootstrap", "eye networks", network, scheme)
        rows.append({"network": network, "scheme": scheme} | measure_network(ours, draws, confidence, generator))
    return pd.DataFrame(rows)


def tabulate_bias(predictions: pd.DataFrame) -> pd.DataFrame:
    """A row for each network, scheme and score: how many frames, the mean prediction, the bias and the error."""
    rows = predictions.assign(score=predictions.score.round().astype(int))
    rows["bias"] = rows.prediction - rows.score
    rows["error"] = rows.bias.abs()
    told = {
        "frames": ("bias", "size"),
        "prediction": ("prediction", "mean"),
        "bias": ("bias", "mean"),
        "MAE": ("error", "mean"),
    }
    return rows.groupby(["network", "scheme", "score"], sort=False).agg(**told).sort_index().reset_index()


if __name__ == "__main__":
    with job(snakemake):
        params = snakemake.params
        predictions = with_curve(
            predictions=read_predictions(params.predictions),
            judged=pd.read_parquet(snakemake.input.judged),
            scorer=params.scorer,
        )
        table = tabulate_networks(
            predictions=predictions, draws=params.draws, confidence=params.confidence, seed=params.seed
        )
        table.to_csv(snakemake.output.table, index=False, float_format="%.3f")
        tabulate_bias(predictions).to_csv(snakemake.output.bias, index=False, float_format="%.3f")
