"""Frames to annotate: which are asked for, where they are put, and the table that they give."""

from pathlib import Path

import av
import numpy as np
import pandas as pd
import pytest

from squint.app import frame_set as module
from squint.app.frame_set import (
    Films,
    annotations_path,
    annotations_text,
    choose_frames,
    find_frames,
    import_annotations,
    read_asked,
    read_frame_set,
    tables_of_frames,
)
from squint.app.journal import Change, Journal
from squint.app.sheets import take_over
from squint.detection.annotations import read_annotations
from squint.errors import InputError
from squint.files.images import read_image
from tests.videos import CODED_SIZE, barcode, read_barcode, write_pictures

FRAMES = 60


@pytest.fixture
def films(tmp_path):
    """Two videos whose frames tell their numbers, with a key frame every eighth one, in folders of their own."""
    paths = []
    for number in range(2):
        path = tmp_path / "films" / f"animal{number + 1}" / "C1.mp4"
        path.parent.mkdir(parents=True)
        options = {"x264-params": "keyint=8:min-keyint=8:scenecut=0"}
        paths.append(write_pictures(path, [barcode(n) for n in range(FRAMES)], options=options))
    return paths


@pytest.fixture
def journal(tmp_path):
    journal = Journal(tmp_path / "annotations" / "faces.journal", "frames")
    yield journal
    journal.close()


@pytest.fixture
def open_set(tmp_path, journal):
    """A function that opens frames of some sources under the working directory."""

    def make(*sources, count=10):
        return read_frame_set([Path(source) for source in sources], count, tmp_path, journal)

    return make


def views_of(frames):
    return [view for item in frames.items for view in item.views]


def annotate(journal, video, number, value):
    journal.act("ayse", [Change("box", f"{video}/{number}", "", value)])


def test_frames_are_what_their_numbers_say(films, tmp_path, open_set):
    views = views_of(open_set(tmp_path / "films"))
    assert [view.camera for view in views] == [f"films/animal{n}/C1.mp4" for n in (1, 2) for _ in range(5)]
    assert all(view.frame_num % 8 == 0 and view.size == CODED_SIZE and view.detected is None for view in views)
    for view in views:
        assert read_barcode(read_image(view.path)[..., 0]) == view.frame_num


def index(frames, keys_every):
    return pd.DataFrame({"key_frame": [number % keys_every == 0 for number in range(frames)]})


def test_frames_are_spread_over_videos_and_asked_for_again_alike():
    films = {"a.mp4": index(60, 8), "b.mp4": index(60, 8)}
    asked = choose_frames(films, 25)
    assert len(asked) == 25 and asked == choose_frames(films, 25)
    for film, count in zip(films, (12, 13), strict=True):
        numbers = [frame.frame_num for frame in asked if frame.video == film]
        assert len(set(numbers)) == count and numbers == sorted(numbers)
        assert numbers[0] < 60 / count and numbers[-1] >= 60 - 60 / count - 1


def test_videos_of_one_recording_are_asked_for_other_instants():
    films = {f"C{camera}.mp4": index(600, 10) for camera in range(6)}
    assert len({frame.frame_num for frame in choose_frames(films, 12)}) > 8


def test_a_frame_is_extracted_once(films, open_set):
    (view,) = views_of(open_set(films[0], count=1))
    view.path.write_bytes(view.path.read_bytes() + b"kept")
    open_set(films[0], count=1)
    assert view.path.read_bytes().endswith(b"kept")
    write_pictures(films[0], [np.full((48, 64), 90, np.uint8)] * 20)
    (other,) = views_of(open_set(films[0], count=1))
    assert other.path != view.path and other.size == (64, 48)


def test_a_video_in_place_of_one_that_is_annotated_is_told(films, open_set, journal):
    (view,) = views_of(open_set(films[0], count=1))
    annotate(journal, view.camera, view.frame_num, "1,2,30")
    open_set(films[0], count=1)
    write_pictures(films[0], [np.full((48, 64), 90, np.uint8)] * 20)
    with pytest.raises(InputError, match="the video of which frames are annotated"):
        open_set(films[0], count=1)


def test_a_video_has_one_name_however_it_is_named(films, tmp_path, open_set, monkeypatch):
    monkeypatch.chdir(tmp_path / "films")
    (tmp_path / "link").symlink_to(tmp_path / "films" / "animal1")
    names = ["animal1/C1.mp4", films[0], tmp_path / "link" / "C1.mp4", "../films/animal1/C1.mp4"]
    assert {view.camera for name in names for view in views_of(open_set(name))} == {"films/animal1/C1.mp4"}
    assert len(views_of(open_set(*names))) == 10


def test_what_a_training_wants_comes_with_its_boxes_where_it_is_certain(tmp_path, films, open_set):
    wanted = tmp_path / "wanted.csv"
    rows = [
        ("films/animal2/C1.mp4", 17, 0.81, "unlike", 10, 4, 30),
        (films[1], 3, 0.2, "uncertain", 5, 5, 20),
        (films[0], 8, "0,7", "", "", "", ""),
        (films[0], 16, "0,9", "", 500, 4, 30),
    ]
    columns = ["video", "frame_num", "certainty", "why", "box_x", "box_y", "box_size"]
    pd.DataFrame(rows, columns=columns).to_csv(wanted, index=False)
    views = views_of(open_set(wanted, films[0], count=8))
    asked = [(17, (10, 4, 30)), (3, None), (8, None), (16, (CODED_SIZE[0] - 30, 4, 30))]  # within its frame
    assert [(view.frame_num, view.detected) for view in views[:4]] == asked
    assert views[0].certainty == pytest.approx(0.81)
    assert read_barcode(read_image(views[0].path)[..., 0]) == 17
    assert len({view.frame for view in views}) == len(views) > 4  # with others of the video, each once


