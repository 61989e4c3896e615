"""The six panels of one fold: scores, predictions, errors by range."""

import numpy as np
import pandas as pd
import pytest

from scripts.figures.draw_fold_panels import ERROR_BINS, draw_fold_panels, range_errors
from squint.config.scales import read_scale
from squint.domain.scale import make_scale
from tests.scales import MGS, ORBITAL, SCALE
from tests.shown import entries, figure_of, heights, run_script, texts

SIX_RANGES = make_scale(read_scale("face_pain"))
# Score and prediction of moments; none has a score from 1 to 1.5.
MOMENTS = [(0.1, 0.3), (0.1, 0.1), (0.7, 0.45), (1.7, 1.1), (1.9, 2.5), (1.9, -0.05)]


def moments(pairs=MOMENTS):
    return pd.DataFrame(pairs, columns=["score", "prediction"])


def predictions(folder, pairs=MOMENTS, name="p"):
    """A file of predictions with two views of each moment, whose mean is its prediction."""
    table = moments(pairs).assign(experiment="EXP1", item=range(1, len(pairs) + 1), sync_index=0, frame_num=0)
    views = [table.assign(camera="C1", prediction=table.prediction - 0.04), table.assign(camera="C2")]
    views[1]["prediction"] += 0.04
    pd.concat(views).to_parquet(folder / f"{name}.parquet")
    return str(folder / f"{name}.parquet")


@pytest.fixture(scope="module")
def panels(tmp_path_factory):
    path = predictions(tmp_path_factory.mktemp("predictions"))
    return figure_of(draw_fold_panels, path, "x.svg", "good, fold 1: m1", MGS)


def test_errors_are_means_over_each_range_and_over_all():
    table = range_errors(moments(), MGS).set_index("range")
    assert table.index.tolist() == [*MGS.range_names, "all"]
    assert table.moments.tolist() == [2, 1, 0, 3, 6]
    assert table.mae.tolist() == pytest.approx([0.1, 0.25, np.nan, (0.6 + 0.6 + 1.95) / 3, 3.6 / 6], nan_ok=True)
    assert table.me.tolist() == pytest.approx([0.1, -0.25, np.nan, (-0.6 + 0.6 - 1.95) / 3, -2 / 6], nan_ok=True)


def test_ranges_hold_their_lower_edge_and_the_last_one_both():
    assert range_errors(moments([(s, s) for s in (0.0, 0.5, 1.0, 1.5, 2.0)]), MGS).moments.tolist() == [1, 1, 1, 2, 5]


def test_there_are_six_panels_under_the_folds_title(panels):
    titles = [axes.get_title(loc="left") for axes in panels.axes]
    assert [title[:3] for title in titles] == ["(a)", "(b)", "(c)", "(d)", "(e)", "(f)"]
    assert panels.get_suptitle() == "good, fold 1: m1"


def test_scores_and_predictions_are_counted_once_a_moment(panels):
    a, b = panels.axes[:2]
    assert heights(a) == [2, 0, 0, 1, 0, 0, 0, 0, 1, 2]
    # What is predicted beyond the scale is counted at its ends.
    assert heights(b) == [2, 1, 1, 0, 0, 1, 0, 0, 0, 1]
    assert a.get_ylim() == b.get_ylim()


def test_error_bars_are_the_errors_of_their_ranges(panels):
    table = range_errors(moments(), MGS)
    for axes, column in ((panels.axes[2], "mae"), (panels.axes[3], "me")):
        assert heights(axes) == pytest.approx(table[column].fillna(0).tolist())
        assert texts(axes) == ["n=2", "n=1", "n=0", "n=3", "n=6"]
        assert [text.xy[1] for text in axes.texts] == pytest.approx(heights(axes))
        assert [text.xy[0] for text in axes.texts] == [0, 1, 2, 3, 4]


def test_numbers_stand_beyond_their_bars_on_both_sides_of_nought(panels):
    sides = [text.get_va() for text in panels.axes[3].texts]
    assert sides == ["bottom", "top", "bottom", "top", "top"]
    offsets = [text.xyann[1] for text in panels.axes[3].texts]
    assert [offset > 0 for offset in offsets] == [True, False, True, False, False]


def test_the_distribution_of_errors_adds_up_to_one_and_shows_its_mean(tmp_path):
    pairs = [(1.0, 1.0 + d) for d in (-0.5, 0.1, 0.1, 0.7)]
    e = figure_of(draw_fold_panels, predictions(tmp_path, pairs), "x.svg", "t", MGS).axes[4]
    expected, _ = np.histogram([-0.5, 0.1, 0.1, 0.7], np.linspace(-2, 2, ERROR_BINS + 1))
    bars = heights(e)
    assert sum(bars) == pytest.approx(1)
    assert max(bars) == pytest.approx(0.5)
    assert sorted(bars)[-3:] == pytest.approx(sorted(expected / 4)[-3:])
    assert e.lines[0].get_xdata()[0] == pytest.approx(0.1)


