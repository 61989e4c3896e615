"""A network is measured by the metrics of its output, for each test, view and gap, with the same draws as others."""

import numpy as np
import pandas as pd
import pytest

from scripts.evaluation.measure_network import COLUMNS, measure_network, metrics_of, read_tests, scored_moments
from squint.outputs import make_output
from squint.samples.predictions import ALL_VIEWS
from tests.scales import ORBITAL, SCALE

REGRESSION = {"output": "regression", "bins": [0, 0.5, 1.5, 2.0], "gaps": [], "scale": SCALE}
SUBJECTS = {"EXP1": "mouse1"}
BINARY = {"output": "binary", "bins": [], "gaps": [[0.5, 1.0]], "scale": SCALE}


def said(scores, predictions, cameras=("C1", "C2")):
    """Predictions of moments that some cameras saw, each off by a hundredth more than the one before."""
    count = len(cameras)
    table = pd.DataFrame({"experiment": "EXP1", "item": np.repeat(range(len(scores)), count), "sync_index": 0})
    table["camera"], table["frame_num"] = np.tile(cameras, len(scores)), 0
    table["score"] = np.repeat(scores, count)
    table["prediction"] = np.repeat(predictions, count) + np.tile(np.arange(count) / 100, len(scores))
    return table


def measured(settings, tests, **keys):
    table = measure_network("net", settings, tests, 60, 0.95, SUBJECTS, 1)
    for column, value in keys.items():
        table = table[table[column] == value]
    return table


@pytest.mark.parametrize(
    ("output", "view", "names"),
    [
        ("regression", "single", ["mae", "mae-B", "accuracy", "accuracy-B"]),
        ("regression", "multi", ["mae", "mae-B", "accuracy", "accuracy-B", "r"]),
        ("binary", "multi", ["accuracy", "accuracy-B", "r"]),
        ("classes", "multi", ["accuracy", "accuracy-B"]),
        ("classes", "single", ["accuracy", "accuracy-B"]),
    ],
)
def test_metrics_are_those_of_the_output_plain_and_balanced(output, view, names):
    pairs = metrics_of(make_output({"output": output, "scale": SCALE}), view)
    assert [name + ("-B" if balanced else "") for name, balanced in pairs] == names


def test_scores_in_each_gap_are_left_out_of_a_copy_of_each_fold():
    tables = {1: pd.DataFrame({"score": [0.4, 0.5, 1.2]}), 2: pd.DataFrame({"score": [0.6]})}
    found = scored_moments(tables, {"gaps": [[0.5, 1.0], [0.5, 1.5]]})
    assert {gap: {k: t.score.tolist() for k, t in kept.items()} for gap, kept in found.items()} == {
        "": {1: [0.4, 0.5, 1.2], 2: [0.6]},
        "[0.5, 1)": {1: [0.4, 1.2], 2: []},
        "[0.5, 1.5)": {1: [0.4], 2: []},
    }
    assert scored_moments(tables, {"gaps": []}) == {"": tables}


TESTS = {
    "ORGN": {1: said([0.0, 1.0, 2.0], [0.1, 1.1, 2.1]), 2: said([0.4, 0.8], [0.7, 1.1])},
    "CORR": {1: said([0.0, 1.0], [0.0, 1.0]), 2: said([0.0, 1.0], [0.0, 1.0])},
}


def test_a_row_tells_one_metric_of_one_fold_and_their_mean():
    table = measured(REGRESSION, TESTS, test="ORGN", view="single", metric="mae", balanced=False)
    assert table.columns.tolist() == COLUMNS
    assert table.fold.tolist() == ["1", "2", "mean"]
    assert table.value.tolist() == pytest.approx([0.105, 0.305, 0.205])
    assert table.images.tolist() == [6, 4, 10] and table.moments.tolist() == [3, 2, 5]
    assert (table.low <= table.value + 1e-9).all() and (table.value <= table.high + 1e-9).all()
    assert set(table.network) == {"net"} and set(table.output) == {"regression"} and set(table.discarded) == {""}


def test_tests_are_told_apart_and_views_are_merged():
    found = measured(REGRESSION, TESTS, metric="mae", balanced=False, fold="mean").set_index(["test", "view"])
    assert found.value.to_dict() == pytest.approx(
        {("ORGN", "single"): 0.205, ("ORGN", "multi"): 0.205, ("CORR", "single"): 0.005, ("CORR", "multi"): 0.005}
    )
    assert found.images.to_dict()["ORGN", "multi"] == found.moments.to_dict()["ORGN", "multi"] == 5


