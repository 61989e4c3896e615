"""The page after the last item."""

import math
import re

import pandas as pd
import pytest

pytest.importorskip("selenium", reason="the app's environment is needed: make test-app")

from selenium.webdriver.common.keys import Keys

from squint.app.sheets import scores_path
from squint.files.score_sheets import read_coders, score_moments
from squint.measures.coder_agreement import collect_pairs, measure_agreement
from tests.scales import MGS, MGS_GUIDE, UNITS
from tests.squint.app.browser import serving
from tests.squint.app.pages.coded import NAME


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
        window.until("return document.querySelectorAll('.agreement').length === 2")
        rows = window.script(
            "return [...document.querySelectorAll('.agreement')].map((t) => [...t.rows].map((r) => r.innerText))"
        )
        text = window.script("return document.querySelector('.text').innerText")
        assert window.script(
            "const text = document.querySelector('.text'); return text.scrollWidth <= text.clientWidth"
        )
    own, theirs = ([row.split("\t") for row in table] for table in rows)
    assert "With yourself" in text and "With ayse" in text
    assert [row[1] for row in own[1:]] == ["4"] * 6 and [row[1] for row in theirs[1:]] == ["26"] * 6
    # The figures are those of the workflow, which reads the same tables.
    scored = score_moments(
        read_coders([str(scores_path(folder, NAME, coder)) for coder in ("ayse", "berk")], sheet_of(folder), MGS),
        pd.read_parquet(folder / "results" / "moments" / f"{NAME}.parquet"),
        MGS,
    )
    pairs = collect_pairs({"": scored}, {"": "x"}, UNITS)
    table = measure_agreement(pairs, MGS_GUIDE.units, MGS.highest, 100, 0.95, seed=0)
    table = table[(table.between == "ayse and berk") & (table.condition == "all")].reset_index(drop=True)
    for shown, (_, row) in zip(theirs[1:], table.iterrows(), strict=True):
        assert shown[0].lower() == row.unit
        for cell, value in ((shown[2], row.icc), (shown[3], row.kappa)):
            assert cell == "–" if math.isnan(value) else figure(cell) == pytest.approx(value, abs=0.006)
        assert figure(shown[4]) == pytest.approx(-row.bias, abs=0.006)  # ayse's less berk's, on berk's page
    assert re.search(r"two mean scores of one are \d\.\d\d apart", text)


def figure(text: str) -> float:
    """The first number of a cell."""
    return float(re.match(r"[+−]?\d+\.\d+", text.strip())[0].replace("−", "-"))


def sheet_of(folder) -> str:
    return str(folder / "results" / "sheets" / f"{NAME}.csv")
