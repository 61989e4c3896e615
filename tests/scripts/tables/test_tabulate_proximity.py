"""The table of how near each fold is to the mean; its numbers are tried on the thesis's in test_ranking.py."""

import pandas as pd
import pytest

from scripts.tables.tabulate_proximity import tabulate_proximity
from squint.measures.ranking import FOUR_TESTS
from tests.shown import run_script, tidy


def metrics(values):
    """Errors that are the same in all four tests but for their place."""
    return pd.concat(
        [tidy("a", [v + 0.1 * place for v in values], test=test) for place, test in enumerate(FOUR_TESTS)],
        ignore_index=True,
    )


def test_errors_and_their_distances_stand_side_by_side():
    table = tabulate_proximity(metrics([0.1, 0.2, 0.6])).set_index("fold")
    assert table.loc["3", FOUR_TESTS].tolist() == pytest.approx([0.6, 0.7, 0.8, 0.9])
    assert table.loc["3", [f"{test} distance" for test in FOUR_TESTS]].tolist() == pytest.approx([0.3] * 4)
    assert table["mean distance"].tolist() == pytest.approx([0.2, 0.1, 0.3])
    assert table["root mean square distance"].tolist() == pytest.approx([0.2, 0.1, 0.3])
    assert table.chosen.tolist() == ["", "yes", ""]
    assert table.tied.tolist() == ["", "", ""]


def test_a_fixed_fold_is_told_as_chosen_though_another_is_nearer():
    assert tabulate_proximity(metrics([0.1, 0.2, 0.6]), 3).chosen.tolist() == ["", "", "yes"]


def test_folds_stand_in_the_order_of_their_numbers():
    table = tabulate_proximity(metrics([0.1 * fold for fold in range(1, 12)]))
    assert table.fold.tolist() == [str(fold) for fold in range(1, 12)]
    assert table["ORGN"].tolist() == pytest.approx([0.1 * fold for fold in range(1, 12)])


def test_other_views_metrics_and_the_measured_mean_change_nothing():
    own = metrics([0.1, 0.2, 0.6])
    others = [own.assign(view="multi", value=9.0), own.assign(metric="accuracy", value=9.0)]
    others.append(own[own.fold == "1"].assign(fold="mean", value=9.0))
    pd.testing.assert_frame_equal(tabulate_proximity(pd.concat([own, *others])), tabulate_proximity(own))


def test_one_fold_is_its_own_mean():
    table = tabulate_proximity(metrics([0.4]))
    assert table["mean distance"].tolist() == [0]
    assert table.chosen.tolist() == ["yes"]


@pytest.mark.parametrize(("fixed", "chosen"), [(0, 2.0), (1, 1.0)])
def test_the_job_writes_what_is_fixed_in_the_config(tmp_path, fixed, chosen):
    own = metrics([0.1, 0.2, 0.6])
    own.assign(test=own.test.str.removesuffix("-B")).to_csv(tmp_path / "m.csv", index=False)
    given, made = {"metrics": [tmp_path / "m.csv"]}, {"table": tmp_path / "t.csv"}
    run_script("tables/tabulate_proximity.py", given, {"fixed": fixed}, made)
    table = pd.read_csv(made["table"])
    assert table.fold[table.chosen == "yes"].tolist() == [chosen]
    assert made["table"].read_text().splitlines()[1].startswith("1,0.1000,0.2000,0.3000,0.4000,0.2000")
