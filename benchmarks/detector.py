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

import pandas as pd
import yaml

from benchmarks.measures import CAMERAS, print_measure, write_measures
from scripts.faces.annotate_simulated_faces import annotate_simulated_faces
from scripts.faces.measure_detection import constant_box, judge_frames, known_faces, measure
from scripts.faces.train_detector import train_detector
from squint.detection.detector import Face, FaceDetector, best_face, scan_picture
from squint.domain.seeds import named_generator
from squint.files.video import Video
from squint.jobs.digests import code_digest
from squint.simulation.camera import simulate_camera

OUTPUT = Path("results/benchmarks/detector.json")
CAMERA_CODE = code_digest(Path("squint/simulation/camera.py"), Path())  # videos that other code rendered are others
VIDEOS = Path("results/benchmarks/detector") / CAMERA_CODE
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


def annotate(animals: list[str], count: int, path: Path) -> None:
    """Write a box sheet of `count` frames drawn from all cameras of some animals; SystemExit where there are fewer."""
    videos = [VIDEOS / animal / f"{camera}.mp4" for animal, camera in product(animals, CAMERAS)]
    truths = [str(video.with_suffix(".truth.parquet")) for video in videos]
    annotate_simulated_faces(list(map(str, videos)), truths, str(path), every=1)
    table = pd.read_csv(path)
    if len(table) < count:
        sys.exit(f"{len(animals)} animal(s) have {len(table)} frames, not {count}: give fewer --frames")
    rows = named_generator(1, "frames of", *animals).permutation(len(table))[:count]
    table.loc[rows].to_csv(path, index=False)


def judge_unseen(detector: FaceDetector | None) -> pd.DataFrame:
    """Every other frame of the unseen animals with what a detector, or none, found in it (see judge_frames)."""
    judged = []
    for animal, camera in product(UNSEEN, CAMERAS):
        path = VIDEOS / animal / f"{camera}.mp4"
        rows = []
        with Video(str(path)) as video:
            for number, frame in video.read(range(0, len(video), 2)):
                scanned = scan_picture(frame)
                face = best_face(detector.scan(scanned), scanned) if detector else Face(0, 0, 0, 0.0)
                rows.append((number, int(detector is not None), face.certainty, 0, face.x, face.y, face.size))
        columns = ["frame_num", "det_lbl", "det_prb", "det_trd", "box_x", "box_y", "box_size"]
        known = known_faces(str(path.with_suffix(".truth.parquet")), None, str(path))
        frames = judge_frames(pd.DataFrame(rows, columns=columns), known, MIN_PROB)
        judged.append(frames.assign(camera=f"{animal} {camera}"))
    return pd.concat(judged, ignore_index=True)


def train_and_judge(frames: int, animals: int, start: str, folder: Path) -> dict[str, float]:
    """Train on so many frames of so many animals, and judge what was learnt on the unseen ones."""
    name = folder / f"{frames}-{animals}-{'shipped' if start else 'nothing'}"
    name.mkdir(parents=True, exist_ok=True)
    annotate([f"animal{number + 1}" for number in range(animals)], frames, name / "faces.csv")
    settings = yaml.safe_load(Path("config.yaml").read_text())["faces"]["training"] | {"least_ap": 0}
    written = {"model_path": "detector.tflite", "weights_path": "detector.weights.h5"}
    written |= {"history_path": "history.csv", "record_path": "detector.json"}
    written |= {"misses_path": "misses.png", "wanted_path": "wanted.csv"}
    made = {key: str(name / file) for key, file in written.items()}
    begin = time.process_time()
    how = {"settings": settings, "min_prob": MIN_PROB, "seed": 1, "threads": 1, "kept": str(name)}
    train_detector(str(name / "faces.csv"), [], start, **made, **how)
    seconds = time.process_time() - begin
    record = json.loads(Path(made["record_path"]).read_text())
    return measure(judge_unseen(FaceDetector(made["model_path"]))) | {
        "held_out_ap50": record["held_out"]["ap50"],
        "slope": record["certainty"]["slope"],
        "epochs": record["epochs"],
        "cpu_s": seconds,
    }


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
            results.append({"annotated": frames, "animals": animals, "start": start} | measured)
            shown = ", ".join(f"{key} {value:.3g}" for key, value in measured.items() if key != "ap50")
            print_measure(f"AP50, {frames} frames of {animals} animal(s), from {start}", measured["ap50"], unit=shown)
    reference = measure(constant_box(judge_unseen(None)))
    print_measure("AP50 of a box that never moves", reference["ap50"])
    found = [row["ap50"] for row in results if (row["annotated"], row["animals"], row["start"]) == (250, 2, "nothing")]
    measures = {"trained": results, "reference": reference, "unseen_animals": len(UNSEEN), "goals": GOALS}
    if found:
        measures["ap50_250"] = found[0]
        print_measure("ap50_250", found[0], GOALS["ap50_250"])
    write_measures(OUTPUT, measures)


if __name__ == "__main__":
    sys.exit(main())
