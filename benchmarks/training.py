"""Measures what it saves that a frozen backbone sees each image once.

Run by `make bench-training` after `make run`. One study of heads over a frozen VGG16 with random weights, on the same
crops, six folds and seeds: this way, features once and heads over them; and the plain way, model.fit through the
frozen backbone in every epoch. Then how fast features are extracted beside bare forward passes, how long training
waits for crops that stand on disk, and what memory a head over the features of many images takes. Prints a table and
writes results/benchmarks/training.json.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import yaml

from benchmarks.measures import peak_memory_mib, print_measure, tested_subjects, write_measures
from scripts.networks.extract_features import write_features
from scripts.networks.train_network import fit_network, select_items, spread_of
from squint.config.experiments import read_experiments
from squint.config.networks import fill_networks, fit_to_scale
from squint.config.scales import scale_of
from squint.domain.seeds import named_seed
from squint.errors import InputError
from squint.files.rows import Rows, locate_rows
from squint.files.stores import open_fold
from squint.learning.batches import fold_batches
from squint.learning.training import STEPS
from squint.models.backbones import build_backbone
from squint.models.backend import BATCH, load_keras
from squint.models.extractor import backbone_seed
from squint.models.heads import add_head
from squint.models.networks import build_head, build_network
from squint.models.prediction import predict

OUTPUT = Path("results/benchmarks/training.json")
CONFIG = Path(__file__).parent.parent / "config.yaml"
GOALS = {
    "speedup": ">= 10",
    "difference_ratio": "<= 0.01",
    "extraction_ratio": ">= 0.9",
    "waiting_share": "<= 0.1",
    "memory_ratio": "<= 0.25",
}
BACKBONE, LIGHT = "VGG16", "MobileNetV3Small"
EXTRACTED = {BACKBONE: 512, LIGHT: 4096}  # images, some seconds' worth of each
ROUNDS = 5
HEADS = ([64], [64, 32], [32], [32, 32])
EPOCHS = 5
THREADS = 2
SEED = 1
UNPOOLED = (7, 7, 512)  # what VGG16 says of an image of 224 px
MANY = 200_000


def study_settings() -> list[dict]:
    """The settings of each variant of the study."""
    config = yaml.safe_load(CONFIG.read_text())
    base = config["network_defaults"] | {"backbone": BACKBONE, "weights": "none", "epochs": EPOCHS, "patience": EPOCHS}
    base |= {"batch_normalisation": True, "learning_rate": 0.001, "shuffled_labels": False}
    return [fit_to_scale(base | {"head": head}, scale_of(config)) for head in HEADS]


class FoldData:
    """Images, items, targets and classes of every so many crops of each store in one fold's subsets."""

    def __init__(self, fold: int, every: int, settings: dict):
        self.fold, self.images, self.items, self.rows = fold, {}, {}, {}
        for subset in ("train", "validation", "test_corr"):
            opened = open_fold(f"results/datasets/LOSOCV-{fold}-{subset}.h5")
            chosen = np.flatnonzero(opened.table.row % every == 0)
            table = opened.table.iloc[chosen].reset_index(drop=True)
            self.images[subset] = opened.rows()[chosen]
            self.items[subset] = select_items(table, settings, f"fold {fold}")
            names = [opened.stores[source].name for source in table.source]
            self.rows[subset] = list(zip(names, table.row, strict=True))


def build_frozen(keras, backbone: str, size: int):
    """A backbone with the same random weights each time."""
    keras.utils.set_random_seed(backbone_seed(SEED, backbone))
    return build_backbone(keras, backbone, "none", size)


def train_head(keras, settings: dict, data: FoldData, inputs: dict, build) -> np.ndarray:
    """Train one variant on one fold as the workflow does; its predictions of the test subset (images,)."""
    batches = {
        subset: fold_batches(
            keras,
            inputs[subset],
            *data.items[subset],
            batch_size=settings["batch_size"],
            name=(SEED, "batches", data.fold) if subset == "train" else None,
            threads=THREADS,
        )
        for subset in ("train", "validation")
    }
    model = build()
    keras.utils.set_random_seed(named_seed(SEED, "training", data.fold))
    fit_network(keras, model, batches, settings, "mean_absolute_error", f"fold {data.fold}")
    return predict(model, inputs["test_corr"], np.arange(len(inputs["test_corr"])))[:, 0]


