"""Measures what the video stage costs beside decoding alone: reading, synchronising, detecting, tracking, sharpness.

Run by `make bench-video`. On one clip of 1920x1080 px at 50 fps and the same two cores, interleaved: ffmpeg that
decodes and does nothing else; the naive way, OpenCV's reader to BGR with the same detector on every fifth frame; and
this stage. The same clip without B-frames is the hardest case, for then every frame has to be decoded. Then how the
stage scales from one job to two, what memory it takes, and what tracking is worth. Prints a table and writes
results/benchmarks/video.json.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

# As in the jobs of the workflow: one job, one thread of OpenCV.
os.environ["OPENCV_FOR_THREADS_NUM"] = "1"

import av
import cv2
import numpy as np
import pandas as pd
import yaml

from benchmarks.measures import CAMERAS, peak_memory_mib, print_measure, write_measures
from scripts.faces.detect_faces import detect_faces, find_face
from scripts.faces.measure_detection import judge_frames, known_faces, measure
from scripts.recordings.probe_video import probe_video
from squint.detection.detector import (
    SCAN_WIDTH,
    STRIDE,
    WINDOW,
    Face,
    FaceDetector,
    ScanPicture,
    decode,
    place_face,
    scan_picture,
)
from squint.errors import InputError
from squint.files.video import Video
from squint.simulation.camera import simulate_camera
from squint.synchronisation.light import LightSearch

OUTPUT = Path("results/benchmarks/video.json")
CLIP = Path("benchmarks/clip_1080p50.mp4")
NO_B_CLIP = Path("benchmarks/clip_1080p50_no_b.mp4")
DETECTOR = Path("results/faces/detector.tflite")
GOALS = {
    "ratio_to_ffmpeg": "<= 1.15",
    "ratio_to_naive": "<= 0.7",
    "ratio_to_ffmpeg_one_thread": "<= 1.25",
    "ratio_to_ffmpeg_no_b": "<= 1.25",
    "memory_mib": "<= 1024",
}
NOISE = 4  # standard deviation of the clip's sensor noise in grey levels
CORES = 2
EVERY = 5
CERTAINTY = 0.5
MIN_PROB = 0.95


def render_clips(seconds: float) -> None:
    """Render a simulated camera in full HD, and encode it as camcorders do, with B-frames and without."""
    about = {"experiment": "BENCH", "subject": "bench", "condition": "pain", "camera": "C1", "seed": 1}
    about["cameras"] = list(CAMERAS)
    size = {"width": 1920, "height": 1080, "fps": 50, "seconds": seconds, "dark_seconds": 1.5, "clock_ppm": 0}
    with tempfile.TemporaryDirectory(dir=CLIP.parent) as folder:
        rendered = Path(folder) / "rendered.mp4"
        simulate_camera(str(rendered), str(CLIP.with_suffix(".truth.parquet")), **about, **size)
        for clip, b_frames in ((CLIP, 2), (NO_B_CLIP, 0)):
            encoded = Path(folder) / clip.name
            encode_clip(rendered, encoded, b_frames)
            encoded.rename(clip)


def encode_clip(rendered: Path, encoded: Path, b_frames: int) -> None:
    """Encode a rendered clip with a sensor's noise, at 24 Mbit/s, in groups of half a second and so many B-frames."""
    pattern = f"keyint=25:min-keyint=25:scenecut=0:bframes={b_frames}:b-adapt=0:b-pyramid=none"
    options = {"preset": "veryfast", "b": "24M", "maxrate": "28M", "bufsize": "28M", "x264-params": pattern}
    noise = np.random.default_rng(1).normal(128, NOISE, (1080 + 64, 1920 + 64)).clip(0, 255).astype(np.uint8)
    with av.open(str(rendered)) as read, av.open(str(encoded), "w") as written:
        stream = written.add_stream("libx264", rate=50, options=options)
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        for number, frame in enumerate(read.decode(video=0)):
            planes = frame.to_ndarray(format="yuv420p")
            down, right = 7 * number % 64, 13 * number % 64
            grain = noise[down : down + 1080, right : right + 1920]
            planes[:1080] = cv2.addWeighted(planes[:1080], 1, grain, 1, -128)
            noisy = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            noisy.pts, noisy.time_base = number, Fraction(1, 50)
            written.mux(stream.encode(noisy))
        written.mux(stream.encode())


