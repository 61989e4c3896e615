"""The scoring page in headless Chromium: what is pressed is shown and kept, through crashes and full disks."""

import itertools
import re

import pytest

pytest.importorskip("selenium", reason="the app's environment is needed: make test-app")

import numpy as np
import pandas as pd
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.wheel_input import ScrollOrigin
from selenium.webdriver.common.keys import Keys

from squint.app.recording import read_recording
from squint.app.sheets import scores_path
from tests.scales import ORBITAL, ORBITAL_GUIDE, UNITS, WHOLE_ORBITAL
from tests.squint.app.browser import Server, browsing, eventually, serving
from tests.squint.app.pages.coded import FACE_ACROSS, NAME, coder_scores, complaints, moment_of, seen


def test_thirty_items_are_scored_by_keyboard_through_a_crash(folder, window):
    order = read_recording(folder / "results", NAME).order("ayse")
    answers = ["".join(itertools.islice(itertools.cycle("012x" + "10" * (place % 3)), 5)) for place in range(30)]
    server = Server(folder, NAME, "--coder", "ayse")
    window.open(server.links["ayse"])
    for place, (item, given) in enumerate(zip(order, answers, strict=True), 1):
        window.wait_for(place)
        shown = [seen(window, view)[:2] for view in range(6)]
        lacking = moment_of(item.number) == 0
        assert shown[: 6 - lacking] == [(moment_of(item.number), camera) for camera in range(6 - lacking)]
        for number, key in enumerate(given):
            window.press_and_wait(key)
            if (place, number) == (15, 2):
                # What the page shows is on disk: the process ends without any goodbye.
                answered = window.answered
                server.kill()
                window.press("2")  # into the void
                server = Server(folder, NAME, "--coder", "ayse", port=server.port)
                window.until("return window.socket?.connected && !document.querySelector('#popup[aria-hidden=false]')")
                window.open(server.links["ayse"])
                window.wait_for(15)
                assert window.answered == answered and len(answered) == 3
        if place == 20:
            window.press_and_wait("b")
        window.press(Keys.ENTER)
    window.until("return document.title.startsWith('Agreement')")
    window.until("return document.querySelectorAll('.agreement tr').length === 7")
    assert "4" in window.script("return document.querySelector('.agreement td').innerText")
    server.kill()
    scores = coder_scores(folder, "ayse")
    for place, (item, given) in enumerate(zip(order, answers, strict=True), 1):
        row = scores.loc[item.number]
        found = ["x" if np.isnan(row[unit]) else f"{row[unit]:.0f}" for unit in UNITS]
        assert "".join(found) == given and row.done and row.bad_image == (place == 20)
    assert complaints(window) == []


def test_a_recording_of_two_cameras_is_scored_by_keyboard_on_another_scale(prepare, window):
    folder = prepare(cameras=["left", "right"], scale=WHOLE_ORBITAL)
    order = read_recording(folder / "results", NAME).order("ayse")
    given = list(itertools.islice(itertools.cycle("0123456789x."), len(order)))
    with serving(folder, NAME, "--coder", "ayse") as server:
        window.open(server.links["ayse"])
        assert window.script("return document.querySelectorAll('figure').length") == 2
        keys = window.script("return [...document.querySelectorAll('.answer kbd')].map((key) => key.innerText)")
        assert keys == [*"0123456789x"]
        told = window.script("return [...document.querySelectorAll('.meaning dd')].map((text) => text.innerText)")
        assert told == list(ORBITAL_GUIDE.meanings["eye"])
        for place, (item, key) in enumerate(zip(order, given, strict=True), 1):
            window.wait_for(place)
            shown = [seen(window, view)[:2] for view in range(2)]
            assert shown == [(moment_of(item.number), camera) for camera in range(2)]
            window.press_and_wait(key)
            assert [label[0] for label in window.answered] == ["x" if key == "." else key]
            assert "Scored" in window.script("return document.querySelector('aside').innerText")
            window.press(Keys.ENTER)
        window.until("return document.title.startsWith('Agreement')")
        window.until("return document.querySelectorAll('.agreement tr').length === 3")
        assert complaints(window) == []
    scores = coder_scores(folder, "ayse", ORBITAL)
    for item, key in zip(order, given, strict=True):
        row = scores.loc[item.number]
        assert row.done and (np.isnan(row.eye) if key in "x." else row.eye == int(key))


