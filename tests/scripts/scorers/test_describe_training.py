"""What a scorer was trained on is described by the crops as cameras show them, and animals left out are beside it."""

import json
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
    describe_training(
        [scorer()] * len(trains), trains, tests, paths, str(folder / "held.parquet"), str(folder / "limits.json")
    )
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
    trains = [fold(tmp_path, "train-1", ["EXP2", "BAS1"]), fold(tmp_path, "train-2", ["EXP1", "BAS1"])]
    tests = [fold(tmp_path, f"test-{number}", [f"EXP{number}"], ("CORR",)) for number in (1, 2)]
    likeness, held, limits = described(tmp_path, trains, tests)
    assert held.experiment.tolist() == ["EXP1"] * 6 + ["EXP2"] * 6
    assert held.fold.tolist() == [1] * 6 + [2] * 6
    for number, (known, others) in enumerate(zip(likeness, (["EXP2", "BAS1"], ["EXP1", "BAS1"]), strict=True), start=1):
        expected = fit_likeness(means_of(others))
        assert known.mean == pytest.approx(expected.mean, rel=1e-4)
        distances = expected.distance(means_of([f"EXP{number}"]))
        assert held.distance[held.fold == number].tolist() == pytest.approx(distances.tolist(), rel=1e-3)
        left_out = held[(held.fold == number) & (held.camera == "top")]
        words = measure_words(read_crops(trains[number - 1], scorer())[0])
        assert left_out.oddity.tolist() == [oddity(left_out, words)] * 3
    training = pd.concat([read_crops(path, scorer())[0] for path in trains])
    assert len(training) == 24
    once = training.drop_duplicates(["experiment", "camera", "item"])
    assert len(once) == 18, "BAS1 is in both folds and counts once"
    assert limits == measure_limits(once, held)


def test_the_same_recordings_are_described_in_the_same_bytes(tmp_path):
    trains, tests = [fold(tmp_path, "train", ["EXP2"])], [fold(tmp_path, "test", ["EXP1"], ("CORR",))]
    described(tmp_path, trains, tests)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    described(tmp_path, trains, tests)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == first
