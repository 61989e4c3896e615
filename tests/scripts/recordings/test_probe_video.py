"""What is written about a video file, and what is done about a damaged one."""

import hashlib
import json
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pandas as pd
import pytest

from scripts.recordings.probe_video import probe_video
from squint.errors import InputError
from squint.files.damage import spans
from tests.videos import SIZE, packets, write_pictures, write_video

GROUPS = {"x264-params": "keyint=25:scenecut=0:bframes=2", "crf": "10"}
GREY = np.full((SIZE[1], SIZE[0]), 90, np.uint8)


def probe(path: Path, allow_damaged: bool = False) -> dict:
    index = path.with_suffix(".frames.parquet")
    probe_video(str(path), str(path.with_suffix(".json")), str(index), allow_damaged)
    assert len(pd.read_parquet(index)) == json.loads(path.with_suffix(".json").read_text())["frames"]
    return json.loads(path.with_suffix(".json").read_text())


@pytest.fixture
def clip(tmp_path) -> Path:
    return write_video(tmp_path / "clip.mp4", [20 + number for number in range(200)], options=GROUPS)


def test_a_record_says_what_the_file_is(clip):
    record, content = probe(clip), clip.read_bytes()
    assert record == {
        "path": str(clip),
        "name": "clip.mp4",
        "bytes": clip.stat().st_size,
        "digest": hashlib.sha256(content[: 1 << 20] + content[-(1 << 20) :]).hexdigest()[:16],
        "codec": "h264",
        "fps": 25.0,
        "frames": 200,
        "constant_rate": True,
        "height": SIZE[1],
        "width": SIZE[0],
        "orientation": [1, 0, 0, 1],
        "pixel_aspect": 1.0,
        "interlaced": False,
        "missing": 0,
    }


def test_a_turned_video_has_the_size_that_players_show(tmp_path):
    record = probe(write_pictures(tmp_path / "turned.mp4", [GREY] * 5, rotation=90))
    assert (record["width"], record["height"], record["orientation"]) == (48, 64, [0, -1, 1, 0])


def test_a_video_of_pixels_that_are_not_square_has_the_size_that_players_show(tmp_path):
    record = probe(write_pictures(tmp_path / "dv.mp4", [GREY] * 5, aspect=Fraction(4, 3)))
    assert (record["width"], record["height"], record["pixel_aspect"]) == (85, 48, pytest.approx(4 / 3))


def test_a_video_that_is_shown_askew_is_told(tmp_path):
    with pytest.raises(InputError, match=r"in quarter turns or mirrored\n  found:    a display matrix of \(0.8"):
        probe(write_pictures(tmp_path / "askew.mp4", [GREY] * 5, rotation=30))


def test_frames_that_a_camera_dropped_are_no_damage(tmp_path):
    """AVI marks them by packets of no bytes, which its header counts."""
    times = [number + 3 * (number > 20) + (number > 30) for number in range(40)]
    record = probe(
        write_pictures(tmp_path / "dropped.avi", [GREY] * 40, codec="mjpeg", pix_fmt="yuvj420p", times=times)
    )
    assert (record["frames"], record["missing"], record["constant_rate"]) == (40, 0, False)
    assert record["fps"] == pytest.approx(25 * 39 / 43)


def test_a_cut_avi_file_is_told(tmp_path):
    path = write_pictures(tmp_path / "cut.avi", [GREY] * 60, codec="mjpeg", pix_fmt="yuvj420p")
    path.write_bytes(path.read_bytes()[: packets(path)[40].pos + 9])
    with pytest.raises(InputError, match=r"expected: 60 frames.*\n  found:    41: the file is cut"):
        probe(path)