def test_help_and_log_tell_the_steps_of_another_scale(prepare, window):
    folder = prepare(scale=WHOLE_ORBITAL)
    with serving(folder, NAME, "--coder", "ayse") as server:
        window.open(server.links["ayse"])
        window.press("h")
        window.until("return !!document.querySelector('.q-dialog .meanings')")
        text = window.script("return document.querySelector('.q-dialog').innerText")
        assert "0123456789" in text
        assert all(meaning in text for meaning in ORBITAL_GUIDE.meanings["eye"])
        window.press("h")
        window.until("return !document.querySelector('.q-dialog')")
        window.press_and_wait("9")
        window.press("3")  # all are answered
        window.until("return document.body.innerText.includes('All units are answered')")
        assert [label[0] for label in window.answered] == ["9"]
        window.press("l")
        window.until("return document.querySelector('.log')?.innerText.includes('item 1: orbital tightening 9')")


def test_the_page_comes_back_by_itself_after_the_server_does(folder, window):
    server = Server(folder, NAME, "--coder", "ayse")
    window.open(server.links["ayse"])
    window.press(Keys.ARROW_RIGHT)
    window.wait_for(2)
    window.script("window.old = true")
    server.kill()
    server = Server(folder, NAME, "--coder", "ayse", port=server.port)
    window.until("return !window.old && document.querySelector('.views')?.dataset.shown === '2'")
    server.kill()


def test_held_keys_count_once(folder, window):
    with serving(folder, NAME, "--coder", "ayse") as server:
        window.open(server.links["ayse"])
        hold(window, "1", "Digit1")
        window.until("return document.querySelectorAll('.answer[aria-pressed=true]').length > 0")
        window.press_and_wait("2")
        assert window.answered == ["1 Medium, Orbital tightening", "2 High, Ear position"]
        # On a button that has the focus too.
        window.script("[...document.querySelectorAll('button')].find((b) => b.innerText.includes('Next →')).focus()")
        hold(window, "Enter", "Enter", "\r")
        window.wait_for(2)
        window.settle()
        assert window.shown == 2


def hold(browser, key: str, code: str, text: str = "") -> None:
    """Hold a key until it has repeated three times."""
    for repeat in (False, True, True, True):
        event = {"type": "keyDown", "key": key, "code": code, "text": text or key, "autoRepeat": repeat}
        browser.driver.execute_cdp_cmd("Input.dispatchKeyEvent", event | {"windowsVirtualKeyCode": ord(event["text"])})
    browser.driver.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyUp", "key": key, "code": code})


def test_scores_count_only_for_what_was_seen(folder, window):
    with serving(folder, NAME, "--coder", "ayse") as server:
        window.open(server.links["ayse"])
        # The pictures of the next item do not come: what is pressed or clicked then belongs to no item.
        window.script("window.createImageBitmap = () => new Promise(() => {})")
        for _ in range(3):  # past what was prepared
            window.press(Keys.ARROW_RIGHT)
        window.until("return document.querySelector('.views.waiting')")
        window.press("2", "b", "e", "u")
        window.script("for (const button of document.querySelectorAll('.answer, .units ~ .row button')) button.click()")
        window.settle()
        assert window.answered == []
        assert not scores_path(folder, NAME, "ayse").exists()


def test_mouse_and_other_keys(folder, window):
    with serving(folder, NAME, "--coder", "ayse") as server:
        window.open(server.links["ayse"])
        window.script("document.querySelectorAll('.answer')[6].focus()")
        ActionChains(window.driver).click(
            window.driver.find_elements("css selector", ".answer")[6]
        ).perform()  # ears: High
        window.until("return document.querySelectorAll('.answer[aria-pressed=true]').length === 1")
        assert window.answered == ["2 High, Ear position"]
        assert window.script("return document.activeElement === document.body")  # Enter is not that button's
        window.press_and_wait("1")  # the next open unit
        assert window.answered[-1] == "1 Medium, Nose bulge"
        window.press_and_wait("u")
        assert window.answered == ["2 High, Ear position"]
        window.press_and_wait("e")
        assert window.answered == []
        window.press_and_wait("B")  # with Caps Lock
        window.press("2")
        window.until("return document.body.innerText.includes('This is called a bad image')")
        assert window.answered == []
        window.press("g")
        window.until("return document.activeElement?.tagName === 'INPUT'")
        window.press("1", "2", Keys.ENTER)
        window.wait_for(12)
        assert window.answered == []  # digits in a field are no scores
        window.press("l")
        window.until("return document.querySelectorAll('.log li').length > 4")
        text = window.script("return document.querySelector('.log').innerText")
        assert (
            "went to item 12" in text
            and "item 1: bad image" in text
            and "item 1: nose bulge without an answer (undo)" in text
        )
        assert re.search(r"\d\d:\d\d:\d\d", text)
        window.press("2", Keys.ESCAPE)  # no score while a dialog is open
        window.until("return !document.querySelector('.log li')?.checkVisibility({ opacityProperty: true })")
        window.settle()
        assert window.answered == []


