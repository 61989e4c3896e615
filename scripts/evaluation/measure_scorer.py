"""Measures how well the scorer agrees with the expert on animals it never saw, beside what that can be compared with.

The scorer is the network that scores new recordings. Beside it stand the expert, who scored some moments twice, a
control trained on shuffled labels, and the best constant of the training moments. All moments of all left-out animals
are taken together (pooled), with all views of a moment together and corrected boxes.
"""

import numpy as np
import pandas as pd

from squint.domain.seeds import named_generator
from squint.jobs.job import job
from squint.measures.agreement import intraclass_correlation
from squint.measures.bootstrap import interval, sample_pooled
from squint.measures.consistency import duplicate_pairs
from squint.measures.metrics import correlation, read_moments

SCORER, EXPERT, CONTROL, CONSTANT = "scorer", "expert again", "shuffled control", "constant"
FIGURES = ["r", "mae", "icc"]
# What a constant has none of. The constants of the folds differ a little, so that a value could be computed, but it
# would tell of the folds: an animal above the average lowers the constant that it is compared with.
UNDEFINED = ["r", "icc"]
COLUMNS = [
    *("who", "network", "animals", "moments"),
    *(f"{name}{end}" for name in [*FIGURES, "excess mae"] for end in ("", " low", " high")),
    *("lowest animal bias", "highest animal bias"),
]


def compare(scores: np.ndarray, others: np.ndarray) -> np.ndarray:
    """r, mean absolute error and ICC(2,1), (3, scorings), of `others` (scorings, moments) with `scores` (moments,)."""
    scores, others = np.broadcast_arrays(scores, others)
    error = np.abs(others - scores).mean(axis=-1)
    return np.stack([correlation(scores, others), error, intraclass_correlation(scores, others)])


def judge(moments: pd.DataFrame, scorings: list[str], draws: int, confidence: float, generator) -> dict[str, dict]:
    """The figures of each of some `scorings` with their intervals, by name.

    `moments` has a row a moment: `animal`, the expert's `score`, a column for each scoring, and what else tells moments
    apart; in whatever order. `excess mae` is how much larger a scoring's error is than that of the first one, on the
    same samples. An animal's bias is the mean difference of a scoring from `score` over its moments.
    """
    moments = moments.sort_values(["animal", *(column for column in moments if column != "animal")])
    animals = moments.groupby("animal")
    scores, others = moments.score.to_numpy(), moments[scorings].to_numpy().T
    values = compare(scores, others)
    samples = sample_pooled(animals.size().to_numpy(), draws, generator)
    drawn = np.array([compare(scores[sample], others[:, sample]) for sample in samples])
    error = FIGURES.index("mae")
    values = np.vstack([values, values[error] - values[error, 0]])
    drawn = np.concatenate([drawn, (drawn[:, error] - drawn[:, error, :1])[:, None]], axis=1)
    bias = animals[scorings].mean().sub(animals.score.mean(), axis=0)
    rows = {}
    for index, name in enumerate(scorings):
        row: dict[str, float] = {"animals": len(bias), "moments": len(moments)}
        for figure, value, sampled in zip([*FIGURES, "excess mae"], values[:, index], drawn[..., index].T, strict=True):
            row[figure] = float(value)
            row[f"{figure} low"], row[f"{figure} high"] = interval(sampled, confidence)
        rows[name] = row | {"lowest animal bias": bias[name].min(), "highest animal bias": bias[name].max()}
    return rows


def drop_figures(row: dict, figures: list[str]) -> dict:
    """`row` without some figures and their intervals."""
    return {key: value for key, value in row.items() if not any(key in (f, f"{f} low", f"{f} high") for f in figures)}


def measure_scorer(
    moments: pd.DataFrame, pairs: pd.DataFrame, networks: dict[str, str], draws: int, confidence: float, seed: int
) -> pd.DataFrame:
    """A row for the scorer, the expert again, the control and the constant.

    `moments`: `animal`, `score`, and what each of `networks` predicted, by its role in the table (SCORER, CONTROL,
    CONSTANT). `pairs`: `animal`, `score` and `again`, the expert's first and second score of a moment; none where no
    moment was accepted twice.
    """
    rows = judge(moments, list(networks), draws, confidence, named_generator(seed, "bootstrap", "scorer"))
    rows[SCORER] = drop_figures(rows[SCORER], ["excess mae"])
    rows[CONSTANT] = drop_figures(rows[CONSTANT], UNDEFINED)
    rows[EXPERT] = {"animals": 0, "moments": 0}
    if len(pairs):
        own = judge(pairs, ["again"], draws, confidence, named_generator(seed, "bootstrap", "expert again"))
        rows[EXPERT] = drop_figures(own["again"], ["excess mae"])
    order = [SCORER, EXPERT, CONTROL, CONSTANT]
    table = pd.DataFrame([{"who": who, "network": networks.get(who, "")} | rows[who] for who in order])
    return table.reindex(columns=COLUMNS)


def read_scorings(predictions: dict[str, list[str]], subjects: dict[str, str]) -> pd.DataFrame:
    """The test moments of all folds with `animal`, `score`, and what each network predicted under its name.

    `predictions` are the paths of each network's test predictions in the order of the folds; `subjects` maps recordings
    to animals.
    """
    keys = ["fold", "experiment", "item"]
    tables = {name: read_moments(paths).set_index(keys) for name, paths in predictions.items()}
    scores = next(iter(tables.values())).score
    outputs = {name: table.prediction for name, table in tables.items()}
    table = pd.DataFrame({"score": scores} | outputs).reset_index()
    table.insert(0, "animal", table.experiment.map(subjects))
    return table.drop(columns="fold")


def read_pairs(scored: list[str], subjects: list[str]) -> pd.DataFrame:
    """Moments that a coder accepted twice: `animal`, `score`, `again`, and which they are.

    `scored` are the tables of scored items of the recordings, of `subjects`.
    """
    parts = []
    for path, subject in zip(scored, subjects, strict=True):
        first, later = duplicate_pairs(pd.read_parquet(path))
        parts.append(first[["coder", "item", "score"]].assign(animal=subject, again=later.score))
    empty = pd.DataFrame({"animal": [], "score": [], "again": []})
    return pd.concat(parts, ignore_index=True) if parts else empty


if __name__ == "__main__":
    with job(snakemake):
        given, params = snakemake.input, snakemake.params
        measure_scorer(
            moments=read_scorings(
                predictions={SCORER: given.scorer, CONTROL: given.control, CONSTANT: given.constant},
                subjects=params.subjects,
            ),
            pairs=read_pairs(scored=given.scored, subjects=params.scored_subjects),
            networks={SCORER: params.scorer, CONTROL: params.control, CONSTANT: params.constant},
            draws=params.draws,
            confidence=params.confidence,
            seed=params.seed,
        ).to_csv(snakemake.output.table, index=False, float_format="%.3f")
