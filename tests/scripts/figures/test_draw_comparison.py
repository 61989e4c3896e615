"""The final comparison as dots with their intervals: one panel a metric, the mean over folds of all views together."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from scripts.figures.draw_comparison import COLOURS, draw_comparison
from squint.measures.ranking import FOUR_TESTS
from tests.shown import entries, figure_of, ticks, tidy


def draw(folder, *tables, confidence=0.95):
    """The figure of metrics that stand in files of their own."""
    paths = []
    for number, table in enumerate(tables):
        paths.append(folder / f"{number}.csv")
        plain = table.test.str.removesuffix("-B")
        table.assign(test=plain).to_csv(paths[-1], index=False)
    return figure_of(draw_comparison, paths, "x.svg", confidence)


def marks(axes):
    """Of each test its dots (x, y) and the ends of its intervals."""
    found = {}
    for container in axes.containers:
        dots, _, (intervals,) = container.lines
        ends = [tuple(segment[:, 0]) for segment in intervals.get_segments() if len(segment)]
        found[container.get_label()] = (list(zip(*dots.get_data(), strict=True)), ends)
    return found


def test_dots_are_means_over_folds_and_lines_their_intervals(tmp_path):
    first = tidy("good", [0.2, 0.4], "multi", "ORGN", ends=(0.1, 0.5))
    second = tidy("constant_score", [0.5, 0.7], "multi", "ORGN", ends=(0.55, 0.65))
    (axes,) = draw(tmp_path, first, second).axes
    ((dots, ends),) = marks(axes).values()
    assert [x for x, _ in dots] == pytest.approx([0.3, 0.6])
    assert np.array(ends).ravel().tolist() == pytest.approx([0.1, 0.5, 0.55, 0.65])
    assert ticks(axes.yaxis) == ["good", "constant_score"]
    assert axes.get_title(loc="left") == "mean absolute error (lower is better)"


def test_the_first_network_stands_on_top_and_its_tests_beside_its_name(tmp_path):
    tables = [tidy(name, [0.3], "multi", test, ends=(0.2, 0.4)) for name in ("z", "a") for test in FOUR_TESTS]
    (axes,) = draw(tmp_path, *tables).axes
    assert ticks(axes.yaxis) == ["z", "a"]
    bottom, top = axes.get_ylim()
    assert bottom > top
    places = [[y for _, y in dots] for dots, _ in marks(axes).values()]
    assert list(marks(axes)) == FOUR_TESTS
    for row in (0, 1):
        beside = [by_test[row] for by_test in places]
        assert beside == sorted(beside) and len(set(beside)) == 4
        assert np.mean(beside) == pytest.approx(row)
        assert max(beside) - min(beside) < 0.8


def test_there_is_a_panel_a_metric_in_a_given_order_with_those_that_have_it(tmp_path):
    tables = [
        tidy("pain", [0.8], "multi", metric="accuracy", ends=(0.7, 0.9)),
        tidy("good", [0.3], "multi", ends=(0.2, 0.4)),
        tidy("good", [0.6], "multi", metric="r", ends=(0.5, 0.7)),
        tidy("good", [0.9], "multi", metric="accuracy", ends=(0.8, 1.0)),
    ]
    mae, r, accuracy = draw(tmp_path, *tables).axes
    assert [ticks(axes.yaxis) for axes in (mae, r, accuracy)] == [["good"], ["good"], ["pain", "good"]]
    assert r.get_title(loc="left").startswith("Pearson's r")
    assert accuracy.get_title(loc="left").startswith("accuracy")
    assert [dots[0][0] for dots, _ in marks(r).values()] == pytest.approx([0.6])


def test_single_views_and_tests_without_some_scores_are_left_out(tmp_path):
    tables = [
        tidy("a", [0.3], "multi", ends=(0.2, 0.4)),
        tidy("a", [0.9], "single", ends=(0.8, 1.0)),
        tidy("a", [0.8], "multi", discarded="[0.5, 1)", ends=(0.7, 0.9)),
        tidy("b", [0.7], "single", ends=(0.6, 0.8)),
    ]
    (axes,) = draw(tmp_path, *tables).axes
    ((dots, _),) = marks(axes).values()
    assert [x for x, _ in dots] == pytest.approx([0.3])
    assert ticks(axes.yaxis) == ["a"]


def test_a_network_without_a_correlation_is_no_row_of_that_panel(tmp_path):
    tables = [
        tidy("good", [0.4, np.nan], "multi", metric="r", ends=(0.2, 0.8)),
        tidy("constant_score", [np.nan] * 2, "multi", metric="r", ends=(np.nan, np.nan)),
        tidy("constant_score", [0.5, 0.5], "multi", ends=(0.4, 0.6)),
    ]
    mae, r = draw(tmp_path, *tables).axes
    assert ticks(r.yaxis) == ["good"] and ticks(mae.yaxis) == ["constant_score"]
    ((dots, _),) = marks(r).values()
    assert [x for x, _ in dots] == pytest.approx([0.4])


def test_a_test_has_its_colour_and_entry_though_others_are_missing(tmp_path):
    tables = [tidy("a", [0.3], "multi", test, ends=(0.2, 0.4)) for test in ("ORGN-B", "CORR")]
    figure = draw(tmp_path, *tables)
    found = {c.get_label(): to_hex(c.lines[0].get_color()).upper() for c in figure.axes[0].containers}
    assert found == {test: COLOURS[test] for test in ("ORGN-B", "CORR")}
    assert entries(figure.legends[0]) == ["ORGN-B", "CORR"]
    assert len(set(COLOURS.values())) == 4


def test_validation_is_no_test(tmp_path):
    tables = [tidy("a", [0.3], "multi", test, ends=(0.2, 0.4)) for test in ("CORR", "VALIDATION")]
    assert list(marks(draw(tmp_path, *tables).axes[0])) == ["CORR"]


@pytest.mark.parametrize(("confidence", "told"), [(0.95, "95 %"), (0.9, "90 %"), (0.995, "99.5 %")])
def test_the_figure_says_what_its_intervals_are(tmp_path, confidence, told):
    figure = draw(tmp_path, tidy("a", [0.3], "multi", ends=(0.2, 0.4)), confidence=confidence)
    assert f"with {told} intervals" in figure.get_supxlabel()


def test_a_mean_without_a_measured_interval_is_a_dot_alone(tmp_path):
    (axes,) = draw(tmp_path, tidy("a", [0.2, 0.4], "multi")).axes
    ((dots, ends),) = marks(axes).values()
    assert [x for x, _ in dots] == pytest.approx([0.3])
    assert not ends


def test_the_correlation_over_all_moments_is_not_what_is_drawn(tmp_path):
    own = tidy("a", [0.4, 0.8], "multi", metric="r", ends=(0.3, 0.9))
    whole = own.iloc[:1].assign(fold="all", value=0.1)
    ((dots, _),) = marks(draw(tmp_path, pd.concat([own, whole])).axes[0]).values()
    assert [x for x, _ in dots] == pytest.approx([0.6])


def test_a_mean_that_rounding_puts_beyond_its_interval_is_drawn(tmp_path):
    third = tidy("constant_classes", [0.333333] * 6, "multi", "CORR", ends=(0.333333, 0.333333))
    (axes,) = draw(tmp_path, third).axes
    ((dots, ends),) = marks(axes).values()
    assert [x for x, _ in dots] == pytest.approx([0.333333])
    assert np.array(ends).ravel().tolist() == pytest.approx([0.333333] * 2)
