"""The page of annotating in headless Chromium."""

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("selenium", reason="the app's environment is needed: make test-app")

from selenium.webdriver.common.keys import Keys

from squint.app.frame_set import annotations_path
from squint.detection.annotations import read_annotations
from tests.squint.app.browser import eventually, serving
from tests.squint.app.pages.coded import complaints
from tests.squint.app.pages.dragging import drag
from tests.videos import write_pictures

SIZE = (640, 360)
FRAMES = 6


@pytest.fixture
def films(tmp_path):
    """A folder with a video, before there is any detector."""
    path = tmp_path / "films" / "C1.mp4"
    path.parent.mkdir()
    write_pictures(path, [np.full(SIZE[::-1], 60 + number, np.uint8) for number in range(40)])
    return path.parent


def annotated(folder) -> dict[int, tuple[int, int, int]]:
    table = pd.read_csv(annotations_path(folder))
    return {row.frame_num: (row.box_x, row.box_y, row.box_size) for row in table.itertuples()}


def test_faces_are_annotated_before_there_is_a_detector(films, tmp_path, window):
    arguments = (f"--annotate={films}", "--coder", "ayse", "--frames", str(FRAMES))
    near = dict(abs=2)
    with serving(tmp_path, *arguments) as server:
        window.open(server.links["ayse"])
        drag(window, 0, (200, 100), (300, 200), SIZE)
        assert eventually(lambda: len(annotated(tmp_path)) == 1)
        (first,) = annotated(tmp_path)
        assert annotated(tmp_path)[first] == pytest.approx((200, 100, 100), **near)
        window.press(Keys.ENTER)
        window.wait_for(2)
        window.press("x")
        window.wait_for(3)
        window.press(Keys.ARROW_RIGHT)
        window.wait_for(4)
        window.press(Keys.ENTER)  # there is no box that could be right
        window.settle()
        assert window.shown == 4 and len(annotated(tmp_path)) == 2
        window.press("a")
        assert eventually(lambda: len(annotated(tmp_path)) == 3)
        server.kill()
    with serving(tmp_path, *arguments) as server:
        window.open(server.links["ayse"])
        window.wait_for(4)
        window.press(Keys.ENTER)
        for frame in (5, 6, 3):  # the one that was left out comes last
            window.wait_for(frame)
            window.press("x")
        assert eventually(lambda: len(annotated(tmp_path)) == FRAMES)
        assert "6 of 6 frames annotated; 6 in all, 2 with a face" in window.script("return document.body.innerText")
    table = read_annotations(str(annotations_path(tmp_path)))
    assert sorted(table.box_size > 0) == [False] * 4 + [True] * 2
    assert complaints(window) == []


def test_a_detectors_box_is_shown_and_confirmed(films, tmp_path, window):
    wanted = tmp_path / "wanted.csv"
    header = "video,frame_num,certainty,why,box_x,box_y,box_size"
    wanted.write_text(f"{header}\n{films / 'C1.mp4'},9,0.75,uncertain,100,50,80\n")
    with serving(tmp_path, f"--annotate={wanted}", "--coder", "ayse") as server:
        window.open(server.links["ayse"])
        (view,) = window.views
        assert (view["box"], view["changed"]) == ([100, 50, 80], False)
        assert view["note"] == "a box to confirm, certainty 0.75"
        assert annotated(tmp_path) == {}
        window.press(Keys.ENTER)
        assert eventually(lambda: annotated(tmp_path) == {9: (100, 50, 80)})
        assert eventually(lambda: window.views[0]["note"] == "a face")


def test_a_recordings_pages_are_not_there(films, tmp_path, window):
    with serving(tmp_path, f"--annotate={films}", "--coder", "ayse", "--frames", "2") as server:
        for page in ("score", "correct", "agreement"):
            assert server.request(f"/as/{server.token('ayse')}/{page}")[0] == 404
        window.open(server.links["ayse"])
        assert window.script("return document.querySelectorAll('header a').length") == 0


def test_frames_of_other_sizes_are_annotated_in_their_own_px(films, tmp_path, window):
    small = (320, 240)
    write_pictures(films / "C2.mp4", [np.full(small[::-1], 60 + number, np.uint8) for number in range(40)])
    with serving(tmp_path, f"--annotate={films}", "--coder", "ayse", "--frames", "2") as server:
        window.open(server.links["ayse"])
        for item, size in ((1, SIZE), (2, small)):
            window.wait_for(item)
            assert window.frame == size
            drag(window, 0, (size[0] * 0.25, size[1] * 0.5), (size[0] * 0.25 + 60, size[1] * 0.5 + 60), size)
            assert eventually(lambda count=item: len(pd.read_csv(annotations_path(tmp_path))) == count)
            window.press(Keys.ARROW_RIGHT)
    table = pd.read_csv(annotations_path(tmp_path))
    assert table.video.tolist() == ["films/C1.mp4", "films/C2.mp4"]
    assert table.box_x.tolist() == pytest.approx([160, 80], abs=2)
    assert table.box_size.tolist() == pytest.approx([60, 60], abs=2)
