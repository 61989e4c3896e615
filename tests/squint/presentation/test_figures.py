"""Figures are files that are the same bytes in every run, and nothing of them stays in memory."""

import matplotlib
import pytest

from squint.presentation.figures import BLACK, BLUE, GREEN, ORANGE, PURPLE, RANGE_COLOURS, RED, SKY, YELLOW, plt
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


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_a_figure_is_the_same_bytes_twice(tmp_path, ending):
    paths = [tmp_path / f"{name}.{ending}" for name in ("one", "other")]
    for path in paths:
        save(draw(), str(path))
    one, other = (path.read_bytes() for path in paths)
    assert one == other
    assert one.startswith(b"\x89PNG" if ending == "png" else b"<?xml")


def test_no_figure_says_when_it_was_drawn(tmp_path):
    for ending in ("svg", "png"):
        save(draw(), str(tmp_path / f"x.{ending}"))
        content = (tmp_path / f"x.{ending}").read_bytes()
        assert b"dc:date" not in content and b"Creation Time" not in content and b"tIME" not in content


def test_text_is_drawn_as_paths_so_that_it_looks_alike_without_the_font(tmp_path):
    save(draw(), str(tmp_path / "x.svg"))
    assert "<text" not in (tmp_path / "x.svg").read_text()


def test_a_saved_figure_is_closed_and_its_folder_made(tmp_path):
    before = plt.get_fignums()
    save(draw(), str(tmp_path / "some" / "where" / "x.svg"))
    assert (tmp_path / "some" / "where" / "x.svg").is_file()
    assert plt.get_fignums() == before


def test_a_figure_takes_the_place_of_an_older_one(tmp_path):
    (tmp_path / "x.svg").write_text("old")
    save(draw(), str(tmp_path / "x.svg"))
    assert (tmp_path / "x.svg").read_text().startswith("<?xml")


def test_no_display_is_needed():
    assert matplotlib.get_backend().lower() == "svg"


def test_colours_are_told_apart():
    assert len({BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PURPLE}) == 8
    assert len(set(RANGE_COLOURS)) == 4
