"""Chapters are one film: each frame has its number across the joints, by reading on and by jumps."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.recordings.join_chapters import join_chapters
from squint.errors import InputError
from squint.files.chapters import SUFFIX, Chapter, film_bytes, is_list, read_list, write_list
from squint.files.frames import luma
from squint.files.video import Video, index_frames, joints
from tests.videos import CAMCORDER, barcode, read_barcode, write_pictures

LENGTHS = (30, 41, 17)
SHORT_GROUPS = {"x264-params": "keyint=12:scenecut=0:bframes=2"}


def write_chapters(folder: Path, suffix: str, lengths=LENGTHS, **how) -> list[str]:
    """Chapters whose frames count on from one to the next."""
    folder.mkdir(exist_ok=True)
    paths, first = [], 0
    for number, length in enumerate(lengths, 1):
        pictures = [barcode(first + frame) for frame in range(length)]
        paths.append(str(write_pictures(folder / f"GH{number:02d}0123{suffix}", pictures, **how)))
        first += length
    return paths


@pytest.mark.parametrize(
    "suffix, how",
    [
        (".mp4", {"options": SHORT_GROUPS}),
        (".mkv", {"options": SHORT_GROUPS}),
        (".mts", {"options": CAMCORDER, "container_format": "mpegts"}),
        (".mts", {"codec": "mpeg2video", "options": {"g": "12", "bf": "2"}, "container_format": "mpegts"}),
        (".mp4", {"codec": "libx265", "options": {"x265-params": "keyint=10"}}),
        (".avi", {"codec": "mjpeg", "pix_fmt": "yuvj420p"}),
        (".mp4", {"options": SHORT_GROUPS, "fps": 30000 / 1001}),
        (".mp4", {"fps": 60000 / 1001}),
        (".mts", {"options": CAMCORDER, "container_format": "mpegts", "fps": 30000 / 1001}),
        (".mts", {"options": SHORT_GROUPS, "container_format": "mpegts", "fps": 24000 / 1001}),
    ],
    ids=["mp4", "mkv", "avchd", "mpeg2", "hevc", "mjpeg", "mp4 30", "mp4 60", "avchd 30", "mts 24"],
)
def test_frames_keep_their_numbers_across_joints(tmp_path, suffix, how):
    listed = str(tmp_path / f"C1{SUFFIX}")
    join_chapters(write_chapters(tmp_path / "it's a film", suffix, **how), "pattern", listed)
    with Video(listed, index_frames(listed)) as video:
        numbers = [(number, read_barcode(luma(frame))) for number, frame in video.read(range(len(video)))]
        assert numbers == [(number, number) for number in range(sum(LENGTHS))]
        for number in (70, 0, 71, 29, 30, 31, 87, 28, 72):
            ((_, frame),) = video.read([number])
            assert read_barcode(luma(frame)) == number
        assert np.diff(video.times_s) == pytest.approx(1 / how.get("fps", 25), abs=1e-3)
        assert {30, 71} <= set(joints(video))


def read_all(listed: str) -> list[tuple[int, int | None]]:
    with Video(listed, index_frames(listed)) as video:
        return [(number, read_barcode(luma(frame))) for number, frame in video.read(range(len(video)))]


def add_sound(film: Path, path: Path, lead: float) -> str:
    """A copy of a film with sound that begins so many seconds earlier, and goes on for longer."""
    rate, container_format = 48000, "mpegts" if path.suffix == ".mts" else None
    with av.open(str(film)) as source, av.open(str(path), "w", format=container_format) as target:
        video, sound = target.add_stream_from_template(source.streams.video[0]), target.add_stream("mp2", rate=rate)
        packets = []
        for packet in source.demux(source.streams.video[0]):
            if packet.size:
                for name in ("pts", "dts"):
                    setattr(packet, name, getattr(packet, name) + round(lead / packet.time_base))
                packet.stream = video
                packets.append((float(packet.dts * packet.time_base), packet))
        for start in range(0, 3 * rate, 1152):
            samples = av.AudioFrame.from_ndarray(np.zeros((1, 2 * 1152), np.int16), format="s16", layout="stereo")
            samples.sample_rate, samples.pts, samples.time_base = rate, start, Fraction(1, rate)
            packets += [(float(packet.dts * packet.time_base), packet) for packet in sound.encode(samples)]
        for _, packet in sorted(packets, key=lambda pair: pair[0]):
            target.mux(packet)
    return str(path)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mts"])
@pytest.mark.parametrize("leads", [(0.0, 0.08), (0.08, 0.0), (0.2, 0.04)])
def test_sound_that_begins_earlier_leaves_no_gap(tmp_path, suffix, leads):
    films = write_chapters(tmp_path / "films", ".mp4", (60, 60), options=SHORT_GROUPS)
    sounding = [
        add_sound(Path(film), tmp_path / f"{number}{suffix}", lead)
        for number, (film, lead) in enumerate(zip(films, leads, strict=True))
    ]
    listed = str(tmp_path / "C1.chapters.json")
    join_chapters(sounding, "pattern", listed)
    assert read_all(listed) == [(number, number) for number in range(120)]
    with Video(listed) as video:
        assert np.diff(video.times_s) == pytest.approx(1 / 25, abs=2e-3)
        for number in (60, 59, 61, 0, 119):
            ((_, frame),) = video.read([number])
            assert read_barcode(luma(frame)) == number


def split_stream(path: Path, folder: Path, end: int, begin: int) -> list[str]:
    """A transport stream as two whose times go on: up to frame `end`, and from key frame `begin` on."""
    halves = [folder / "00001.MTS", folder / "00002.MTS"]
    with av.open(str(path)) as source:
        packets = [packet for packet in source.demux(source.streams.video[0]) if packet.size]
        for half, ours in zip(halves, (packets[:end], packets[begin:]), strict=True):
            with av.open(str(half), "w", format="mpegts") as target:
                stream = target.add_stream_from_template(source.streams.video[0])
                for packet in ours:
                    packet.stream = stream
                    target.mux(packet)
    return [str(half) for half in halves]


@pytest.mark.parametrize("lost", [0, 12])
def test_files_whose_times_go_on_are_whole(tmp_path, lost):
    """AVCHD's do: what is missing between them shows."""
    pictures = [barcode(number) for number in range(96)]
    film = write_pictures(tmp_path / "a.mts", pictures, options=SHORT_GROUPS, container_format="mpegts")
    files, listed = split_stream(film, tmp_path, 48, 48 + lost), str(tmp_path / "C1.chapters.json")
    if lost:
        with pytest.raises(InputError, match=r"goes on where .*00001\.MTS ends\n  found:    0\.48 s later"):
            join_chapters(files, "pattern", listed)
    else:
        join_chapters(files, "pattern", listed)
        assert read_all(listed) == [(number, number) for number in range(96)]


