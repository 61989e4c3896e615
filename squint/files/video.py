"""Frame-exact reading of video files.

Frame k is the k-th frame in presentation order, counted from 0, in every stage. The packets of a file, read once
without decoding, say when each frame is shown and from which frames decoding can start: the file's index. A frame
that comes out of the decoder is numbered by its presentation time, so that reading on and jumping agree, and so that
a frame that can't be read leaves the numbers of all others as they are.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path

import av
import numpy as np
import pandas as pd

from squint.errors import InputError

# Presentation times may jitter by this share of a frame in a file of constant rate (time bases round).
RATE_JITTER = 0.1
# In a damaged file, holes in otherwise even times stand for lost frames if they are few: so many a frame.
HOLES_SHARE = 0.05
# Decoding times may not run back by more than this, in s.
RUN_BACK_S = 1
# Jumping to a key frame costs about as much as decoding so many frames.
JUMP_FRAMES = 25
# No codec keeps more frames to predict others from.
MOST_REFERENCES = 16
# Codecs in which frames that are not for reference are so for all others (in HEVC only for those of their layer).
LEAVING_OUT = ("h264", "mpeg4", "mpeg2video")
REMEDY = "copy the file from the camcorder again, or convert it to MP4 with H.264"


def open_video(path: str, threads: int = 1) -> tuple[av.container.InputContainer, av.VideoStream]:  # pyright: ignore[reportAttributeAccessIssue]
    """The container and its first video stream. Raises InputError for what is no readable video."""
    try:
        container = av.open(str(path))
    except (av.FFmpegError, OSError) as error:
        raise InputError(path, "a readable video file", f"{type(error).__name__}: {error}", REMEDY) from error
    if not container.streams.video:
        container.close()
        raise InputError(path, "a file with a video stream", "no video stream", REMEDY)
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = threads
    # Damage is to be told, not painted over: by default H.264 decoders show guesses as if they were frames.
    stream.codec_context.options = {"err_detect": "explode"}
    return container, stream


def index_frames(path: str) -> pd.DataFrame:
    """The index of a video, one row a frame in presentation order, from its packets, without decoding.

    Columns: `pts` (presentation time in the stream's time base), `key_frame` (decoding can start here), `packet`
    (position in decoding order; −1 for a frame that was lost). Frames that can't be decoded because no key frame comes
    before them are not counted, nor are those that the file's edit list hides. Raises InputError for a file without
    frames or times.
    """
    container, stream = open_video(path)
    rows, damaged = [], False
    with container:
        transport = "mpegts" in container.format.name
        time_base = stream.time_base
        rate = float((stream.average_rate or 0) * (time_base or 0))  # frames in a unit of time
        try:
            for packet in container.demux(stream):
                # The second field of an interlaced frame may come in a packet of its own, most often without a time.
                if packet.size and packet.pts is not None:
                    rows.append((packet.pts, packet.dts, packet.is_keyframe, packet.is_discard))
                    damaged = damaged or packet.is_corrupt
        except av.FFmpegError:
            damaged = True  # what was read so far is there
    table = pd.DataFrame(rows, columns=["pts", "dts", "key_frame", "hidden"])
    if table.empty:
        raise InputError(path, "frames with presentation times", "none", REMEDY)
    back = table.dts.diff() * float(time_base or 0) < -RUN_BACK_S
    if back.any():
        found = f"they run back after packet {back.argmax() - 1}, as where two files were joined"
        raise InputError(path, "times that rise", found, REMEDY)
    table = table.drop_duplicates("pts")
    first_key = table.pts[table.key_frame].min() if table.key_frame.any() else table.pts.min()
    table = table[~table.hidden & (table.pts >= first_key)].reset_index()
    table = table.sort_values("pts", ignore_index=True)
    if transport and len(table) > 2 and round(2 * rate * table.pts.diff().median()) == 1:
        table = drop_second_fields(path, table)
    table["packet"] = table["index"].rank().astype(int) - 1
    table.loc[0, "key_frame"] = True
    # A transport stream's broken packets vanish, and so do those beyond the end of a cut file.
    if damaged or transport:
        table = fill_holes(table)
    table = table[["pts", "key_frame", "packet"]]
    table.attrs["bytes"] = Path(path).stat().st_size
    return table


def drop_second_fields(path: str, table: pd.DataFrame) -> pd.DataFrame:
    """The index without every second row, if those are no frames: they never come out of the decoder."""
    container, stream = open_video(path)
    with container, suppress(av.FFmpegError):
        shown = {frame.pts for frame, _ in zip(container.decode(stream), range(MOST_REFERENCES), strict=False)}
        if shown & set(table.pts[::2]) and not shown & set(table.pts[1::2]):
            return table.iloc[::2].reset_index(drop=True)
    return table


def fill_holes(table: pd.DataFrame) -> pd.DataFrame:
    """The index of a damaged video of constant rate with rows for its lost frames, so that all keep their numbers."""
    if len(table) < 3:
        return table
    step = float(table.pts.diff().median())
    numbers = np.rint((table.pts - table.pts[0]) / step).astype("int64")
    holes = (numbers.diff() > 1).sum()
    even = (np.abs((table.pts - table.pts[0]) - numbers * step) < RATE_JITTER * step).all()
    if not 0 < holes <= HOLES_SHARE * len(table) or not even or numbers.duplicated().any():
        return table
    # Decoding times are as even as presentation times; a hole in them tells after which packet others were lost.
    table["packet"] = np.rint((table.dts - table.dts.min()) / step)
    table = table.set_index(numbers).reindex(range(numbers.iloc[-1] + 1))
    table["pts"] = np.where(table.pts.isna(), np.rint(table.pts[0] + table.index * step), table.pts).astype("int64")
    table["key_frame"] = table.key_frame.eq(True)
    table["packet"] = table.packet.fillna(-1).astype("int64")
    return table.reset_index(drop=True)


class Video:
    """A video file whose frames are read by number, one after the other or anywhere.

    `index` is the path of a parquet file that `index_frames` gave; without it the file's packets are read first.
    `threads` decode; the frames are the same for any number, but perhaps for some beside a damaged one.
    """

    def __init__(self, path: str, index: str | None = None, threads: int = 1):
        self.path, self.threads = str(path), threads
        table = index_frames(self.path) if index is None else pd.read_parquet(index)
        size = Path(self.path).stat().st_size
        if table.attrs["bytes"] != size:  # as where a file was put in place of another with an older time
            remedy = f"bring back that video, or delete {index} and run again"
            raise InputError(self.path, f"the video that was indexed, {table.attrs['bytes']} bytes", f"{size}", remedy)
        self.open()
        self.pts = table.pts.to_numpy()
        self.packets = table.packet.to_numpy()
        self.keys = np.flatnonzero(table.key_frame)
        self.unreadable: set[int] = set()  # numbers of frames that were asked for and could not be read

    def open(self) -> None:
        """Open the file anew, at its beginning."""
        if hasattr(self, "container"):
            self.container.close()
        self.container, self.stream = open_video(self.path, self.threads)
        self.begun = False  # whether the decoder has seen the beginning of the file

    def __enter__(self) -> "Video":
        return self

    def __exit__(self, *_) -> None:
        self.container.close()

    def __len__(self) -> int:
        return len(self.pts)

    @property
    def times_s(self) -> np.ndarray:
        """Presentation times in s from the first frame, (frames,)."""
        return (self.pts - self.pts[0]) * float(self.stream.time_base or 0)

    def number(self, pts: int | None) -> int | None:
        """Number of the frame with a presentation time; None if there is none."""
        index = int(np.searchsorted(self.pts, pts)) if pts is not None else len(self.pts)
        return index if index < len(self.pts) and self.pts[index] == pts else None

    def key(self, number: int) -> int:
        """Number of the last key frame that is shown no later than frame `number`."""
        return int(self.keys[np.searchsorted(self.keys, number, "right") - 1])

    def read(self, numbers: Iterable[int]) -> Iterator[tuple[int, av.VideoFrame]]:
        """The frames of ascending `numbers` with their numbers; those that can't be read are added to `unreadable`.

        Decodes on to a frame that is near and jumps to one that is far. Frames that are not asked for are not decoded
        where no other frame is predicted from them. Raises InputError for a number that the video does not have.
        """
        wanted = np.zeros(len(self), bool)
        for number in (numbers := list(numbers)):
            if not 0 <= number < len(self):
                remedy = "check that the video is whole and belongs to this recording"
                raise InputError(self.path, f"a frame {number}", f"{len(self)} frames", remedy)
            wanted[number] = True
        decoded: Iterator[tuple[int, av.VideoFrame | None]] | None = None
        reached, frame = -1, None
        for number in numbers:
            if decoded is None or self.key(number) > reached + JUMP_FRAMES:
                decoded = self.decode_packets(self.key(number), wanted)
                reached = -1
            while reached < number:
                reached, frame = next(decoded, (len(self), None))
            if reached == number and frame is not None:
                yield number, frame
            else:
                self.unreadable.add(number)

    def read_all(self, numbers: Iterable[int]) -> Iterator[tuple[int, av.VideoFrame]]:
        """The frames of ascending `numbers`; raises InputError when one of them can't be read."""
        yield from self.read(numbers)
        if self.unreadable:
            found = f"frame {min(self.unreadable)} can't be read"
            raise InputError(self.path, "a video that decodes to its end", found, REMEDY)

    def read_keys(self, numbers: Iterable[int]) -> Iterator[tuple[int, av.VideoFrame]]:
        """Key frames in any order with their numbers, each decoded alone; those that can't be read are left out."""
        for number in numbers:
            for packet in self.packets_from(number):
                if packet.size and packet.pts == self.pts[number]:
                    codec = self.stream.codec_context
                    with suppress(av.FFmpegError):
                        yield from ((number, frame) for frame in [*packet.decode(), *codec.decode(None)])
                    codec.flush_buffers()
                    break

    def decode_packets(
        self, first: int, wanted: np.ndarray, careful: bool = False
    ) -> Iterator[tuple[int, av.VideoFrame]]:
        """Decoded frames with their numbers, in ascending order, from key frame `first` on, all that are `wanted`.

        Frames that were predicted from a damaged one are no frames of the film: what is decoded after damage is left
        out, up to the next key frame. A decoder may also complain where it starts in the middle of a stream, and
        threads complain some packets late; so at the first complaint one thread starts again at the key frame before.
        """
        begin = int(self.keys[max(0, np.searchsorted(self.keys, first) - 1)]) if careful else first
        trusted = 0 if begin == 0 else None  # a key frame; what is shown from it on is whole
        since, broken = first, 0  # before it, what is shown from `since` on is whole if decoded before `broken`
        reached, position, lenient = first - 1, None, None
        for packet in self.packets_from(begin):
            own = self.number(packet.pts) if packet.size else None
            harm = []
            if own is not None:
                if position is not None and self.packets[own] > position + 1:
                    harm.append(position + 1)  # packets were lost before this one
                position = int(self.packets[own])
                # The decoder leaves out what it can, if this frame is not wanted: no other is predicted from it.
                if self.stream.codec_context.name in LEAVING_OUT:
                    self.stream.codec_context.skip_frame = "DEFAULT" if wanted[own] else "NONREF"
            # What is shown before the key frame that decoding starts at lacks the frames that it is predicted from.
            early = packet.pts is not None and packet.pts < self.pts[begin]
            if early and not packet.is_discard:
                continue
            try:
                frames = packet.decode()
                harm += [
                    self.packets[number] for f in frames if f.is_corrupt and (number := self.number(f.pts)) is not None
                ]
            except av.FFmpegError:
                frames = []
                harm.append(position or 0)
            # Where a file begins in the middle of a stream, its first frames name others from before it.
            if lenient is None:
                lenient = begin == 0 and self.begins_in_the_middle(packet)
            if lenient and harm and min(harm) < MOST_REFERENCES:
                harm = []
            if harm and trusted is not None:
                if not careful:
                    self.threads = 1
                    self.open()
                    yield from self.decode_packets(self.key(reached + 1), wanted, careful=True)
                    return
                since, broken, trusted = trusted, min(harm), None
            if trusted is None and own is not None and own >= first and self.key(own) == own and position not in harm:
                trusted = own
            for frame in frames:
                number = self.number(frame.pts)
                if number is None or number <= reached:
                    continue
                whole = since <= number and self.packets[number] < broken
                if whole or (trusted is not None and number >= trusted):
                    reached = number
                    yield number, frame

    def packets_from(self, first: int) -> Iterator[av.Packet]:
        """Packets in decoding order, beginning no later than with key frame `first`.

        Containers seek by time, some of them only roughly: the target moves back until its packets begin early enough.
        """
        index = int(np.searchsorted(self.keys, first))
        back = 0
        while index - back > 0:
            self.prime_decoder()
            self.container.seek(int(self.pts[self.keys[index - back]]), stream=self.stream)
            packets = self.demux()
            for packet in packets:
                own = self.number(packet.pts) if packet.size else None
                if own is not None and self.key(own) == own:
                    break
            if own is not None and own <= first:
                return chain([packet], packets)
            back = 2 * back + 1
        self.open()
        self.begun = True
        return self.demux()

    def demux(self) -> Iterator[av.Packet]:
        """The packets from here on, up to where the container breaks off."""
        with suppress(av.FFmpegError):
            yield from self.container.demux(self.stream)

    def begins_in_the_middle(self, packet: av.Packet) -> bool:
        """Whether a file's first packet begins an H.264 stream that was cut out of a longer one.

        Such a stream does not begin with an instantaneous refresh, a NAL unit of type 5 (H.264, 7.4.1).
        """
        if self.stream.codec_context.name != "h264" or "mpegts" not in self.container.format.name:
            return False
        units = bytes(packet).split(b"\0\0\1")[1:]
        return 5 not in {unit[0] & 31 for unit in units if unit}

    def prime_decoder(self) -> None:
        """Show the decoder the first packet of the file, if it has not seen it.

        There x264 says which version it is, and decoders correct for the faults of some: without it, 4:4:4 video
        decodes to garbage.
        """
        if not self.begun:
            with suppress(av.FFmpegError):
                next(self.container.demux(self.stream)).decode()
            self.begun = True


def luma(frame: av.VideoFrame) -> np.ndarray:
    """The brightness plane of a planar or grey 8-bit frame, uint8 (height, width), without conversion of colours.

    As it is coded: rotation metadata is not applied.
    """
    if not frame.format.name.startswith(("yuv", "nv", "gray")) or frame.format.components[0].bits != 8:
        return frame.reformat(format="gray", threads=1).to_ndarray()
    plane = frame.planes[0]
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]  # pyright: ignore[reportArgumentType, reportCallIssue]


def shown_size(frame: av.VideoFrame) -> tuple[int, int]:
    """Width and height in px of a frame as players show it."""
    return (frame.height, frame.width) if round(frame.rotation / 90) % 2 else (frame.width, frame.height)


def picture(frame: av.VideoFrame, width: int | None = None) -> np.ndarray:
    """A frame as players show it, upright, uint8 RGB (height, width, 3), shrunk to `width` px if given."""
    turns = round(frame.rotation / 90) % 4
    full = shown_size(frame)
    size = full if width is None else (width, max(1, round(full[1] * width / full[0])))
    coded = size[::-1] if turns % 2 else size
    pixels = frame.reformat(*coded, format="rgb24", interpolation="AREA", threads=1).to_ndarray()
    return np.ascontiguousarray(np.rot90(pixels, turns)) if turns else pixels
