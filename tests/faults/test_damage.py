"""A file between two stages that is lost or cut: it is made anew, or a message names it; no table is silently wrong."""

import os
import shutil

import pytest

from squint.errors import InputError
from squint.files.stores import open_fold
from tests.lab import MESSAGE, configure
from tests.outputs import made_again

# What stands between two stages, and what is made of it.
BETWEEN = [
    ("results/recordings/EXP1/C1.frames.parquet", "results/detections/EXP1/C1.parquet"),
    ("results/recordings/EXP1/C1.json", "results/sync/EXP1.csv"),
    ("results/sync/EXP1.csv", "results/detections/EXP1/C1.parquet"),
    ("results/detections/EXP1/C1.parquet", "results/moments/EXP1.parquet"),
    ("results/moments/EXP1.parquet", "results/sheets/EXP1.csv"),
    ("results/labels/EXP1.parquet", "results/crops/EXP1_ORGN"),
    ("results/images/EXP1_ORGN.h5", "results/datasets/LOSOCV-1-test_orgn.h5"),
    ("results/datasets/LOSOCV-1-test_orgn.h5", "results/predictions/constant_regression/LOSOCV-1-test_orgn.parquet"),
    ("results/models/compact_units/LOSOCV-1.keras", "results/predictions/compact_units/LOSOCV-1-test_orgn.parquet"),
    ("results/predictions/compact_units/LOSOCV-1-test_orgn.parquet", "results/metrics/compact_units.csv"),
    ("results/metrics/compact_units.csv", "results/tables/comparison_scores.csv"),
]
# Files in folders that are outputs as a whole.
INSIDE = [
    ("results/frames/EXP1", "results/crops/EXP1_ORGN"),
    ("results/crops/EXP1_ORGN", "results/images/EXP1_ORGN.h5"),
    ("results/features/compact_units/LOSOCV-1", "results/models/compact_views/LOSOCV-1.keras"),
]
CHEAP = [pair for pair in BETWEEN if not pair[0].startswith("results/models")]


def cut(path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(("lost", "target"), CHEAP)
def test_a_lost_file_is_made_anew(finished, miniature, lost, target):
    finished.remove(lost)
    finished.remove(target)
    assert made_again(finished, miniature, target)
    assert (finished.folder / lost).exists()


def refuse_then_remedy(place, undisturbed, damaged, target):
    """Snakemake must name `damaged` and say that it is to be deleted; then it makes it anew."""
    place.remove(target)
    code, output = place.snakemake("--cores", "2", "--rerun-triggers", "mtime", "--", target)
    assert code != 0, output
    assert "Traceback" not in output
    messages = MESSAGE.findall(output)
    assert len(messages) == 1, output
    assert damaged in messages[0][0] and "delete" in messages[0][3], messages
    assert not (place.folder / target).exists()
    place.remove(damaged)
    assert made_again(place, undisturbed, target)


@pytest.mark.parametrize(("damaged", "target"), BETWEEN)
def test_a_cut_file_is_named_and_can_be_made_anew(finished, miniature, damaged, target):
    cut(finished.folder / damaged)
    refuse_then_remedy(finished, miniature, damaged, target)


@pytest.mark.parametrize(("folder", "target"), INSIDE)
def test_a_cut_file_in_a_folder_is_named(finished, miniature, folder, target):
    path = next(path for path in sorted((finished.folder / folder).iterdir()) if path.suffix in (".jpg", ".h5"))
    cut(path)
    os.utime(finished.folder / folder)
    refuse_then_remedy(finished, miniature, folder, target)


@pytest.mark.parametrize(("folder", "target"), INSIDE)
def test_a_lost_file_in_a_folder_is_named(finished, miniature, folder, target):
    next(path for path in sorted((finished.folder / folder).iterdir()) if path.suffix in (".jpg", ".h5")).unlink()
    os.utime(finished.folder / folder)
    refuse_then_remedy(finished, miniature, folder, target)


def test_a_detector_that_is_cut_is_named(finished):
    cut(finished.results / "faces" / "detector.tflite")
    configure(finished, faces={"weights": ""})  # the miniature's frames are searched by the shipped one
    target = "results/detections/EXP1/C1.parquet"
    finished.remove(target)
    code, output = finished.snakemake("--cores", "2", "--rerun-triggers", "mtime", "--", target)
    assert code != 0
    assert "results/faces/detector.tflite" in MESSAGE.findall(output)[0][0]


@pytest.mark.parametrize("change", ["lost", "another"])
def test_a_missing_or_changed_source_under_a_folds_virtual_dataset_is_named(finished, change):
    """HDF5 itself reads zeros for the images of a missing source."""
    store = finished.results / "images" / "EXP1_ORGN.h5"
    if change == "lost":
        store.unlink()
    else:
        shutil.copy(finished.results / "images" / "EXP2_ORGN.h5", store)
    with pytest.raises(InputError) as error:
        open_fold(str(finished.results / "datasets" / "LOSOCV-1-test_orgn.h5"))
    assert "EXP1_ORGN.h5" in str(error.value) and "run again" in str(error.value)