def test_a_variable_rate_is_told_with_its_mean(tmp_path):
    pictures = [GREY] * 40
    record = probe(write_pictures(tmp_path / "variable.mp4", pictures, times=[n + n // 3 * 2 for n in range(40)]))
    assert not record["constant_rate"]
    assert record["fps"] == pytest.approx(25 * 39 / (39 + 13 * 2), rel=0.02)


def test_interlaced_video_is_told(tmp_path):
    options = {"x264-params": "interlaced=1:tff=1", "flags": "+ilme+ildct"}
    assert probe(write_pictures(tmp_path / "interlaced.mp4", [GREY] * 9, options=options))["interlaced"]


def test_a_cut_matroska_file_is_told(tmp_path):
    """Its table of frames stood at its end; its header still says how long it was."""
    path = write_pictures(tmp_path / "cut.mkv", [GREY] * 100, options=GROUPS)
    assert probe(path)["missing"] == 0
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    with pytest.raises(InputError, match=r"expected: \d+ frames.*\n  found:    \d+: the file is cut"):
        probe(path)


def test_a_whole_matroska_file_of_few_frames_a_second_is_whole(tmp_path):
    """Its last frame is shown for longer than a cut file is told by."""
    assert probe(write_pictures(tmp_path / "slow.mkv", [GREY] * 20, fps=0.5))["missing"] == 0


def test_a_matroska_file_that_begins_late_is_whole(tmp_path):
    """As parts of a longer film do that keep its times."""
    assert probe(write_pictures(tmp_path / "late.mkv", [GREY] * 20, times=list(range(100, 120))))["missing"] == 0


def test_a_matroska_file_that_lacks_less_than_a_second_is_told(tmp_path):
    path = write_pictures(tmp_path / "cut.mkv", [GREY + n for n in range(100)], options=GROUPS)
    path.write_bytes(path.read_bytes()[: packets(path)[90].pos])
    with pytest.raises(InputError, match="the file is cut"):
        probe(path)


def test_a_codec_that_is_not_known_is_told(tmp_path):
    path = write_pictures(tmp_path / "a.avi", [GREY] * 9, codec="mjpeg", pix_fmt="yuvj420p")
    path.write_bytes(path.read_bytes().replace(b"MJPG", b"ZQXY"))
    with pytest.raises(InputError, match="a video of a codec that FFmpeg decodes"):
        probe(path)


def test_a_matroska_file_whose_sound_outlasts_it_is_whole(tmp_path):
    path = write_pictures(tmp_path / "silent.mkv", [GREY] * 50, options=GROUPS)
    with av.open(str(path)) as silent, av.open(str(tmp_path / "loud.mkv"), "w") as loud:
        shown = loud.add_stream_from_template(silent.streams.video[0])
        heard = loud.add_stream("pcm_s16le", rate=8000, layout="mono")
        for packet in silent.demux(video=0):
            if packet.size:
                packet.stream = shown
                loud.mux(packet)
        for second in range(9):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.int16), layout="mono")
            frame.rate, frame.pts = 8000, 8000 * second
            loud.mux(heard.encode(frame))
        loud.mux(heard.encode())
    assert probe(tmp_path / "loud.mkv")["missing"] == 0


def cut(path: Path, number: int) -> Path:
    """A video of 150 frames whose header is at its beginning, and which ends within packet `number`."""
    how = {"options": GROUPS, "container_options": {"movflags": "faststart"}}
    whole = write_pictures(path.with_name("whole.mp4"), [GREY + n for n in range(150)], **how)
    packet = packets(whole)[number]
    path.write_bytes(whole.read_bytes()[: packet.pos + packet.size // 2])
    return path


def test_a_cut_file_stops_the_run(tmp_path):
    with pytest.raises(
        InputError, match=r"cut\.mp4\n  expected: 150 frames.*\n  found:    \d+: the file is cut"
    ) as error:
        probe(cut(tmp_path / "cut.mp4", 100))
    assert "allow_damaged" in str(error.value)


def test_a_cut_file_is_gone_on_with_where_the_config_allows_it(tmp_path, caplog):
    record = probe(cut(tmp_path / "cut.mp4", 100), allow_damaged=True)
    assert record["frames"] in (100, 101)  # without the last one, or with what is left of it
    assert record["missing"] == 150 - record["frames"]
    assert "Going on with what can be read" in caplog.text


def test_a_whole_file_whose_beginning_is_hidden_is_taken(tmp_path):
    early = [number - 90 for number in range(120)]
    how = {"options": {"x264-params": "keyint=200:bframes=0"}, "times": early}
    record = probe(write_pictures(tmp_path / "trimmed.mp4", [GREY] * 120, **how))
    assert record["frames"] == 30
    assert record["missing"] == 0


def test_packets_that_a_transport_stream_lost_are_told(tmp_path):
    how = {"options": GROUPS, "container_format": "mpegts"}
    path = write_pictures(tmp_path / "clip.MTS", [GREY + n for n in range(150)], **how)
    content = bytearray(path.read_bytes())
    begin = len(content) // 2 // 188
    for place in range(begin, begin + 3):
        content[188 * place + 4 : 188 * (place + 1)] = bytes(184)
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a file without gaps\n  found:    frames \d+.* are lost"):
        probe(path)
    assert probe(path, allow_damaged=True)["frames"] == 150


def test_a_missing_video_is_told(tmp_path):
    with pytest.raises(InputError, match="no such file") as error:
        probe(tmp_path / "none.mp4")
    assert "{camera}" in str(error.value)


def test_spans_of_numbers():
    assert spans([]) == ""
    assert spans([3]) == "3"
    assert spans({9, 3, 4, 5}) == "3–5, 9"
