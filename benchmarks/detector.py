"""Measures what a face detector learns from so many annotated frames of so many animals, from nothing or a start.

Run by `make bench-detector`. Simulated animals are rendered, six cameras each; a detector is trained on frames of some
of them, as `faces: annotations` trains one, and judged on animals that it never saw: average precision, and the recall
and the false faces at the certainty that moments ask for. Beside it, a box that never moves. Prints a table and writes
results/benchmarks/detector.json.
"""

import argparse
import json
import os
import sys
import time
from itertools import product
from multiprocessing import get_context
from pathlib import Path

# As in the jobs of the workflow: one job, one thread of OpenCV.
os.environ["OPENCV_FOR_THREADS_NUM"] = "1"
os.environ["MALLOC_MMAP_THRESHOLD_"] = str(32 << 20)  # for the processes that train
os.environ["MALLOC_TRIM_THRESHOLD_"] = str(1 << 30)
os.environ["MALLOC_TOP_PAD_"] = str(64 << 20)

import numpy as np
import pandas as pd
import yaml

from benchmarks.measures import CAMERAS, print_measure, write_measures
from scripts.faces.train_detector import train_detector
from squint.detection.detector import FaceDetector, best_face, scan_picture
from squint.domain.seeds import named_generator
from squint.files.video import Video
from squint.measures.detection import HIT, average_precision, ratio
from squint.simulation.camera import simulate_camera

OUTPUT = Path("results/benchmarks/detector.json")
VIDEOS = Path("results/benchmarks/detector")
SHIPPED_START = Path("detectors/simulated_rig.weights.h5")
FRAMES, ANIMALS = (60, 120, 250, 500, 2000), (1, 2, 4)
UNSEEN = ("unseen1", "unseen2", "unseen3", "unseen4")
GOALS = {"ap50_250": ">= 0.9"}
MIN_PROB = 0.95


def render(job: tuple[str, str, float]) -> Path:
    """The video of one camera of one animal, at 5 frames a second so that frames differ; rendered once."""
    animal, camera, seconds = job
    video = VIDEOS / animal / f"{camera}.mp4"
    if not video.is_file():
        video.parent.mkdir(parents=True, exist_ok=True)
        begun = video.with_suffix(".part.mp4")
        simulate_camera(
            str(begun),
            str(video.with_suffix(".truth.parquet")),
            experiment=animal,
            subject=animal,
            condition="pain" if animal[-1] in "13" else "basal",
            camera=camera,
            cameras=list(CAMERAS),
            seed=77,
            width=640,
            height=360,
            fps=5,
            seconds=seconds,
            dark_seconds=0.4,
            clock_ppm=0,
        )
        begun.rename(video)
    return video


def annotate(animals: list[str], count: int) -> pd.DataFrame:
    """A box sheet of `count` frames drawn from all cameras of some animals."""
    tables = []
    for animal, camera in product(animals, CAMERAS):
        video = VIDEOS / animal / f"{camera}.mp4"
        table = pd.read_parquet(video.with_suffix(".truth.parquet"))
        table = table[~table.doubtful].assign(video=str(video))
        table.loc[~table.face, ["box_x", "box_y", "box_size"]] = 0
        tables.append(table)
    table = pd.concat(tables, ignore_index=True)
    generator = named_generator(1, "frames of", *animals)
    return table.loc[generator.permutation(len(table))[:count], ["video", "frame_num", "box_x", "box_y", "box_size"]]


def unseen_frames(every: int) -> tuple[list, pd.DataFrame]:
    """Scan pictures of every so many frames of the unseen animals, and what is known of each."""
    pictures, known = [], []
    for animal, camera in product(UNSEEN, CAMERAS):
        path = VIDEOS / animal / f"{camera}.mp4"
        truth = pd.read_parquet(path.with_suffix(".truth.parquet")).set_index("frame_num")
        with Video(str(path)) as video:
            for number, frame in video.read(range(0, len(video), every)):
                pictures.append(scan_picture(frame))
                known.append(truth.loc[number])
    return pictures, pd.DataFrame(known)


