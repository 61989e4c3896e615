"""All pages on the screens that people have."""

import re

import pytest
import yaml

pytest.importorskip("selenium", reason="the app's environment is needed: make test-app")


from tests.conftest import ROOT
from tests.squint.app.browser import Browser, browsing, serving
from tests.squint.app.pages.coded import NAME


def check_page(browser: Browser) -> None:
    """The page that is open fits the screen, and all that can be used on it has a name."""
    assert browser.script("return document.documentElement.scrollHeight <= innerHeight + 1")
    outside = browser.script(
        "return [...document.querySelectorAll('header button, aside button, canvas, progress')].filter((e) => {"
        "const r = e.getBoundingClientRect();"
        "return r.left < 0 || r.top < 0 || r.right > innerWidth + 1 || r.bottom > innerHeight + 1"
        "}).map((e) => e.innerText || e.tagName)"
    )
    assert outside == []
    assert browser.script("const a = document.querySelector('aside'); return a.scrollHeight <= a.clientHeight + 1")
    unnamed = browser.script(
        "return [...document.querySelectorAll('button, canvas, input, progress, a')]"
        ".filter((e) => !(e.ariaLabel || e.innerText || e.closest('label') || e.labels?.length)).length"
    )
    assert unnamed == 0


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768)], ids=["full-hd", "laptop"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pages_fit_the_screen_and_have_names_for_screen_readers(folder, size, dark):
    with serving(folder, NAME, "--coder", "ayse") as server, browsing(*size, dark=dark) as browser:
        for page in ("score", "correct"):
            browser.open(server.page("ayse", page))
            check_page(browser)
            shade = browser.script("return getComputedStyle(document.body).backgroundColor")
            assert (int(re.findall(r"\d+", shade)[0]) < 60) == dark
            assert browser.script("return document.documentElement.lang").startswith("en")
            assert browser.complaints() == []
        browser.open(server.page("ayse", "agreement"))
        assert browser.script("return document.documentElement.scrollWidth <= innerWidth")
        assert browser.script("return document.querySelectorAll('header a').length") == 2


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768)], ids=["full-hd", "laptop"])
@pytest.mark.parametrize(
    ("cameras", "scale"), [(1, "orbital_tightening"), (8, "rat_grimace"), (12, "horse_grimace"), (2, "face_pain")]
)
def test_pages_of_any_rig_and_scale_fit_the_screen(prepare, size, cameras, scale):
    whole = yaml.safe_load((ROOT / "scales" / f"{scale}.yaml").read_text())
    folder = prepare(cameras=[f"view_{number}" for number in range(cameras)], scale=whole)
    with serving(folder, NAME, "--coder", "ayse") as server, browsing(*size) as browser:
        for page in ("score", "correct"):
            browser.open(server.page("ayse", page))
            check_page(browser)
            assert browser.complaints() == []
