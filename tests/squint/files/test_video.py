"""Frames by number: one after the other and anywhere, whole files and damaged ones.

Every frame of the test files shows its number as a barcode, so that a wrong frame can't be taken for the right one.
"""

import random
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from squint.errors import InputError
from squint.files.frames import luma
from squint.files.video import Video, index_frames
from squint.files.video_index import fill_holes
from tests.videos import barcode, break_packet, packets, read_barcode, write_fields, write_pictures

FRAMES = 300
# Read forwards and backwards: key frames and those beside them, by hops of nearly as much as makes a jump and of more.
PLACES = [0, 1, 24, 26, 49, 75, 99, 124, 150, 151, 174, 199, 225, 249, 274, 298, 299]
GROUPS = "keyint=25:min-keyint=25:scenecut=0:bframes=3"
OPEN = GROUPS + ":open-gop=1:b-pyramid=normal"
INTERLACED = {"x264-params": GROUPS + ":interlaced=1:tff=1", "flags": "+ilme+ildct"}
HEVC = {"codec": "libx265", "options": {"x265-params": "keyint=25:bframes=3:open-gop=1"}}
MPEGTS = {"container_format": "mpegts"}
UNEVEN = list(np.cumsum([0, *random.Random(1).choices([1, 1, 1, 2, 3, 7], k=FRAMES - 1)]))
SHARED = Path(__file__).parents[4] / "shared" / "videos"
# Name to how the file is written.
WHOLE = {
    "h264.mp4": {"options": {"x264-params": GROUPS}},
    "h264.MTS": {"options": {"x264-params": GROUPS}} | MPEGTS,
    "open.mp4": {"options": {"x264-params": OPEN}},
    "open.MTS": {"options": {"x264-params": OPEN}} | MPEGTS,
    "hevc.mp4": HEVC,
    "hevc.MTS": HEVC | MPEGTS,
    "mpeg4.mp4": {"codec": "mpeg4", "options": {"bf": "2", "g": "12", "b": "2000000"}},
    "mpeg4.avi": {"codec": "mpeg4", "options": {"bf": "2", "g": "12", "b": "2000000"}},
    "mjpeg.avi": {"codec": "mjpeg", "pix_fmt": "yuvj420p"},
    "variable.mp4": {"options": {"x264-params": GROUPS}, "times": UNEVEN},
    "interlaced.mp4": {"options": INTERLACED},
    "interlaced.MTS": {"options": INTERLACED} | MPEGTS,
    "444.mp4": {"options": {"x264-params": GROUPS}, "pix_fmt": "yuv444p"},
    "late.mp4": {"options": {"x264-params": GROUPS}, "times": [n + 37 for n in range(FRAMES)]},
    "late.MTS": {"options": {"x264-params": GROUPS}, "times": [n + 1037 for n in range(FRAMES)]} | MPEGTS,
    "rotated.mp4": {"options": {"x264-params": GROUPS}, "rotation": 90},
    "one_group.mp4": {"options": {"x264-params": "keyint=infinite:scenecut=0:bframes=2"}},
}
# Name to the whole file it is made of, and which frames must not be lost.
DAMAGED = {
    "cut.mp4": ("faststart.mp4", range(150)),
    "cut.MTS": ("h264.MTS", range(150)),
    "cut.avi": ("mjpeg.avi", range(160)),
    "broken.mp4": ("h264.mp4", [*range(150), *range(175, FRAMES)]),
    "broken.MTS": ("h264.MTS", [*range(150), *range(175, FRAMES)]),
    "broken.avi": ("mjpeg.avi", [*range(160), *range(161, FRAMES)]),
    "broken_mpeg4.mp4": ("mpeg4.mp4", [*range(150), *range(180, FRAMES)]),
    "broken_hevc.mp4": ("hevc.mp4", [*range(150), *range(175, FRAMES)]),
    "garbled.mp4": ("h264.mp4", [*range(150), *range(175, FRAMES)]),
    "broken_open.mp4": ("open.mp4", [*range(148), *range(225, FRAMES)]),
}


