"""Frames to annotate: which are asked for, where they are put, and the table that they give."""

import numpy as np
import pandas as pd
import pytest

from squint.app.frame_set import (
    annotations_path,
    annotations_text,
    choose_frames,
    find_frames,
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


def test_frames_are_what_their_numbers_say(films, tmp_path):
    frames = read_frame_set([tmp_path / "films"], 10, tmp_path)
    views = [view for item in frames.items for view in item.views]
    assert [view.camera for view in views] == [str(film) for film in films for _ in range(5)]
    assert all(view.frame_num % 8 == 0 and view.size == CODED_SIZE and view.detected is None for view in views)
    for view in views:
        assert read_barcode(read_image(view.path)[..., 0]) == view.frame_num


def test_frames_are_spread_over_videos_and_asked_for_again_alike(films):
    asked = choose_frames(films, 25)
    assert len(asked) == 25 and asked == choose_frames(films, 25)
    for film, count in zip(films, (12, 13), strict=True):
        numbers = [frame.frame_num for frame in asked if frame.video == str(film)]
        assert len(set(numbers)) == count and numbers == sorted(numbers)
        assert numbers[0] < FRAMES / count and numbers[-1] >= FRAMES - FRAMES / count - 1
    assert len({frame.frame_num for frame in choose_frames(films, 2)}) == 2  # other instants


def test_a_frame_is_extracted_once(films, tmp_path):
    (view,) = read_frame_set(films[:1], 1, tmp_path).items[0].views
    view.path.write_bytes(b"\xff\xd8" + view.path.read_bytes()[2:] + b"kept")
    read_frame_set(films[:1], 1, tmp_path)
    assert view.path.read_bytes().endswith(b"kept")
    write_pictures(films[0], [np.full((48, 64), 90, np.uint8)] * 20)
    (other,) = read_frame_set(films[:1], 1, tmp_path).items[0].views
    assert other.path != view.path and other.size == (64, 48)


def test_what_a_training_wants_comes_with_its_boxes_where_it_is_certain(films, tmp_path):
    wanted = tmp_path / "wanted.csv"
    rows = [
        (films[1], 17, 0.81, "unlike", 10, 4, 30),
        (films[1], 3, 0.2, "uncertain", 5, 5, 20),
        (films[0], 8, 0.7, "", "", "", ""),
    ]
    columns = ["video", "frame_num", "certainty", "why", "box_x", "box_y", "box_size"]
    pd.DataFrame(rows, columns=columns).to_csv(wanted, index=False)
    items = read_frame_set([wanted], 300, tmp_path).items
    views = [item.views[0] for item in items]
    assert [(view.frame_num, view.detected) for view in views] == [(17, (10, 4, 30)), (3, None), (8, None)]
    assert views[0].certainty == pytest.approx(0.81)
    assert read_barcode(read_image(views[0].path)[..., 0]) == 17


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
    ],
)
def test_what_is_no_video_is_told(tmp_path, name, expected):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "._C1.mp4").write_bytes(b"of macOS")
    (tmp_path / "bad.csv").write_text("film,frame\na,1\n")
    (tmp_path / "none.csv").write_text("video,frame_num\n")
    with pytest.raises(InputError, match=expected):
        find_frames([tmp_path / name], 10)


def test_a_frame_that_is_not_there_is_told(films, tmp_path):
    (tmp_path / "wanted.csv").write_text(f"video,frame_num\n{films[0]},{FRAMES}\n")
    with pytest.raises(InputError, match=f"a frame {FRAMES}"):
        read_frame_set([tmp_path / "wanted.csv"], 10, tmp_path)


def test_annotated_frames_come_back_as_the_detector_reads_them(journal, tmp_path):
    def say(video, number, value):
        journal.act("ayse", [Change("box", f"{video}/{number}", "", value)])

    say("films/b/C1.mp4", 40, "10,20,30")
    say("films/a, old/C1.mp4", 7, "none")
    say("films/a, old/C1.mp4", 8, "1,2,30")
    say("films/a, old/C1.mp4", 8, "")  # undone
    path = annotations_path(tmp_path)
    path.write_text(annotations_text(journal))
    table = read_annotations(str(path))
    assert table.to_numpy().tolist() == [["films/a, old/C1.mp4", 7, 0, 0, 0], ["films/b/C1.mp4", 40, 10, 20, 30]]


def test_a_table_from_elsewhere_is_not_overwritten(journal, tmp_path):
    path = annotations_path(tmp_path)
    path.write_text("somebody's work")
    with pytest.raises(InputError, match="knows nothing"):
        take_over(journal, lambda people: tables_of_frames(journal, None, tmp_path, people), ["ayse"])
    assert path.read_text() == "somebody's work"
