"""The trivial reference says one value of every image: the one that fits the training moments best."""

import numpy as np
import pandas as pd
import pytest

from scripts.networks.predict_constant import predict_constant
from squint.files.crop_names import CropName, encode
from squint.files.stores import describe_crop, read_columns, write_fold, write_store
from tests.scales import ORBITAL, SCALE, UNITS

SCORED = {0.0: (0, 0, 0, 0, 0), 0.4: (1, 1, 0, 0, 0), 1.0: (1, 1, 1, 1, 1), 2.0: (2, 2, 2, 2, 2)}


def fold(folder, subset, scores):
    """A fold of one store of 4 px crops: the scores of its moments, each as often as it has views."""
    names = [
        CropName("EXP1", "CORR", item, SCORED[score], f"C{view + 1}", 10 + item, 1, 2, 3, item)
        for item, (score, views) in enumerate(scores)
        for view in range(views)
    ]
    (folder / "images").mkdir(exist_ok=True)
    (folder / "datasets").mkdir(exist_ok=True)
    store, path = folder / "images" / f"{subset}.h5", folder / "datasets" / f"LOSOCV-1-{subset}.h5"
    images = [np.zeros((4, 4, 3), np.uint8)] * len(names)
    write_store(store, images, pd.DataFrame([describe_crop(encode(name), name, UNITS) for name in names]), 4)
    write_fold(path, [store], read_columns(store).assign(experiment="EXP1", source=0, row=range(len(names))))
    return str(path)


@pytest.fixture
def predict(tmp_path):
    """Predicts two subsets by a training fold; gives both tables of predictions."""

    def run(scores, **settings):
        train = fold(tmp_path, "train", scores)
        tests = [
            fold(tmp_path, "validation", [(0.4, 3)]),
            fold(tmp_path, "test_corr", [(2.0, 1), (0.0, 1)]),
        ]
        written = [str(tmp_path / f"{number}.parquet") for number in range(2)]
        predict_constant(train, tests, written, {"bins": [], "scale": SCALE} | settings)
        return list(map(pd.read_parquet, written))

    return run


def test_every_image_is_said_the_median_score_of_the_training_moments(predict):
    validation, test = predict([(0.0, 1), (0.4, 1), (2.0, 1)], output="regression")
    assert validation.prediction.tolist() == pytest.approx([0.4] * 3)
    assert test.prediction.tolist() == pytest.approx([0.4] * 2)
    assert validation.score.tolist() == pytest.approx([0.4] * 3) and test.score.tolist() == [2.0, 0.0]
    assert validation.camera.tolist() == ["C1", "C2", "C3"] and test["item"].tolist() == [0, 1]


def test_a_training_moment_counts_once_however_many_cameras_saw_it(predict):
    _, test = predict([(2.0, 6), (0.4, 1), (0.0, 1)], output="regression")
    assert test.prediction.tolist() == pytest.approx([0.4] * 2)


def test_classes_are_said_the_most_frequent_one(predict):
    _, test = predict([(1.0, 1), (1.0, 1), (0.0, 6), (2.0, 1)], output="classes", bins=[0, 0.5, 1.5, 2.0])
    assert test.prediction.tolist() == [1.0, 1.0]


def test_pain_is_said_its_share(predict):
    _, test = predict([(1.0, 1), (0.0, 1), (0.4, 1), (2.0, 1)], output="binary")
    assert test.prediction.tolist() == [0.5, 0.5]


def test_pain_is_by_the_threshold_of_the_scale(predict):
    _, test = predict([(1.0, 1), (2.0, 1), (2.0, 2), (0.0, 1)], output="binary", scale=ORBITAL.values)
    assert test.prediction.tolist() == [0.0, 0.0]
