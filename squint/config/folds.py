"""What folds test, train on and validate by: no animal is on two sides of one (thesis, Figure 4.12)."""

import math
from collections.abc import Iterable, Mapping

from squint.config.recordings import Recording
from squint.config.types import Config
from squint.domain.rig import natural_order
from squint.domain.seeds import named_generator

# How recordings of role rotate are tested.
BY_SUBJECT, BY_GROUP, K_FOLD = "leave_one_subject_out", "leave_one_group_out", "k_fold"


def of_role(recordings: Mapping[str, Recording], role: str) -> list[str]:
    """Names of the recordings of a role, in the sheet's order."""
    return [name for name, recording in recordings.items() if recording.role == role]


def deal_folds(recordings: Mapping[str, Recording], config: Config) -> dict[str, list[str]]:
    """What each fold tests, fold by fold: its name, and recordings of role rotate.

    No recording is in two of them, and no animal but one that has recordings in two groups that are tested.
    """
    scheme = config["datasets"]["folds"]
    rotating = {name: recordings[name] for name in of_role(recordings, "rotate")}
    if scheme == K_FOLD:
        keys = deal_subjects(rotating, config["datasets"]["fold_count"], config["seed"])
    else:
        keys = {name: name_fold(recording, scheme) for name, recording in rotating.items()}
    order = dict.fromkeys(keys.values())
    if scheme not in (BY_SUBJECT, BY_GROUP):  # numbers
        order = dict.fromkeys(sorted(order, key=natural_order))
    return {key: [name for name in rotating if keys[name] == key] for key in order}


def name_fold(recording: Recording, scheme: str) -> str:
    """The name of the fold that tests a recording, by a scheme that tells of each recording by itself."""
    if scheme == BY_SUBJECT:
        return recording.subject
    return recording.condition if scheme == BY_GROUP else f"fold {recording.fold}"


def deal_subjects(rotating: Mapping[str, Recording], count: int, seed: int) -> dict[str, str]:
    """The fold of each recording of `count` folds. Subjects are dealt out, those of similar scores to different folds.

    Where the scores are not known yet, a recording in pain counts as 1 and another as 0.
    """
    means: dict[str, list[float]] = {}
    for recording in rotating.values():
        score = recording.mean_score if recording.mean_score is not None else float(recording.condition == "pain")
        means.setdefault(recording.subject, []).append(score)
    ranked = sorted(means, key=lambda subject: (math.fsum(means[subject]) / len(means[subject]), subject))
    fold_of = {}
    for start in range(0, len(ranked), count):
        dealt = named_generator(seed, "folds", start // count).permutation(count)
        fold_of |= {subject: f"fold {dealt[n] + 1}" for n, subject in enumerate(ranked[start : start + count])}
    return {name: fold_of[recording.subject] for name, recording in rotating.items()}


def split_fold(
    recordings: Mapping[str, Recording], config: Config, fold: int, key: str, tested: list[str]
) -> dict[str, list[str]]:
    """The recordings of each part of the fold called `key`, which tests `tested`: `test`, `validation` and `train`.

    No animal is in two of them, but those of role train or validate that the config lets be on both sides. Where a
    share of the animals is drawn for validation, it is drawn for each fold by itself.
    """
    train = [*of_role(recordings, "rotate"), *of_role(recordings, "train")]
    validation = of_role(recordings, "validate")
    if config["datasets"]["folds"] == BY_GROUP:
        known = {recordings[name].subject for name in [*train, *validation] if recordings[name].condition == key}
        train, validation = (
            [name for name in names if recordings[name].subject not in known] for names in (train, validation)
        )
    else:  # one of role train may be on both sides, where the config says so
        known = {recordings[name].subject for name in tested}
        train = [name for name in train if recordings[name].role == "train" or recordings[name].subject not in known]
    share = config["datasets"]["validation_share"]
    if share:
        rotating = (recordings[name].subject for name in train if recordings[name].role == "rotate")
        drawn = draw_animals(rotating, share, config["seed"], fold)
        validation = [*validation, *(name for name in train if recordings[name].subject in drawn)]
        train = [name for name in train if recordings[name].subject not in drawn]
    return {"test": tested, "validation": validation, "train": train}


def draw_animals(animals: Iterable[str], share: float, seed: int, fold: int) -> set[str]:
    """A share of some animals, one at least and never all, drawn for a fold by itself."""
    ranked = sorted(set(animals))
    many = min(max(1, round(share * len(ranked))), len(ranked) - 1)
    order = named_generator(seed, "validation animals", fold).permutation(len(ranked))
    return {ranked[index] for index in order[:many]}