def repeat_clip(clip: Path, times: int, path: Path) -> None:
    """The packets of `clip` so many times one after the other."""
    with av.open(str(path), "w") as target:
        stream, offset = None, 0
        for _ in range(times):
            with av.open(str(clip)) as source:
                template = source.streams.video[0]
                stream = stream or target.add_stream_from_template(template)
                last = 0
                for packet in source.demux(template):
                    if packet.size and packet.pts is not None and packet.dts is not None:
                        last = max(last, packet.pts + (packet.duration or 0))
                        packet.pts, packet.dts, packet.stream = packet.pts + offset, packet.dts + offset, stream
                        target.mux(packet)
                offset += last


def run_stage(clip: Path, detector: Path, threads: int, folder: Path) -> None:
    """The whole stage on one video: index, light events at both ends, detections."""
    record, index, sync = (folder / name for name in ("record.json", "frames.parquet", "sync.csv"))
    table = folder / "detections.parquet"
    probe_video(str(clip), str(record), str(index), False)
    about = json.loads(record.read_text())
    settings = yaml.safe_load(Path("config.yaml").read_text())["recordings"]["sync"]
    search = LightSearch(about, str(index), threads, **settings)
    try:
        instant = search.first_light(1).instant
    except InputError:
        instant = -0.5  # a clip of one's own: from its first frame on
    search.last_light()
    rows = pd.DataFrame(
        {"camera": CAMERAS, "sync_s": instant / about["fps"], "clock_ppm": 0.0, "sync_frame": 0, "fps": about["fps"]}
    )
    rows.to_csv(sync, index=False)
    settings = {"sample_every": EVERY, "certainty": CERTAINTY}
    faces = FaceDetector(str(detector))
    detect_faces(str(record), str(index), str(sync), faces, str(table), "C1", settings, False, threads, code="")


def run_naive(clip: Path, detector: Path) -> None:
    """OpenCV's reader to BGR, and the detector on every fifth frame."""
    capture, faces = cv2.VideoCapture(str(clip)), FaceDetector(str(detector))
    number = 0
    while True:
        found, frame = capture.read()
        if not found:
            break
        if number % EVERY == 0:
            find_face(faces, scan_picture(av.VideoFrame.from_ndarray(frame, format="bgr24")), None, CERTAINTY)  # pyright: ignore[reportArgumentType]
        number += 1


def work(arguments: list[str]) -> None:
    """One measured side in a process of its own; prints its peak memory in MiB."""
    side, clip, detector, threads = arguments
    if side == "naive":
        run_naive(Path(clip), Path(detector))
    else:
        with tempfile.TemporaryDirectory() as folder:
            run_stage(Path(clip), Path(detector), int(threads), Path(folder))
    print(peak_memory_mib())


def measure_side(side: str, clip: Path, detector: Path, threads: int) -> dict[str, float]:
    """Seconds of one side in a process of its own, its start included, and its memory in MiB."""
    if side == "ffmpeg":
        command = ["ffmpeg", "-v", "error", "-threads", str(threads), "-i", str(clip), "-f", "null", "-"]
    else:
        command = [sys.executable, "-m", "benchmarks.video", "--work", side, str(clip), str(detector), str(threads)]
    begin = time.perf_counter()
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    seconds = {"seconds": time.perf_counter() - begin}
    return seconds if side == "ffmpeg" else seconds | {"mib": float(result.stdout.splitlines()[-1])}


