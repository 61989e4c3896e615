"""How predictions agree with the expert: every moment is a dot, and the numbers beside are those of the dots."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from scripts.figures.draw_agreement import COLOURS, draw_bland_altman, draw_predicted_scores
from tests.shown import entries, figure_of, points, run_script, texts


def moments(folds=2, many=5, highest=2):
    """Moments of some folds: predictions lie beside the scores by 0.1 times the fold, and once more."""
    rows = []
    for fold in range(1, folds + 1):
        for n in range(many):
            score = highest * n / max(1, many - 1)
            rows.append({"fold": fold, "score": score, "prediction": score + 0.1 * fold + (0.1 if n == 1 else 0)})
    return pd.DataFrame(rows)


def names(folds):
    return [f"mouse{fold}" for fold in range(1, folds + 1)]


@pytest.mark.parametrize(("folds", "cells"), [(1, 1), (2, 2), (4, 6), (6, 6)])
def test_each_fold_has_a_panel_with_the_animal_that_it_tests(folds, cells):
    figure = figure_of(draw_predicted_scores, moments(folds), names(folds), 2, "x.svg")
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert len(figure.axes) == cells
    assert [axes.get_title(loc="left") for axes in shown] == [f"fold {k}, mouse{k}" for k in range(1, folds + 1)]


def test_dots_are_the_predicted_over_the_experts_scores():
    table = moments(2)
    figure = figure_of(draw_predicted_scores, table, names(2), 2, "x.svg")
    for fold, axes in enumerate(figure.axes, 1):
        ours = table[table.fold == fold]
        identity, dots = axes.lines
        assert points(identity) == [(0, 0), (2, 2)]
        assert points(dots) == list(zip(ours.score, ours.prediction, strict=True))
    assert figure.get_supxlabel() == "expert's score" and figure.get_supylabel() == "predicted score"


@pytest.mark.parametrize("highest", [2, 6, 9])
def test_agreement_is_a_line_over_the_whole_scale(highest):
    figure = figure_of(draw_predicted_scores, moments(1, highest=highest), names(1), highest, "x.svg")
    (axes,) = figure.axes
    assert points(axes.lines[0]) == [(0, 0), (highest, highest)]
    shown = [place for place in axes.get_xticks() if 0 <= place <= highest]
    assert shown[0] == 0 and 4 <= len(shown) <= 5


def test_panels_tell_correlation_error_and_number_of_their_own_moments():
    table = moments(2)
    figure = figure_of(draw_predicted_scores, table, names(2), 2, "x.svg")
    for fold, axes in enumerate(figure.axes, 1):
        ours = table[table.fold == fold]
        r = np.corrcoef(ours.score, ours.prediction)[0, 1]
        assert texts(axes) == [f"r = {r:.2f}\nMAE = {0.1 * fold + 0.02:.2f}\nn = 5"]
    opposite = moments(1).assign(prediction=lambda t: 2 - t.score)
    (axes,) = figure_of(draw_predicted_scores, opposite, names(1), 2, "x.svg").axes
    assert texts(axes)[0].startswith("r = -1.00")


def test_the_order_of_moments_does_not_matter():
    mixed = moments(3).iloc[::-1]
    figure = figure_of(draw_predicted_scores, mixed, names(3), 2, "x.svg")
    assert [axes.get_title(loc="left")[:6] for axes in figure.axes] == ["fold 1", "fold 2", "fold 3"]
    assert sorted(points(figure.axes[0].lines[1])) == sorted(zip(moments(1).score, moments(1).prediction, strict=True))


def test_differences_are_prediction_less_score_over_their_mean():
    table = moments(2)
    (axes,) = figure_of(draw_bland_altman, table, names(2), "x.svg").axes
    for fold in (1, 2):
        ours = table[table.fold == fold]
        dots = axes.lines[fold - 1]
        assert dots.get_xdata().tolist() == pytest.approx(((ours.score + ours.prediction) / 2).tolist())
        assert dots.get_ydata().tolist() == pytest.approx((ours.prediction - ours.score).tolist())
    assert entries(axes.get_legend()) == names(2)


def test_bias_and_limits_are_those_of_all_moments():
    table = pd.DataFrame({"fold": [1, 1, 2, 2], "score": 1.0, "prediction": [1.1, 1.3, 0.9, 1.5]})
    (axes,) = figure_of(draw_bland_altman, table, names(2), "x.svg").axes
    spread = np.std([0.1, 0.3, -0.1, 0.5], ddof=1)
    lines = [line.get_ydata()[0] for line in axes.lines[2:]]
    assert lines == pytest.approx([0.2, 0.2 - 1.96 * spread, 0.2 + 1.96 * spread])
    assert texts(axes) == ["bias +0.20", "lower limit -0.31", "upper limit +0.71"]
    assert [text.xy[1] for text in axes.texts] == pytest.approx(lines)


def test_a_bias_below_nought_keeps_its_sign():
    (axes,) = figure_of(draw_bland_altman, moments(1).assign(prediction=lambda t: t.score - 0.25), names(1), "x").axes
    assert texts(axes)[0] == "bias -0.25"


def test_six_animals_have_six_colours_and_a_seventh_the_first_again():
    (axes,) = figure_of(draw_bland_altman, moments(7), names(7), "x.svg").axes
    colours = [to_hex(line.get_color()).upper() for line in axes.lines[:7]]
    assert colours == [colour.upper() for colour in [*COLOURS, COLOURS[0]]]
    assert len(set(colours)) == 6


def test_an_animal_without_moments_is_named_and_has_no_dots():
    table = moments(3)
    (axes,) = figure_of(draw_bland_altman, table[table.fold != 2], names(3), "x.svg").axes
    assert [len(line.get_xdata()) for line in axes.lines[:3]] == [5, 0, 5]
    assert entries(axes.get_legend()) == names(3)


def test_the_job_numbers_folds_in_the_order_of_its_files(tmp_path):
    given = []
    for fold in (1, 2):
        table = moments(2).query("fold == @fold").drop(columns="fold")
        table = table.assign(experiment="E", item=range(5), camera="C1", sync_index=0, frame_num=0)
        given.append(str(tmp_path / f"{fold}.parquet"))
        table.to_parquet(given[-1])
    made = {"scores": "s.svg", "differences": "d.svg"}
    figures = run_script(
        "figures/draw_agreement.py", {"predictions": given}, {"subjects": ["b", "a"], "highest": 2}, made
    )
    scores, differences = figures["s.svg"], figures["d.svg"]
    assert [axes.get_title(loc="left") for axes in scores.axes] == ["fold 1, b", "fold 2, a"]
    assert [texts(axes)[0].splitlines()[1] for axes in scores.axes] == ["MAE = 0.12", "MAE = 0.22"]
    assert entries(differences.axes[0].get_legend()) == ["b", "a"]