def test_a_stream_that_was_split_between_its_groups_of_frames_is_whole(tmp_path):
    """The first frames of the second file need some of the first: groups are open."""
    pictures = [barcode(number) for number in range(120)]
    film = write_pictures(tmp_path / "a.mts", pictures, options=CAMCORDER, container_format="mpegts")
    with av.open(str(film)) as container:
        keys = [packet.pos for packet in container.demux(video=0) if packet.size and packet.is_keyframe]
    content, ends = film.read_bytes(), [0, *(keys[number] // 188 * 188 for number in (5, 9)), None]
    files = [tmp_path / f"{number:05d}.MTS" for number in range(3)]
    for file, begin, end in zip(files, ends, ends[1:], strict=False):
        file.write_bytes(content[begin:end])
    listed = str(tmp_path / f"C1{SUFFIX}")
    join_chapters(list(map(str, files)), "pattern", listed)
    assert read_all(listed) == [(number, number) for number in range(120)]


def test_sound_in_some_chapters_alone_is_nothing_to_the_film(tmp_path):
    one, other = write_chapters(tmp_path / "films", ".mp4", (60, 60), options=SHORT_GROUPS)
    sounding = add_sound(Path(other), tmp_path / "2.mp4", 0.0)
    for number, files in enumerate(([one, sounding], [add_sound(Path(one), tmp_path / "1.mp4", 0.0), other])):
        listed = str(tmp_path / f"C{number}{SUFFIX}")
        join_chapters(files, "pattern", listed)
        assert read_all(listed) == [(number, number) for number in range(120)]


def test_a_file_of_its_own_has_no_joints(tmp_path):
    path = str(write_pictures(tmp_path / "a.mp4", [barcode(0), barcode(1)]))
    with Video(path) as video:
        assert joints(video) == [] and not is_list(path)


def test_chapters_of_another_kind_are_told(tmp_path):
    one, other = write_chapters(tmp_path / "a", ".mp4", (5, 5))
    write_pictures(Path(other), [np.zeros((48, 64), np.uint8)] * 5)
    with pytest.raises(InputError, match="chapters of one size"):
        join_chapters([one, other], "pattern", str(tmp_path / "C1.chapters.json"))


@pytest.mark.parametrize(
    ("suffix", "how"),
    [
        (".mp4", {"container_options": {"movflags": "faststart"}, "options": SHORT_GROUPS}),
        (".mkv", {"options": SHORT_GROUPS}),
        (".avi", {"codec": "mjpeg", "pix_fmt": "yuvj420p"}),
    ],
)
def test_a_cut_chapter_is_told(tmp_path, suffix, how):
    paths = write_chapters(tmp_path / "a", suffix, (100, 20), **how)
    content = Path(paths[0]).read_bytes()
    Path(paths[0]).write_bytes(content[: len(content) * 2 // 3])
    with pytest.raises(InputError, match=r"a whole chapter.*\n  found:    \d+ frames of it are missing"):
        join_chapters(paths, "pattern", str(tmp_path / "C1.chapters.json"))


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"fps": 50}, "chapters of one frame rate"),
        ({"rotation": 180}, "chapters of one orientation"),
        # A decoder that began with the other's would show garbage.
        ({"options": {"x264-params": "cabac=0"}}, "chapters of one set of coding parameters"),
    ],
)
def test_chapters_of_other_settings_are_told(tmp_path, other, message):
    (one,) = write_chapters(tmp_path / "a", ".mp4", (20,))
    (two,) = write_chapters(tmp_path / "b", ".mp4", (20,), **other)
    with pytest.raises(InputError, match=message):
        join_chapters([one, two], "pattern", str(tmp_path / "C1.chapters.json"))


