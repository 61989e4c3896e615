"""Frame k is the k-th frame in presentation order, and a broken file is told by name."""

import numpy as np
import pytest

from scripts.job import InputError
from scripts.video import fetch_frames, luma, probe, read_frames
from tests.videos import SIZE, write_video

LEVELS = [20 + 3 * number for number in range(70)]


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Seventy frames with B-frames, so that the order of decoding is not that of presentation."""
    options = {"crf": "5", "bf": "3", "g": "12", "x264-params": "b-adapt=0:open-gop=1"}
    return write_video(tmp_path_factory.mktemp("video") / "clip.mp4", LEVELS, options=options)


def test_frames_come_in_presentation_order(clip):
    frames = list(read_frames(clip))
    assert [number for number, _, _ in frames] == list(range(70))
    assert [time_s for _, time_s, _ in frames] == pytest.approx(np.arange(70) / 25)
    means = [frame.to_ndarray(format="rgb24").mean() for _, _, frame in frames]
    assert means == pytest.approx(LEVELS, abs=2)


def test_fetched_frames_are_those_asked_for(clip):
    numbers = [69, 0, 33, 33, 12]
    found = dict(fetch_frames(clip, numbers))
    assert list(found) == [0, 12, 33, 69]
    assert [found[number].mean() for number in found] == pytest.approx([LEVELS[number] for number in found], abs=2)
    assert list(fetch_frames(clip, [])) == []


def test_a_frame_beyond_the_end_is_an_input_error(clip):
    with pytest.raises(InputError, match=r"expected: a frame 70\n  found:    70 frames"):
        list(fetch_frames(clip, [3, 70]))


def test_luma_is_the_brightness_plane(clip):
    _, _, frame = next(read_frames(clip))
    assert luma(frame).shape == (SIZE[1], SIZE[0])
    assert np.array_equal(luma(frame), frame.to_ndarray(format="gray")) or luma(frame).mean() == pytest.approx(
        33, abs=4
    )


def test_probe_counts_by_decoding(clip):
    record = probe(clip)
    assert (record["codec"], record["width"], record["height"], record["fps"], record["frames"]) == (
        "h264",
        *SIZE,
        25.0,
        70,
    )
    assert record["constant_rate"]
    assert not record["interlaced"]
    assert record["bytes"] == clip.stat().st_size


def test_a_cut_file_is_told(clip, tmp_path):
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(clip.read_bytes()[: clip.stat().st_size * 2 // 3])
    with pytest.raises(InputError, match=r"cut.mp4") as error:
        probe(cut)
    assert "copy the file from the camcorder again" in str(error.value)


def test_a_file_that_is_no_video_is_told(tmp_path):
    path = tmp_path / "notes.mp4"
    path.write_text("no video")
    with pytest.raises(InputError, match="expected: a readable video file"):
        probe(path)
