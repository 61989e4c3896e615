"""Chapters are one film: each frame has its number across the joints, by reading on and by jumps."""

from pathlib import Path

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
    ],
    ids=["mp4", "mkv", "avchd", "mpeg2", "hevc", "mjpeg"],
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
        assert np.diff(video.times_s) == pytest.approx(1 / 25, abs=1e-3)
        assert {30, 71} <= set(joints(video))


def test_a_file_of_its_own_has_no_joints(tmp_path):
    path = str(write_pictures(tmp_path / "a.mp4", [barcode(0), barcode(1)]))
    with Video(path) as video:
        assert joints(video) == [] and not is_list(path)


def test_chapters_of_another_kind_are_told(tmp_path):
    one, other = write_chapters(tmp_path / "a", ".mp4", (5, 5))
    write_pictures(Path(other), [np.zeros((48, 64), np.uint8)] * 5)
    with pytest.raises(InputError, match="chapters of one width"):
        join_chapters([one, other], "pattern", str(tmp_path / "C1.ffconcat"))


def test_a_cut_chapter_is_told(tmp_path):
    paths = write_chapters(tmp_path / "a", ".mp4", container_options={"movflags": "faststart"})
    Path(paths[1]).write_bytes(Path(paths[1]).read_bytes()[:-200])
    with pytest.raises(InputError, match="a file that is cut"):
        join_chapters(paths, "pattern", str(tmp_path / "C1.ffconcat"))


def test_chapters_without_times_are_told(tmp_path):
    paths = write_chapters(tmp_path / "a", ".avi", options=SHORT_GROUPS)
    with pytest.raises(InputError, match="which keeps none"):
        join_chapters(paths, "pattern", str(tmp_path / "C1.ffconcat"))


def test_no_chapters_are_told(tmp_path):
    with pytest.raises(InputError, match="the chapters of a recording"):
        join_chapters([], "films/GH{chapter}.MP4", str(tmp_path / "C1.ffconcat"))


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
        chapters.append(Chapter(path, 1.5 + number, number, f"{number:08x}"))
    listed = folder / "made" / "C1.ffconcat"
    listed.parent.mkdir()
    write_list(str(listed), chapters)
    read = read_list(listed)
    assert [chapter.path.resolve() for chapter in read] == [chapter.path.resolve() for chapter in chapters]
    assert [(one.duration_s, one.size, one.digest) for one in read] == [
        (c.duration_s, c.size, c.digest) for c in chapters
    ]
    assert film_bytes(listed) == sum(range(len(names)))


@pytest.mark.parametrize(
    "harm, message", [("lost", "a chapter of a recording"), ("changed", "the chapter that was joined")]
)
def test_chapters_that_changed_since_are_told(tmp_path, harm, message):
    paths = write_chapters(tmp_path / "a", ".mp4", (5, 5))
    listed = str(tmp_path / "C1.ffconcat")
    join_chapters(paths, "pattern", listed)
    if harm == "lost":
        Path(paths[1]).unlink()
    else:
        Path(paths[1]).write_bytes(b"another")
    with pytest.raises(InputError, match=message):
        Video(listed)


def test_a_list_of_something_else_is_told(tmp_path):
    (tmp_path / "C1.ffconcat").write_text("ffconcat version 1.0\nfile /etc/passwd\n")
    with pytest.raises(InputError, match="a list of chapters that this workflow wrote"):
        Video(str(tmp_path / "C1.ffconcat"))
