"""How the loss fell: each fold's own curves, and the epoch whose weights were kept."""

import json

import pandas as pd
import pytest

from scripts.figures.draw_learning_curves import draw_learning_curves
from tests.shown import entries, figure_of, points, run_script


def training(folder, fold, best=1, first=-1, epochs=3):
    """The history and record of a fold: epoch -1 is before training."""
    numbers = range(first, first + epochs)
    losses = [(1 / (fold + n), fold + n) for n in range(epochs)]
    curve = pd.DataFrame(losses, numbers, ["loss", "val_loss"]).rename_axis("epoch").reset_index()
    curve.to_csv(folder / f"{fold}.csv", index=False)
    (folder / f"{fold}.json").write_text(json.dumps({"best_epoch": best}))
    return str(folder / f"{fold}.csv"), str(folder / f"{fold}.json")


def names(folds):
    return [f"mouse{fold}" for fold in range(1, folds + 1)]


def draw(folder, folds, **settings):
    made = [training(folder, fold, **settings) for fold in range(1, folds + 1)]
    histories, records = map(list, zip(*made, strict=True))
    return figure_of(draw_learning_curves, histories, records, names(folds), "x.svg")


@pytest.mark.parametrize(("folds", "cells"), [(1, 1), (2, 2), (4, 6), (6, 6)])
def test_each_fold_has_a_panel_with_the_animal_that_it_tests(tmp_path, folds, cells):
    figure = draw(tmp_path, folds)
    assert len(figure.axes) == cells
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title(loc="left") for axes in shown] == [f"fold {k}, mouse{k}" for k in range(1, folds + 1)]


def test_curves_are_the_losses_by_epoch_from_before_training_on(tmp_path):
    for fold, axes in enumerate(draw(tmp_path, 2).axes, 1):
        trained, validated, _ = axes.lines
        assert points(trained) == [(n, pytest.approx(1 / (fold + n))) for n in range(3)]
        assert points(validated) == [(n, fold + n) for n in range(3)]


def test_the_epoch_whose_weights_were_kept_is_marked_on_the_same_axis(tmp_path):
    axes = draw(tmp_path, 1, best=1).axes[0]
    assert axes.lines[2].get_xdata()[0] == 2 == axes.lines[0].get_xdata()[2]


def test_where_no_epoch_was_better_the_start_is_marked(tmp_path):
    assert draw(tmp_path, 1, best=-1).axes[0].lines[2].get_xdata()[0] == 0


def test_each_fold_marks_its_own_epoch(tmp_path):
    made = [training(tmp_path, fold, best=fold - 2) for fold in (1, 2, 3)]
    histories, records = map(list, zip(*made, strict=True))
    figure = figure_of(draw_learning_curves, histories, records, names(3), "x.svg")
    assert [axes.lines[2].get_xdata()[0] for axes in figure.axes] == [0, 1, 2]


def test_folds_that_were_trained_for_unlike_times_share_their_axes(tmp_path):
    made = [training(tmp_path, 1, epochs=2), training(tmp_path, 2, epochs=9)]
    histories, records = map(list, zip(*made, strict=True))
    one, other = figure_of(draw_learning_curves, histories, records, names(2), "x.svg").axes
    assert one.get_xlim() == other.get_xlim() and one.get_ylim() == other.get_ylim()
    assert len(one.lines[0].get_xdata()) == 2
    one.figure.draw_without_rendering()
    assert all(tick == int(tick) for tick in one.get_xticks())


def test_the_legend_names_each_kind_of_line_once(tmp_path):
    figure = draw(tmp_path, 6)
    assert entries(figure.legends[0]) == ["training", "validation", "weights that were kept"]


def test_the_job_draws_its_files_in_their_order(tmp_path):
    made = [training(tmp_path, fold) for fold in (2, 1)]
    histories, records = map(list, zip(*made, strict=True))
    given = {"histories": histories, "records": records}
    figures = run_script("figures/draw_learning_curves.py", given, {"subjects": ["b", "a"]}, {"figure": "x.svg"})
    assert [axes.get_title(loc="left") for axes in figures["x.svg"].axes] == ["fold 1, b", "fold 2, a"]
    assert [axes.lines[1].get_ydata()[0] for axes in figures["x.svg"].axes] == [2, 1]
