"""Small video files for tests: each frame's brightness, or a barcode in it, tells its number."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

SIZE = (64, 48)
CODED_SIZE = (192, 64)  # of frames with a barcode
BITS = 12


def write_pictures(
    path: Path,
    pictures: Iterable[np.ndarray],
    fps: float = 25,
    codec: str = "libx264",
    options: dict | None = None,
    pix_fmt: str = "yuv420p",
    times: list[int] | None = None,
    container_format: str | None = None,
    container_options: dict | None = None,
    rotation: int = 0,
    interlaced: bool = False,
) -> Path:
    """Write grey pictures (height, width) as a video; `times` are presentation times in frames, 0, 1, 2 … if absent."""
    with av.open(str(path), "w", format=container_format, options=container_options or {}) as container:
        stream = container.add_stream(codec, rate=Fraction(fps).limit_denominator(1001), options=options or {})
        stream.pix_fmt = pix_fmt
        if rotation:
            stream.set_display_rotation(rotation)
        for number, picture in enumerate(pictures):
            if number == 0:
                stream.height, stream.width = picture.shape
            frame = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format=pix_fmt, threads=1)
            frame.pts = times[number] if times else number
            frame.time_base = 1 / stream.codec_context.framerate
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_video(
    path: Path, levels: list[int], fps: float = 25, codec: str = "libx264", options: dict | None = None
) -> Path:
    """Write one grey frame of each level (0 to 255)."""
    pictures = (np.full((SIZE[1], SIZE[0]), level, np.uint8) for level in levels)
    return write_pictures(path, pictures, fps, codec, options or {"crf": "10", "preset": "ultrafast"})


def barcode(number: int) -> np.ndarray:
    """A picture that shows the bits of `number` as white and black bars, and their opposites below."""
    bits = np.array([number >> bit & 1 for bit in range(BITS)], np.uint8)
    row = np.repeat(np.where(bits, 220, 30).astype(np.uint8), CODED_SIZE[0] // BITS)
    half = CODED_SIZE[1] // 2
    return np.concatenate([np.tile(row, (half, 1)), np.tile(250 - row, (half, 1))])


def read_barcode(picture: np.ndarray) -> int | None:
    """The number that a grey picture shows; None where its halves contradict each other."""
    half = picture.shape[0] // 2
    bars = [
        part.reshape(half, BITS, -1).astype(float).mean(axis=(0, 2)) > 125 for part in (picture[:half], picture[half:])
    ]
    if (bars[0] == bars[1]).any():
        return None
    return int(sum(1 << bit for bit in range(BITS) if bars[0][bit]))
