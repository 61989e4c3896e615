"""Describes what the scorer was trained on, so that it can tell what is unlike it, fold by fold.

Of each fold: where the training crops' features lie, and how far the crops of the animal that is left out are from
there, by their features and in words. These tell what is usual for an animal that was not in training, and from where
on a face is not scored and a camera is told: for new animals by all that were left out, and for each fold's animals by
the others alone. Pictures that no camera of the rig took tell nothing of cameras.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from squint.files.stores import open_fold
from squint.jobs.job import job, progress
from squint.models.scorer import Scorer, load_scorer
from squint.scorer.likeness import describe_crops, fit_likeness, measure_limits, measure_words, oddity, write_likeness

# Augmented crops are unlike what a camera shows.
SHOWN = "_CORR"
KEYS = ["experiment", "camera", "item"]


def read_crops(path: str, scorer: Scorer) -> tuple[pd.DataFrame, np.ndarray]:
    """The crops of a subset as cameras show them: KEYS and what can be said of them in words; and their features."""
    fold = open_fold(path)
    shown = fold.table.experiment_creation.str.endswith(SHOWN).to_numpy().nonzero()[0]
    rows = fold.rows()
    crops = rows[shown]
    rows.close()
    table = fold.table.iloc[shown].reset_index(drop=True)
    known = pd.concat([table[KEYS], describe_crops(crops, table.box_size.to_numpy())], axis=1)
    return known, scorer.features(crops, scorer.inputs(crops))[0]


def of_other_animals(crops: pd.DataFrame, fold: int, subjects: dict[str, str]) -> pd.DataFrame:
    """The crops of the animals that a fold does not test."""
    animals = crops.experiment.map(subjects)
    return crops[~animals.isin(animals[crops.fold == fold])]


def describe_training(
    scorers: list[Scorer],
    trains: list[str],
    tests: list[str],
    subjects: dict[str, str],
    paths: list[str],
    held_out_path: str,
    limits_path: str,
) -> None:
    """Write the likeness of each fold, the crops of all animals left out with their distance, and the limits.

    `subjects` maps recordings, without sets of pictures, to their animals. Beside the distance of a crop stands the
    oddity of its camera. The limits are those for new animals (`all`), and those for the animals of each of `folds`.
    """
    training, held_out = [], []
    folds = list(zip(scorers, trains, tests, paths, strict=True))
    for number, (scorer, train, test, path) in enumerate(progress(folds, unit="fold"), start=1):
        known, features = read_crops(train, scorer)
        likeness = fit_likeness(features)
        write_likeness(Path(path), likeness)
        known = known[known.experiment.isin(subjects)]
        training.append(known.assign(fold=number))
        others, features = read_crops(test, scorer)
        others = others.assign(fold=number, distance=likeness.distance(features))
        others = others[others.experiment.isin(subjects)]
        words = measure_words(known)
        for camera in others.groupby(["experiment", "camera"], sort=False).groups.values():
            others.loc[camera, "oddity"] = oddity(others.loc[camera], words)
        held_out.append(others)
    crops = pd.concat(held_out, ignore_index=True)
    crops.to_parquet(held_out_path, index=False)
    known = pd.concat(training)
    of_folds = {
        fold: measure_limits(known[known.fold == fold], of_other_animals(crops, fold, subjects))
        for fold in range(1, len(folds) + 1)
    }
    limits = {"all": measure_limits(known.drop_duplicates(KEYS), crops), "folds": of_folds}
    Path(limits_path).write_text(json.dumps(limits, indent=1) + "\n")


if __name__ == "__main__":
    with job(snakemake):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        describe_training(
            scorers=[
                load_scorer(
                    params.settings,
                    params.image_size,
                    models=[model],
                    sources=[given.sources[index]] if given.sources else [],
                    means=[open_fold(given.trains[index]).mean_colour()] if params.with_mean else [],
                    seed=params.seed,
                    threads=params.threads,
                )
                for index, model in enumerate(given.models)
            ],
            trains=given.trains,
            tests=given.tests,
            subjects=params.subjects,
            paths=made.likeness,
            held_out_path=made.held_out,
            limits_path=made.limits,
        )