def test_one_zoom_for_all_views_and_a_drag_to_pan(folder, window):
    with serving(folder, NAME, "--coder", "ayse") as server:
        window.open(server.links["ayse"])
        items = read_recording(folder / "results", NAME).order("ayse")
        place = next(place for place, item in enumerate(items, 1) if moment_of(item.number) >= 2)
        for _ in range(place - 1):
            window.press(Keys.ARROW_RIGHT)
        window.wait_for(place)
        face, nowhere = seen(window)[2], seen(window, 4)[2]
        assert face == pytest.approx(FACE_ACROSS, abs=0.02) and nowhere == pytest.approx(0.5, abs=0.02)
        edge = seen(window, 0, 0.99)[2]
        for _ in range(3):
            window.press("-")
        assert eventually(lambda: seen(window, 0, 0.99)[2] > edge + 0.02)  # more of the frame is seen
        canvas = window.driver.find_element("css selector", "canvas")
        before = seen(window)[2]
        ActionChains(window.driver).drag_and_drop_by_offset(canvas, 60, 0).perform()
        assert eventually(lambda: seen(window)[2] < before - 0.01)
        assert seen(window, 1)[2] > 0.4  # the other views stay
        for _ in range(12):
            window.press("-")
        assert eventually(lambda: seen(window)[2] == pytest.approx(0.5, abs=0.02))
        assert [seen(window, 0, across)[2] for across in (0.01, 0.99)] == pytest.approx([0, 1], abs=0.03)
        # The wheel is for one view, around the pointer; there is nothing closer to see of a view without a face else.
        others = seen(window, 1, 0.99)[2]
        wide = [seen(window, 4, across)[2] for across in (0.2, 0.8)]
        ActionChains(window.driver).scroll_from_origin(
            ScrollOrigin.from_element(window.driver.find_elements("css selector", "canvas")[4]), 0, -100
        ).perform()
        across = wide[1] - wide[0]
        assert eventually(lambda: seen(window, 4, 0.8)[2] - seen(window, 4, 0.2)[2] < 0.9 * across)
        assert seen(window, 1, 0.99)[2] == others
        # A slider that was clicked leaves the arrows to the items.
        window.driver.find_element("css selector", ".zoom input").click()
        place = window.shown
        window.press(Keys.ARROW_RIGHT)
        window.wait_for(place + 1)
        window.press("v")
        window.until("return document.querySelectorAll('figure')[1].style.display === 'none'")
        window.press(Keys.ESCAPE)
        window.until("return document.querySelectorAll('figure')[1].style.display !== 'none'")


def test_a_frame_that_cannot_be_read_is_told_and_the_others_are_shown(folder, window):
    order = read_recording(folder / "results", NAME).order("ayse")
    order[1].views[2].path.write_bytes(b"\xff\xd8 no picture")
    with serving(folder, NAME, "--coder", "ayse") as server:
        order[1].views[3].path.unlink()  # it goes while the server runs
        window.open(server.links["ayse"])
        window.press(Keys.ARROW_RIGHT)
        window.wait_for(2)
        texts = window.script("return [...document.querySelectorAll('figcaption')].map((caption) => caption.innerText)")
        assert ["this frame cannot be read" in text for text in texts] == [False, False, True, True, False, False]
        assert seen(window)[0] == moment_of(order[1].number)


def test_two_coders_at_once(folder, window):
    with serving(folder, NAME, "--coder", "ayse", "--coder", "berk") as server:
        window.open(server.links["ayse"])
        first = window.driver.current_window_handle
        window.driver.switch_to.new_window("tab")
        second = window.driver.current_window_handle
        window.open(server.links["berk"])
        for turn in range(4):
            for handle, digit in ((first, "1"), (second, "2")):
                window.driver.switch_to.window(handle)
                for _ in range(5):
                    window.press_and_wait(digit)
                window.press(Keys.ENTER)
                window.wait_for(turn + 2)
        window.driver.switch_to.window(second)
        assert "ayse" not in window.driver.page_source
        window.driver.close()
        window.driver.switch_to.window(first)
        ayse, berk = coder_scores(folder, "ayse"), coder_scores(folder, "berk")
        assert (ayse[ayse.done][UNITS] == 1).all(axis=None) and (berk[berk.done][UNITS] == 2).all(axis=None)
        assert ayse.done.sum() == berk.done.sum() == 4
        assert set(ayse.index[ayse.done]) != set(berk.index[berk.done])  # each has an order of their own


