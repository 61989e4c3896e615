"""Figures are files that are the same bytes in every run, and nothing of them stays in memory."""

import matplotlib
import pytest

from squint.presentation.figures import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    RANGE_COLOURS,
    RED,
    SKY,
    YELLOW,
    plt,
    range_colours,
)
from squint.presentation.figures import save_figure as save


def draw():
    """A figure with all that may carry a random name or a date: a clip path, a legend, text, a picture."""
    figure, axes = plt.subplots(figsize=(2, 2))
    axes.plot([0, 1, 2], [0, 5, 1], "o-", label="line")
    axes.bar([0, 1], [2, 3], label="bars")
    axes.imshow([[0, 1], [1, 0]], extent=(0, 1, 0, 1))
    axes.set_title("title")
    axes.legend()
    return figure


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """By format: the bytes of a figure that was drawn and written twice."""
    folder = tmp_path_factory.mktemp("figures")
    found = {}
    for ending in ("svg", "png"):
        paths = [folder / f"{name}.{ending}" for name in ("one", "other")]
        for path in paths:
            save(draw(), str(path))
        found[ending] = [path.read_bytes() for path in paths]
    return found


@pytest.mark.parametrize(("ending", "beginning"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_a_figure_is_the_same_bytes_twice(written, ending, beginning):
    one, other = written[ending]
    assert one == other
    assert one.startswith(beginning)


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_no_figure_says_when_it_was_drawn(written, ending):
    for mark in (b"dc:date", b"Creation Time", b"tIME"):
        assert mark not in written[ending][0]


def test_text_is_drawn_as_paths_so_that_it_looks_alike_without_the_font(written):
    assert b"<text" not in written["svg"][0]


def test_a_saved_figure_is_closed_and_its_folder_made(tmp_path):
    before = plt.get_fignums()
    (tmp_path / "some").mkdir()
    save(draw(), str(tmp_path / "some" / "where" / "x.svg"))
    assert (tmp_path / "some" / "where" / "x.svg").is_file()
    assert plt.get_fignums() == before


def test_no_display_is_needed():
    assert matplotlib.get_backend().lower() == "svg"


def test_colours_are_told_apart():
    assert len({BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PURPLE}) == 8
    assert len(set(RANGE_COLOURS)) == 4


@pytest.mark.parametrize("ranges", [1, 2, 4, 6, 9])
def test_each_score_range_has_a_colour_of_its_own(ranges):
    colours = [matplotlib.colors.to_hex(colour) for colour in range_colours(ranges)]
    assert len(colours) == len(set(colours)) == ranges


def test_four_score_ranges_have_the_colours_that_they_always_had():
    assert range_colours(4) == list(RANGE_COLOURS) and range_colours(2) == list(RANGE_COLOURS[:2])
