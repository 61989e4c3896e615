"""The page after the last item."""

import re

import pytest

pytest.importorskip("selenium", reason="the app's environment is needed: make test-app")

from selenium.webdriver.common.keys import Keys

from tests.app.browser import serving
from tests.app.pages.coded import NAME


def test_two_coders_learn_how_they_agree_when_both_are_done(folder, window):
    with serving(folder, NAME, "--coder", "ayse", "--coder", "berk") as server:
        for coder, digits in (("ayse", "01201"), ("berk", "01102")):
            window.open(server.links[coder])
            window.driver.get(server.page(coder, "agreement"))
            window.until("return document.body.innerText.includes('30 are left')")
            window.open(server.links[coder])
            for place in range(1, 31):
                window.wait_for(place)
                for number in range(5):
                    window.press_and_wait(digits[(number + place) % 5])
                window.press(Keys.ENTER)
            window.until("return document.title.startsWith('Agreement')")
            window.until("return !!document.querySelector('.agreement')")
        text = window.script("return document.querySelector('.text').innerText")
        assert "With yourself" in text and "With ayse" in text
        rows = window.script(
            "return [...document.querySelectorAll('.agreement')].map((t) => [...t.rows].map((r) => r.innerText))"
        )
        assert [len(table) for table in rows] == [7, 7]
        assert "Orbital tightening\t4\t" in rows[0][1] and "Orbital tightening\t26\t" in rows[1][1]
        assert re.search(r"Intraclass correlation\tWeighted kappa", rows[1][0])
