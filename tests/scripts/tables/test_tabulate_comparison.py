"""The final comparison: means over folds, with their intervals, of all networks in the order that they are given in."""

import numpy as np
import pandas as pd
import pytest

from scripts.tables.tabulate_comparison import compare_networks
from tests.shown import run_script, tidy


def test_networks_stand_in_the_given_order_with_their_means_over_folds():
    metrics = pd.concat(
        [
            tidy("zeta", [0.1, 0.3], "multi", "ORGN", ends=(0.05, 0.4)),
            tidy("zeta", [0.2, 0.2], "multi", "CORR", ends=(0.1, 0.3)),
            tidy("zeta", [0.4, 0.6], "single", "ORGN", ends=(0.3, 0.7)),
            tidy("alpha", [0.7, 0.9], "multi", "ORGN", ends=(0.6, 1.0)),
        ]
    )
    table = compare_networks(metrics, "mae")
    assert table.columns.tolist()[:3] == ["network", "multi_camera", "discarded"]
    assert table.columns.tolist()[3:] == ["ORGN", "ORGN low", "ORGN high", "CORR", "CORR low", "CORR high"]
    assert table.iloc[:, :2].to_numpy().tolist() == [["zeta", "yes"], ["zeta", "no"], ["alpha", "yes"]]
    assert table.ORGN.tolist() == pytest.approx([0.2, 0.5, 0.8])
    assert table["ORGN low"].tolist() == pytest.approx([0.05, 0.3, 0.6])
    assert table["ORGN high"].tolist() == pytest.approx([0.4, 0.7, 1.0])


def test_a_test_that_was_not_measured_is_left_empty_and_no_column_where_none_was():
    metrics = pd.concat(
        [
            tidy("a", [0.1, 0.3], "multi", "ORGN", ends=(0, 1)),
            tidy("a", [0.5, 0.5], "multi", "CORR-B", ends=(0, 1)),
            tidy("b", [0.2, 0.2], "multi", "ORGN", ends=(0, 1)),
        ]
    )
    table = compare_networks(metrics, "mae")
    assert "VALIDATION" not in table and "CORR" not in table
    assert table["CORR-B"].tolist() == pytest.approx([0.5, np.nan], nan_ok=True)


def test_scores_that_are_left_out_have_rows_of_their_own():
    metrics = pd.concat(
        [
            tidy("pain", [0.6, 0.8], "multi", metric="accuracy", ends=(0.5, 0.9)),
            tidy("pain", [0.9, 0.9], "multi", metric="accuracy", discarded="[0.5, 1)", ends=(0.8, 1.0)),
            tidy("constant_pain", [0.5, 0.5], "multi", metric="accuracy", ends=(0.5, 0.5)),
        ]
    )
    table = compare_networks(metrics, "accuracy")
    assert table[["network", "discarded"]].to_numpy().tolist() == [
        ["pain", ""],
        ["pain", "[0.5, 1)"],
        ["constant_pain", ""],
    ]
    assert table.CORR.tolist() == pytest.approx([0.7, 0.9, 0.5])


def test_other_metrics_are_left_out():
    metrics = pd.concat([tidy("a", [0.1], "multi"), tidy("a", [0.9], "multi", metric="r"), tidy("b", [0.3], "multi")])
    assert compare_networks(metrics, "mae").CORR.tolist() == pytest.approx([0.1, 0.3])
    assert compare_networks(metrics, "r").network.tolist() == ["a"]


def test_the_mean_is_over_folds_that_have_a_value_and_empty_if_none_has():
    """A constant has no correlation; one fold's may be undefined."""
    values = {"a": [0.4, np.nan, 0.8], "c": [np.nan] * 3}
    metrics = pd.concat([tidy(name, folds, "multi", metric="r") for name, folds in values.items()])
    table = compare_networks(metrics, "r")
    assert table.network.tolist() == ["a", "c"]
    assert table.CORR.tolist() == pytest.approx([0.6, np.nan], nan_ok=True)


def test_the_correlation_over_all_moments_is_no_mean_over_folds():
    both = tidy("a", [0.4, 0.8], "multi", metric="r", ends=(0.3, 0.9))
    whole = both.iloc[:1].assign(fold="all", value=0.1)
    assert compare_networks(pd.concat([both, whole]), "r").CORR.tolist() == pytest.approx([0.6])


def test_one_fold_is_its_own_mean():
    assert compare_networks(tidy("a", [0.25], "multi"), "mae").CORR.tolist() == [0.25]


def test_the_job_writes_a_table_a_metric(tmp_path):
    path = tmp_path / "a.csv"
    metrics = pd.concat([tidy("a", [0.1, 0.3], "multi"), tidy("a", [0.5, 0.9], "multi", metric="r", ends=(0.4, 1.0))])
    metrics.to_csv(path, index=False)
    made = [tmp_path / "scores.csv", tmp_path / "correlations.csv"]
    run_script("tables/tabulate_comparison.py", {"metrics": [path]}, {"metrics": ["mae", "r"]}, {"tables": made})
    assert made[0].read_text() == "network,multi_camera,discarded,CORR,CORR low,CORR high\na,yes,,0.200,,\n"
    assert made[1].read_text().splitlines()[1] == "a,yes,,0.700,0.400,1.000"
