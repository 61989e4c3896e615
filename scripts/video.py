"""Frame-exact reading of video files. Frame k is the k-th frame in presentation order, counted from 0."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import av
import numpy as np

from scripts.job import InputError

# Presentation times may jitter by this share of a frame in a file of constant rate (time bases round).
RATE_JITTER = 0.1
# So many seconds, and at most such a share of a file, may be hidden by its edit list.
HIDDEN_SECONDS = 2
HIDDEN_SHARE = 0.05


def open_video(path: str, threads: int = 1) -> tuple[av.container.InputContainer, av.VideoStream]:
    """The container and its first video stream. Raises InputError for what is no readable video."""
    remedy = "copy the file from the camcorder again, or convert it to MP4 with H.264"
    try:
        container = av.open(str(path))
    except (av.FFmpegError, OSError) as error:
        raise InputError(path, "a readable video file", f"{type(error).__name__}: {error}", remedy) from error
    if not container.streams.video:
        container.close()
        raise InputError(path, "a file with a video stream", "no video stream", remedy)
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = threads
    return container, stream


def read_frames(path: str, threads: int = 1) -> Iterator[tuple[int, float, av.VideoFrame]]:
    """All frames in presentation order: number, presentation time in s from the first frame, frame.

    Raises InputError where decoding fails.
    """
    container, stream = open_video(path, threads)
    first = None
    number = -1
    with container:
        try:
            for number, frame in enumerate(container.decode(stream)):
                if frame.pts is None:
                    remedy = "convert the video to MP4 with H.264"
                    raise InputError(path, "frames with presentation times", f"none for frame {number}", remedy)
                first = frame.pts if first is None else first
                yield number, float((frame.pts - first) * frame.time_base), frame
        except av.FFmpegError as error:
            raise InputError(
                path,
                "a video that decodes to its end",
                f"after frame {number}: {type(error).__name__}: {error}",
                "copy the file from the camcorder again; if it is broken there too, cut it before the broken place",
            ) from error


def luma(frame: av.VideoFrame) -> np.ndarray:
    """The brightness plane of a planar or grey 8-bit frame, uint8 (height, width), without conversion of colours."""
    if not frame.format.name.startswith(("yuv", "nv", "gray")) or frame.format.components[0].bits != 8:
        return frame.to_ndarray(format="gray")
    plane = frame.planes[0]
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]


def fetch_frames(path: str, numbers: Iterable[int], threads: int = 1) -> Iterator[tuple[int, np.ndarray]]:
    """Frames by number in ascending order, uint8 RGB, decoded in one pass that ends with the last one.

    Raises InputError when the video ends before the last number.
    """
    wanted = sorted(set(numbers))
    number = -1
    for number, _, frame in read_frames(path, threads) if wanted else ():
        if number == wanted[0]:
            yield number, frame.to_ndarray(format="rgb24")
            wanted.pop(0)
            if not wanted:
                return
    if wanted:
        raise InputError(
            path,
            f"a frame {wanted[-1]}",
            f"{number + 1} frames",
            "check that the video is whole and belongs to this recording",
        )


def probe(path: str, threads: int = 1) -> dict:
    """What a video file is, with frames counted by decoding them all. Raises InputError if it is cut or unreadable."""
    container, stream = open_video(path)
    with container:
        stated = stream.frames
        record = {
            "path": str(path),
            "name": Path(path).name,
            "bytes": Path(path).stat().st_size,
            "codec": stream.codec_context.name,
            "width": stream.codec_context.width,
            "height": stream.codec_context.height,
            "fps": float(stream.average_rate or stream.guessed_rate),
        }
    times = []
    interlaced = False
    for _, time_s, frame in read_frames(path, threads):
        times.append(time_s)
        interlaced = interlaced or frame.interlaced_frame
    # A header may count frames that an edit list hides; more than that is a cut file.
    expected = max(2, stated - int(min(HIDDEN_SECONDS * record["fps"], HIDDEN_SHARE * stated)))
    if len(times) < expected:
        raise InputError(
            path,
            f"at least {expected} frames, from the file's header",
            f"{len(times)} that can be decoded: the file is cut",
            "copy the file from the camcorder again",
        )
    steps = np.diff(times) * record["fps"]
    record["frames"] = len(times)
    record["constant_rate"] = bool(np.all(np.abs(steps - 1) < RATE_JITTER))
    record["interlaced"] = bool(interlaced)
    return record
