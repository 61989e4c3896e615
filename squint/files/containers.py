"""Opening videos: a file, or the chapters of a recording as if they were one."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

import av
from av.stream import Disposition

from squint.errors import InputError
from squint.files.chapters import Chapter, is_list, read_list

REMEDY = "copy the file from the camcorder again, or convert it to MP4 with H.264"
CONVERT = "convert it to MP4 with H.264, such as by `ffmpeg -i FILE -c:v libx264 -crf 12 FILE.mp4`"


class JoinedFilm:
    """Chapters as one container, as far as this workflow uses one; all are decoded by the decoder of the first.

    FFmpeg has a way of its own to join files (concat). It places them by sound and film together, rounds their times,
    and finds no way to most places of a film at 29.97 frames a second.
    """

    def __init__(self, chapters: list[Chapter], threads: int):
        self.chapters = chapters
        self.first, self.stream = open_file(str(chapters[0].path), threads)
        self.format = self.first.format
        self.container, self.film, self.at = self.first, self.stream, 0

    def open(self, number: int) -> None:
        """Have a chapter open, by its number from 0: the first one where it is, others at their beginning."""
        if self.container is not self.first:
            self.container.close()
        path = str(self.chapters[number].path)
        self.container, self.film = open_file(path) if number else (self.first, self.stream)
        self.at = number

    def seek(self, pts: int, stream: av.VideoStream) -> None:
        """As of a container: to the key frame at a time of the film, or to one before it."""
        number = max(0, bisect_right([chapter.begin for chapter in self.chapters], pts) - 1)
        if number != self.at:
            self.open(number)
        self.container.seek(pts - self.chapters[number].shift, stream=self.film)
        stream.codec_context.flush_buffers()

    def demux(self, stream: av.VideoStream) -> Iterator[av.Packet]:
        """As of a container: the packets from here on, with the times of the film; an empty one ends them."""
        while True:
            shift = self.chapters[self.at].shift
            last = self.at == len(self.chapters) - 1
            for packet in self.container.demux(self.film):
                if packet.size or last:
                    packet.pts = None if packet.pts is None else packet.pts + shift
                    packet.dts = None if packet.dts is None else packet.dts + shift
                    packet.stream = stream
                    yield packet
            if last:
                return
            self.open(self.at + 1)

    def decode(self, stream: av.VideoStream) -> Iterator[av.VideoFrame]:
        """As of a container."""
        for packet in self.demux(stream):
            yield from packet.decode()

    def close(self) -> None:
        """As of a container."""
        if self.container is not self.first:
            self.container.close()
        self.first.close()

    def __enter__(self) -> "JoinedFilm":
        return self

    def __exit__(self, *_) -> None:
        self.close()


def open_file(path: str, threads: int = 1) -> tuple[av.container.InputContainer, av.VideoStream]:  # pyright: ignore[reportAttributeAccessIssue]
    """The container and its video stream. Raises InputError for what is no readable video."""
    try:
        container = av.open(str(path))
    except (av.FFmpegError, OSError) as error:
        raise InputError(path, "a readable video file", f"{type(error).__name__}: {error}", REMEDY) from error
    # The film, where there is a cover picture too, which is a stream of one.
    stream = container.streams.best("video")
    if not isinstance(stream, av.VideoStream) or stream.disposition & Disposition.attached_pic:
        found = "a cover picture alone" if stream else "no video stream"
        container.close()
        raise InputError(path, "a file with a video stream", found, REMEDY)
    if stream.codec_context is None:
        container.close()
        raise InputError(path, "a video of a codec that FFmpeg decodes", "another codec", CONVERT)
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = threads
    # Damage is to be told, not painted over: by default H.264 decoders show guesses as if they were frames.
    stream.codec_context.options = {"err_detect": "explode"}
    return container, stream


def open_video(path: str, threads: int = 1) -> tuple[Any, av.VideoStream]:
    """The container and video stream of a file, or of a list of chapters. Raises InputError for an unreadable one."""
    if not is_list(path):
        return open_file(path, threads)
    film = JoinedFilm(read_list(path), threads)
    return film, film.stream
