"""Every image of every subset is predicted by the network of its own fold, and moments too where it sees them whole."""

import h5py
import numpy as np
import pandas as pd
import pytest

from scripts.networks.predict_images import predict_fold, predict_images
from squint.files.crop_names import CropName, encode
from squint.files.rows import Rows
from squint.files.stores import describe_crop, open_fold, read_columns, write_fold, write_store
from squint.measures.metrics import merge_views
from squint.models.networks import build_head
from squint.samples.predictions import ALL_VIEWS
from tests.scales import SCALE, UNITS

SETTINGS = {
    "output": "regression",
    "views": "one",
    "weights": "imagenet",
    "bins": [0, 1.0, 2.0],
    "gap": [0.5, 0.5],
    "head": [],
    "dropout": 0.0,
    "scale": SCALE,
}
# Moments with the cameras that see them; a crop's grey level tells which it is.
MOMENTS = {1: ("C1", "C3", "C6"), 2: ("C2",)}
CAMERAS = ["C1", "C3", "C6", "C2"]  # of these in turn


def fold(folder, number, subset, first=0, moments=None):
    """A fold of 4 px crops whose grey levels count up from `first`, and features that are these levels."""
    names = [
        CropName("EXP1", "CORR", 5 * item, (1, 1, 1, 0, 0), camera, 100 + item, 1, 2, 3, item)
        for item, cameras in (moments or MOMENTS).items()
        for camera in cameras
    ]
    for name in ("images", "datasets", f"features{number}"):
        (folder / name).mkdir(exist_ok=True)
    levels = first + np.arange(len(names))
    store = folder / "images" / f"{number}-{subset}.h5"
    images = levels.astype(np.uint8)[:, None, None, None] * np.ones((4, 4, 3), np.uint8)
    write_store(store, images, pd.DataFrame([describe_crop(encode(name), name, UNITS) for name in names]), 4)
    with h5py.File(folder / f"features{number}" / store.name, "w") as file:
        file["features"] = levels.astype(np.float32)[:, None]
    path = folder / "datasets" / f"LOSOCV-{number}-{subset}.h5"
    write_fold(path, [store], read_columns(store).assign(experiment="EXP1", source=0, row=range(len(names))))
    return str(path)


def times(keras, factor, shape=(1,), **changes):
    """A network that says a factor times the mean of what it is shown."""
    model = build_head(keras, SETTINGS | changes, shape, 1.0)
    size = int(np.prod(shape))
    model.get_layer("score").set_weights([np.full((size, 1), factor / size), np.zeros(1)])
    return model


def near(values):
    return pytest.approx(values, rel=1e-4)


def test_each_image_is_told_by_what_its_row_shows(keras, tmp_path):
    opened = open_fold(fold(tmp_path, 1, "validation", first=10))
    table, said = predict_fold(times(keras, 0.5, (4, 4, 3)), opened, None, SETTINGS)
    assert said.prediction.tolist() == near([5, 5.5, 6, 6.5])
    assert table["item"].tolist() == [1, 1, 1, 2] and table.camera.tolist() == CAMERAS


def test_features_take_the_place_of_images(keras, tmp_path):
    opened = open_fold(fold(tmp_path, 1, "validation", first=10))
    _, said = predict_fold(times(keras, 2.0), opened, str(tmp_path / "features1"), SETTINGS)
    assert said.prediction.tolist() == near([20, 22, 24, 26])


def test_rows_that_stay_on_disk_are_predicted_alike_and_let_go(keras, tmp_path, monkeypatch):
    monkeypatch.setattr("squint.files.rows.HELD_BYTES", 0)
    closed, close = [], Rows.close
    monkeypatch.setattr(Rows, "close", lambda rows: (closed.append(len(rows)), close(rows)))
    opened = open_fold(fold(tmp_path, 1, "validation", first=10))
    _, said = predict_fold(times(keras, 0.5, (4, 4, 3)), opened, None, SETTINGS)
    assert said.prediction.tolist() == near([5, 5.5, 6, 6.5])
    assert closed == [4]