def test_chapters_without_times_are_told(tmp_path):
    paths = write_chapters(tmp_path / "a", ".avi", options=SHORT_GROUPS)
    with pytest.raises(InputError, match="which keeps none"):
        join_chapters(paths, "pattern", str(tmp_path / "C1.chapters.json"))


def test_no_chapters_are_told(tmp_path):
    with pytest.raises(InputError, match="the chapters of a recording"):
        join_chapters([], "films/GH{chapter}.MP4", str(tmp_path / "C1.chapters.json"))


@given(
    st.lists(
        st.text(st.characters(exclude_characters="/\n\r\0", codec="utf-8"), min_size=1, max_size=20),
        unique=True,
        min_size=1,
        max_size=3,
    )
)
def test_lists_keep_all_names(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("films")
    chapters = []
    for number, name in enumerate(names):
        path = folder / f"a{name}"
        path.write_bytes(b"x" * number)
        chapters.append(Chapter(path, 10 * number, -5 * number, number, f"{number:08x}"))
    listed = folder / "made" / "C1.chapters.json"
    listed.parent.mkdir()
    write_list(str(listed), chapters)
    read = read_list(listed)
    assert [chapter.path.resolve() for chapter in read] == [chapter.path.resolve() for chapter in chapters]
    assert [vars(one) | {"path": ""} for one in read] == [vars(chapter) | {"path": ""} for chapter in chapters]
    assert film_bytes(listed) == sum(range(len(names)))


@pytest.mark.parametrize(
    "harm, message", [("lost", "a chapter of a recording"), ("changed", "the chapter that was joined")]
)
def test_chapters_that_changed_since_are_told(tmp_path, harm, message):
    paths = write_chapters(tmp_path / "a", ".mp4", (5, 5))
    listed = str(tmp_path / "C1.chapters.json")
    join_chapters(paths, "pattern", listed)
    if harm == "lost":
        Path(paths[1]).unlink()
    else:
        Path(paths[1]).write_bytes(b"another")
    with pytest.raises(InputError, match=message):
        Video(listed)


def test_a_list_of_something_else_is_told(tmp_path):
    (tmp_path / "C1.chapters.json").write_text('[{"path": "/etc/passwd"}]')
    with pytest.raises(InputError, match="a list of chapters that this workflow wrote"):
        Video(str(tmp_path / "C1.chapters.json"))
