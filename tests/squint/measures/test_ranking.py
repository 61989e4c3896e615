"""Choices from tidy metrics, tried on the numbers that the thesis prints (Tables 5.8, 5.10 and 5.11)."""

from pathlib import Path

import pandas as pd
import pytest

from scripts.tables.tabulate_proximity import tabulate_proximity
from squint.errors import InputError
from squint.measures.metric_tables import MEAN, read_metrics, with_means
from squint.measures.ranking import nearest_fold, proximities, rank_networks

THESIS = Path(__file__).parent / "thesis"


@pytest.fixture(scope="module")
def first_phase():
    """Table 5.8 as typed in: errors of five backbones on six folds and four tests."""
    return read_metrics([THESIS / "table_5_8.csv"])


@pytest.mark.parametrize(("table", "accuracy"), [("table_5_8", 0.0005), ("table_5_10", 0.01)])
def test_the_means_of_the_thesis_follow_from_its_folds(table, accuracy):
    means = with_means(read_metrics([THESIS / f"{table}.csv"]))
    means = means[means.fold == MEAN].set_index(["network", "test"]).value
    printed = pd.read_csv(THESIS / f"{table}_means.csv").set_index(["network", "test"]).value
    assert len(printed) == 20
    assert (means.loc[printed.index] - printed).abs().max() <= accuracy + 1e-9


def test_the_best_backbone_of_the_thesis_is_vgg16(first_phase):
    assert rank_networks(first_phase).index.tolist() == ["VGG16", "VGG19", "Xception", "InceptionV3", "ResNet50"]


def test_the_nearest_fold_of_the_thesis_is_a_tie_that_its_own_choice_wins(first_phase):
    table = proximities(first_phase[first_phase.network == "VGG16"])
    printed = {"1": 0.027, "2": 0.015, "3": 0.062, "4": 0.031, "5": 0.014, "6": 0.084}
    # The thesis took its distances from unrounded errors.
    assert table["mean"].to_dict() == pytest.approx(printed, abs=0.001)
    assert table.loc[["2", "5"], "mean"].tolist() == pytest.approx([0.0142, 0.0142], abs=5e-5)
    assert table.index[table.tied].tolist() == ["2", "5"]
    assert nearest_fold(table) == 5


def test_the_tables_says_what_is_tied_and_what_is_chosen(first_phase):
    table = tabulate_proximity(first_phase[first_phase.network == "VGG16"]).set_index("fold")
    assert table.tied.to_dict() == {"1": "", "2": "yes", "3": "", "4": "", "5": "yes", "6": ""}
    assert table.index[table.chosen == "yes"].tolist() == ["5"]
    assert table.loc["6", "CORR-B"] == 0.362
    assert table.loc["6", "CORR-B distance"] == pytest.approx(0.056, abs=0.001)


def metrics(**values):
    """Balanced errors of networks on the validation subsets of two folds."""
    rows = [
        {"network": name, "fold": str(fold), "view": "single", "test": test, "metric": "mae", "value": value}
        for name, by_test in values.items()
        for test, value in by_test.items()
        for fold in (1, 2)
    ]
    return pd.DataFrame(rows)


def test_choices_rest_on_the_validation_subsets_where_they_were_measured():
    table = metrics(a={"VALIDATION-B": 0.3, "CORR": 0.1}, b={"VALIDATION-B": 0.2, "CORR": 0.4})
    assert rank_networks(table).to_dict() == pytest.approx({"b": 0.2, "a": 0.3})


def test_of_tied_networks_the_first_is_taken():
    table = metrics(b={"VALIDATION-B": 0.2}, a={"VALIDATION-B": 0.2})
    assert rank_networks(table).index.tolist() == ["b", "a"]


def test_metrics_without_a_column_are_an_input_error(tmp_path):
    pd.DataFrame({"network": ["a"], "fold": ["1"]}).to_csv(tmp_path / "x.csv")
    with pytest.raises(InputError, match="no column 'view'"):
        read_metrics([tmp_path / "x.csv"])
