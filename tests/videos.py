"""Small video files for tests: each frame's brightness, or a barcode in it, tells its number."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

CAMERAS = ("C1", "C2", "C3", "C4", "C5", "C6")  # the rig of the thesis
SIZE = (64, 48)
CODED_SIZE = (192, 64)  # of frames with a barcode
BITS = 12
# Groups of few frames with key frames in the middle of the stream, as camcorders write them.
CAMCORDER = {"x264-params": "keyint=8:min-keyint=8:scenecut=0:bframes=2:open-gop=1"}
# What makes encoders write the same bytes on any machine, beside one thread; by themselves they ask its processor.
ALIKE = {
    "libx264": ("x264-params", "cpu-independent=1"),
    "libx265": ("x265-params", "pools=none:frame-threads=1:wpp=0:log-level=none"),
}
# The light of these videos: lit and dark levels, and the config's `recordings: sync` that fits their length.
LIT, DARK = 120, 4
SYNC_SETTINGS = {
    "bright_level": 50,
    "bright_share_least": 0.3,
    "dark_seconds": 0.4,
    "dark_fragment": 1,
    "search_seconds": 60,
}


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
    mirrored: tuple[bool, bool] = (False, False),
    aspect: Fraction | None = None,
) -> Path:
    """Write grey pictures (height, width) as a video; `times` are presentation times in frames, 0, 1, 2 … if absent.

    Players show it turned by `rotation` degrees against the clock, then `mirrored` (left and right, up and down), with
    pixels of an `aspect`.
    The same bytes on any machine, so that what damage does to them is the same too.
    """
    options = dict(options or {})
    if codec in ALIKE:
        name, values = ALIKE[codec]
        options[name] = ":".join(filter(None, [options.get(name), values]))
    with av.open(str(path), "w", format=container_format, options=container_options or {}) as container:
        stream = container.add_stream(codec, rate=Fraction(fps).limit_denominator(1001), options=options)
        stream.codec_context.thread_count = 1
        stream.pix_fmt = pix_fmt
        if rotation or any(mirrored):
            stream.set_display_rotation(rotation, *mirrored)
        if aspect:
            stream.codec_context.sample_aspect_ratio = aspect
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


def packets(path: Path) -> list[av.Packet]:
    with av.open(str(path)) as container:
        return [packet for packet in container.demux(video=0) if packet.size]


def break_packet(source: Path, path: Path, number: int) -> Path:
    """A copy of a file with one of its packets, in decoding order, overwritten so that any decoder sees it.

    There is no length and no start code in it that could be one.
    """
    content = bytearray(source.read_bytes())
    packet = packets(source)[number]
    if source.suffix == ".MTS":
        first = packet.pos // 188
        for place in (first, first + 1):
            content[188 * place + 4 : 188 * (place + 1)] = bytes(i * 37 & 255 for i in range(184))
    else:
        content[packet.pos : packet.pos + packet.size] = b"\xff" * packet.size
    path.write_bytes(content)
    return path


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


class Bits:
    """The bits of an H.264 header (ITU-T H.264, 7.2): fixed lengths and Exp-Golomb codes."""

    def __init__(self):
        self.bits: list[int] = []

    def fixed(self, length: int, *values: int) -> "Bits":
        for value in values:
            self.bits += [value >> place & 1 for place in range(length - 1, -1, -1)]
        return self

    def golomb(self, *values: int) -> "Bits":
        for value in values:
            length = (value + 1).bit_length()
            self.fixed(length - 1, 0).fixed(length, value + 1)
        return self

    def unit(self, header: int) -> bytes:
        """A NAL unit of these bits, with emulation prevention (7.4.1)."""
        content = np.packbits(np.array([*self.bits, 1], np.uint8)).tobytes()
        unit, zeros = bytearray(), 0
        for byte in content:
            if zeros >= 2 and byte <= 3:
                unit.append(3)
                zeros = 0
            unit.append(byte)
            zeros = zeros + 1 if byte == 0 else 0
        return b"\0\0\0\1" + bytes([header]) + bytes(unit)


def field_unit(picture: np.ndarray, second: bool) -> bytes:
    """One field of a picture as an H.264 slice of uncompressed macroblocks."""
    bits = Bits().golomb(0, 7, 0).fixed(4, 0).fixed(1, 1, int(second))
    bits = bits.fixed(1, 0) if second else bits.golomb(0).fixed(1, 0, 0)
    bits.golomb(0, 1)
    rows = np.clip(picture[int(second) :: 2], 16, 235).astype(np.uint8)
    grey = np.full(128, 128, np.uint8)
    for top in range(0, rows.shape[0], 16):
        for left in range(0, rows.shape[1], 16):
            bits.golomb(25).fixed(-len(bits.bits) % 8, 0)
            bits.bits += np.unpackbits(np.append(rows[top : top + 16, left : left + 16], grey)).tolist()
    return bits.unit(0x61 if second else 0x65)


def write_fields(path: Path, pictures: list[np.ndarray], apart: bool) -> Path:
    """An interlaced transport stream as AVCHD camcorders write it: H.264 whose fields are coded as pictures.

    libx264 cannot write it. The two fields of a frame share a packet and its time or, `apart`, each has its own.
    """
    height, width = pictures[0].shape
    sizes = Bits().fixed(8, 77, 0, 30).golomb(0, 0, 2, 1).fixed(1, 0).golomb(width // 16 - 1, height // 32 - 1)
    timing = sizes.fixed(1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1).fixed(32, 1, 50).fixed(1, 1, 0, 0, 0, 0)
    heads = timing.unit(0x67)
    heads += Bits().golomb(0, 0).fixed(1, 0, 0).golomb(0, 0, 0).fixed(3, 0).golomb(0, 0, 0).fixed(1, 1, 0, 0).unit(0x68)
    delimiter = b"\0\0\0\1\x09\x10"
    fields = [(delimiter + heads + field_unit(p, False), delimiter + field_unit(p, True)) for p in pictures]
    raw = path.with_suffix(".h264")
    raw.write_bytes(b"".join(first + second for first, second in fields))
    with av.open(str(raw), format="h264") as source, av.open(str(path), "w", format="mpegts") as container:
        stream = container.add_stream_from_template(source.streams.video[0])
        for number, pair in enumerate(fields):
            for second, content in enumerate(pair if apart else [b"".join(pair)]):
                packet = av.Packet(content)
                packet.stream, packet.time_base = stream, Fraction(1, 50)
                packet.pts = packet.dts = 2 * number + second
                packet.is_keyframe = not second
                container.mux(packet)
    return path
