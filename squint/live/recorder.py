"""Keeps what is scored live, as it goes: a process that is killed loses nothing that was scored.

A recording is a folder: `about.json` (scorer, scale, regions, source), `scores/` with parquet files of some seconds,
`tail.jsonl` with what is in none of them yet, a line a frame, `marks.csv` with what people marked, and, if wanted,
`annotated.mkv`. When it ends, `measures.json` tells how it ran, and `curves.parquet` holds the whole curves as the
workflow makes them.
"""

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from squint.errors import InputError
from squint.live.messages import Scored, Welcome
from squint.regions.curves import RAW, Manner, RegionMargins, make_curve

PART_S = 10.0  # that a parquet file holds
MEASURES = "measures.json"
SCORES, TAIL, MARKS, ABOUT, VIDEO, CURVES = (
    "scores",
    "tail.jsonl",
    "marks.csv",
    "about.json",
    "annotated.mkv",
    "curves.parquet",
)
COLUMNS = [*RAW, "low", "high", "region", "latency_ms"]
TYPES = pa.schema(
    [
        ("frame_num", pa.int64()),
        ("time_s", pa.float64()),
        ("score", pa.float64()),
        ("eyes", pa.int64()),
        ("abstained", pa.string()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("region", pa.string()),
        ("latency_ms", pa.float64()),
    ]
)


def rows_of(number: int, time_s: float, scored: Scored, latency_ms: float) -> list[dict]:
    """The rows (COLUMNS) of a frame, one a region."""
    return [
        {
            "frame_num": number,
            "time_s": time_s,
            "score": said.score,
            "eyes": len(said.marks),
            "abstained": said.abstained,
            "low": said.low,
            "high": said.high,
            "region": said.region,
            "latency_ms": round(latency_ms, 3),
        }
        for said in scored.regions
    ]


class Recorder:
    """Writes a recording into a new folder."""

    def __init__(self, folder: Path, welcome: Welcome, regions: dict[str, str], source: str):
        """`regions` are their rectangles by name.

        Raises InputError for a folder that holds a recording, or that can't be made.
        """
        about = {
            "source": source,
            "regions": regions,
            "started": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "scorer": {key: getattr(welcome, key) for key in ABOUT_KEYS},
        }
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / ABOUT).open("x") as file:
                file.write(json.dumps(about, indent=1, ensure_ascii=False) + "\n")
            (folder / SCORES).mkdir(exist_ok=True)
            self.tail = (folder / TAIL).open("a", buffering=1)
        except FileExistsError as error:
            expected, found = "a new folder for a recording", "one that holds a recording, or a file"
            raise InputError(folder, expected, found, "name another one") from error
        except OSError as error:
            found = error.strerror or str(error)
            raise InputError(folder, "a folder to write to", found, "name another one") from error
        self.folder, self.rows, self.parts = folder, [], 0
        self.since = time.monotonic()
        self.video: AnnotatedVideo | None = None

    def add(self, rows: list[dict]) -> None:
        """Keep the rows of a frame: they are with the system before this returns."""
        self.tail.write(json.dumps(rows) + "\n")
        self.rows += rows
        if time.monotonic() - self.since >= PART_S:
            self.write_part()

    def write_part(self) -> None:
        """Put what the tail holds into a parquet file of its own, and empty the tail."""
        self.since = time.monotonic()
        if not self.rows:
            return
        self.parts += 1
        path = self.folder / SCORES / f"{self.parts:06d}.parquet"
        written = path.with_suffix(".new")
        pq.write_table(pa.Table.from_pylist(self.rows, TYPES), written)
        written.replace(path)
        self.rows = []
        self.tail.truncate(0)  # it was opened to append: the next line stands at its beginning

    def mark(self, label: str, time_s: float) -> None:
        """Keep what somebody marked."""
        path = self.folder / MARKS
        row = pd.DataFrame([{"time_s": round(time_s, 3), "mark": label, "at": time.strftime("%Y-%m-%dT%H:%M:%S%z")}])
        row.to_csv(path, mode="a", header=not path.exists(), index=False)

    def draw(self, picture: np.ndarray, time_s: float, fps: float) -> None:
        """Add a frame to the annotated video."""
        if self.video is None:
            self.video = AnnotatedVideo(self.folder / VIDEO, picture.shape[1], picture.shape[0], fps)
        self.video.add(picture, time_s)

    def close(self, measures: dict | None = None) -> None:
        """Write what is left, the whole curves, and how the session ran."""
        try:
            self.write_part()
            if measures:
                (self.folder / MEASURES).write_text(json.dumps(measures, indent=1) + "\n")
        finally:
            self.abandon()
        write_curves(self.folder)

    def abandon(self) -> None:
        """Close all files as they are: what was added stands in them."""
        with suppress(OSError):  # of a full disk, which has been told
            self.tail.close()
        if self.video is not None:
            with suppress(OSError, av.FFmpegError):
                self.video.close()


