"""Frame-exact reading of video files.

Frame k is the k-th frame in presentation order, counted from 0, in every stage. The packets of a file, read once
without decoding, say when each frame is shown and from which frames decoding can start: the file's index. A frame
that comes out of the decoder is numbered by its presentation time, so that reading on and jumping agree, and so that
a frame that can't be read leaves the numbers of all others as they are.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain

import av
import numpy as np
import pandas as pd

from squint.errors import InputError
from squint.files.chapters import film_bytes, is_list, read_list
from squint.files.containers import CONVERT, REMEDY, open_video
from squint.files.frames import luma, note_aspect
from squint.files.video_index import MOST_REFERENCES, index_by_decoding, index_packets, lacks_times

# Jumping to a key frame costs about as much as decoding so many frames.
JUMP_FRAMES = 25
# Codecs in which frames that are not for reference are so for all others (in HEVC only for those of their layer), and
# a packet holds one frame (in MPEG-4 of Xvid and DivX it may hold the next one too).
LEAVING_OUT = ("h264", "mpeg2video")
# An index is checked against the decoder at so many places, by so many frames each,
CHECKED_PLACES, CHECKED_FRAMES = 5, 12
# and by the first key frame that is jumped to, if it comes so early.
FIRST_JUMP = 300


class Video:
    """A video file whose frames are read by number, one after the other or anywhere.

    `index` is what `index_frames` gave, or the path of a parquet file of it; without it the index is made first.
    `threads` decode; the frames are the same for any number, but perhaps for some beside a damaged one.
    """

    def __init__(self, path: str, index: str | pd.DataFrame | None = None, threads: int = 1):
        self.path, self.threads = str(path), threads
        table: pd.DataFrame = read_index(self.path, index)
        size = film_bytes(self.path)
        if table.attrs["bytes"] != size:  # as where a file was put in place of another with an older time
            remedy = f"bring back that video, or delete {index} and run again"
            raise InputError(self.path, f"the video that was indexed, {table.attrs['bytes']} bytes", f"{size}", remedy)
        self.open()
        self.pts = table.pts.to_numpy()
        # Where presentation times were derived, packets are told by their decoding times.
        self.shown = dict(zip(table.dts, table.pts, strict=True)) if "dts" in table else None
        self.packets = table.packet.to_numpy()
        self.keys = np.flatnonzero(table.key_frame)
        self.unreadable: set[int] = set()  # numbers of frames that were asked for and could not be read

    def open(self) -> None:
        """Open the file anew, at its beginning."""
        if hasattr(self, "container"):
            self.container.close()
        self.container, self.stream = open_video(self.path, self.threads)
        self.begun = False  # whether the decoder has seen the beginning of the file
        self.aspect = self.stream.sample_aspect_ratio

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
                        frames = [*packet.decode(), *codec.decode(None)]
                        yield from ((number, note_aspect(frame, self.aspect)) for frame in frames)
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
                frames = self.decode(packet)
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
            for packet in self.container.demux(self.stream):
                if self.shown is not None and packet.size:
                    packet.pts = self.shown.get(packet.dts)
                yield packet

    def decode(self, packet: av.Packet) -> list[av.VideoFrame]:
        """The frames that come out after a packet; each knows the shape of its pixels. Raises av.FFmpegError."""
        return [note_aspect(frame, self.aspect) for frame in packet.decode()]

    def begins_in_the_middle(self, packet: av.Packet) -> bool:
        """Whether a file's first packet begins an H.264 stream that was cut out of a longer one.

        Such a stream does not begin with an instantaneous refresh, a NAL unit of type 5 (H.264, 7.4.1).
        """
        if self.stream.codec_context.name != "h264":
            return False
        return 5 not in unit_types(bytes(packet), self.stream.codec_context.extradata or b"")

    def prime_decoder(self) -> None:
        """Show the decoder the first packet of the file, if it has not seen it.

        There x264 says which version it is, and decoders correct for the faults of some: without it, 4:4:4 video
        decodes to garbage.
        """
        if not self.begun:
            with suppress(av.FFmpegError):
                next(self.container.demux(self.stream)).decode()
            self.begun = True

    def find_fault(self, key: int) -> str:
        """What is wrong with the numbers of the frames that come out from key frame `key` on; empty for nothing.

        A decoder puts frames out in the order of presentation. Damage is no fault of the index: it ends the search.
        """
        expected, last = key, min(key + CHECKED_FRAMES, len(self))
        with suppress(av.FFmpegError):
            for packet in self.packets_from(key):
                if packet.pts is not None and packet.pts < self.pts[key] and not packet.is_discard:
                    continue
                for frame in self.decode(packet):
                    number = self.number(frame.pts)
                    if frame.pts is not None and frame.pts < self.pts[key]:
                        continue
                    if expected == last or frame.is_corrupt or self.packets[expected] < 0:
                        return ""
                    if number != expected:
                        found = "one that no packet tells of" if number is None else f"frame {number}"
                        return f"{found} where frame {expected} is due"
                    expected += 1
        return ""

    def jumps_right(self) -> bool:
        """Whether the second key frame is the same picture by a jump as by reading on; True where it comes late."""
        if len(self.keys) < 2 or self.keys[1] > FIRST_JUMP:
            return True
        key = int(self.keys[1])
        read_on = [luma(frame).copy() for number, frame in self.read(range(key + 1)) if number == key]
        jumped = [luma(frame) for _, frame in self.read([key])]
        return not read_on or (bool(jumped) and np.array_equal(read_on[0], jumped[0]))


def unit_types(content: bytes, parameters: bytes) -> set[int]:
    """The types of the NAL units in a packet of H.264; `parameters` are the decoder's.

    Each unit begins with a start code or, where the parameters begin with a version, with its length (ISO/IEC 14496-15,
    5.3.3.1).
    """
    if parameters[:1] != b"\1":
        return {unit[0] & 31 for unit in content.split(b"\0\0\1")[1:] if unit}
    size, at, types = (parameters[4] & 3) + 1, 0, set()
    while at + size < len(content):
        types.add(content[at + size] & 31)
        at += size + int.from_bytes(content[at : at + size])
    return types


def read_index(path: str, index: str | pd.DataFrame | None) -> pd.DataFrame:
    """The index of a video: as it is given, from its file, or made anew."""
    if isinstance(index, pd.DataFrame):
        return index
    return index_frames(path) if index is None else pd.read_parquet(index)


def joints(video: Video) -> list[int]:
    """The key frames before and behind each place where chapters are joined; none of a single file."""
    begins = [chapter.begin for chapter in read_list(video.path)[1:]] if is_list(video.path) else []
    firsts = [min(int(number), len(video) - 1) for number in np.searchsorted(video.pts, begins)]
    return [video.key(number) for first in firsts for number in (max(0, first - CHECKED_FRAMES // 2), first)]


def is_as_told(path: str, table: pd.DataFrame) -> bool:
    """Whether frames come out of the decoder as an index says, at several places, at joints, and by a jump."""
    with Video(path, table) as video:
        places = video.keys[np.linspace(0, len(video.keys) - 1, CHECKED_PLACES).astype(int)].tolist()
        wrong = any(video.find_fault(place) for place in dict.fromkeys([*places, *joints(video)]))
        return not wrong and video.jumps_right()


def index_frames(path: str, shown: Callable[[Iterable], Iterable] = iter) -> pd.DataFrame:
    """The index of a video, one row a frame in presentation order; see `index_packets`, whose columns it has.

    It is believed where frames come out of the decoder as it says. Else all frames are decoded once, which `shown`
    shows; where jumps still lead to other frames, the first is the only key frame, and the file is read from its
    beginning each time. Raises InputError for a file whose frames can't be numbered.
    """
    container, stream = open_video(path)
    with container:
        guessed = lacks_times(container, stream)
    if not guessed:
        table = index_packets(path)
        if not table.attrs.pop("repeated") and is_as_told(path, table):
            return table
    decoded = index_by_decoding(path, shown)
    if guessed or not table.packet.equals(decoded.packet):
        table = decoded
    if not is_as_told(path, table):
        table["key_frame"] = table.index == 0
        with Video(path, table) as video:
            fault = video.find_fault(0)
        if fault:
            raise InputError(path, "frames that come out of the decoder as the file says", fault, CONVERT)
    return table
