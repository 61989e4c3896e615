"""Chapters open as one container, in which times lead to frames as in any other."""

import pytest

from scripts.recordings.join_chapters import join_chapters
from squint.errors import InputError
from squint.files.chapters import SUFFIX
from squint.files.containers import JoinedFilm, open_video
from tests.videos import barcode, write_pictures

GROUPS = {"x264-params": "keyint=10:min-keyint=10:scenecut=0"}


@pytest.fixture
def listed(tmp_path):
    """Two chapters of 20 and 30 frames."""
    paths = [
        write_pictures(tmp_path / f"{first}.mp4", [barcode(first + n) for n in range(count)], options=GROUPS)
        for first, count in ((0, 20), (20, 30))
    ]
    join_chapters(list(map(str, paths)), "pattern", str(tmp_path / f"C1{SUFFIX}"))
    return str(tmp_path / f"C1{SUFFIX}")


def test_a_file_is_a_container_of_its_own(listed, tmp_path):
    assert not isinstance(open_video(str(tmp_path / "0.mp4"))[0], JoinedFilm)
    assert isinstance(open_video(listed)[0], JoinedFilm)


def test_packets_go_on_from_where_was_sought(listed):
    container, stream = open_video(listed)
    with container:
        times = [packet.pts for packet in container.demux(stream) if packet.size]
        step = min(b - a for a, b in zip(sorted(times), sorted(times)[1:], strict=False))
        assert sorted(times) == [step * number for number in range(50)]
        for number in (30, 0, 20, 40, 10):
            container.seek(step * number, stream=stream)
            packets = [packet for packet in container.demux(stream) if packet.size]
            assert packets[0].pts == step * number and packets[0].is_keyframe
            assert len(packets) == 50 - number


def test_frames_come_out_of_one_decoder(listed):
    container, stream = open_video(listed)
    with container:
        assert len(list(container.decode(stream))) == 50


def test_what_is_no_video_is_told(tmp_path):
    (tmp_path / "a.mp4").write_text("no video")
    with pytest.raises(InputError, match="a readable video file"):
        open_video(str(tmp_path / "a.mp4"))
