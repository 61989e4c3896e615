"""Measures how far six cameras are off a moment when their clocks drift, with and without a second light event.

Run by `make bench-drift`. The recordings are simulated: grey frames that see nothing but the light, an hour at 50
fps, six cameras whose clocks are up to 50 parts per million fast or slow. They go through the workflow's own probing,
synchronising and choosing of frames; the truth is when each frame was taken. Once with an exposure of a whole frame,
once with a short one, in which no frame sees the light come on. Prints a table and writes
results/benchmarks/drift.json.
"""

import argparse
import tempfile
from pathlib import Path

import av
import numpy as np
import pandas as pd
import yaml

from benchmarks.measures import CAMERAS, write_measures
from scripts.recordings.probe_video import probe_video
from scripts.recordings.synchronise_cameras import synchronise_cameras
from squint.domain.seeds import named_generator
from squint.files.video import Video
from squint.simulation.camera import Timing, sample_timing
from squint.synchronisation.clocks import moment_frames

OUTPUT = Path("results/benchmarks/drift.json")
FPS = 50
EVERY = 5
CLOCK_PPM = 50
SIZE = 32  # px; the frames show only light
DARK, LIT, NOISE = 8, 150, 4  # grey levels
EXPOSURES = {"exposure of a whole frame": 1.0, "exposure of a tenth of a frame": 0.1}


def write_light(path: Path, timing: Timing, generator: np.random.Generator) -> None:
    """A video of grey frames as bright as the light that they saw, with noise."""
    noise = generator.normal(0, NOISE, (8, SIZE, SIZE))
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "g": "25", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = SIZE, SIZE, "yuv420p"
        stream.codec_context.thread_count = 1  # the same file on any number of cores
        chroma = np.full((SIZE // 2, SIZE), 128, np.uint8)
        for number in range(timing.frames):
            level = DARK + (LIT - DARK) * timing.light(number)
            grey = np.clip(noise[number % len(noise)] + level, 0, 255).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(np.concatenate([grey, chroma]), format="yuv420p")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def errors(sync: pd.DataFrame, timings: dict[str, Timing], times: dict[str, np.ndarray]) -> np.ndarray:
    """How far the six frames of each moment are from the middle between the first and the last, in frames."""
    picked = {c: moment_frames(sync, c, times[c], EVERY) for c in CAMERAS}
    length = min(map(len, picked.values()))
    numbers = np.stack([picked[c][:length] for c in CAMERAS], axis=1)
    taken = np.stack([timings[c].start_s + numbers[:, i] * timings[c].step_s for i, c in enumerate(CAMERAS)], axis=1)
    taken = taken[(numbers >= 0).all(axis=1)] * FPS
    return (taken.max(axis=1) - taken.min(axis=1)) / 2


def measure_recording(name: str, minutes: float, exposure: float, settings: dict, seed: int) -> dict:
    """Simulate, synchronise and judge one recording."""
    timings, records, indexes = {}, [], []
    with tempfile.TemporaryDirectory() as folder:
        for camera in CAMERAS:
            drawn = sample_timing(seed, name, camera, FPS, 60 * minutes, 2.0, CLOCK_PPM)
            timings[camera] = Timing(drawn.start_s, drawn.step_s, drawn.dark, drawn.frames, exposure)
            path = Path(folder) / f"{camera}.mp4"
            write_light(path, timings[camera], named_generator(seed, "light noise", name, camera))
            records.append(f"{folder}/{camera}.json")
            indexes.append(f"{folder}/{camera}.frames.parquet")
            probe_video(str(path), records[-1], indexes[-1], False)
        table = Path(folder) / "sync.csv"
        synchronise_cameras(list(CAMERAS), records, indexes, str(table), "", CLOCK_PPM, settings, threads=1)
        sync = pd.read_csv(table, index_col="camera")
        times = {}
        for camera, index in zip(CAMERAS, indexes, strict=True):
            with Video(f"{folder}/{camera}.mp4", index) as video:
                times[camera] = video.times_s
    fitted = errors(sync, timings, times)
    nominal = errors(sync.assign(clock_ppm=0.0), timings, times)
    true_ppm = np.array([-(timings[c].step_s * FPS - 1) * 1e6 for c in CAMERAS])
    found_ppm = sync.clock_ppm.to_numpy()
    tenth = len(nominal) // 10
    return {
        "recording": name,
        "moments": len(fitted),
        "largest_error_frames": float(fitted.max()),
        "share_within_half_a_frame": float((fitted <= 0.5).mean()),
        "without_second_event_largest": float(nominal.max()),
        "without_second_event_last_tenth": float(nominal[-tenth:].mean()),
        "clock_error_ppm": float(np.abs((found_ppm - found_ppm.mean()) - (true_ppm - true_ppm.mean())).max()),
    }


def main() -> None:
    """Measure, print and write everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60, help="length of the recordings (%(default)s)")
    parser.add_argument("--recordings", type=int, default=2, help="recordings of each exposure (%(default)s)")
    options = parser.parse_args()
    config = yaml.safe_load(Path("config.yaml").read_text())
    rows = []
    for about, exposure in EXPOSURES.items():
        for number in range(1, options.recordings + 1):
            name = f"DRIFT{number}"
            row = measure_recording(name, options.minutes, exposure, config["recordings"]["sync"], config["seed"])
            rows.append({"exposure": about} | row)
            print(f"{name}, {about}", flush=True)
            for key, value in row.items():
                print(f"  {key:<42}{value if isinstance(value, str) else format(value, '.3f'):>10}", flush=True)
    result = {"simulated": True, "minutes": options.minutes, "fps": FPS, "clock_ppm": CLOCK_PPM, "recordings": rows}
    write_measures(OUTPUT, result)


if __name__ == "__main__":
    main()