def test_what_was_said_of_all_views_counts_for_moments_alone():
    views = said([0.0, 1.0], [0.0, 1.0], cameras=("left", "right", "top_2"))
    whole = said([0.0, 1.0], [0.5, 1.5], cameras=(ALL_VIEWS,))
    table = measured(REGRESSION, {"CORR": {1: pd.concat([views, whole])}}, metric="mae", balanced=False, fold="1")
    assert table.set_index("view").value.to_dict() == pytest.approx({"single": 0.01, "multi": 0.5})
    assert table.set_index("view").images.to_dict() == {"single": 6, "multi": 2}


def test_a_fold_whose_moments_are_all_in_the_gap_is_left_out_there():
    tests = {"CORR": {1: said([0.2, 0.7, 1.5], [0.1, 0.9, 0.9]), 2: said([0.6], [0.1])}}
    table = measured(BINARY, tests, view="single", metric="accuracy", balanced=False)
    assert table.fold[table.discarded == ""].tolist() == ["1", "2", "mean"]
    assert table.fold[table.discarded == "[0.5, 1)"].tolist() == ["1", "mean"]
    assert table.value.tolist() == pytest.approx([1.0, 0.0, 0.5, 1.0, 1.0])


def test_a_gap_that_holds_all_moments_of_all_folds_has_no_rows():
    tests = {"CORR": {1: said([0.6, 0.7], [0.1, 0.9])}}
    assert set(measured(BINARY, tests).discarded) == {""}


def test_two_networks_are_measured_on_the_same_draws():
    """Of two that say the same the intervals are the same, whatever their names are."""
    one, other = (measure_network(name, REGRESSION, TESTS, 60, 0.95, SUBJECTS, 1) for name in ("a", "b"))
    pd.testing.assert_frame_equal(one.drop(columns="network"), other.drop(columns="network"))
    reseeded = measure_network("a", REGRESSION, TESTS, 60, 0.95, SUBJECTS, 2)
    assert reseeded.value.equals(one.value) and not reseeded.low.equals(one.low)


def test_the_draws_of_one_test_do_not_depend_on_the_others():
    alone = measured(REGRESSION, {"CORR": TESTS["CORR"]}).reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, measured(REGRESSION, TESTS, test="CORR").reset_index(drop=True))


def test_predictions_are_read_by_test_and_fold(tmp_path):
    for fold in (1, 3):
        for place, subset in enumerate(("validation", "test_orgn", "test_corr")):
            said([fold / 10], [float(place)]).to_parquet(tmp_path / f"LOSOCV-{fold}-{subset}.parquet")
    tests = read_tests(str(tmp_path), [1, 3])
    assert {test: {k: (t.score[0], t.prediction[0]) for k, t in folds.items()} for test, folds in tests.items()} == {
        "VALIDATION": {1: (0.1, 0.0), 3: (0.3, 0.0)},
        "ORGN": {1: (0.1, 1.0), 3: (0.3, 1.0)},
        "CORR": {1: (0.1, 2.0), 3: (0.3, 2.0)},
    }


@pytest.mark.parametrize("cameras", [("left",), ("left", "right"), tuple(f"top_{number}" for number in range(8))])
def test_any_number_of_cameras_is_merged_into_moments(cameras):
    tests = {"CORR": {1: said([0.0, 1.0], [0.0, 1.0], cameras)}}
    table = measured(REGRESSION, tests, metric="mae", balanced=False, fold="1").set_index("view")
    assert table.images.to_dict() == {"single": 2 * len(cameras), "multi": 2}
    assert table.value.to_dict() == pytest.approx(dict.fromkeys(("single", "multi"), (len(cameras) - 1) / 200))


def test_balance_and_pain_are_by_the_scale_of_the_network():
    settings = {"output": "regression", "bins": [0, 9.0], "gaps": [], "scale": ORBITAL.values}
    tests = {"CORR": {1: said([1.0, 1.0, 8.0], [1.0, 2.0, 2.0], ("left",))}}
    table = measured(settings, tests, view="multi", fold="1").set_index(["metric", "balanced"])
    assert table.value["mae", False] == pytest.approx(7 / 3)
    assert table.value["mae", True] == pytest.approx((0.5 + 6) / 2)
    assert table.value["accuracy", False] == pytest.approx(2 / 3)
