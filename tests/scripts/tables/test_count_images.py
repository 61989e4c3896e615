"""How many images there are of each recording and kind, and what they take on disk."""

import h5py
import numpy as np
import pandas as pd
import pytest

from scripts.tables.count_images import copied_bytes, count_images, measure_dataset_sizes
from squint.files.crop_names import CropName
from squint.files.stores import describe_crop, store_columns, write_store
from tests.scales import UNITS
from tests.shown import run_script


def store(folder, name, count):
    """An image store of `count` crops of 2 px."""
    experiment, kind = name.rsplit("_", 1)
    creation = "A01R" if kind == "AUGM" else kind
    crops = [CropName(experiment, creation, 5 * n, (0, 1, 2, 1, 1), "C1", 5 * n, 1, 2, 3, n + 1) for n in range(count)]
    table = pd.DataFrame([describe_crop("x", crop, UNITS) for crop in crops], columns=store_columns(UNITS))
    path = folder / f"{name}.h5"
    write_store(str(path), [np.zeros((2, 2, 3), np.uint8)] * count, table, 2)
    return str(path)


def fold_file(folder, name, images, size=10):
    """A file that holds as many images as a fold points to."""
    path = folder / f"{name}.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("img", (images, size, size, 3), np.uint8)
    return str(path)


def test_images_are_counted_by_recording_and_kind(tmp_path):
    stores = [store(tmp_path, name, count) for name, count in (("B_ORGN", 3), ("B_AUGM", 9), ("A_ORGN", 2))]
    table = count_images(["B", "A"], stores)
    assert table.columns.tolist() == ["experiment", "ORGN", "CORR", "SYMM", "AUGM", "total"]
    assert table.to_numpy().tolist() == [
        ["B", 3, 0, 0, 9, 12],
        ["A", 2, 0, 0, 0, 2],
        ["total", 5, 0, 0, 9, 14],
    ]


def test_a_recording_whose_name_has_underscores_is_told_from_its_kind(tmp_path):
    table = count_images(["TBI_2018.03_a"], [store(tmp_path, "TBI_2018.03_a_CORR", 2)]).set_index("experiment")
    assert table.loc["TBI_2018.03_a"].tolist() == [0, 2, 0, 0, 2]


def test_an_empty_store_and_a_recording_without_stores_count_nothing(tmp_path):
    table = count_images(["A", "B"], [store(tmp_path, "A_ORGN", 0)])
    assert table.total.tolist() == [0, 0, 0]


def test_copies_are_a_byte_for_each_colour_of_each_pixel(tmp_path):
    path = fold_file(tmp_path, "fold", images=7, size=20)
    assert copied_bytes(path) == 7 * 20 * 20 * 3
    assert copied_bytes(fold_file(tmp_path, "empty", images=0)) == 0


def test_sizes_are_given_by_fold_and_subset_and_add_up(tmp_path):
    subsets = ["train", "validation"]
    # Fold by fold, as the rule lists them.
    counts = {(1, "train"): 100, (1, "validation"): 10, (2, "train"): 200, (2, "validation"): 20}
    folds = [fold_file(tmp_path, f"LOSOCV-{k}-{subset}", count) for (k, subset), count in counts.items()]
    stores = [store(tmp_path, "A_ORGN", 3), store(tmp_path, "A_CORR", 5)]
    table = measure_dataset_sizes(stores, folds, [1, 2], subsets).set_index("fold")
    assert table.index.tolist() == ["1", "2", "stores of all", "total"]
    assert table.columns.tolist() == ["train as copies", "validation as copies", "as copies", "on disk"]
    assert table.loc["1"].tolist()[:3] == pytest.approx([0.03, 0.003, 0.033])
    assert table.loc["2"].tolist()[:3] == pytest.approx([0.06, 0.006, 0.066])
    assert table.loc["total"].tolist()[:3] == pytest.approx([0.09, 0.009, 0.099])
    on_disk = {path: (tmp_path / path).stat().st_size / 1e6 for path in [*folds, *stores]}
    assert table.loc["2", "on disk"] == pytest.approx(sum(on_disk[path] for path in folds[2:]))
    assert table.loc["stores of all", "on disk"] == pytest.approx(sum(on_disk[path] for path in stores))
    assert table.loc["total", "on disk"] == pytest.approx(sum(on_disk.values()))
    assert table.loc["stores of all", "as copies"] == 0
    assert table.loc["stores of all", ["train as copies", "validation as copies"]].isna().all()


def test_one_fold_of_one_subset_has_its_row(tmp_path):
    fold = fold_file(tmp_path, "LOSOCV-1-train", 100)
    table = measure_dataset_sizes([store(tmp_path, "A_ORGN", 1)], [fold], [1], ["train"]).set_index("fold")
    assert table.loc["1", "as copies"] == table.loc["total", "as copies"] == pytest.approx(0.03)


def test_the_job_writes_counts_and_sizes_in_their_files(tmp_path):
    given = {"stores": [store(tmp_path, "A_ORGN", 2)], "folds": [fold_file(tmp_path, "LOSOCV-1-train", 100)]}
    made = {"table": tmp_path / "images.csv", "sizes": tmp_path / "sizes.csv"}
    run_script("tables/count_images.py", given, {"experiments": ["A"], "folds": [1], "subsets": ["train"]}, output=made)
    assert made["table"].read_text().splitlines()[1] == "A,2,0,0,0,2"
    assert made["sizes"].read_text().splitlines()[1].startswith("1,0.03,0.03,")