def damage(name: str, source: Path, path: Path) -> Path:
    """A file that ends within packet 160, or that has it overwritten, whole or but for its first bytes."""
    if name.startswith("broken"):
        return break_packet(source, path, 160)
    content, packet = bytearray(source.read_bytes()), packets(source)[160]
    if name.startswith("cut"):
        del content[packet.pos + packet.size // 2 :]
    else:  # H.264 decoders see most of what is no picture; others would show it
        for place in range(packet.pos + 8, packet.pos + packet.size):
            content[place] = content[place] * 7 + 91 + place & 255
    path.write_bytes(content)
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("videos")
    made = WHOLE | {"faststart.mp4": WHOLE["h264.mp4"] | {"container_options": {"movflags": "faststart"}}}
    paths = {
        name: write_pictures(folder / name, (barcode(number) for number in range(FRAMES)), **how)
        for name, how in made.items()
    }
    return paths | {name: damage(name, paths[source], folder / name) for name, (source, _) in DAMAGED.items()}


def numbers_shown(video: Video, numbers) -> dict[int, int | None]:
    return {number: read_barcode(luma(frame)) for number, frame in video.read(numbers)}


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", WHOLE)
def test_every_frame_of_a_whole_file_has_its_number(files, name, threads):
    with Video(files[name], threads=threads) as video:
        assert numbers_shown(video, range(FRAMES)) == {n: n for n in range(FRAMES)}
        assert not video.unreadable


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", [*WHOLE, *DAMAGED])
def test_a_sample_of_frames_is_read_without_the_others(files, name, threads):
    with Video(files[name], threads=threads) as video:
        sample = range(3, len(video), 5)
        found = numbers_shown(video, sample)
        assert all(shown == number for number, shown in found.items())
        assert video.unreadable == set(sample) - set(found)
        assert set(DAMAGED[name][1] if name in DAMAGED else sample) & set(sample) <= set(found)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", WHOLE)
def test_no_read_of_a_whole_file_by_jumps_is_wrong(files, name, threads):
    with Video(files[name], threads=threads) as video:
        for number in PLACES + PLACES[::-1]:
            assert numbers_shown(video, [number]) == {number: number}
        assert numbers_shown(video, PLACES) == {number: number for number in PLACES}
        assert not video.unreadable


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_gives_its_readable_frames_and_no_others(files, name, threads):
    """Beside a damaged frame, more or fewer may be readable with other threads."""
    with Video(files[name], threads=threads) as video:
        found = numbers_shown(video, range(len(video)))
        assert video.unreadable == set(range(len(video))) - set(found)
    assert all(shown == number for number, shown in found.items())
    assert set(DAMAGED[name][1]) <= set(found)
    assert len(found) < FRAMES


@pytest.mark.parametrize("number", [1, 2, 5, 10, 14])
@pytest.mark.parametrize("name", ["h264.mp4", "h264.MTS", "plain.mp4"])
def test_damage_near_the_beginning_is_seen_too(files, tmp_path, name, number):
    if name == "plain.mp4":
        how = {"options": {"x264-params": "keyint=50:scenecut=0:bframes=0"}}
        source = write_pictures(tmp_path / name, (barcode(number) for number in range(120)), **how)
    else:
        source = files[name]
    with Video(break_packet(source, tmp_path / f"broken{source.suffix}", number)) as video:
        shown = numbers_shown(video, range(len(video)))
        assert all(shown[number] == number for number in shown)
        assert video.unreadable and max(video.unreadable) < 50


@pytest.mark.parametrize("name", DAMAGED)
def test_reads_of_a_damaged_file_by_jumps_agree_with_reading_on(files, name):
    with Video(files[name]) as video:
        reading_on = numbers_shown(video, range(len(video)))
        for number in [number for number in (*PLACES, *range(146, 182, 3)) if number < len(video)]:
            shown = numbers_shown(video, [number])
            assert shown in ({}, {number: number})
            if number in reading_on and name != "broken_open.mp4":
                assert shown


@pytest.fixture(scope="module")
def long_video(files):
    with Video(files["h264.mp4"]) as video:
        yield video


@settings(max_examples=40)
@given(st.sets(st.integers(0, FRAMES - 1), max_size=20))
def test_any_selection_is_read_in_order(long_video, numbers):
    assert numbers_shown(long_video, sorted(numbers)) == {n: n for n in sorted(numbers)}


@pytest.mark.parametrize("apart", [False, True])
def test_fields_that_are_coded_as_pictures_make_one_frame(tmp_path, apart):
    path = write_fields(tmp_path / "fields.MTS", [barcode(number) for number in range(40)], apart)
    with Video(path) as video:
        assert numbers_shown(video, range(40)) == {n: n for n in range(40)}
        assert len(video) == 40
        assert next(video.read([7]))[1].interlaced_frame
        for number in (31, 5, 39, 0, 12):
            assert numbers_shown(video, [number]) == {number: number}
        assert video.times_s[-1] == pytest.approx(39 / 25)


@pytest.mark.parametrize("threads", [1, 2])
def test_key_frames_are_decoded_alone_in_any_order(files, threads):
    for name in ("h264.mp4", "open.MTS", "hevc.mp4"):
        with Video(files[name], threads=threads) as video:
            order = video.keys[::-1].tolist()
            assert order == list(range(275, -1, -25))
            assert [(n, read_barcode(luma(frame))) for n, frame in video.read_keys(order)] == [(n, n) for n in order]


def test_an_index_can_be_kept(files, tmp_path):
    index_frames(files["variable.mp4"]).to_parquet(tmp_path / "index.parquet")
    with Video(files["variable.mp4"], tmp_path / "index.parquet") as video:
        assert video.times_s == pytest.approx(np.array(UNEVEN) / 25)
        assert numbers_shown(video, [7, 211]) == {7: 7, 211: 211}


def test_an_index_is_of_one_video_alone(files, tmp_path):
    """A file that is copied over another, its time kept, looks unchanged to Snakemake."""
    index_frames(files["variable.mp4"]).to_parquet(tmp_path / "index.parquet")
    (tmp_path / "C1.mp4").write_bytes(files["variable.mp4"].read_bytes() + b"more")
    with pytest.raises(InputError, match=r"the video that was indexed"):
        Video(tmp_path / "C1.mp4", tmp_path / "index.parquet")


def test_a_frame_beyond_the_end_is_an_input_error(files):
    with Video(files["h264.mp4"]) as video, pytest.raises(InputError, match=r"expected: a frame 300\n.*300 frames"):
        list(video.read([3, FRAMES]))


@pytest.mark.parametrize("suffix", ["MTS", "mp4", "mkv"])
def test_a_stream_that_begins_in_the_middle_is_read_from_its_first_key_frame(files, tmp_path, suffix):
    content = files["open.MTS"].read_bytes()
    begin = [packet.pos for packet in packets(files["open.MTS"])][60] // 188 * 188
    path = tmp_path / "middle.MTS"
    path.write_bytes(content[: 188 * 3] + content[begin:])
    if suffix != "MTS":
        source, path = path, tmp_path / f"middle.{suffix}"
        with av.open(str(source)) as read, av.open(str(path), "w") as written:
            stream = written.add_stream_from_template(read.streams.video[0])
            for packet in read.demux(video=0):
                if packet.dts is not None:
                    packet.stream = stream
                    written.mux(packet)
    with Video(path) as video:
        shown = numbers_shown(video, range(len(video)))
        assert not video.unreadable
        first = 75
        assert shown == {number: first + number for number in range(FRAMES - first)}
        for number in (40, 0, FRAMES - first - 1, 17):
            assert numbers_shown(video, [number]) == {number: first + number}


def test_frames_that_an_edit_list_hides_are_not_counted(tmp_path):
    early = [number - 10 for number in range(60)]
    how = {"options": {"x264-params": "keyint=25:bframes=0"}, "times": early}
    path = write_pictures(tmp_path / "edited.mp4", (barcode(number) for number in range(60)), **how)
    shown = cv2.VideoCapture(str(path)).read()[1][..., 0]
    with Video(path) as video:
        assert numbers_shown(video, range(len(video)))[0] == read_barcode(shown)
        assert not video.unreadable


B_FRAMES = {"options": {"x264-params": "keyint=25:scenecut=0:bframes=2:b-adapt=0"}}
# Files whose presentation times are missing, guessed or wrong, or whose key frames are none: name to how they are made.
STRANGE = {
    "h264.avi": {"options": {"x264-params": "keyint=25:scenecut=0:bframes=1:b-adapt=0"}},
    "open.avi": {"options": {"x264-params": "keyint=25:scenecut=0:bframes=3:b-adapt=0:open-gop=1:b-pyramid=normal"}},
    "late_b.avi": {"options": {"x264-params": "keyint=25:scenecut=0:bframes=3:b-adapt=2"}},
    "plain.avi": {"options": {"x264-params": "keyint=25:scenecut=0:bframes=0"}},
    "mpeg2.avi": {"codec": "mpeg2video", "options": {"bf": "2", "g": "12", "b": "2000000"}},
    "ffv1.avi": {"codec": "ffv1"},
    "camcorder.MOD": {"codec": "mpeg2video", "options": {"bf": "2", "g": "12"}, "container_format": "mpeg"},
    "recorder.vob": {"codec": "mpeg2video", "options": {"bf": "2", "g": "12"}, "container_format": "vob"},
    "mpeg1.mpg": {"codec": "mpeg1video", "options": {"bf": "2", "g": "12"}, "container_format": "mpeg"},
    "mpeg4.m4v": {"codec": "mpeg4", "options": {"bf": "2", "g": "12", "b": "2000000"}, "container_format": "m4v"},
    "h264.mkv": B_FRAMES,
    "h264.flv": B_FRAMES,
    "wmv2.wmv": {"codec": "wmv2", "options": {"b": "2000000"}},
    "vp8.webm": {"codec": "libvpx", "options": {"auto-alt-ref": "1", "lag-in-frames": "16", "b": "500000", "g": "25"}},
    "vp9.webm": {"codec": "libvpx-vp9", "options": {"lag-in-frames": "16", "b": "500000", "g": "25", "cpu-used": "8"}},
    "mpeg2.mxf": {"codec": "mpeg2video", "options": {"bf": "2", "g": "12", "b": "2000000"}, "container_format": "mxf"},
    "refresh.mp4": {"options": {"x264-params": "keyint=25:scenecut=0:bframes=0:intra-refresh=1"}},
}


def remux(source: Path, path: Path, change) -> Path:
    """A copy of a file's packets, each as `change` makes it."""
    with av.open(str(source)) as read, av.open(str(path), "w") as written:
        template = read.streams.video[0]
        stream = written.add_stream_from_template(template)
        for packet in read.demux(template):
            if packet.size:
                changed = change(packet)
                changed.stream = stream
                written.mux(changed)
    return path


def with_times_of_decoding(packet: av.Packet) -> av.Packet:
    """As some cameras write them: B-frames with the times of a file that has none."""
    packet.dts = packet.pts = packet.dts + round(2 / 25 / packet.time_base)
    return packet


def with_a_key(packet: av.Packet) -> av.Packet:
    packet.is_keyframe = True
    return packet


def assert_read_rightly(path: Path, frames: int = 120) -> None:
    with Video(path) as video:
        assert numbers_shown(video, range(len(video))) == {n: n for n in range(frames)}
        for numbers in (range(3, frames, 5), range(0, frames, 5), range(1, frames, 2)):
            assert numbers_shown(video, numbers) == {n: n for n in numbers}
        for number in (50, 7, frames - 1, 26, 25, 24, 0, 99, 75):
            assert numbers_shown(video, [number]) == {number: number}
        assert not video.unreadable


@pytest.mark.parametrize("name", STRANGE)
def test_frames_have_their_numbers_whatever_the_container_says_of_times(tmp_path, name):
    assert_read_rightly(write_pictures(tmp_path / name, (barcode(number) for number in range(120)), **STRANGE[name]))


@pytest.mark.parametrize("change", [with_times_of_decoding, with_a_key])
@pytest.mark.parametrize("suffix", ["mp4", "avi"])
def test_frames_have_their_numbers_where_packets_lie(tmp_path, change, suffix):
    """Times of decoding for those of presentation; each packet a key frame, as some writers of AVI mark them."""
    source = write_pictures(tmp_path / f"true.{suffix}", (barcode(number) for number in range(120)), **B_FRAMES)
    assert_read_rightly(remux(source, tmp_path / f"lying.{suffix}", change))


def test_times_that_were_derived_are_those_of_the_frames(tmp_path):
    """A camera that dropped frames, in a container that keeps decoding times alone."""
    times = [number + 3 * (number > 50) for number in range(120)]
    path = write_pictures(tmp_path / "dropped.avi", (barcode(number) for number in range(120)), times=times, **B_FRAMES)
    index = index_frames(path)
    assert index.columns.tolist() == ["pts", "key_frame", "packet", "dts"]
    index.to_parquet(tmp_path / "index.parquet")
    with Video(path, tmp_path / "index.parquet") as video:
        assert numbers_shown(video, range(120)) == {n: n for n in range(120)}
        assert np.diff(video.times_s).max() == pytest.approx(4 / 25)
        assert video.times_s[-1] == pytest.approx(122 / 25)


@pytest.mark.parametrize("between", [1, 2, 3])
def test_two_frames_in_a_packet_are_numbered_where_the_decoder_parts_them(tmp_path, between):
    """Packed bitstreams of Xvid and DivX: a frame and the next, and later a packet that shows nothing new."""
    how = {"codec": "mpeg4", "options": {"bf": str(between), "g": "60", "b": "2000000", "b_strategy": "0"}}
    source = write_pictures(tmp_path / "mpeg4.avi", (barcode(number) for number in range(120)), **how)
    with av.open(str(source)) as container:
        stored = [(bytes(packet), packet.is_disposable) for packet in container.demux(video=0) if packet.size]
    packed = []
    while stored:
        content, disposable = stored.pop(0)
        if not disposable and stored and stored[0][1]:
            packed.append(content + stored.pop(0)[0])
            while stored and stored[0][1]:
                packed.append(stored.pop(0)[0])
            packed.append(b"\0\0\1\xb6\x50\0")
        else:
            packed.append(content)
    path = tmp_path / "packed.avi"
    with av.open(str(source)) as read, av.open(str(path), "w") as written:
        stream = written.add_stream_from_template(read.streams.video[0])
        for number, content in enumerate(packed):
            packet = av.Packet(content)
            packet.stream, packet.pts, packet.dts = stream, number, number
            packet.time_base, packet.is_keyframe = Fraction(1, 25), number == 0
            written.mux(packet)
    assert_read_rightly(path)


@pytest.mark.parametrize(
    "how", [{"codec": "mjpeg", "pix_fmt": "yuvj420p"}, {"options": {"x264-params": "keyint=12:bframes=0"}}]
)
def test_two_frames_of_one_time_are_refused(tmp_path, how):
    """Else one of them would vanish, and all later numbers be wrong."""
    source = write_pictures(tmp_path / "source.mkv", map(barcode, range(60)), **how)
    path = tmp_path / "twice.mkv"
    with av.open(str(source)) as read, av.open(str(path), "w") as written:
        stream = written.add_stream_from_template(read.streams.video[0])
        for number, packet in enumerate(read.demux(video=0)):
            if packet.size:
                packet.stream = stream
                packet.pts = packet.dts = 40 * (number - (number == 31))
                packet.time_base = Fraction(1, 1000)
                written.mux(packet)
    with pytest.raises(InputError, match="frames with presentation times, or decoding times that differ"):
        index_frames(path)


@pytest.mark.parametrize("name", ["raw.h264", "recorder.mpg"])
def test_a_file_without_times_is_refused(tmp_path, name):
    container = {"raw.h264": "h264", "recorder.mpg": "mpeg"}[name]
    path = write_pictures(tmp_path / name, map(barcode, range(60)), container_format=container, **B_FRAMES)
    with pytest.raises(InputError, match=r"times\n  found:    none for \d+ of 60 packets\n.*ffmpeg -i FILE"):
        index_frames(path)


def test_a_file_that_would_have_to_be_decoded_and_is_broken_is_refused(tmp_path):
    source = write_pictures(tmp_path / "whole.avi", map(barcode, range(120)), **B_FRAMES)
    with pytest.raises(InputError, match="in a file whose presentation times are missing or wrong"):
        index_frames(break_packet(source, tmp_path / "broken.avi", 60))


@pytest.mark.parametrize("name", ["cover.mp4", "cover.mkv", "attached.mkv"])
def test_a_cover_picture_is_no_film(files, tmp_path, name):
    """Players and editors put one into a file, some as its first stream."""
    cover = cv2.imencode(".jpg", np.zeros((480, 640), np.uint8))[1].tobytes()
    with av.open(str(files["h264.mp4"])) as read, av.open(str(tmp_path / name), "w") as written:
        if name == "attached.mkv":
            written.add_attachment("cover.jpg", "image/jpeg", cover)
        else:
            picture = written.add_stream("mjpeg", rate=25)
            picture.width, picture.height, picture.pix_fmt = 640, 480, "yuvj420p"
            picture.disposition = av.stream.Disposition.attached_pic  # which Matroska forgets
        template = read.streams.video[0]
        stream = written.add_stream_from_template(template)
        if name != "attached.mkv":
            written.mux(picture.encode(av.VideoFrame(640, 480, "yuvj420p")))
        for packet in read.demux(template):
            if packet.size:
                packet.stream = stream
                written.mux(packet)
    with av.open(str(tmp_path / name)) as container:
        assert len(container.streams.video) == 2
    with Video(tmp_path / name) as video:
        assert numbers_shown(video, [3, 299]) == {3: 3, 299: 299}


def index_with_holes(frames: int, lost: list[int]) -> pd.DataFrame:
    kept = [number for number in range(frames) if number not in lost]
    return pd.DataFrame({"pts": [10 * n for n in kept], "dts": [10 * n - 10 for n in kept], "packet": range(len(kept))})


def test_two_streams_in_one_file_are_told(files, tmp_path):
    path = tmp_path / "joined.MTS"
    path.write_bytes(2 * files["h264.MTS"].read_bytes())
    with pytest.raises(InputError, match="they run back after packet 299"):
        index_frames(path)


def test_a_frame_that_must_be_read_and_cannot_is_an_input_error(files):
    with Video(files["broken.mp4"]) as video, pytest.raises(InputError, match="frame 162 can't be read"):
        list(video.read_all([3, 162, 200]))


def test_holes_in_even_times_are_lost_frames_that_keep_their_numbers():
    filled = fill_holes(index_with_holes(100, [40, 41]).assign(key_frame=lambda table: table.index % 20 == 0))
    assert filled.pts.tolist() == [10 * n for n in range(100)]
    assert np.flatnonzero(filled.packet < 0).tolist() == [40, 41]
    assert filled.packet[42] == 42
    assert filled.packet[39] == 39


def test_many_holes_are_a_variable_rate():
    table = index_with_holes(100, list(range(5, 95, 9))).assign(key_frame=True)
    assert fill_holes(table).pts.tolist() == table.pts.tolist()


def test_a_file_that_is_no_video_is_told(tmp_path):
    path = tmp_path / "notes.mp4"
    path.write_text("no video")
    with pytest.raises(InputError, match="expected: a readable video file"):
        Video(path)


def test_an_empty_file_is_told(tmp_path):
    (tmp_path / "C1.mp4").touch()
    with pytest.raises(InputError, match="expected: a readable video file"):
        index_frames(tmp_path / "C1.mp4")


def test_a_sound_file_is_told(tmp_path):
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(InputError, match="no video stream"):
        Video(path)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the project's shared clips are not here")
@pytest.mark.parametrize(
    ("name", "frames", "fps"),
    [("mirror-mouse-396x406-250fps-yuv420p.mp4", 994, 250), ("openfield-mouse-640x480-30fps-yuv444p.mp4", 2330, 30)],
)
def test_real_clips_are_read_the_same_by_jumps(name, frames, fps):
    with Video(SHARED / name, threads=2) as video:
        assert len(video) == frames
        assert (len(video) - 1) / video.times_s[-1] == pytest.approx(fps, rel=1e-4)
        chosen = sorted(random.Random(name).sample(range(frames), 25))
        reading_on = {n: luma(frame).copy() for n, frame in video.read(range(frames)) if n in chosen}
        assert not video.unreadable
    for number in chosen:
        with Video(SHARED / name) as video:
            _, frame = next(video.read([number]))
            assert np.array_equal(luma(frame), reading_on[number])
