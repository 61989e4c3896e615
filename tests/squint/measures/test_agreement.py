"""Agreement of coders, against published examples and plain definitions."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.measures.agreement import intraclass_correlation, limits_of_agreement, weighted_kappa
from squint.measures.coder_agreement import coder_pairs, collect_pairs, measure_agreement
from tests.scales import MGS_GUIDE, ORBITAL, ORBITAL_GUIDE, UNITS

# Shrout and Fleiss 1979, Table 2: six targets, four judges; of these the first and the fourth.
JUDGES = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float)


def icc_by_tables(scores):
    """ICC(2,1) by the mean squares of a two-way analysis of variance, written out."""
    n, k = scores.shape
    rows, columns = scores.mean(axis=1), scores.mean(axis=0)
    bms = k * rows.var(ddof=1)
    jms = n * columns.var(ddof=1)
    total = ((scores - scores.mean()) ** 2).sum()
    ems = (total - (n - 1) * bms - (k - 1) * jms) / ((n - 1) * (k - 1))
    return (bms - ems) / (bms + (k - 1) * ems + k * (jms - ems) / n)


def test_the_written_out_formula_gives_the_published_value():
    assert icc_by_tables(JUDGES) == pytest.approx(0.29, abs=0.005)


@pytest.mark.parametrize("pair", [(0, 1), (0, 3), (2, 3)])
def test_icc_is_that_of_the_analysis_of_variance(pair):
    scores = JUDGES[:, pair]
    assert intraclass_correlation(scores[:, 0], scores[:, 1]) == pytest.approx(icc_by_tables(scores))


def test_icc_of_identical_scores_is_one_and_of_a_constant_undefined():
    scores = np.array([0.0, 1, 2, 1])
    assert intraclass_correlation(scores, scores) == pytest.approx(1)
    assert np.isnan(intraclass_correlation(np.ones(4), np.ones(4)))
    assert np.isnan(intraclass_correlation(np.ones(1), np.zeros(1)))


@given(
    st.integers(1, 9).flatmap(
        lambda highest: st.tuples(
            st.just(highest),
            st.lists(st.tuples(st.integers(0, highest), st.integers(0, highest)), min_size=2, max_size=30),
        )
    )
)
def test_kappa_is_that_of_the_table_of_counts(scored):
    highest, pairs = scored
    first, second = (np.array(side, float) for side in zip(*pairs, strict=True))
    counts = np.zeros((highest + 1, highest + 1))
    for a, b in pairs:
        counts[a, b] += 1
    weights = np.abs(np.subtract.outer(np.arange(highest + 1), np.arange(highest + 1)))
    chance = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    if (weights * chance).sum() == 0:
        assert np.isnan(weighted_kappa(first, second, highest))
    else:
        expected = 1 - (weights * counts).sum() / (weights * chance).sum()
        assert weighted_kappa(first, second, highest) == pytest.approx(expected)


def test_many_samples_are_measured_at_once():
    first, second = np.array([[0.0, 1, 2], [2, 2, 0]]), np.array([[0.0, 1, 1], [2, 1, 0]])
    for measure in (intraclass_correlation, partial(weighted_kappa, highest=2)):
        assert measure(first, second) == pytest.approx(
            [float(measure(*pair)) for pair in zip(first, second, strict=True)]
        )


def test_limits_of_agreement():
    limits = limits_of_agreement(np.array([0.0, 1.0]), np.array([1.0, 1.0]))
    assert limits["bias"] == 0.5
    assert limits["upper limit"] - limits["bias"] == pytest.approx(1.96 * np.sqrt(0.5))


def scored(coder, values, duplicates=()):
    """Scored items of one coder; `duplicates` are items that show the first moments again."""
    items = pd.DataFrame({"item": range(1, len(values) + 1), "coder": coder, "accepted": True, "duplicate_of": 0})
    items["sync_index"] = items["item"] * 5
    for again, first in duplicates:
        items.loc[items["item"] == again, ["duplicate_of", "sync_index"]] = [first, first * 5]
    for unit in UNITS:
        items[unit] = np.array(values, float)
    return items.assign(score=np.array(values, float))


def test_duplicates_are_paired_within_a_coder_and_coders_by_moment():
    one = scored("one", [0, 1, 2, 1, 0], duplicates=[(5, 1)])
    two = scored("two", [1, 1, 2, 2, 1], duplicates=[(5, 1)])
    both = pd.concat([one, two])
    ((name, (first, second)),) = coder_pairs(both).items()
    assert name == "one and two"
    assert first.score.tolist() == [0, 1, 2, 1] and second.score.tolist() == [1, 1, 2, 2]
    pairs = collect_pairs({"EXP1": both, "BAS1": one}, {"EXP1": "pain", "BAS1": "basal"}, UNITS)
    counts = pairs.groupby(["between", "condition"]).size().to_dict()
    assert counts == {("duplicates", "pain"): 2, ("duplicates", "basal"): 1, ("one and two", "pain"): 4}


def test_agreement_is_told_for_each_unit_and_condition():
    both = pd.concat([scored("one", [0, 1, 2, 1, 0, 2]), scored("two", [0, 1, 2, 2, 0, 2])])
    table = measure_agreement(collect_pairs({"EXP1": both}, {"EXP1": "pain"}, UNITS), MGS_GUIDE.units, 2, 200, 0.95, 1)
    assert table.groupby("condition").size().to_dict() == {"all": 6, "pain": 6}
    row = table[table.unit == "orbital tightening"].iloc[0]
    assert row.pairs == 6 and row["icc low"] <= row.icc <= row["icc high"] and row.kappa > 0.7
    assert np.isnan(table[table.unit == "mean score"].kappa).all()


def test_without_anything_scored_twice_the_table_is_empty():
    pairs = collect_pairs({"EXP1": scored("one", [0, 1, 2])}, {"EXP1": "pain"}, UNITS)
    assert measure_agreement(pairs, MGS_GUIDE.units, 2, 200, 0.95, 1).empty


def test_the_order_in_which_coders_are_named_means_nothing():
    tables = {
        name: pd.concat([scored(coder, [0, 1, 2]) for coder in coders])
        for name, coders in (("EXP1", ("x", "y")), ("EXP2", ("y", "x")))
    }
    pairs = collect_pairs(tables, dict.fromkeys(tables, "pain"), UNITS)
    assert pairs.between.unique().tolist() == ["x and y"]


def test_another_scale_has_the_rows_of_its_units_and_the_kappa_of_its_steps():
    first, second = [0, 4, 9, 7, 2, 9], [0, 5, 9, 6, 2, 8]
    both = pd.concat([scored("one", first), scored("two", second)])
    pairs = collect_pairs({"EXP1": both}, {"EXP1": "pain"}, ORBITAL.units)
    assert [column for column in pairs if column.startswith(("eye", "ear"))] == ["eye 1", "eye 2"]
    table = measure_agreement(pairs, ORBITAL_GUIDE.units, ORBITAL.highest, 50, 0.95, 1)
    assert table.unit.tolist() == ["orbital tightening", "mean score"] * 2
    kappa = weighted_kappa(np.array(first, float), np.array(second, float), 9)
    assert table.kappa.tolist()[0] == pytest.approx(float(kappa), abs=1e-3) and np.isnan(table.kappa[1])
