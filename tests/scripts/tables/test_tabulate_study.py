"""A study's variants by fold, their means where those are known, and the references below."""

import numpy as np
import pandas as pd
import pytest

from scripts.tables.tabulate_study import tabulate_study
from tests.shown import run_script, tidy

VARIANTS = [{"dropout": 0.0, "head": [], "network": "s/none"}, {"dropout": 0.25, "head": [64, 32], "network": "good"}]


def metrics(folds=2, references=2, worse=0.2):
    """Metrics of two variants and of references on some folds, each with a measured mean."""
    many = {"s/none": (0.3, folds), "good": (0.2, folds)}
    many |= {"good_shuffled": (0.3 + worse, references), "constant_score": (0.2 + worse, references)}
    parts = []
    for network, (least, count) in many.items():
        values = [least + 0.01 * fold for fold in range(1, count + 1)]
        parts.append(tidy(network, values, ends=(least, least + 0.1)))
        parts.append(tidy(network, [v - 0.1 for v in values], "multi", ends=(0.0, 0.9)))
        parts.append(tidy(network, [9.0] * count, metric="accuracy", ends=(0.0, 0.9)))
    return pd.concat(parts, ignore_index=True)


def test_variants_stand_by_fold_with_their_values_and_references_below():
    table = tabulate_study(metrics(), VARIANTS, [1, 2], ["good_shuffled", "constant_score"])
    assert table.columns.tolist() == ["dropout", "head", "fold", "CORR", "CORR low", "CORR high"]
    assert table.iloc[:, :3].to_numpy().tolist() == [
        ["0", "none", "1"],
        ["0", "none", "2"],
        ["0", "none", "mean"],
        ["0.25", "64-32", "1"],
        ["0.25", "64-32", "2"],
        ["0.25", "64-32", "mean"],
        ["good_shuffled", "", "mean"],
        ["constant", "", "mean"],
    ]
    assert table.CORR.tolist() == pytest.approx([0.31, 0.32, 0.315, 0.21, 0.22, 0.215, 0.515, 0.415])
    assert table[table.fold == "mean"]["CORR low"].tolist() == pytest.approx([0.3, 0.2, 0.5, 0.4])


@pytest.mark.parametrize("count", [2, 6])
def test_means_are_over_as_many_folds_as_there_are(count):
    folds = list(range(1, count + 1))
    table = tabulate_study(metrics(count, count), VARIANTS, folds, [])
    means = table[table.fold == "mean"].CORR
    assert means.tolist() == pytest.approx([0.3 + 0.005 * (count + 1), 0.2 + 0.005 * (count + 1)])


def test_a_study_of_one_fold_has_no_means_and_its_references_that_fold():
    table = tabulate_study(metrics(6, 6), VARIANTS, [2], ["good_shuffled", "constant_score"])
    assert table.fold.tolist() == ["2", "2", "2", "2"]
    assert table.CORR.tolist() == pytest.approx([0.32, 0.22, 0.52, 0.42])


def test_a_study_of_some_folds_has_their_means_and_not_the_intervals_of_all_folds():
    table = tabulate_study(metrics(6, 6), VARIANTS, [2, 4], ["constant_score"])
    assert table.fold.tolist() == ["2", "4", "mean", "2", "4", "mean", "mean"]
    means = table[table.fold == "mean"]
    assert means.CORR.tolist() == pytest.approx([0.33, 0.23, 0.43])
    assert means[["CORR low", "CORR high"]].isna().all(axis=None)
    assert table[table.fold == "4"]["CORR low"].tolist() == pytest.approx([0.29, 0.19])


def test_only_single_views_with_all_scores_are_shown():
    own = metrics()
    left_out = own.assign(discarded="[0.5, 1)", value=7.0)
    table = tabulate_study(pd.concat([own, left_out]), VARIANTS, [1, 2], ["constant_score"])
    pd.testing.assert_frame_equal(table, tabulate_study(own, VARIANTS, [1, 2], ["constant_score"]))


def test_a_study_of_networks_that_tell_pain_shows_their_accuracy():
    parts = [tidy(name, [0.6, 0.8], metric="accuracy") for name in ("s/a", "constant_pain")]
    table = tabulate_study(pd.concat(parts), [{"bins": [0, 1.0], "network": "s/a"}], [1, 2], ["constant_pain"])
    assert table.CORR.tolist() == pytest.approx([0.6, 0.8, 0.7, 0.7])
    assert table.bins.tolist() == ["0-1"] * 3 + ["constant"]


def test_two_variants_that_are_one_network_both_have_their_rows():
    variants = [{"seed": 1, "network": "good"}, {"seed": True, "network": "good"}]
    table = tabulate_study(metrics(), variants, [1, 2], [])
    assert table.seed.tolist() == ["1"] * 3 + ["yes"] * 3
    assert table.CORR.tolist() == pytest.approx([0.21, 0.22, 0.215] * 2)


def test_a_fold_without_a_value_is_empty_and_left_out_of_the_mean():
    own = metrics()
    own.loc[(own.network == "good") & (own.fold == "1"), ["value", "low", "high"]] = np.nan
    table = tabulate_study(own, VARIANTS[1:], [1, 2], [])
    assert table.CORR.tolist() == pytest.approx([np.nan, 0.22, 0.22], nan_ok=True)


def test_a_test_that_one_variant_lacks_is_empty_there():
    own = pd.concat([metrics(), tidy("good", [0.5, 0.7], test="ORGN-B")])
    table = tabulate_study(own, VARIANTS, [1, 2], [])
    assert table["ORGN-B"].tolist() == pytest.approx([np.nan] * 3 + [0.5, 0.7, 0.6], nan_ok=True)


def test_the_job_writes_the_table_with_three_decimals(tmp_path):
    metrics().to_csv(tmp_path / "m.csv", index=False)
    params = {"variants": VARIANTS, "folds": [1], "references": ["constant_score"]}
    made = {"table": tmp_path / "t.csv"}
    run_script("tables/tabulate_study.py", {"metrics": [tmp_path / "m.csv"]}, params, made)
    assert made["table"].read_text().splitlines() == [
        "dropout,head,fold,CORR,CORR low,CORR high",
        "0,none,1,0.310,0.260,0.360",
        "0.25,64-32,1,0.210,0.160,0.260",
        "constant,,1,0.410,0.360,0.460",
    ]
