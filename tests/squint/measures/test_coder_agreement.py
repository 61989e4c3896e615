"""What was scored twice is found, and each unit's figures are told with their numbers of pairs."""

import numpy as np
import pandas as pd
import pytest

from squint.domain.seeds import named_generator
from squint.measures.coder_agreement import SCORE, coder_pairs, collect_pairs, describe_agreement, measure_agreement
from tests.scales import MGS_GUIDE, ORBITAL, ORBITAL_GUIDE, UNITS

JUDGED = [*UNITS, SCORE]
COLUMNS = ["between", "condition", "unit", "pairs", "icc", "icc low", "icc high", "kappa", "kappa low", "kappa high"]


def scored(coder, by_moment, accepted=True):
    """Items of one coder: moment to the score of all its units."""
    rows = [{"item": n, "sync_index": moment} for n, moment in enumerate(by_moment, start=1)]
    table = pd.DataFrame(rows).assign(coder=coder, accepted=accepted, duplicate_of=0)
    for unit in JUDGED:
        table[unit] = np.array(list(by_moment.values()), float)
    return table


def describe(first, second, highest=2, draws=50):
    return describe_agreement(
        np.array(first, float), np.array(second, float), highest, draws, 0.95, named_generator(1, "a")
    )


def measured(table, draws=50, seed=1):
    return measure_agreement(table, MGS_GUIDE.units, 2, draws, 0.95, seed)


def pairs(first, second, between="duplicates", condition="pain"):
    table = pd.DataFrame({f"{unit} 1": np.array(first, float) for unit in JUDGED})
    table = table.assign(**{f"{unit} 2": np.array(second, float) for unit in JUDGED})
    return table.assign(between=between, condition=condition, experiment="EXP1")


def test_coders_are_paired_by_moment_whatever_item_it_was():
    both = pd.concat([scored("b", {5: 0, 10: 1, 15: 2}), scored("a", {15: 1, 5: 0, 20: 2})])
    ((name, (first, second)),) = coder_pairs(both).items()
    assert name == "a and b"
    assert first.index.tolist() == second.index.tolist() == [15, 5]
    assert (first.score.tolist(), second.score.tolist()) == ([1, 0], [2, 0])


def test_three_coders_are_three_pairs_where_they_share_moments():
    table = pd.concat([scored("a", {5: 0, 10: 1}), scored("b", {10: 2}), scored("c", {5: 1, 10: 1})])
    assert {name: len(first) for name, (first, _) in coder_pairs(table).items()} == {
        "a and b": 1,
        "a and c": 2,
        "b and c": 1,
    }


def test_coders_without_a_common_accepted_moment_are_no_pair():
    assert coder_pairs(pd.concat([scored("a", {5: 0}), scored("b", {10: 0})])) == {}
    assert coder_pairs(pd.concat([scored("a", {5: 0}), scored("b", {5: 0}, accepted=False)])) == {}
    assert coder_pairs(scored("a", {5: 0})) == {}


def test_a_moment_that_a_coder_saw_twice_counts_once_as_it_was_scored_first():
    again = scored("a", {5: 2}).assign(item=9, duplicate_of=1)
    ((_, (first, second)),) = coder_pairs(pd.concat([scored("a", {5: 0}), again, scored("b", {5: 1})])).items()
    assert (first.score.tolist(), second.score.tolist()) == ([0], [1])


def test_pairs_of_all_recordings_are_collected_with_their_condition():
    one = pd.concat([scored("a", {5: 0, 10: 1}), scored("b", {5: 2, 10: 1})])
    one["eye"] = [0, np.nan, 1, 1]
    table = collect_pairs({"EXP1": one, "BAS1": scored("a", {5: 0})}, {"EXP1": "pain", "BAS1": "basal"}, UNITS)
    assert table.index.tolist() == [0, 1]
    assert table[["between", "condition", "experiment"]].drop_duplicates().to_numpy().tolist() == [
        ["a and b", "pain", "EXP1"]
    ]
    assert table["score 1"].tolist() == [0, 1] and table["score 2"].tolist() == [2, 1]
    assert np.isnan(table["eye 1"][1]) and table["eye 2"].tolist() == [1, 1]