def interleave(sides: dict[str, tuple[str, Path, int]], detector: Path, runs: int) -> dict[str, dict[str, float]]:
    """Median seconds and memory of each side, one run after the other so that the moods of the machine hit all."""
    measured = {name: [] for name in sides}
    for run in range(runs):
        for name, (side, clip, threads) in sides.items():
            measured[name].append(measure_side(side, clip, detector, threads))
            print(f"  run {run + 1} of {runs}: {name:<46}{measured[name][-1]['seconds']:8.2f} s", flush=True)
    return {
        name: {key: statistics.median(value[key] for value in values) for key in values[0]}
        for name, values in measured.items()
    }


def find_in_window(
    detector: FaceDetector, scanned: ScanPicture, last: Face | None, certainty: float
) -> tuple[Face, int, int]:
    """As `find_face`, but by a pass over a window around the last face, and one over the whole if that fails."""
    if last is not None:
        side = min(WINDOW, scanned.pixels.shape[0] // STRIDE * STRIDE)
        left, top = (
            int(np.clip(round((start + last.size / 2) / scanned.scale - side / 2), 0, length - side))
            for start, length in ((last.x, SCAN_WIDTH), (last.y, scanned.pixels.shape[0]))
        )
        window = ScanPicture(scanned.pixels[top : top + side, left : left + side], scanned.width, scanned.height)
        probability, x, y, size = decode(detector.scan(window))
        if probability >= certainty:
            return place_face(probability, x + left, y + top, size, scanned), 1, 0
    return *find_face(detector, scanned, None, certainty)[:2], int(last is not None)


def judge_tracking(clip: Path, detector_path: Path) -> dict[str, dict[str, float]]:
    """Time a frame and quality of three ways to find the faces of a rendered clip, in its dark frames too."""
    detector = FaceDetector(str(detector_path))
    ways = {
        "tracking in the grid of one scan": find_face,
        "tracking by a pass over a window": find_in_window,
        "no tracking": lambda detector, scanned, _, certainty: find_face(detector, scanned, None, certainty),
    }
    seconds, last = dict.fromkeys(ways, 0.0), dict.fromkeys(ways)
    rows = {name: [] for name in ways}
    with Video(str(clip)) as video:
        for number, frame in video.read(range(0, len(video), EVERY)):
            scanned = scan_picture(frame)
            if number == 0:  # both sizes of picture once, so that no way pays for their beginning
                find_in_window(detector, scanned, Face(0, 0, 1, 1.0), 0.0)
                find_face(detector, scanned, None, 0.0)
            turn = number // EVERY % len(ways)
            for name, way in [*ways.items()][turn:] + [*ways.items()][:turn]:
                begin = time.perf_counter()
                face, tracked, lost = way(detector, scanned, last[name], CERTAINTY)
                seconds[name] += time.perf_counter() - begin
                found = face.certainty >= CERTAINTY
                last[name] = face if found else None
                rows[name].append((number, int(found), face.certainty, tracked, lost, face.x, face.y, face.size))
    columns = ["frame_num", "det_lbl", "det_prb", "det_trd", "det_trf", "box_x", "box_y", "box_size"]
    known = known_faces(str(clip.with_suffix(".truth.parquet")), None, str(clip))
    return {
        name: {"ms_per_frame": 1000 * seconds[name] / len(found)}
        | measure(judge_frames(pd.DataFrame(found, columns=columns), known, MIN_PROB))
        for name, found in rows.items()
    }


def measure_scaling(clip: Path, detector: Path) -> dict[str, float]:
    """Frames a second of one job and of two at a time, each with one decoder thread."""
    with av.open(str(clip)) as container:
        frames = container.streams.video[0].frames
    speed = {}
    for jobs in (1, 2):
        begin = time.perf_counter()
        with ThreadPoolExecutor(jobs) as pool:
            list(pool.map(lambda _: measure_side("stage", clip, detector, 1), range(jobs)))
        speed[f"{jobs}_jobs"] = jobs * frames / (time.perf_counter() - begin)
    return speed


def main() -> None:
    """Measure, print and write everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clip", type=Path, help="a clip of your own; without it one is rendered and kept")
    parser.add_argument("--detector", type=Path, default=DETECTOR, help="a detector.tflite (%(default)s)")
    parser.add_argument("--seconds", type=float, default=90, help="length of the rendered clip (%(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each side (%(default)s)")
    parser.add_argument("--work", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.work)
        return
    if shutil.which("ffmpeg") is None:
        sys.exit("ffmpeg is missing; on Debian: apt-get install ffmpeg")
    if not options.detector.is_file():
        sys.exit(f"{options.detector} is missing: run `make bench-video`, or give --detector")
    clip = options.clip or CLIP
    if options.clip is None and not NO_B_CLIP.is_file():
        print(f"rendering {CLIP}, {options.seconds:g} s, twice; they are kept for the next time", flush=True)
        render_clips(options.seconds)
    # What has more threads than these cores may not use others.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    sides = {
        "ffmpeg, 2 threads": ("ffmpeg", clip, 2),
        "this stage, 2 decoder threads": ("stage", clip, 2),
        "naive: OpenCV's reader and the same detector": ("naive", clip, 0),
        "ffmpeg, 1 thread": ("ffmpeg", clip, 1),
        "this stage, 1 decoder thread": ("stage", clip, 1),
    }
    if options.clip is None:
        sides["ffmpeg, 2 threads, no B-frames"] = ("ffmpeg", NO_B_CLIP, 2)
        sides["this stage, 2 decoder threads, no B-frames"] = ("stage", NO_B_CLIP, 2)
    measured = interleave(sides, options.detector, options.runs)
    seconds = [side["seconds"] for side in measured.values()]
    ffmpeg, stage, naive, ffmpeg_one, stage_one, *no_b = seconds
    with tempfile.TemporaryDirectory(dir=OUTPUT.parent) as folder:
        long = Path(folder) / "long.mp4"
        repeat_clip(clip, 3, long)
        long_memory = measure_side("stage", long, options.detector, 2)["mib"]
    scaling = measure_scaling(clip, options.detector)
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        about = {"frames": stream.frames, "size": f"{stream.width}x{stream.height}", "codec": stream.codec_context.name}
        rate = float(stream.average_rate or 0)
    result = {
        "clip": about | {"mbit_per_s": clip.stat().st_size * 8e-6 / (about["frames"] / rate)},
        "cores": len(os.sched_getaffinity(0)),
        "runs": options.runs,
        "seconds": {name: side["seconds"] for name, side in measured.items()},
        "ratio_to_ffmpeg": stage / ffmpeg,
        "ratio_to_naive": stage / naive,
        "ratio_to_ffmpeg_one_thread": stage_one / ffmpeg_one,
        "memory_mib": measured["this stage, 2 decoder threads"]["mib"],
        "memory_mib_of_3_times_the_length": long_memory,
        "frames_per_s": scaling,
        "scaling": scaling["2_jobs"] / scaling["1_jobs"],
    }
    if options.clip is None:
        result["ratio_to_ffmpeg_no_b"] = no_b[1] / no_b[0]
        result["tracking"] = judge_tracking(clip, options.detector)
    write_measures(OUTPUT, result)
    print(f"\n{about['frames']} frames, {about['size']}, {about['codec']}; medians of {options.runs} interleaved runs")
    for name, side in measured.items():
        print_measure(name, about["frames"] / side["seconds"], unit="frames/s")
    for name, goal in GOALS.items():
        if name in result:
            print_measure(name, result[name], goal)
    print_measure("memory of 3 times the length", long_memory, unit="MiB")
    print_measure("two jobs at a time, frames a second of one", result["scaling"], unit="times")
    for name, measures in result.get("tracking", {}).items():
        shown = ", ".join(f"{key} {measures[key]:.3f}" for key in ("ap50", "recall", "mean_iou", "false_faces"))
        print_measure(f"{name} (simulated clip)", measures["ms_per_frame"], unit=f"ms a frame, {shown}")


if __name__ == "__main__":
    main()