def iou_of(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union of squares, (n, 3) each: left, top and size."""
    ends, other_ends = boxes[:, :2] + boxes[:, 2:], others[:, :2] + others[:, 2:]
    sides = (np.minimum(ends, other_ends) - np.maximum(boxes[:, :2], others[:, :2])).T
    common = np.maximum(sides[0], 0) * np.maximum(sides[1], 0)
    return common / (boxes[:, 2] ** 2 + others[:, 2] ** 2 - common)


def judge(boxes: np.ndarray, certainty: np.ndarray, known: pd.DataFrame) -> dict[str, float]:
    """Measures of one box a frame, (n, 3), with its certainty. A face that is turned just out of view is no face."""
    face, hidden = known.face.to_numpy(bool), known.hidden.to_numpy(bool)
    iou = np.where(face, iou_of(boxes, known[["box_x", "box_y", "box_size"]].to_numpy(float)), 0)
    counted = certainty >= MIN_PROB
    return {
        "ap50": average_precision(face, certainty, iou),
        "recall": ratio((counted & face & (iou >= HIT)).sum(), face.sum()),
        "false_faces": ratio((counted & hidden).sum(), hidden.sum()),
        "mean_iou": float(iou[face & (iou >= HIT)].mean()) if (face & (iou >= HIT)).any() else 0.0,
        "right_of_certain": ratio((counted & (iou >= HIT)).sum(), counted.sum()),
    }


def train_and_judge(frames: int, animals: int, start: str, folder: Path) -> dict[str, float]:
    """Train on so many frames of so many animals, and judge what was learnt on the unseen ones."""
    name = folder / f"{frames}-{animals}-{'shipped' if start else 'nothing'}"
    name.mkdir(parents=True, exist_ok=True)
    annotate([f"animal{number + 1}" for number in range(animals)], frames).to_csv(name / "faces.csv", index=False)
    settings = yaml.safe_load(Path("config.yaml").read_text())["faces"]["training"] | {"least_ap": 0}
    written = {"model_path": "detector.tflite", "weights_path": "detector.weights.h5"}
    written |= {"history_path": "history.csv", "record_path": "detector.json"}
    written |= {"misses_path": "misses.png", "wanted_path": "wanted.csv"}
    made = {key: str(name / file) for key, file in written.items()}
    begin = time.process_time()
    how = {"settings": settings, "min_prob": MIN_PROB, "seed": 1, "threads": 1, "kept": str(name)}
    train_detector(str(name / "faces.csv"), [], start, **made, **how)
    seconds = time.process_time() - begin
    detector = FaceDetector(made["model_path"])
    pictures, known = unseen_frames(2)
    faces = [best_face(detector.scan(picture), picture) for picture in pictures]
    boxes = np.array([(face.x, face.y, face.size) for face in faces], float)
    record = json.loads(Path(made["record_path"]).read_text())
    return judge(boxes, np.array([face.certainty for face in faces]), known) | {
        "held_out_ap50": record["held_out"]["ap50"],
        "slope": record["certainty"]["slope"],
        "epochs": record["epochs"],
        "cpu_s": seconds,
    }


def never_moving() -> dict[str, float]:
    """The trivial reference: each unseen camera's median box, in all of its frames."""
    _, known = unseen_frames(2)
    known = known.assign(face=known.face.astype(bool))
    boxes = known[["box_x", "box_y", "box_size"]].astype(float)
    seen = boxes.where(known.face.to_numpy()[:, None])
    median = seen.groupby(known.index.to_series().lt(known.index.to_series().shift()).cumsum().to_numpy())
    median = median.transform("median").fillna(1)
    return judge(median.to_numpy(), np.ones(len(known)), known)


def main() -> None:
    """Render, train, judge, print and write everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, nargs="+", default=FRAMES, help="annotated frames (%(default)s)")
    parser.add_argument("--animals", type=int, nargs="+", default=ANIMALS, help="animals that they show (%(default)s)")
    parser.add_argument("--starts", nargs="+", choices=["nothing", "shipped"], default=["nothing", "shipped"])
    options = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    jobs = [(f"animal{number + 1}", camera, 80.0) for number in range(max(options.animals)) for camera in CAMERAS]
    jobs += [(animal, camera, 30.0) for animal, camera in product(UNSEEN, CAMERAS)]
    starts = {"nothing": "", "shipped": str(SHIPPED_START)}
    tasks = [
        (frames, animals, start) for start, animals, frames in product(options.starts, options.animals, options.frames)
    ]
    with get_context("spawn").Pool(cores) as pool:
        pool.map(render, jobs, chunksize=1)
    with get_context("spawn").Pool(cores, maxtasksperchild=1) as pool:
        calls = [
            pool.apply_async(train_and_judge, (frames, animals, starts[start], VIDEOS / "trained"))
            for frames, animals, start in tasks
        ]
        results = []
        for (frames, animals, start), call in zip(tasks, calls, strict=True):
            measured = call.get()
            results.append({"frames": frames, "animals": animals, "start": start} | measured)
            shown = ", ".join(f"{key} {value:.3g}" for key, value in measured.items() if key != "ap50")
            print_measure(f"AP50, {frames} frames of {animals} animal(s), from {start}", measured["ap50"], unit=shown)
    reference = never_moving()
    print_measure("AP50 of a box that never moves", reference["ap50"])
    found = [row["ap50"] for row in results if (row["frames"], row["animals"], row["start"]) == (250, 2, "nothing")]
    measures = {"trained": results, "reference": reference, "unseen_animals": len(UNSEEN), "goals": GOALS}
    if found:
        measures["ap50_250"] = found[0]
        print_measure("ap50_250", found[0], GOALS["ap50_250"])
    write_measures(OUTPUT, measures)


if __name__ == "__main__":
    sys.exit(main())
