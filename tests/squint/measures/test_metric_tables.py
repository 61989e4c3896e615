"""Tidy metrics are read, averaged over folds, and spread out into tables."""

import numpy as np
import pandas as pd
import pytest

from squint.errors import InputError
from squint.measures.metric_tables import MEAN, read_metrics, with_means
from squint.presentation.tables import main_metric, spread_tests, write_table

COLUMNS = ["network", "fold", "view", "test", "balanced", "discarded", "metric", "value", "low", "high"]


def metrics(*rows):
    """Rows of network, fold, test, value, low and high."""
    table = pd.DataFrame(rows, columns=["network", "fold", "test", "value", "low", "high"])
    return table.assign(view="single", discarded="", metric="mae")


def write(path, *rows, columns=COLUMNS):
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
    return str(path)


def test_balanced_tests_have_a_name_of_their_own(tmp_path):
    path = write(
        tmp_path / "a.csv",
        ("a", 1, "single", "ORGN", False, "", "mae", 0.1, 0.0, 0.2),
        ("a", "mean", "single", "ORGN", True, "[0.5, 1)", "mae", 0.3, 0.2, 0.4),
    )
    table = read_metrics([path])
    assert table.test.tolist() == ["ORGN", "ORGN-B"]
    assert table.fold.tolist() == ["1", "mean"]
    assert table.discarded.tolist() == ["", "[0.5, 1)"]
    assert table[["value", "low", "high"]].to_numpy().tolist() == [[0.1, 0.0, 0.2], [0.3, 0.2, 0.4]]


def test_what_a_typed_in_table_may_leave_out_is_filled_in(tmp_path):
    path = write(
        tmp_path / "a.csv",
        ("a", 1, "single", "ORGN", "mae", 0.1),
        columns=["network", "fold", "view", "test", "metric", "value"],
    )
    (row,) = read_metrics([path]).to_dict("records")
    assert (row["test"], row["fold"], row["discarded"], row["balanced"]) == ("ORGN", "1", "", False)
    assert np.isnan([row["low"], row["high"]]).all()


def test_tables_are_put_one_after_the_other(tmp_path):
    paths = [write(tmp_path / f"{name}.csv", (name, 1, "single", "ORGN", False, "", "mae", 0.1, 0, 1)) for name in "ba"]
    table = read_metrics(paths)
    assert table.network.tolist() == ["b", "a"] and table.index.tolist() == [0, 1]


@pytest.mark.parametrize("missing", ["network", "fold", "test", "metric", "value"])
def test_a_missing_column_is_told(tmp_path, missing):
    columns = [column for column in ["network", "fold", "view", "test", "metric", "value"] if column != missing]
    path = write(tmp_path / "a.csv", ["1"] * 5, columns=columns)
    with pytest.raises(InputError, match=f"no column '{missing}'") as error:
        read_metrics([path])
    assert "expected: the columns network, fold, view, test, metric, value" in str(error.value)


def test_a_cut_table_is_an_input_error(tmp_path):
    path = write(tmp_path / "a.csv", ("a", 1, "single", "ORGN", False, "", "mae", 0.123, 0, 1))
    (tmp_path / "a.csv").write_text((tmp_path / "a.csv").read_text()[:-4])
    with pytest.raises(InputError, match="its last line is cut"):
        read_metrics([path])


def test_the_mean_is_that_of_the_folds_with_the_interval_that_was_measured():
    table = with_means(
        metrics(
            ("a", "1", "ORGN", 0.1, 0.0, 0.3),
            ("a", "2", "ORGN", 0.3, 0.2, 0.5),
            ("a", MEAN, "ORGN", 9.0, 0.15, 0.25),  # as it was written, rounded
            ("b", "1", "ORGN", 0.5, 0.4, 0.6),
        )
    )
    means = table[table.fold == MEAN].set_index("network")
    assert means.value.to_dict() == pytest.approx({"a": 0.2, "b": 0.5})
    assert means.loc["a", ["low", "high"]].tolist() == [0.15, 0.25]
    assert means.loc["b", ["low", "high"]].isna().all()
    assert table.fold.tolist() == ["1", "2", "1", MEAN, MEAN]


def test_means_are_of_one_test_view_metric_and_gap():
    rows = metrics(("a", "1", "ORGN", 0.1, 0, 1))
    parts = [rows, rows.assign(test="CORR"), rows.assign(view="multi"), rows.assign(metric="r")]
    table = with_means(pd.concat([*parts, rows.assign(discarded="[0.5, 1)")], ignore_index=True))
    assert (table.fold == MEAN).sum() == 5


def test_all_moments_together_are_no_fold():
    table = with_means(metrics(("a", "1", "ORGN", 0.2, 0, 1), ("a", "all", "ORGN", 0.9, 0, 1)))
    assert table.value[table.fold == MEAN].tolist() == [0.2]
    assert table.value[table.fold == "all"].tolist() == [0.9]


@pytest.mark.parametrize(
    ("names", "main"),
    [(["accuracy", "mae", "r"], "mae"), (["accuracy", "r"], "accuracy"), (["accuracy"], "accuracy")],
)
def test_scores_are_judged_by_their_error_and_labels_by_their_accuracy(names, main):
    assert main_metric(pd.DataFrame({"metric": names})) == main


def test_tests_stand_in_columns_in_the_order_of_the_thesis():
    table = spread_tests(
        metrics(
            ("b", "1", "VALIDATION-B", 0.5, 0.4, 0.6),
            ("b", "1", "CORR", 0.3, 0.2, 0.4),
            ("b", "1", "ORGN-B", 0.2, 0.1, 0.3),
            ("a", "1", "ORGN-B", 0.7, 0.6, 0.8),
            ("a", "1", "CORR", 0.8, 0.7, 0.9),
            ("a", "1", "OTHER", 0.9, 0.9, 0.9),
        ),
        ["network", "fold"],
    )
    tests = [f"{test}{end}" for test in ("ORGN-B", "CORR", "VALIDATION-B") for end in ("", " low", " high")]
    assert table.columns.tolist() == ["network", "fold", *tests]
    assert table[["network", "fold"]].to_numpy().tolist() == [["b", "1"], ["a", "1"]]  # as they came
    assert table.loc[0, tests].tolist() == [0.2, 0.1, 0.3, 0.3, 0.2, 0.4, 0.5, 0.4, 0.6]
    assert table.loc[1, "VALIDATION-B":].isna().all()


def test_rows_can_be_told_by_one_column():
    table = spread_tests(metrics(("b", "1", "CORR", 0.3, 0.2, 0.4), ("a", "1", "CORR", 0.8, 0.7, 0.9)), ["network"])
    assert table.to_dict("list") == {
        "network": ["b", "a"],
        "CORR": [0.3, 0.8],
        "CORR low": [0.2, 0.7],
        "CORR high": [0.4, 0.9],
    }


def test_a_table_has_three_decimals(tmp_path):
    write_table(pd.DataFrame({"fold": [1, 2], "value": [0.12345, np.nan]}), str(tmp_path / "x.csv"))
    assert (tmp_path / "x.csv").read_text() == "fold,value\n1,0.123\n2,\n"
