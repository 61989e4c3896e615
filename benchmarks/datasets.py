"""Measures the datasets' layout beside the thesis's: bytes on disk, and images read a second.

Run by `make bench-datasets` after `make run`. On the same crops, resized to the thesis's 224 px: every image once in a
store with an index for each fold (this layout), and a compressed npz file for each fold and subset (thesis, 5.4). Both
give mini-batches of 32 images of each fold's training subset, in order and shuffled, from closed files to the
last batch; an npz file can only be read whole. Prints a table and writes results/benchmarks/datasets.json.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

from benchmarks.measures import peak_memory_mib, print_measure, tested_subjects, write_measures
from scripts.datasets.compose_fold import join_stores
from scripts.datasets.store_images import store_images
from squint.config.experiments import read_experiments
from squint.errors import InputError
from squint.files.crop_names import decode, write_listing
from squint.files.images import read_image, resize_crop
from squint.files.stores import describe_crop, open_fold, write_fold, write_store
from squint.jobs.job import progress
from squint.learning.batches import fold_batches

OUTPUT = Path("results/benchmarks/datasets.json")
GOALS = {"bytes_ratio": "<= 0.25", "shuffled_ratio": ">= 3", "memory_growth": "<= 1.2"}
UNITS = ["eye", "ear", "nose", "cheek", "whiskers"]  # of the default's scale
BATCH = 32
THREADS = 2
ROUNDS = 3
KINDS = {"train": ["CORR", "SYMM", "AUGM"], "validation": ["CORR"], "test_orgn": ["ORGN"], "test_corr": ["CORR"]}


def link_crops(crops: Path, folder: Path, every: int) -> list[Path]:
    """Folders in `folder` with every so many crops of each folder in `crops`."""
    linked = []
    for source in sorted(crops.iterdir()):
        target = folder / source.name
        target.mkdir(parents=True)
        for path in sorted(source.glob("*.jpg"))[::every]:
            (target / path.name).symlink_to(path.resolve())
        write_listing(target)
        linked.append(target)
    return linked


def fold_sources(subject: str, experiments: pd.DataFrame) -> dict[str, list[str]]:
    """Names of the stores of each subset of the fold that tests `subject` (thesis, Figure 4.12)."""
    rotating, tested = experiments.role == "rotate", experiments.subject == subject
    chosen = {
        "train": (rotating & ~tested) | (experiments.role == "train"),
        "validation": experiments.role == "validate",
        "test_orgn": rotating & tested,
        "test_corr": rotating & tested,
    }
    return {
        subset: [f"{name}_{kind}" for name in experiments.index[chosen[subset]] for kind in kinds]
        for subset, kinds in KINDS.items()
    }


def write_layouts(crops: Path, folder: Path, experiments: pd.DataFrame, every: int, size: int) -> int:
    """Write both layouts under `folder`; the number of images."""
    (folder / "images").mkdir()
    (folder / "datasets").mkdir()
    (folder / "npz").mkdir()
    for source in progress(link_crops(crops, folder / "crops", every), unit="store"):
        store_images(str(source), str(folder / "images" / f"{source.name}.h5"), size, UNITS)
    for fold, subject in enumerate(progress(tested_subjects(experiments), unit="fold"), start=1):
        for subset, names in fold_sources(subject, experiments).items():
            stores = [str(folder / "images" / f"{name}.h5") for name in names]
            path = folder / "datasets" / f"LOSOCV-{fold}-{subset}.h5"
            write_fold(str(path), stores, join_stores(stores))
            opened = open_fold(str(path))
            columns = {name: opened.table[name].to_numpy() for name in opened.table.select_dtypes("number")}
            np.savez_compressed(folder / "npz" / f"LOSOCV-{fold}-{subset}.npz", img=opened.rows()[:], **columns)
    return sum(1 for _ in (folder / "crops").glob("*/*.jpg"))


def folder_bytes(*folders: Path) -> int:
    return sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())


def read_ours(path: Path, shuffled: bool) -> int:
    """One epoch through the project's own loader; the number of images."""
    import keras

    rows = open_fold(str(path)).rows()
    items = np.arange(len(rows))
    name = (1, "benchmark") if shuffled else None
    nothing = np.zeros(len(rows), int)
    batches = fold_batches(keras, rows, items, nothing[:, None], nothing, BATCH, name, THREADS)
    batches.on_epoch_begin()
    count = sum(len(batches[step][0]) for step in range(len(batches)))
    rows.close()
    return count


def read_npz(path: Path, shuffled: bool, held: np.ndarray | None = None) -> int:
    """One epoch from an npz file, or from its images `held` in memory."""
    if held is None:
        with np.load(path, allow_pickle=False) as file:
            return read_npz(path, shuffled, file["img"])
    order = np.arange(len(held))
    if shuffled:
        order = np.random.default_rng(1).permutation(order)
    return sum(len(held[order[start : start + BATCH]]) for start in range(0, len(order), BATCH))


