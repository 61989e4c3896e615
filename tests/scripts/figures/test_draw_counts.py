"""Bars that tell how many moments and images there are."""

import pandas as pd
import pytest
from matplotlib.colors import to_hex

from scripts.figures.draw_counts import GROUP_COLOURS, draw_counts, draw_overall_counts, select_counts
from scripts.tables.count_moments import GROUPS
from squint.config.scales import read_scale
from squint.domain.scale import make_scale
from squint.presentation.figures import RANGE_COLOURS
from tests.scales import MGS
from tests.shown import entries, figure_of, heights, run_script, texts

# By recording, in an order that is not the alphabet's.
BY_SCORE = {"EXP2": [4, 0, 3, 1], "EXP1": [2, 5, 0, 0]}
BY_GROUP = {"EXP2": [8, 1, 2, 0, 3], "EXP1": [7, 0, 0, 0, 0]}


def counts(values, names):
    return pd.DataFrame.from_dict(values, orient="index", columns=names)


def groups_table():
    """The table of count_moments: all things counted and groupings of two recordings."""
    rows = []
    for experiment in BY_SCORE:
        for times, counted in ((1, "moments"), (10, "images_orgn"), (100, "images_corr")):
            for grouping, names, values in (("group", GROUPS, BY_GROUP), ("score", MGS.range_names, BY_SCORE)):
                for name, value in zip(names, values[experiment], strict=True):
                    rows.append((experiment, counted, grouping, name, times * value))
    return pd.DataFrame(rows, columns=["experiment", "counted", "grouping", "name", "count"])


def test_counts_are_chosen_by_what_is_counted_and_keep_the_order_of_the_table():
    chosen = select_counts(groups_table(), "images_corr", "group")
    assert chosen.index.tolist() == ["EXP2", "EXP1"]
    assert chosen.columns.tolist() == GROUPS
    assert chosen.to_numpy().tolist() == [[800, 100, 200, 0, 300], [700, 0, 0, 0, 0]]
    assert select_counts(groups_table(), "moments", "score").loc["EXP1"].tolist() == [2, 5, 0, 0]


def test_bars_stand_on_each_other_and_carry_their_total():
    figure = figure_of(draw_counts, counts(BY_SCORE, MGS.range_names), "moments", "score", "x.svg")
    (axes,) = figure.axes
    assert heights(axes) == [4, 2, 0, 5, 3, 0, 1, 0]
    assert [bar.get_y() for bar in axes.patches] == [0, 0, 4, 2, 4, 7, 7, 7]
    assert texts(axes) == ["8", "7"]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["EXP2", "EXP1"]
    assert axes.get_ylabel() == "moments"
    (legend,) = figure.legends
    assert entries(legend) == MGS.range_names
    assert legend.get_title().get_text() == "score"


def test_the_total_stands_on_top_though_the_last_group_is_empty():
    figure = figure_of(draw_counts, counts(BY_GROUP, GROUPS), "images_orgn", "group", "x.svg")
    (axes,) = figure.axes
    assert [label.xy[1] for label in axes.texts] == [14, 7]
    assert texts(axes) == ["14", "7"]
    assert axes.get_ylabel() == "images (ORGN)"
    assert entries(figure.legends[0]) == GROUPS


@pytest.mark.parametrize(
    ("values", "names", "grouping", "colours"),
    [(BY_GROUP, GROUPS, "group", GROUP_COLOURS), (BY_SCORE, MGS.range_names, "score", RANGE_COLOURS)],
)
def test_a_group_has_one_colour_in_all_figures(values, names, grouping, colours):
    table = counts(values, names)
    (stacked,) = figure_of(draw_counts, table, "moments", grouping, "x.svg").axes
    first = stacked.patches[:: len(table)]
    assert [to_hex(bar.get_facecolor()) for bar in first] == [colour.lower() for colour in colours]
    (overall,) = figure_of(draw_overall_counts, table.sum(), "moments", grouping, "x.svg").axes
    assert [bar.get_facecolor() for bar in overall.patches] == [bar.get_facecolor() for bar in first]


def test_the_figure_is_given_the_counts_and_leaves_them_as_they_are():
    table = counts(BY_SCORE, MGS.range_names)
    figure_of(draw_counts, table, "moments", "score", "x.svg")
    pd.testing.assert_frame_equal(table, counts(BY_SCORE, MGS.range_names))


def test_one_recording_without_accepted_moments_has_bars_of_no_height():
    (axes,) = figure_of(draw_counts, counts({"EXP1": [0] * 4}, MGS.range_names), "moments", "score", "x.svg").axes
    assert heights(axes) == [0] * 4
    assert texts(axes) == ["0"]


def test_overall_bars_carry_their_number_and_share():
    series = pd.Series([6, 5, 3, 1], MGS.range_names)
    (axes,) = figure_of(draw_overall_counts, series, "images_corr", "score", "x.svg").axes
    assert heights(axes) == [6, 5, 3, 1]
    assert texts(axes) == ["6\n40%", "5\n33%", "3\n20%", "1\n7%"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("score", "images (CORR)")


def test_shares_of_nothing_are_nought():
    (axes,) = figure_of(draw_overall_counts, pd.Series([0] * 5, GROUPS), "moments", "group", "x.svg").axes
    assert texts(axes) == ["0\n0%"] * 5
    assert axes.get_xlabel() == "what became of them"


def test_overall_scores_are_of_tested_recordings_and_groups_of_all(tmp_path):
    groups_table().to_csv(tmp_path / "groups.csv", index=False)
    shown = [("moments", "group"), ("moments", "score")]
    params = {"counts": shown, "rotating": ["EXP1"]}
    made = {"figures": ["a.svg", "b.svg"], "overall": ["c.svg", "d.svg"]}
    figures = run_script("figures/draw_counts.py", {"table": tmp_path / "groups.csv"}, params, made)
    drawn = {path: heights(figure.axes[0]) for path, figure in figures.items()}
    assert drawn["b.svg"] == [4, 2, 0, 5, 3, 0, 1, 0]
    assert drawn["c.svg"] == [15, 1, 2, 0, 3]
    assert drawn["d.svg"] == [2, 5, 0, 0]
    assert list(drawn) == ["a.svg", "c.svg", "b.svg", "d.svg"]


def test_six_score_ranges_have_six_colours():
    names = make_scale(read_scale("face_pain")).range_names
    table = counts({"EXP1": [1, 2, 3, 4, 5, 6], "EXP2": [0, 0, 1, 0, 0, 2]}, names)
    figure = figure_of(draw_counts, table, "moments", "score", "x.svg")
    (stacked,) = figure.axes
    assert heights(stacked) == [1, 0, 2, 0, 3, 1, 4, 0, 5, 0, 6, 2]
    assert texts(stacked) == ["21", "3"]
    assert entries(figure.legends[0]) == names == ["0–1", "1–2", "2–3", "3–4", "4–5", "5–6"]
    colours = [bar.get_facecolor() for bar in stacked.patches[::2]]
    assert len(set(colours)) == 6
    (overall,) = figure_of(draw_overall_counts, table.sum(), "moments", "score", "x.svg").axes
    assert [bar.get_facecolor() for bar in overall.patches] == colours
