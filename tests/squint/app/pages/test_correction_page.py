"""The correction page in headless Chromium."""

import pandas as pd
import pytest

pytest.importorskip("selenium", reason="the app's environment is needed: make test-app")

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from squint.app.recording import read_recording
from squint.app.sheets import corrections_path
from tests.squint.app.browser import browsing, eventually, serving
from tests.squint.app.pages.coded import NAME, complaints, moment_of, seen
from tests.squint.app.pages.dragging import drag


def test_boxes_are_moved_resized_added_and_removed(folder, window):
    recording = read_recording(folder / "results", NAME)
    items = recording.moments_once("ayse")
    path = corrections_path(folder, NAME)

    def corrected() -> dict[str, tuple[int, int, int]]:
        table = pd.read_csv(path) if path.exists() else pd.DataFrame(columns=["camera"])
        return {row.camera: (row.box_x, row.box_y, row.box_size) for row in table.itertuples()}

    with serving(folder, NAME, "--coder", "ayse") as server:
        window.open(server.page("ayse", "correct"))
        place = next(place for place, item in enumerate(items, 1) if moment_of(item.number) == 5)
        for _ in range(place - 1):
            window.press(Keys.ARROW_RIGHT)
        window.wait_for(place)
        x, y, size = items[place - 1].views[0].detected
        near = dict(abs=2)
        drag(window, 0, (x + size / 2, y + size / 2), (x + size / 2 + 50, y + size / 2 - 30))
        assert eventually(lambda: corrected().get("C1") == pytest.approx((x + 50, y - 30, size), **near))
        drag(window, 0, (x + 50 + size, y - 30 + size), (x + 50 + size + 40, y - 30 + size + 40))
        assert eventually(lambda: corrected()["C1"] == pytest.approx((x + 50, y - 30, size + 40), **near))
        drag(window, 3, (100, 80), (190, 170))
        assert eventually(lambda: corrected().get("C4") == pytest.approx((100, 80, 90), **near))
        window.press("2", Keys.DELETE)
        assert eventually(lambda: corrected().get("C2") == (0, 0, 0))
        window.press("u")
        assert eventually(lambda: "C2" not in corrected())
        window.press("5", "a")
        assert eventually(lambda: "C5" in corrected())
        before = corrected()["C5"]
        assert before[2] > 50
        ActionChains(window.driver).key_down(Keys.SHIFT).send_keys(Keys.ARROW_RIGHT).key_up(Keys.SHIFT).perform()
        assert eventually(lambda: corrected()["C5"][0] > before[0])
        assert corrected()["C5"][1:] == before[1:]
        window.press("]")
        assert eventually(lambda: corrected()["C5"][2] > before[2])
        window.press("5", "d")
        assert eventually(lambda: "C5" not in corrected())
        # A crash loses nothing, and the last change can still be undone; scorers see the new boxes.
        server.kill()
    with serving(folder, NAME, "--coder", "ayse") as server:
        assert corrected()["C4"] == pytest.approx((100, 80, 90), **near)
        window.open(server.page("ayse", "correct"))
        window.wait_for(place)
        window.press("u")
        assert eventually(lambda: corrected().get("C5", before)[2] > before[2])
        window.open(server.links["ayse"])
        shown = next(n for n, item in enumerate(recording.order("ayse"), 1) if moment_of(item.number) == 5)
        for _ in range(shown - 1):
            window.press(Keys.ARROW_RIGHT)
        window.wait_for(shown)
        assert window.views[3]["box"] == pytest.approx((100, 80, 90), abs=7)
        assert set(window.views[3]) == {"url", "box"}  # a scorer is told no more


def test_two_people_correct_one_box(folder, window):
    with serving(folder, NAME, "--coder", "ayse", "--coder", "berk") as server, browsing() as other:
        window.open(server.page("ayse", "correct"))
        places = {}
        for coder, browser in (("ayse", window), ("berk", other)):
            browser.open(server.page(coder, "correct"))
            moments = read_recording(folder / "results", NAME).moments_once(coder)
            places[coder] = next(n for n, item in enumerate(moments, 1) if moment_of(item.number) == 5)
            for _ in range(places[coder] - 1):
                browser.press(Keys.ARROW_RIGHT)
            browser.wait_for(places[coder])
        window.press_and_wait("]")
        other.until("return document.querySelector('.views').innerText.includes('corrected')")
        other.press_and_wait(Keys.DELETE)
        window.until("return document.querySelector('.views').innerText.includes('box removed')")
        window.press("u")  # the other's change is not undone
        window.until("return document.body.innerText.includes('Nothing of yours to undo')")
        assert window.views[0]["box"] is None


def test_a_box_that_is_held_belongs_to_the_moment_it_was_taken_in(folder, window):
    with serving(folder, NAME, "--coder", "ayse") as server:
        window.open(server.page("ayse", "correct"))
        canvas = window.driver.find_elements("css selector", "canvas")[3]
        ActionChains(window.driver).move_to_element(canvas).click_and_hold().move_by_offset(30, 20).perform()
        window.press(Keys.ARROW_RIGHT)
        window.wait_for(2)
        ActionChains(window.driver).move_by_offset(10, 10).release().perform()
        window.settle()
        assert not any(view["changed"] for view in window.views)


