"""Coverage of predicted intervals and mean errors, by score range and network."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from scripts.figures.draw_intervals import COLOURS, draw_intervals
from squint.presentation.figures import GREY
from tests.scales import MGS
from tests.shown import entries, figure_of, run_script, ticks

RANGES = [*MGS.range_names, "all"]


def table(names, ranges=RANGES):
    """Coverages and errors that are different in each row."""
    rows = [
        (name, score, 0.5 + 0.1 * n + 0.01 * number, 0.3 - 0.1 * n - number)
        for number, name in enumerate(names)
        for n, score in enumerate(ranges)
    ]
    made = pd.DataFrame(rows, columns=["network", "score", "coverage", "mean error"])
    return made.assign(**{"coverage low": made.coverage - 0.2, "coverage high": made.coverage + 0.05})


def dots(axes):
    return [container.lines[0] for container in axes.containers]


@pytest.mark.parametrize("names", [["good"], ["good", "other", "constant_score"]])
def test_each_network_has_a_dot_a_range_in_both_panels(names):
    given = table(names)
    covered, errors = figure_of(draw_intervals, given, 0.9, "x.svg").axes
    for number, name in enumerate(names):
        ours = given[given.network == name]
        assert dots(covered)[number].get_ydata().tolist() == pytest.approx(ours.coverage.tolist())
        assert errors.lines[number].get_ydata().tolist() == pytest.approx(ours["mean error"].tolist())
        assert dots(covered)[number].get_xdata().tolist() == errors.lines[number].get_xdata().tolist()
    assert ticks(covered.xaxis) == ticks(errors.xaxis) == RANGES


def test_lines_are_the_intervals_of_the_coverage():
    covered, _ = figure_of(draw_intervals, table(["good"]), 0.9, "x.svg").axes
    (intervals,) = covered.containers[0].lines[2]
    ends = [segment[:, 1].tolist() for segment in intervals.get_segments()]
    assert np.array(ends) == pytest.approx(np.array([[0.3 + 0.1 * n, 0.55 + 0.1 * n] for n in range(5)]))


def test_networks_stand_beside_each_other_around_the_name_of_the_range():
    covered, _ = figure_of(draw_intervals, table(["a", "b", "c", "constant_score"]), 0.9, "x.svg").axes
    places = np.array([line.get_xdata() for line in dots(covered)])
    assert places.mean(axis=0) == pytest.approx(np.arange(5))
    assert (np.diff(places, axis=0) > 0).all()
    assert (places[-1, :-1] < places[0, 1:]).all()


def test_the_coverage_that_was_asked_for_and_no_error_are_dashed():
    covered, errors = figure_of(draw_intervals, table(["good"]), 0.8, "x.svg").axes
    (wanted,) = [line for line in covered.lines if line.get_linestyle() == "--"]
    (nought,) = [line for line in errors.lines if line.get_linestyle() == "--"]
    assert wanted.get_ydata()[0] == 0.8 and nought.get_ydata()[0] == 0
    assert covered.get_ylim()[0] == 0 and covered.get_ylim()[1] > 1


def test_the_constant_is_grey_and_networks_are_not():
    figure = figure_of(draw_intervals, table(["good", "other", "constant_score"]), 0.9, "x.svg")
    for line, other, colour in zip(dots(figure.axes[0]), figure.axes[1].lines, [*COLOURS[:2], GREY], strict=False):
        assert to_hex(line.get_color()) == to_hex(other.get_color()) == colour.lower()
    assert entries(figure.legends[0]) == ["good", "other", "constant_score"]


def test_a_range_that_no_moment_has_is_no_place_of_the_axis():
    covered, _ = figure_of(draw_intervals, table(["good"], ["0–0.5", "1–1.5", "all"]), 0.9, "x.svg").axes
    assert ticks(covered.xaxis) == ["0–0.5", "1–1.5", "all"]
    assert dots(covered)[0].get_xdata().tolist() == pytest.approx([0, 1, 2])


def test_a_range_that_one_network_lacks_is_a_gap_there():
    given = table(["good", "other"])
    given = given[(given.network == "good") | (given.score != "1–1.5")]
    covered, errors = figure_of(draw_intervals, given, 0.9, "x.svg").axes
    assert np.isnan(dots(covered)[1].get_ydata(orig=False)).tolist() == [False, False, True, False, False]
    assert np.isnan(errors.lines[1].get_ydata()).tolist() == [False, False, True, False, False]
    assert not np.isnan(dots(covered)[0].get_ydata(orig=False)).any()


def test_a_coverage_of_all_without_an_interval_is_drawn():
    given = table(["good"]).assign(coverage=1.0, **{"coverage low": 1.0, "coverage high": 1.0})
    covered, _ = figure_of(draw_intervals, given, 0.9, "x.svg").axes
    assert dots(covered)[0].get_ydata().tolist() == [1.0] * 5


def test_the_job_draws_its_table(tmp_path):
    table(["good"]).to_csv(tmp_path / "t.csv", index=False)
    figures = run_script(
        "figures/draw_intervals.py", {"table": tmp_path / "t.csv"}, {"coverage": 0.9}, {"figure": "x.svg"}
    )
    assert dots(figures["x.svg"].axes[0])[0].get_ydata().tolist() == pytest.approx([0.5, 0.6, 0.7, 0.8, 0.9])