def test_errors_by_score_are_stacked_and_each_moment_is_in_one_bar(panels):
    f = panels.axes[5]
    by_range = [sum(bar.get_height() for bar in container) for container in f.containers]
    assert by_range == [2, 1, 0, 3]
    assert entries(f.get_legend()) == MGS.range_names


def test_a_fold_of_one_moment_is_drawn(tmp_path):
    figure = figure_of(draw_fold_panels, predictions(tmp_path, [(0.3, 0.5)]), "x.svg", "t", MGS)
    assert heights(figure.axes[2]) == pytest.approx([0.2, 0, 0, 0, 0.2])
    assert sum(heights(figure.axes[4])) == pytest.approx(1)


def test_the_job_draws_each_fold_under_its_own_title(tmp_path):
    given = [predictions(tmp_path, [(0.1, 0.1 + 0.2 * k)], f"p{k}") for k in (1, 2)]
    made, titles = ["1.svg", "2.svg"], ["fold 1", "fold 2"]
    params = {"titles": titles, "scale": SCALE}
    figures = run_script("figures/draw_fold_panels.py", {"predictions": given}, params, {"figures": made})
    assert [figure.get_suptitle() for figure in figures.values()] == titles
    assert list(figures) == made
    assert [heights(figure.axes[2])[0] for figure in figures.values()] == pytest.approx([0.2, 0.4])


def test_a_score_on_an_edge_is_in_the_bar_that_begins_there(tmp_path):
    """Multiples of a fifth as sums of fractions are not all the same numbers as the edges."""
    scores = [number / 5 for number in range(11)]
    figure = figure_of(draw_fold_panels, predictions(tmp_path, [(s, s) for s in scores]), "x.svg", "all", MGS)
    assert heights(figure.axes[0]) == [1, 1, 1, 1, 1, 1, 1, 1, 1, 2]


def test_errors_beyond_the_scale_are_counted_at_its_ends(tmp_path):
    figure = figure_of(draw_fold_panels, predictions(tmp_path, [(2.0, -0.3), (0.1, 0.1)]), "x.svg", "far off", MGS)
    assert sum(heights(figure.axes[4])) == pytest.approx(1)
    assert sum(heights(figure.axes[5])) == 2


def test_six_score_ranges_have_six_bars_and_colours(tmp_path):
    pairs = [(score, score + 0.5) for score in (0.0, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0)]
    figure = figure_of(draw_fold_panels, predictions(tmp_path, pairs), "x.svg", "six", SIX_RANGES)
    for axes in figure.axes[2:4]:
        assert heights(axes) == pytest.approx([0.5] * 7)
        assert texts(axes) == ["n=1", "n=2", "n=1", "n=1", "n=1", "n=2", "n=8"]
        assert len({bar.get_facecolor() for bar in axes.patches}) == 7
    f = figure.axes[5]
    assert [sum(bar.get_height() for bar in container) for container in f.containers] == [1, 2, 1, 1, 1, 2]
    assert entries(f.get_legend()) == SIX_RANGES.range_names
    assert [container[0].get_facecolor() for container in f.containers] == [
        bar.get_facecolor() for bar in figure.axes[2].patches[:6]
    ]


@pytest.mark.parametrize("scale", [MGS, ORBITAL, SIX_RANGES], ids=["mouse", "orbital", "face"])
def test_the_panels_hold_the_whole_scale(tmp_path, scale):
    top = scale.highest
    pairs = [(0, -1), (0, 2 * top), (top, top), (top, -2 * top), (top, 0)]
    a, b, _, _, e, f = figure_of(draw_fold_panels, predictions(tmp_path, pairs), "x.svg", "all", scale).axes
    assert heights(a) == [2, *[0] * 8, 3]
    assert heights(b) == [3, *[0] * 8, 2]
    for axes, low in ((a, 0), (b, 0), (e, -top), (f, -top)):
        bars = axes.patches
        assert bars[0].get_x() == pytest.approx(low)
        assert bars[-1].get_x() + bars[-1].get_width() == pytest.approx(top)
    assert sum(heights(e)) == pytest.approx(1) and sum(heights(f)) == len(pairs)
    assert f"0–{top}" in b.get_xlabel() and f"±{top}" in e.get_xlabel() and f"±{top}" in f.get_xlabel()