def test_moments_that_want_a_look_are_found(folder, window):
    items = read_recording(folder / "results", NAME).moments_once("ayse")
    lonely = next(place for place, item in enumerate(items, 1) if item.number == 2)
    uncertain = next(place for place, item in enumerate(items, 1) if item.number == 3)
    with serving(folder, NAME, "--coder", "ayse") as server:
        window.open(server.page("ayse", "correct"))
        window.press("m")
        window.wait_for(lonely)
        window.press("c")
        window.wait_for(uncertain)
        assert "certainty 81 %" in window.script("return document.querySelector('.views').innerText")


LAB = ["front", "left", "right", "top", "C2", "C10", "7", "hall", "door", "wall", "lamp", "x_12"]


@pytest.mark.parametrize("cameras", [1, 8, 12])
def test_each_view_of_any_rig_is_chosen_by_key_and_corrected(prepare, window, cameras):
    folder, names, digits = prepare(cameras=LAB[:cameras]), LAB[:cameras], "1234567890"[:cameras]
    recording = read_recording(folder / "results", NAME)
    items = recording.moments_once("ayse")
    path = corrections_path(folder, NAME)

    def chosen(view: int) -> str:
        return f"return document.querySelector('aside h2').innerText.startsWith('View {view}:')"

    def corrected() -> dict[str, tuple[int, int, int]]:
        table = pd.read_csv(path, dtype={"camera": str}) if path.exists() else pd.DataFrame(columns=["camera"])
        return {row.camera: (row.box_x, row.box_y, row.box_size) for row in table.itertuples()}

    with serving(folder, NAME, "--coder", "ayse") as server:
        window.open(server.page("ayse", "correct"))
        place = next(place for place, item in enumerate(items, 1) if moment_of(item.number) == 5)
        for _ in range(place - 1):
            window.press(Keys.ARROW_RIGHT)
        window.wait_for(place)
        assert window.script("return document.querySelectorAll('figure').length") == cameras
        assert [seen(window, view, 0.2)[:2] for view in range(cameras)] == [(5, camera) for camera in range(cameras)]
        told = window.script("return document.querySelector('aside').innerText")
        assert (f"{digits[0]}…{digits[-1]}" if cameras > 1 else "1") in told and "choose the next view" in told
        window.until(chosen(1))
        for view in [*range(2, cameras + 1), 1]:
            window.press("n")
            window.until(chosen(view))
        for view, digit in reversed(list(enumerate(digits, 1))):
            window.press(digit)
            window.until(chosen(view))
        if cameras == 1:
            window.press("2", "9", "0")
            window.settle()
            window.until(chosen(1))
        window.press(*["n"] * (cameras - 1))
        window.until(chosen(cameras))
        if cameras == 1:
            window.press_and_wait("]")
        else:
            window.press("a")
        assert eventually(lambda: names[-1] in corrected())
        window.press(Keys.DELETE)
        assert eventually(lambda: corrected().get(names[-1], (0, 0, 0)) == (0, 0, 0))
        drag(window, cameras - 1, (100, 80), (190, 170))
        near = pytest.approx((100, 80, 90), abs=4)
        assert eventually(lambda: corrected().get(names[-1]) == near)
        assert set(corrected()) == {names[-1]}
        assert complaints(window) == []


@pytest.mark.parametrize(("cameras", "columns", "rows"), [(1, 1, 1), (2, 2, 1), (4, 2, 2), (8, 4, 2), (12, 4, 3)])
def test_views_of_any_rig_fill_a_grid_and_are_enlarged_one_after_another(prepare, window, cameras, columns, rows):
    folder = prepare(cameras=LAB[:cameras])
    shown = "return [...document.querySelectorAll('figure')].map((f) => f.style.display !== 'none')"
    with serving(folder, NAME, "--coder", "ayse") as server:
        window.open(server.page("ayse", "correct"))
        places = window.script(
            "return [...document.querySelectorAll('figure')]"
            ".map((f) => f.getBoundingClientRect()).map((r) => [r.left, r.top, r.right, r.bottom])"
        )
        assert len(places) == cameras
        assert (
            len({round(left) for left, *_ in places}) == columns and len({round(top) for _, top, *_ in places}) == rows
        )
        assert all(right > left + 100 and bottom > top + 50 for left, top, right, bottom in places)
        assert window.script(shown) == [True] * cameras
        for view in range(cameras):
            window.press("v")
            window.until(f"{shown}.join() === '{','.join(str(other == view).lower() for other in range(cameras))}'")
        window.press("v")
        window.until(f"{shown}.every((one) => one)")
        left, top, right, bottom = window.script(
            "const r = document.querySelector('figure').getBoundingClientRect();"
            "return [r.left, r.top, r.right, r.bottom]"
        )
        assert [left, top, right, bottom] == pytest.approx(places[0], abs=1)