def test_figures_of_one_unit_are_told_with_the_number_of_pairs():
    # A quarter of a step apart; by chance 7/8 of one, as the shares are (2, 1, 1) / 4 and (1, 2, 1) / 4.
    row = describe([0, 1, 2, 0], [0, 1, 2, 1])
    assert row["pairs"] == 4
    assert row["bias"] == pytest.approx(0.25)
    assert row["kappa"] == pytest.approx(1 - 0.25 / 0.875)
    assert row["icc low"] <= row["icc"] <= row["icc high"] and row["kappa low"] <= row["kappa"] <= row["kappa high"]


def test_only_units_have_a_kappa():
    assert "kappa" in describe([0, 1], [0, 1]) and "kappa" not in describe([0, 1], [0, 1], highest=None)


def test_the_kappa_of_other_steps_is_weighted_by_how_far_they_are_apart():
    # One step of nine apart in each; by chance 4.5 of them, as both sides are 0 or 9, 1 or 8 alike.
    row = describe([0, 9, 0, 9], [1, 8, 1, 8], highest=9)
    assert row["kappa"] == pytest.approx(1 - 1 / 4.5)


def test_another_scale_has_a_row_for_each_of_its_units_and_the_mean_score():
    table = pairs([0, 9, 4], [1, 9, 4])
    found = measure_agreement(table, ORBITAL_GUIDE.units, ORBITAL.highest, 50, 0.95, 1)
    assert found.unit.tolist() == ["orbital tightening", "mean score"] * 2
    assert found.pairs.tolist() == [3] * 4 and found.kappa.notna().tolist() == [True, False] * 2


def test_scores_that_are_the_same_agree_wholly_and_without_doubt():
    row = describe([0, 1, 2] * 5, [0, 1, 2] * 5)
    assert [row[f"{name}{end}"] for name in ("icc", "kappa") for end in ("", " low", " high")] == pytest.approx([1] * 6)
    assert [row["bias"], row["lower limit"], row["upper limit"]] == pytest.approx([0, 0, 0])


def test_no_pairs_have_no_figures():
    row = describe([], [])
    assert row.pop("pairs") == 0
    assert np.isnan(list(row.values())).all()


def test_one_pair_has_a_difference_and_no_icc():
    row = describe([0], [1])
    assert (row["pairs"], row["bias"]) == (1, 1)
    assert np.isnan([row["lower limit"], row["icc"], row["icc low"], row["icc high"]]).all()


def test_a_row_for_all_conditions_comes_before_one_for_each():
    table = measured(
        pd.concat([pairs([0, 1], [0, 1], condition="sham"), pairs([2, 2, 0], [1, 2, 0], condition="pain")]),
    )
    assert table.columns.tolist() == [*COLUMNS, "bias", "lower limit", "upper limit"]
    assert table.condition.drop_duplicates().tolist() == ["all", "pain", "sham"]
    assert table.unit[:6].tolist() == [*MGS_GUIDE.units.values(), "mean score"]
    assert table.groupby("condition", sort=False).pairs.first().tolist() == [5, 3, 2]
    assert table.bias[table.condition == "all"].tolist() == pytest.approx([-0.2] * 6)


def test_a_pair_whose_unit_was_not_observed_counts_for_the_others():
    table = pairs([0, 1, 2], [0, 1, 1])
    table.loc[0, "ear 1"] = table.loc[2, "ear 2"] = np.nan
    found = measured(table).set_index(["condition", "unit"]).pairs
    assert found["all", "ear position"] == 1
    assert found["all", "nose bulge"] == found["all", "mean score"] == 3


def test_kinds_of_pairs_are_told_in_their_order():
    table = pd.concat([pairs([0, 1], [0, 1]), pairs([0, 2], [1, 2], between="a and b")])
    assert measured(table, draws=20).between.drop_duplicates().tolist() == ["duplicates", "a and b"]


def test_the_seed_decides_the_intervals_and_not_the_values():
    table = pairs([0, 1, 2, 1, 0, 2], [0, 2, 2, 1, 1, 2])
    one, again, other = (measured(table, draws=40, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, again)
    assert one.icc.equals(other.icc) and not one["icc low"].equals(other["icc low"])


def test_without_pairs_the_table_has_its_columns():
    table = measured(pairs([], []))
    assert table.empty and table.columns.tolist() == COLUMNS