def read_virtual(path: Path, images: int = 200) -> int:
    """Some random images through the fold's virtual dataset, which is what the project does not do."""
    with h5py.File(path) as file:
        places = np.random.default_rng(1).permutation(len(file["img"]))[:images]
        return sum(len(file["img"][place : place + 1]) for place in places)


def speed(function, *arguments) -> float:
    """Images a second."""
    start = time.perf_counter()
    count = function(*arguments)
    return count / (time.perf_counter() - start)


def measure_speeds(folder: Path) -> dict[str, float]:
    """Medians over rounds and folds of images a second, all ways in turn."""
    found: dict[str, list[float]] = {}
    for _ in progress(range(ROUNDS), unit="round"):
        for path in sorted((folder / "datasets").glob("*-train.h5")):
            npz = folder / "npz" / f"{path.stem}.npz"
            with np.load(npz, allow_pickle=False) as file:
                held = file["img"]
            ways = {
                "this layout, in order": (read_ours, path, False),
                "this layout, shuffled": (read_ours, path, True),
                "npz, in order": (read_npz, npz, False),
                "npz, shuffled": (read_npz, npz, True),
                "npz held in memory, shuffled": (read_npz, npz, True, held),
                "virtual dataset, shuffled": (read_virtual, path),
            }
            for name, way in ways.items():
                found.setdefault(name, []).append(speed(*way))
    return {name: statistics.median(values) for name, values in found.items()}


def build_store(crops: list[Path], count: int, path: Path, size: int) -> float:
    """Write a store of `count` images, taken from `crops` in turn; the largest memory so far in MiB."""
    rows = pd.DataFrame(
        [
            describe_crop(f"x/{crops[n % len(crops)].name}", decode(crops[n % len(crops)].name), UNITS)
            for n in range(count)
        ]
    )
    images = (resize_crop(read_image(crops[n % len(crops)]), size) for n in range(count))
    write_store(str(path), images, rows, size)
    write_fold(str(path.with_suffix(".fold.h5")), [str(path)], join_stores([str(path)]))
    return peak_memory_mib()


def measure_memory(crops: Path, folder: Path, count: int, size: int) -> float:
    """Largest memory in MiB of a process of its own that builds a store and a fold of `count` images."""
    command = [sys.executable, "-m", "benchmarks.datasets", "--build", str(count), "--size", str(size)]
    command += ["--crops", str(crops), "--folder", str(folder)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1])


def main() -> None:
    """Print and write all measures."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--crops", type=Path, default=Path("results/crops"), help="folders of crops")
    parser.add_argument("--every", type=int, default=4, help="take every so many crops of a folder")
    parser.add_argument("--size", type=int, default=224, help="side of the stored images in px")
    parser.add_argument("--build", type=int, help="only build a store of so many images and print the memory it took")
    parser.add_argument("--folder", type=Path, help="where --build writes")
    options = parser.parse_args()
    if options.build:
        paths = sorted(options.crops.glob("*_CORR/*.jpg"))
        print(build_store(paths, options.build, options.folder / f"built-{options.build}.h5", options.size))
        return
    if not any(options.crops.glob("*/*.jpg")):
        raise InputError(options.crops, "folders of crops", "none", "run `make run` first, or name others with --crops")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        experiments = read_experiments("experiments.tsv", [])
        images = write_layouts(options.crops, folder, experiments, options.every, options.size)
        ours, copies = folder_bytes(folder / "images", folder / "datasets"), folder_bytes(folder / "npz")
        speeds = measure_speeds(folder)
        memory = {count: measure_memory(options.crops, folder, count, options.size) for count in (1000, 4000)}
    report = {
        "images": images,
        "image_size": options.size,
        "bytes": ours,
        "npz_bytes": copies,
        "bytes_ratio": ours / copies,
        "images_per_second": speeds,
        "shuffled_ratio": speeds["this layout, shuffled"] / speeds["npz, shuffled"],
        "memory_mib_by_images": memory,
        "memory_growth": memory[4000] / memory[1000],
    }
    print(f"{images} images of {options.size} px in six folds")
    print_measure("this layout", ours / 1e6, unit="MB")
    print_measure("npz a fold and subset", copies / 1e6, unit="MB")
    for way, value in speeds.items():
        print_measure(way, value, unit="images/s")
    for count, value in memory.items():
        print_measure(f"building a store of {count} images", value, unit="MiB")
    for name, goal in GOALS.items():
        print_measure(name, report[name], goal)
    write_measures(OUTPUT, report)


if __name__ == "__main__":
    try:
        main()
    except InputError as error:
        sys.exit(str(error))
