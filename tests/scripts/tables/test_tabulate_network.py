"""A network by fold, beside its references: the right view, metric and scores."""

import numpy as np
import pandas as pd
import pytest

from scripts.tables.tabulate_network import tabulate_network
from tests.shown import run_script, tidy

GAP = "[0.5, 1)"


def scores(folds=6):
    """Metrics of a network of scores, its control and a constant."""
    parts = []
    for network, worse in (("good", 0.0), ("good_shuffled", 0.2), ("constant_score", 0.1)):
        for view, least in (("single", 0.3), ("multi", 0.2)):
            values = [least + worse + 0.01 * fold for fold in range(1, folds + 1)]
            parts.append(tidy(network, values, view, ends=(least + worse, least + worse + 0.1)))
            parts.append(tidy(network, [1 - v for v in values], view, metric="accuracy", ends=(0.5, 0.9)))
        r = [np.nan if network.startswith("constant") else 0.8 - worse] * folds
        parts.append(tidy(network, r, "multi", metric="r", ends=(0.1, 0.9)))
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize("folds", [1, 6])
def test_folds_their_mean_and_the_means_of_references_stand_below_each_other(folds):
    table = tabulate_network(scores(folds), "good", "single_view")
    numbers = [str(fold) for fold in range(1, folds + 1)]
    assert table.fold.tolist() == [*numbers, "mean", "mean of good_shuffled", "constant"]
    mean = 0.3 + 0.01 * (folds + 1) / 2
    values = [0.3 + 0.01 * fold for fold in range(1, folds + 1)]
    assert table.CORR.tolist() == pytest.approx([*values, mean, mean + 0.2, mean + 0.1])
    assert table["CORR low"].tolist()[-3:] == pytest.approx([0.3, 0.5, 0.4])


def test_each_table_shows_its_own_view_and_metric():
    def mean(shown):
        return tabulate_network(scores(), "good", shown).set_index("fold").CORR["mean"]

    assert mean("single_view") == pytest.approx(0.335)
    assert mean("multi_camera") == pytest.approx(0.235)
    assert mean("correlation") == pytest.approx(0.8)
    assert mean("pain") == pytest.approx(1 - 0.235)


def test_a_network_that_tells_pain_is_judged_by_its_accuracy():
    metrics = pd.concat([tidy("pain", [0.7, 0.9], metric="accuracy"), tidy("other", [0.1, 0.3])])
    table = tabulate_network(metrics, "pain", "single_view")
    assert table.fold.tolist() == ["1", "2", "mean"]
    assert table.CORR.tolist() == pytest.approx([0.7, 0.9, 0.8])


def test_a_constant_that_has_no_correlation_is_an_empty_row():
    table = tabulate_network(scores(), "good", "correlation").set_index("fold")
    assert np.isnan(table.CORR["constant"])
    assert table.CORR["mean of good_shuffled"] == pytest.approx(0.6)


def test_the_correlation_over_all_moments_has_a_row():
    metrics = scores(2)
    metrics = pd.concat([metrics, metrics[(metrics.metric == "r") & (metrics.fold == "1")].assign(fold="all")])
    metrics.loc[metrics.fold == "all", "value"] = 0.55
    table = tabulate_network(metrics, "good", "correlation").set_index("fold")
    assert table.CORR["all"] == 0.55 and table.CORR["mean"] == pytest.approx(0.8)
    assert set(table.index) == {"1", "2", "all", "mean", "mean of good_shuffled", "constant"}


def pain():
    """Metrics of a network of pain, with all scores and without those it was not trained on; one reference has both."""
    parts = [
        tidy(network, [value, value + 0.1], metric="accuracy", discarded=discarded, ends=(value, value + 0.1))
        for network, discarded, value in (
            ("pain", "", 0.6),
            ("pain", GAP, 0.8),
            ("constant_pain", "", 0.4),
            ("constant_pain", GAP, 0.5),
            ("pain_shuffled", "", 0.3),
        )
    ]
    return pd.concat(parts)


def test_tables_with_all_scores_and_without_some_do_not_mix():
    whole = tabulate_network(pain(), "pain", "single_view")
    assert whole.fold.tolist() == ["1", "2", "mean", "constant", "mean of pain_shuffled"]
    assert whole.CORR.tolist() == pytest.approx([0.6, 0.7, 0.65, 0.45, 0.35])
    part = tabulate_network(pain(), "pain", "single_view", GAP)
    # A reference that was not measured without these scores has no row.
    assert part.fold.tolist() == ["1", "2", "mean", "constant"]
    assert part.CORR.tolist() == pytest.approx([0.8, 0.9, 0.85, 0.55])


def test_tests_that_are_missing_are_no_columns_and_half_missing_ones_are_empty():
    metrics = pd.concat([tidy("a", [0.1, 0.2], test="VALIDATION-B"), tidy("a", [0.3], test="ORGN")])
    table = tabulate_network(metrics, "a", "single_view")
    assert [name for name in table if not name.endswith(("low", "high"))] == ["fold", "ORGN", "VALIDATION-B"]
    assert table.ORGN.tolist() == pytest.approx([0.3, np.nan, 0.3], nan_ok=True)
    assert table["VALIDATION-B"].tolist() == pytest.approx([0.1, 0.2, 0.15])


def test_the_job_leaves_scores_out_of_the_tables_that_say_so(tmp_path):
    path = tmp_path / "metrics.csv"
    pain().to_csv(path, index=False)
    made = [tmp_path / f"{name}.csv" for name in ("single_view", "single_view_discarded")]
    params = {"shown": ["single_view", "single_view_discarded"], "discarded": GAP}
    run_script("tables/tabulate_network.py", {"metrics": [path]}, params, {"tables": made}, {"network": "pain"})
    whole, part = (pd.read_csv(path).set_index("fold").CORR for path in made)
    assert whole["mean"] == 0.65 and part["mean"] == 0.85
    assert made[0].read_text().splitlines()[1] == "1,0.600,0.550,0.650"


def test_a_network_without_discarded_scores_has_no_discarded_table(tmp_path):
    path = tmp_path / "metrics.csv"
    scores(2).to_csv(path, index=False)
    made = [tmp_path / "single_view.csv"]
    params = {"shown": ["single_view"], "discarded": ""}
    run_script("tables/tabulate_network.py", {"metrics": [path]}, params, {"tables": made}, {"network": "good"})
    assert {path.name for path in tmp_path.iterdir()} == {"metrics.csv", "single_view.csv"}
    assert len(pd.read_csv(made[0])) == 5


def test_folds_stay_in_order_where_the_first_test_lacks_one():
    metrics = scores(3)
    validation = metrics[metrics.fold != "2"].assign(test="VALIDATION")
    table = tabulate_network(pd.concat([validation, metrics], ignore_index=True), "good", "single_view")
    assert table.fold.tolist()[:4] == ["1", "2", "3", "mean"]
    assert np.isnan(table.VALIDATION[1]) and not np.isnan(table.VALIDATION[0])