def this_way(keras, studies: list[dict], folds: list[FoldData], size: int) -> list[np.ndarray]:
    """Features of each image once; then all heads of all folds over them."""
    backbone = build_frozen(keras, BACKBONE, size)
    pictures: dict = {}
    for data in folds:
        for subset, keys in data.rows.items():
            pictures.update(zip(keys, data.images[subset], strict=True))
    places = {key: place for place, key in enumerate(pictures)}
    features = predict(backbone, np.stack(list(pictures.values())), np.arange(len(pictures)))
    found = []
    for data in folds:
        inputs = {subset: features[[places[key] for key in keys]] for subset, keys in data.rows.items()}
        for settings in studies:

            def build(settings=settings, inputs=inputs, data=data):
                keras.utils.set_random_seed(named_seed(SEED, "network", data.fold))
                return build_head(keras, settings, inputs["train"].shape[1:], spread_of(inputs["train"]))

            found.append(train_head(keras, settings, data, inputs, build))
    return found


def plain_way(keras, studies: list[dict], folds: list[FoldData], size: int, spreads: list[float]) -> list[np.ndarray]:
    """model.fit through the frozen backbone, for every variant and fold."""
    found = []
    for data, spread in zip(folds, spreads, strict=True):
        for settings in studies:

            def build(settings=settings, data=data, spread=spread):
                backbone = build_frozen(keras, BACKBONE, size)
                backbone.trainable = False
                keras.utils.set_random_seed(named_seed(SEED, "network", data.fold))
                image = keras.Input((size, size, 3))
                x = keras.layers.Rescaling(1 / spread)(backbone(image, training=False))
                return keras.Model(image, add_head(keras, keras.layers.Flatten()(x), settings))

            found.append(train_head(keras, settings, data, data.images, build))
    return found


def measure_study(keras, every: int) -> dict:
    """Wall time of the study in both ways, and the largest difference of their predictions.

    `least_deviation` is that of the network whose predictions differ least from image to image; `difference_ratio` of
    it is what rounding, which each processor does in its own way, makes of the predictions.
    """
    studies = study_settings()
    subjects = tested_subjects(read_experiments("experiments.tsv", []))
    folds = [FoldData(fold, every, studies[0]) for fold in range(1, len(subjects) + 1)]
    size = folds[0].images["train"].shape[1]
    start = time.perf_counter()
    ours = this_way(keras, studies, folds, size)
    seconds = time.perf_counter() - start
    backbone = build_frozen(keras, BACKBONE, size)
    spreads = [spread_of(predict(backbone, d.images["train"], np.arange(len(d.images["train"])))) for d in folds]
    start = time.perf_counter()
    plain = plain_way(keras, studies, folds, size, spreads)
    plain_seconds = time.perf_counter() - start
    least_deviation = float(min(predictions.std() for predictions in ours))
    max_difference = float(max(np.abs(a - b).max() for a, b in zip(ours, plain, strict=True)))
    return {
        "variants": len(studies),
        "folds": len(folds),
        "epochs": EPOCHS,
        "images_of_a_fold": len(folds[0].images["train"]),
        "seconds": seconds,
        "plain_seconds": plain_seconds,
        "speedup": plain_seconds / seconds,
        "least_deviation": least_deviation,
        "max_difference": max_difference,
        "difference_ratio": max_difference / least_deviation,
    }