def test_two_windows_of_one_coder_show_the_same(folder, window):
    with serving(folder, NAME, "--coder", "ayse") as server, browsing() as other:
        window.open(server.links["ayse"])
        other.open(server.links["ayse"])
        window.press_and_wait("1")
        other.until("return document.querySelectorAll('.answer[aria-pressed=true]').length === 1")
        other.press_and_wait("2")  # the ears: the other window's mark has moved on as well
        window.until("return document.querySelectorAll('.answer[aria-pressed=true]').length === 2")
        expected = ["1 Medium, Orbital tightening", "2 High, Ear position"]
        assert window.answered == other.answered == expected


def test_a_full_disk_is_told_and_nothing_more_is_accepted(folder, window):
    order = read_recording(folder / "results", NAME).order("ayse")
    trouble = "document.querySelector('.trouble').checkVisibility()"
    answered = "document.querySelectorAll('.answer[aria-pressed=true]').length === 5"
    # The journal cannot be written on.
    with serving(folder, NAME, "--coder", "ayse", largest_file=150_000) as server:
        window.open(server.links["ayse"])
        for place in range(1, 31):
            window.until(f"return document.querySelector('.views').dataset.shown === '{place}' || {trouble}")
            window.press(*"01201")
            window.until(f"return {answered} || {trouble}")
            if window.script(f"return {trouble}"):
                break
            window.press(Keys.ARROW_RIGHT)
        place = window.shown
        assert 1 < place < 30
        text = window.script("return document.querySelector('.trouble').innerText")
        assert "Nothing more is accepted" in text and "To do: " in text
        assert NAME not in text and "ayse" not in text  # the page stays blinded
        shown = window.answered
        window.press("2", Keys.ARROW_RIGHT)
        window.settle()
        assert window.answered == shown and window.shown == place
    with serving(folder, NAME, "--coder", "ayse") as server:  # the disk has space again
        window.open(server.links["ayse"])
        window.wait_for(place)
        assert window.answered == shown
        scores = coder_scores(folder, "ayse")
        assert scores.loc[[item.number for item in order[: place - 1]]].done.all()


def test_after_trouble_it_goes_on_where_it_was(folder, window):
    table = scores_path(folder, NAME, "ayse")
    with serving(folder, NAME, "--coder", "ayse", "--coder", "berk") as server:
        window.open(server.links["ayse"])
        window.press_and_wait("1")
        table.rename(table.with_suffix(".aside"))
        table.mkdir()  # where a folder is, no table can be written
        window.press("2")
        window.until("return document.querySelector('.trouble').checkVisibility()")
        assert len(window.answered) == 2  # it is in the journal
        text = window.script("return document.body.innerText")
        assert NAME not in text and "berk" not in text
        window.press("0")
        table.rmdir()
        window.script("document.querySelector('.trouble button').click()")
        window.until("return !document.querySelector('.trouble').checkVisibility()")
        window.press_and_wait("0")
        row = pd.read_csv(table).dropna(subset=["eye"]).iloc[0]
        assert [row.eye, row.ear, row.nose] == [1, 2, 0] and np.isnan(row.cheek)


def test_enter_says_once_that_an_item_is_not_finished(folder, window):
    with serving(folder, NAME, "--coder", "ayse") as server:
        window.open(server.links["ayse"])
        window.press_and_wait(*"1200")
        window.press(Keys.ENTER)
        window.until("return document.body.innerText.includes('1 unit of this item to go')")
        assert window.shown == 1
        window.press(Keys.ENTER)
        window.wait_for(2)


def test_a_quiz_question_comes_after_so_many_items(folder, window):
    with serving(folder, NAME, "--coder", "ayse", "--quiz-every", "2") as server:
        window.open(server.links["ayse"])
        for place in (1, 2):
            window.wait_for(place)
            for digit in "01201":
                window.press_and_wait(digit)
            window.press(Keys.ENTER)
        window.until("return document.body.innerText.includes('A short break')")
        window.press("1")
        window.until("return /Right|No, it is/.test(document.body.innerText)")
        window.press(Keys.ENTER)
        window.until("return !document.querySelector('.q-dialog')?.innerText.includes('A short break')")
        window.wait_for(3)
        assert window.answered == []  # the answer was none of an item
