"""What a scorer was trained on is described by the crops as cameras show them, and animals left out are beside it."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.scorers.describe_training import describe_training, read_crops
from squint.files.stores import store_columns, write_fold, write_store
from squint.models.scorer import Scorer
from squint.scorer.likeness import (
    WORDS,
    describe_crops,
    fit_likeness,
    measure_limits,
    measure_words,
    oddity,
    read_likeness,
)
from tests.scales import SCALE, UNITS

SIZE = 8
SUBJECTS = {"EXP1": "ada", "EXP2": "bob", "EXP3": "cat", "BAS1": "dan"}
CREATIONS = ("CORR", "SYMM", "AUGM")


class Stand:
    """Stands in for an extractor: the mean of each channel."""

    output_shape = (None, 3)

    def predict_on_batch(self, crops):
        return crops.reshape(len(crops), -1, 3).mean(axis=1)


def scorer():
    return Scorer({"views": "one", "output": "regression", "scale": SCALE}, [], [Stand()])


def crops_of(experiment: str, creation: str, count: int = 6) -> np.ndarray:
    """Pictures that tell apart recordings and how they were made."""
    generator = np.random.default_rng([ord(letter) for letter in experiment + creation])
    return generator.integers(0, 256, (count, SIZE, SIZE, 3), np.uint8)


def store(folder: Path, experiment: str, creation: str, count: int = 6) -> tuple[str, pd.DataFrame]:
    """A store of a recording's crops, and its rows in a fold."""
    table = pd.DataFrame(0.0, index=range(count), columns=store_columns(UNITS))
    table["file_path"] = [f"{number}.png" for number in range(count)]
    table["experiment_creation"] = f"{experiment}_{creation}"
    table["camera"] = ["top", "left"] * (count // 2)
    table = table.assign(item=np.arange(count) // 2, box_size=40 + np.arange(count))
    (folder / "images").mkdir(exist_ok=True)
    path = str(folder / "images" / f"{experiment}_{creation}.h5")
    write_store(path, crops_of(experiment, creation, count), table, SIZE)
    return path, table.assign(experiment=experiment, row=range(count))


def fold(folder: Path, name: str, experiments: list[str], creations=CREATIONS, count: int = 6) -> str:
    """A subset of a fold with the crops of some recordings."""
    made = [store(folder, experiment, creation, count) for experiment in experiments for creation in creations]
    (folder / "folds").mkdir(exist_ok=True)
    path = str(folder / "folds" / f"{name}.h5")
    rows = pd.concat([table.assign(source=source) for source, (_, table) in enumerate(made)], ignore_index=True)
    write_fold(path, [store_path for store_path, _ in made], rows)
    return path


def described(folder: Path, trains: list[str], tests: list[str]):
    """The likeness of each fold, the crops left out, and the limits."""
    paths = [str(folder / f"{number}.likeness.h5") for number in range(len(trains))]
    held, limits = str(folder / "held.parquet"), str(folder / "limits.json")
    describe_training([scorer()] * len(trains), trains, tests, SUBJECTS, paths, held, limits)
    limits = json.loads((folder / "limits.json").read_text())
    return [read_likeness(Path(path)) for path in paths], pd.read_parquet(folder / "held.parquet"), limits


def means_of(experiments: list[str]) -> np.ndarray:
    return np.concatenate([crops_of(name, "CORR").reshape(6, -1, 3).mean(axis=1) for name in experiments])


def test_only_crops_as_cameras_show_them_count(tmp_path):
    known, features = read_crops(fold(tmp_path, "train", ["EXP1", "EXP2"]), scorer())
    assert features == pytest.approx(means_of(["EXP1", "EXP2"]), abs=1e-3)
    assert known.columns.tolist() == ["experiment", "camera", "item", *WORDS]
    assert known.experiment.tolist() == ["EXP1"] * 6 + ["EXP2"] * 6
    words = describe_crops(crops_of("EXP1", "CORR"), 40.0 + np.arange(6))
    pd.testing.assert_frame_equal(known[list(WORDS)][:6], words)


def test_each_fold_is_described_by_its_training_and_measures_the_animal_that_it_leaves_out(tmp_path):
    trained = [["EXP2", "EXP3", "BAS1"], ["EXP1", "EXP3", "BAS1"], ["EXP1", "EXP2", "BAS1"]]
    trains = [fold(tmp_path, f"train-{number}", names) for number, names in enumerate(trained, start=1)]
    tests = [fold(tmp_path, f"test-{number}", [f"EXP{number}"], ("CORR",)) for number in (1, 2, 3)]
    likeness, held, limits = described(tmp_path, trains, tests)
    assert held.experiment.tolist() == ["EXP1"] * 6 + ["EXP2"] * 6 + ["EXP3"] * 6
    assert held.fold.tolist() == [1] * 6 + [2] * 6 + [3] * 6
    for number, (known, others) in enumerate(zip(likeness, trained, strict=True), start=1):
        expected = fit_likeness(means_of(others))
        assert known.mean == pytest.approx(expected.mean, rel=1e-4)
        distances = expected.distance(means_of([f"EXP{number}"]))
        assert held.distance[held.fold == number].tolist() == pytest.approx(distances.tolist(), rel=1e-3)
        left_out = held[(held.fold == number) & (held.camera == "top")]
        words = measure_words(read_crops(trains[number - 1], scorer())[0])
        assert left_out.oddity.tolist() == [oddity(left_out, words)] * 3
    training = pd.concat([read_crops(path, scorer())[0] for path in trains])
    assert len(training) == 54
    once = training.drop_duplicates(["experiment", "camera", "item"])
    assert len(once) == 24, "each recording is in several folds and counts once"
    assert limits["all"] == measure_limits(once, held)


def test_the_limits_of_a_folds_animals_come_from_the_others(tmp_path):
    """By limits that its own crops had made, an animal that is unlike all others would not be told."""
    trains = [fold(tmp_path, f"train-{number}", [f"EXP{3 - number}"]) for number in (1, 2)]
    tests = [fold(tmp_path, f"test-{number}", [f"EXP{number}"], ("CORR",)) for number in (1, 2)]
    _, held, limits = described(tmp_path, trains, tests)
    assert list(limits["folds"]) == ["1", "2"]
    for number in (1, 2):
        known, _ = read_crops(trains[number - 1], scorer())
        assert limits["folds"][str(number)] == measure_limits(known, held[held.fold != number])


def test_an_animal_of_two_folds_sets_no_limit_for_itself(tmp_path, monkeypatch):
    monkeypatch.setitem(SUBJECTS, "EXP2", "ada")
    trains = [fold(tmp_path, f"train-{number}", ["BAS1"]) for number in (1, 2, 3)]
    tests = [fold(tmp_path, f"test-{number}", [f"EXP{number}"], ("CORR",)) for number in (1, 2, 3)]
    _, held, limits = described(tmp_path, trains, tests)
    cat = held[held.fold == 3]
    assert limits["folds"]["1"]["camera_distance"] == limits["folds"]["2"]["camera_distance"]
    assert limits["folds"]["1"]["face_distance"] == measure_limits(cat, cat)["face_distance"]


def test_one_animal_alone_has_no_limits_of_distance(tmp_path):
    trains, tests = [fold(tmp_path, "train", ["EXP2"])], [fold(tmp_path, "test", ["EXP1"], ("CORR",))]
    _, _, limits = described(tmp_path, trains, tests)
    alone = limits["folds"]["1"]
    assert {alone[name] for name in ("face_distance", "camera_distance", "camera_oddity")} == {math.inf}
    assert math.isfinite(limits["all"]["face_distance"])


def test_sets_of_pictures_tell_where_features_lie_and_nothing_of_cameras(tmp_path):
    trains = [fold(tmp_path, "train", ["EXP2", "pictures_of_eve"])]
    likeness, held, limits = described(tmp_path, trains, [fold(tmp_path, "test", ["EXP1", "pictures"], ("CORR",))])
    assert likeness[0].mean == pytest.approx(fit_likeness(means_of(["EXP2", "pictures_of_eve"])).mean, rel=1e-4)
    assert set(held.experiment) == {"EXP1"}
    known, _ = read_crops(trains[0], scorer())
    assert limits["all"]["words"] == measure_words(known[known.experiment == "EXP2"])


def test_the_same_recordings_are_described_in_the_same_bytes(tmp_path):
    trains, tests = [fold(tmp_path, "train", ["EXP2"])], [fold(tmp_path, "test", ["EXP1"], ("CORR",))]
    described(tmp_path, trains, tests)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    described(tmp_path, trains, tests)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == first