def test_a_box_sheet_may_be_looked_through(films, tmp_path):
    sheet = tmp_path / "faces.csv"
    sheet.write_text(f"video,frame_num,box_x,box_y,box_size\n{films[0]},5,1,2,30\n{films[0]},6,0,0,0\n")
    assert [frame.suggested for frame in read_asked(sheet)] == [(1, 2, 30), None]


@pytest.mark.parametrize(
    "name, expected",
    [
        ("nothing.mp4", "videos to annotate"),
        ("empty", "videos"),
        ("bad.csv", "columns"),
        ("none.csv", "frames to annotate"),
        ("broken.mp4", "a video that can be read"),
    ],
)
def test_what_is_no_video_is_told(tmp_path, journal, name, expected):
    (tmp_path / "empty" / ".Trashes").mkdir(parents=True)
    for hidden in ("._C1.mp4", ".Trashes/C1.mp4"):
        (tmp_path / "empty" / hidden).write_bytes(b"of macOS")
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    (tmp_path / "bad.csv").write_text("film,frame\na,1\n")
    (tmp_path / "none.csv").write_text("video,frame_num\n")
    with pytest.raises(InputError, match=expected):
        find_frames([tmp_path / name], 10, Films(tmp_path, journal))


def test_a_broken_video_among_others_is_left_out_with_a_word(films, tmp_path, open_set, capsys):
    (tmp_path / "films" / "broken.MOD").write_bytes(b"no video")
    assert len(views_of(open_set(tmp_path / "films"))) == 10
    assert "Left out" in (said := capsys.readouterr().out) and "broken.MOD" in said


def test_a_frame_that_cannot_be_read_is_left_out_with_a_word(films, tmp_path, open_set, capsys):
    content = films[0].read_bytes()
    with av.open(str(films[0])) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    start, size = packets[16].pos, packets[16].size  # a key frame
    films[0].write_bytes(content[: start + 4] + b"\xff" * (size - 4) + content[start + size :])
    table = tmp_path / "asked.csv"
    pd.DataFrame({"video": films[0], "frame_num": [8, 16, 32]}).to_csv(table, index=False)
    assert [view.frame_num for view in views_of(open_set(table))] == [8, 32]
    assert "Left out, as they can't be read: frames 16 of films/animal1/C1.mp4." in capsys.readouterr().out


def test_a_frame_that_is_not_there_is_told(films, tmp_path, open_set):
    (tmp_path / "wanted.csv").write_text(f"video,frame_num\n{films[0]},{FRAMES}\n")
    with pytest.raises(InputError, match=f"a frame {FRAMES}"):
        open_set(tmp_path / "wanted.csv")


def test_annotated_frames_come_back_as_the_detector_reads_them(journal, tmp_path):
    annotate(journal, "films/b/C1.mp4", 40, "10,20,30")
    annotate(journal, "films/a, old/C1.mp4", 7, "none")
    annotate(journal, "films/a, old/C1.mp4", 8, "1,2,30")
    annotate(journal, "films/a, old/C1.mp4", 8, "")  # undone
    path = annotations_path(tmp_path)
    path.write_text(annotations_text(journal))
    table = read_annotations(str(path))
    assert table.to_numpy().tolist() == [["films/a, old/C1.mp4", 7, 0, 0, 0], ["films/b/C1.mp4", 40, 10, 20, 30]]


def test_a_box_sheet_without_its_journal_is_taken_over(journal, films, tmp_path):
    path = annotations_path(tmp_path)
    path.write_text(f"video;frame_num;box_x;box_y;box_size\n{films[0]};5;1;2;30\nfilms/animal2/C1.mp4;6;0;0;0\n")
    assert import_annotations(journal, tmp_path, "ayse") == 2
    assert import_annotations(journal, tmp_path, "ayse") == 0
    rows = ["films/animal1/C1.mp4,5,1,2,30", "films/animal2/C1.mp4,6,0,0,0"]
    assert annotations_text(journal).splitlines()[1:] == rows
    assert take_over(journal, lambda people: tables_of_frames(journal, None, tmp_path, people), ["ayse"]) == []


def test_a_sheet_that_names_animals_is_left_as_it_is(journal, films, tmp_path):
    path = annotations_path(tmp_path)
    path.write_text(text := f"video,frame_num,box_x,box_y,box_size,subject\n{films[0]},5,1,2,30,ada\n")
    with pytest.raises(InputError, match="a column 'subject', which would be lost"):
        import_annotations(journal, tmp_path, "ayse")
    assert path.read_text() == text and not journal.people("box")


def test_something_else_in_its_place_is_not_overwritten(journal, tmp_path):
    path = annotations_path(tmp_path)
    path.write_text("somebody's work")
    with pytest.raises(InputError, match="columns"):
        import_annotations(journal, tmp_path, "ayse")
    with pytest.raises(InputError, match="knows nothing"):
        take_over(journal, lambda people: tables_of_frames(journal, None, tmp_path, people), ["ayse"])
    assert path.read_text() == "somebody's work"


def test_a_full_disk_is_told_and_leaves_no_half_frame(films, open_set, monkeypatch):
    def fail(path, pixels):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_image", fail)
        with pytest.raises(InputError, match="room on the disk for a frame\n  found:    No space left"):
            open_set(films[0])
    assert len(views_of(open_set(films[0]))) == 10


def test_linked_folders_are_looked_through(films, tmp_path, open_set):
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "day1").symlink_to(tmp_path / "films")
    assert len(views_of(open_set(tmp_path / "study"))) == 10