ABOUT_KEYS = (
    "scorer",
    "digest",
    "kind",
    "scale",
    "highest",
    "coverage",
    "window_s",
    "closed",
    "blink_s",
    "curve_margin",
)


class AnnotatedVideo:
    """A Matroska file, which can be played up to where it was cut."""

    def __init__(self, path: Path, width: int, height: int, fps: float):
        # In pieces of a second, each of which is with the system when it is full.
        how = {"flush_packets": "1", "cluster_time_limit": "1000"}
        self.container = av.open(str(path), "w", format="matroska", options=how)
        options = {"preset": "ultrafast", "crf": "23", "tune": "zerolatency", "threads": "1"}
        self.stream = self.container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001), options=options)
        self.size = width // 2 * 2, height // 2 * 2
        self.stream.width, self.stream.height = self.size
        self.stream.pix_fmt, self.stream.time_base = "yuv420p", Fraction(1, 1000)
        self.stream.codec_context.time_base = Fraction(1, 1000)
        self.last = -1

    def add(self, picture: np.ndarray, time_s: float) -> None:
        """Add a uint8 RGB picture of the first one's size; one that is not later than the last is left out."""
        stamp = round(time_s * 1000)
        if stamp <= self.last:
            return
        self.last = stamp
        width, height = self.size
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture[:height, :width]), format="rgb24")
        frame.pts, frame.time_base = stamp, Fraction(1, 1000)
        self.container.mux(self.stream.encode(frame))

    def close(self) -> None:
        self.container.mux(self.stream.encode())
        self.container.close()


@dataclass(frozen=True)
class Recorded:
    """What a recording holds."""

    about: dict
    scores: pd.DataFrame  # COLUMNS, in the order of frames and regions


def read_recorded(folder: Path) -> Recorded:
    """A recording, of a process that ended or was killed. Raises InputError for a folder that holds none."""
    try:
        about = json.loads((folder / ABOUT).read_text())
        order = {name: number for number, name in enumerate(about["regions"])}
        parts = [pq.read_table(path, schema=TYPES).to_pandas() for path in sorted((folder / SCORES).glob("*.parquet"))]
        lines = (folder / TAIL).read_text().splitlines() if (folder / TAIL).exists() else []
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowInvalid) as error:
        raise InputError(folder, "a recording of live scores", str(error), "name the folder of one") from error
    tail = [row for line in lines if (rows := read_line(line)) for row in rows]
    if tail:
        parts.append(pa.Table.from_pylist(tail, TYPES).to_pandas())
    table = pd.concat(parts, ignore_index=True) if parts else TYPES.empty_table().to_pandas()
    table = table.drop_duplicates(["frame_num", "region"], keep="first")
    place = table.region.map(order).fillna(len(order))
    ordered = table.assign(place=place).sort_values(["frame_num", "place"], ignore_index=True)
    return Recorded(about, ordered.drop(columns="place"))


def read_line(line: str) -> list[dict]:
    """The rows of a line of the tail; none of one that a killed process left half."""
    try:
        return json.loads(line)
    except ValueError:
        return []


def write_curves(folder: Path) -> pd.DataFrame:
    """Write the whole curve of each region of a recording, as the workflow makes them, and give them."""
    recorded = read_recorded(folder)
    scorer = recorded.about["scorer"]
    manner = Manner(scorer["window_s"], scorer["closed"], scorer["blink_s"], scorer["highest"])
    margins = RegionMargins(0.0, np.nan if scorer["curve_margin"] is None else scorer["curve_margin"])
    parts = []
    for region in recorded.about["regions"]:
        ours = recorded.scores[recorded.scores.region == region].reset_index(drop=True)
        curve = make_curve(ours[RAW], manner, margins)
        parts.append(curve.assign(low=ours.low, high=ours.high, region=region))
    table = pd.concat(parts, ignore_index=True)
    table.to_parquet(folder / CURVES, index=False)
    return table