def measure_extraction(keras, folder: Path) -> dict:
    """Images a second of feature extraction from stores to a file, and of bare forward passes, in turn.

    With a heavy backbone and a light one, whose forward pass hides less.
    """
    fold = open_fold("results/datasets/LOSOCV-1-train.h5")
    found = {}
    for backbone, count in EXTRACTED.items():
        rows = replace(fold, table=fold.table.iloc[:count]).rows()
        batch = rows[np.arange(BATCH)]
        model = build_frozen(keras, backbone, batch.shape[1])
        model.predict_on_batch(batch)
        bare, extracted = [], []
        for number in range(ROUNDS):
            start = time.perf_counter()
            for _ in range(-(-len(rows) // BATCH)):
                np.asarray(model.predict_on_batch(batch))
            bare.append(time.perf_counter() - start)
            start = time.perf_counter()
            write_features(folder / f"{backbone}{number}.h5", model, rows, half=False)
            extracted.append(time.perf_counter() - start)
        name = backbone.lower()
        found[f"{name}_bare_images_per_second"] = len(rows) / float(np.median(bare))
        found[f"{name}_extracted_images_per_second"] = len(rows) / float(np.median(extracted))
        found[f"{name}_extraction_ratio"] = float(np.median(bare) / np.median(extracted))
        rows.close()
    return found | {"extraction_ratio": min(found[f"{name.lower()}_extraction_ratio"] for name in EXTRACTED)}


def measure_waiting(keras) -> dict:
    """The share of an epoch's steps for which the compact network waits for crops that stand on disk."""
    config = yaml.safe_load(CONFIG.read_text())
    settings = fill_networks(config)["compact_units"] | {"output": "regression", "epochs": 3}
    fold = open_fold("results/datasets/LOSOCV-1-train.h5")
    items = select_items(fold.table, settings, fold.path)
    batches = fold_batches(keras, fold.rows(), *items, settings["batch_size"], (SEED, "batches"), THREADS)
    model = build_network(keras, settings, batches[0][0].shape[1], None)
    model.compile("adam", "mean_absolute_error", steps_per_execution=STEPS)
    seconds, waited = [], []
    for _ in range(settings["epochs"]):
        start = time.perf_counter()
        model.fit(batches, verbose=0, shuffle=False)
        seconds.append(time.perf_counter() - start)
        waited.append(batches.waited)
    batches.close()
    # The first epoch compiles.
    return {"waiting_share": float(np.sum(waited[1:]) / np.sum(seconds[1:]))}


def train_many(path: Path, images: int) -> None:
    """Write half-precision features of so many images and train a head over them for an epoch; prints GiB of memory."""
    width = int(np.prod(UNPOOLED))
    generator = np.random.default_rng(1)
    with h5py.File(path, "w") as file:
        data = file.create_dataset("features", (images, *UNPOOLED), np.float16)
        block = generator.standard_normal((1000, width), np.float32).astype(np.float16).reshape(1000, *UNPOOLED)
        for start in range(0, images, len(block)):
            data[start : start + len(block)] = np.roll(block, start // 1000, axis=0)[: images - start]
    keras = load_keras(THREADS, SEED)
    settings = study_settings()[0] | {"head": [256, 256], "weights": "imagenet", "batch_size": 256}
    rows = Rows([locate_rows(path, "features")], np.zeros(images, int), np.arange(images))
    inputs = rows.load_if_small()
    scores = generator.uniform(0, 2, images).astype(np.float32)
    classes = np.minimum((scores * 2).astype(int), 3)
    items = np.arange(images)
    batches = fold_batches(keras, inputs, items, scores[:, None], classes, settings["batch_size"], (SEED, "b"), THREADS)
    model = build_head(keras, settings, UNPOOLED, spread_of(inputs))
    model.compile("adam", "mean_absolute_error")
    start = time.perf_counter()
    model.fit(batches, epochs=1, verbose=0, shuffle=False)
    seconds = time.perf_counter() - start
    print(json.dumps({"gib": peak_memory_mib() / 1024, "seconds": seconds}))


def measure_many(folder: Path, images: int) -> dict:
    """Memory, beside the bytes of the features, and time of an epoch of a head over many images, in its own process."""
    command = [sys.executable, "-m", "benchmarks.training", "--many", str(images), "--folder", str(folder)]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()[-1]
    found = json.loads(said)
    ratio = found["gib"] * 2**30 / (folder / "many.h5").stat().st_size
    (folder / "many.h5").unlink()
    measures = {"memory_gib": found["gib"], "memory_ratio": ratio, "many_seconds": found["seconds"]}
    return {"many_images": images} | measures


def main() -> None:
    """Print and write all measures."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--every", type=int, default=24, help="take every so many crops of a fold")
    parser.add_argument("--images", type=int, default=MANY, help="images of the measure of memory; 0 leaves it out")
    parser.add_argument("--many", type=int, help="only train over the features of so many images")
    parser.add_argument("--folder", type=Path, help="where --many writes (50 kB an image)")
    options = parser.parse_args()
    if options.many:
        train_many(options.folder / "many.h5", options.many)
        return
    if not Path("results/datasets").is_dir():
        raise InputError("results/datasets", "the folds of a finished run", "no such folder", "run `make run` first")
    with tempfile.TemporaryDirectory() as name:
        report = measure_many(Path(name), options.images) if options.images else {}
        keras = load_keras(THREADS, SEED)
        report |= measure_study(keras, options.every)
        report |= measure_extraction(keras, Path(name))
        report |= measure_waiting(keras)
    for measure, value in report.items():
        print_measure(measure, value, GOALS.get(measure, ""))
    write_measures(OUTPUT, report)


if __name__ == "__main__":
    try:
        main()
    except InputError as error:
        sys.exit(str(error))