def test_a_network_of_all_views_tells_each_moment_behind_its_images(keras, tmp_path):
    settings = SETTINGS | {"views": "all"}
    opened = open_fold(fold(tmp_path, 1, "validation", first=10))
    model = times(keras, 1.0, views="all")  # before training all views weigh the same
    table, said = predict_fold(model, opened, str(tmp_path / "features1"), settings)
    assert said.prediction.tolist() == near([10, 11, 12, 13, 11, 13])
    assert table.camera.tolist() == [*CAMERAS, ALL_VIEWS, ALL_VIEWS]
    assert table["item"].tolist() == [1, 1, 1, 2, 1, 2]
    assert table.frame_num.tolist()[4:] == [0, 0] and table.sync_index.tolist()[4:] == [5, 10]


@pytest.fixture
def folds(tmp_path):
    """Two folds of two subsets; where their predictions go."""
    subsets = [(number, subset) for number in (1, 2) for subset in ("validation", "test_corr")]
    paths = [fold(tmp_path, *subset, first=10 * place) for place, subset in enumerate(subsets)]
    return paths, [str(tmp_path / f"{number}-{subset}.parquet") for number, subset in subsets]


def test_each_fold_is_predicted_by_its_own_network_with_its_own_features(keras, tmp_path, folds):
    paths, written = folds
    models = [str(tmp_path / f"LOSOCV-{number}.keras") for number in (1, 2)]
    for factor, path in zip((1.0, 100.0), models, strict=True):
        times(keras, factor).save(path)
    features = [str(tmp_path / f"features{number}") for number in (1, 2)]
    predict_images(models, paths, written, features, SETTINGS, 1)
    tables = list(map(pd.read_parquet, written))
    assert [table.prediction[0] for table in tables] == near([0, 10, 2000, 3000])
    assert tables[3].prediction.tolist() == near([3000, 3100, 3200, 3300])
    assert all(table.camera.tolist() == CAMERAS for table in tables)


def test_networks_of_images_need_no_features(keras, tmp_path, folds):
    paths, written = folds
    models = [str(tmp_path / f"LOSOCV-{number}.keras") for number in (1, 2)]
    for factor, path in zip((0.1, 0.2), models, strict=True):
        times(keras, factor, (4, 4, 3)).save(path)
    predict_images(models, paths, written, None, SETTINGS, 1)
    tables = list(map(pd.read_parquet, written))
    assert [table.prediction[3] for table in tables] == near([0.3, 1.3, 4.6, 6.6])


def test_predictions_of_moments_are_those_that_are_measured(keras, tmp_path):
    path, written, model = fold(tmp_path, 1, "test_corr"), tmp_path / "x.parquet", tmp_path / "x.keras"
    times(keras, 1.0, views="all").save(model)
    predict_images([str(model)], [path], [str(written)], [str(tmp_path / "features1")], SETTINGS | {"views": "all"}, 1)
    merged = merge_views(pd.read_parquet(written))
    assert merged["item"].tolist() == [1, 2]
    assert merged.prediction.tolist() == near([1, 3]) and merged.score.tolist() == near([0.6, 0.6])


@pytest.mark.parametrize("cameras", [("front",), ("left", "right"), tuple(f"top_{number}" for number in range(8))])
def test_one_network_of_all_views_takes_any_number_of_cameras(keras, tmp_path, cameras):
    path = fold(tmp_path, 1, "test_corr", moments={1: cameras})
    written, model = tmp_path / "x.parquet", tmp_path / "x.keras"
    times(keras, 1.0, views="all").save(model)
    predict_images([str(model)], [path], [str(written)], [str(tmp_path / "features1")], SETTINGS | {"views": "all"}, 1)
    table = pd.read_parquet(written)
    assert table.camera.tolist() == [*sorted(cameras), ALL_VIEWS]
    assert table.prediction.tolist() == near([*range(len(cameras)), (len(cameras) - 1) / 2])
