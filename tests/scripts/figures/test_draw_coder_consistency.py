"""How the two scores of duplicated moments differ: all pairs of all recordings, and the loss that follows."""

import pandas as pd
import pytest

from scripts.figures.draw_coder_consistency import draw_coder_consistency
from tests.shown import figure_of, heights


def scored(folder, name, pairs, accepted=True):
    """A file of scored items: each pair is the first and the second score of a moment."""
    rows = []
    for first, second in pairs:
        item = len(rows) + 1
        rows.append({"item": item, "duplicate_of": 0, "score": first})
        rows.append({"item": item + 1, "duplicate_of": item, "score": second})
    columns = ["item", "duplicate_of", "score"]
    table = pd.DataFrame(rows, columns=columns).assign(coder="ayse", accepted=accepted)
    table.to_parquet(folder / f"{name}.parquet")
    return str(folder / f"{name}.parquet")


def bars(axes):
    """Number of pairs by difference, to one decimal."""
    found = {round(bar.get_x() + bar.get_width() / 2, 1): bar.get_height() for bar in axes.patches}
    assert len(found) == len(axes.patches)
    return {middle: height for middle, height in found.items() if height}


def test_pairs_of_all_recordings_are_counted_by_second_less_first_score(tmp_path):
    paths = [scored(tmp_path, "A", [(1.0, 1.2), (0.4, 0.4)]), scored(tmp_path, "B", [(2.0, 1.0), (0.6, 0.8)])]
    (axes,) = figure_of(draw_coder_consistency, paths, "x.svg").axes
    assert bars(axes) == {0.2: 2, 0.0: 1, -1.0: 1}
    assert sum(heights(axes)) == 4


def test_the_title_tells_errors_and_the_loss_that_they_choose(tmp_path):
    # MAE 0.35 and RMSE 0.52: outliers dominate.
    paths = [scored(tmp_path, "A", [(1.0, 1.2), (0.4, 0.4), (2.0, 1.0), (0.6, 0.8)])]
    (axes,) = figure_of(draw_coder_consistency, paths, "x.svg").axes
    assert axes.get_title(loc="left") == "4 pairs: MAE 0.350, RMSE 0.520, ratio 1.48 → loss MAE"
    even = [scored(tmp_path, "B", [(1.0, 1.2), (0.4, 0.2)])]
    (axes,) = figure_of(draw_coder_consistency, even, "x.svg").axes
    assert axes.get_title(loc="left") == "2 pairs: MAE 0.200, RMSE 0.200, ratio 1.00 → loss MSE"


def test_pairs_that_never_differ_have_no_ratio(tmp_path):
    (axes,) = figure_of(draw_coder_consistency, [scored(tmp_path, "A", [(1.0, 1.0)])], "x.svg").axes
    assert axes.get_title(loc="left") == "1 pairs: MAE 0.000, RMSE 0.000, ratio undefined → loss MAE"
    assert bars(axes) == {0.0: 1}


@pytest.mark.parametrize("pairs", [[], [(0.5, 1.5)]])
def test_without_pairs_that_were_accepted_twice_there_is_an_empty_figure(tmp_path, pairs):
    (axes,) = figure_of(draw_coder_consistency, [scored(tmp_path, "A", pairs, accepted=False)], "x.svg").axes
    assert sum(heights(axes)) == 0
    assert axes.get_title(loc="left") == ""


def test_a_recording_without_pairs_adds_nothing(tmp_path):
    paths = [scored(tmp_path, "A", []), scored(tmp_path, "B", [(1.0, 1.6)])]
    (axes,) = figure_of(draw_coder_consistency, paths, "x.svg").axes
    assert bars(axes) == {0.6: 1}


def test_pairs_that_differ_by_more_than_a_score_are_drawn_too(tmp_path):
    (axes,) = figure_of(draw_coder_consistency, [scored(tmp_path, "A", [(0.4, 1.6), (1.0, 1.0)])], "x.svg").axes
    assert bars(axes) == {1.2: 1, 0.0: 1}
