"""The agreement of scorer and expert, beside its references."""

import numpy as np
import pandas as pd
import pytest

from scripts.evaluation.measure_scorer import (
    COLUMNS,
    CONSTANT,
    CONTROL,
    EXPERT,
    FIGURES,
    SCORER,
    judge,
    measure_scorer,
    read_pairs,
    read_scorings,
)
from squint.domain.seeds import named_generator
from squint.measures.agreement import intraclass_correlation
from squint.measures.bootstrap import sample_pooled
from squint.measures.metrics import pooled_correlation

NETWORKS = {SCORER: "good", CONTROL: "good_shuffled", CONSTANT: "constant_regression"}
DRAWS = 300


def moments(animals=4, each=25):
    """Moments of some animals: a good scorer, one that knows nothing, and a constant that differs by animal."""
    generator = named_generator(1, "moments")
    count = animals * each
    table = pd.DataFrame(
        {
            "animal": np.repeat([f"mouse{number}" for number in range(animals)], each),
            "experiment": "EXP1",
            "item": np.tile(range(each), animals),
            "score": np.round(generator.uniform(0, 2, count) * 5) / 5,
        }
    )
    table[SCORER] = table.score + generator.normal(0, 0.2, count)
    table[CONTROL] = generator.uniform(0, 2, count)
    table[CONSTANT] = 1 + np.repeat(np.arange(animals), each) / 100
    return table


def pairs(table):
    again = np.clip(table.score + named_generator(2, "again").normal(0, 0.1, len(table)), 0, 2)
    return table[["animal", "item", "score"]].assign(coder="ayse", again=again)


def measured(table, twice):
    return measure_scorer(table, twice, NETWORKS, DRAWS, 0.95, 1).set_index("who")


def test_each_row_stands_in_its_place_with_intervals_around_its_values():
    table = measured(moments(), pairs(moments()))
    assert table.reset_index().columns.tolist() == COLUMNS
    assert table.index.tolist() == [SCORER, EXPERT, CONTROL, CONSTANT]
    assert table.network.tolist() == ["good", "", "good_shuffled", "constant_regression"]
    assert (table.animals == 4).all() and (table.moments == 100).all()
    for name in [*FIGURES, "excess mae"]:
        defined = table[table[name].notna()]
        assert (defined[f"{name} low"] <= defined[name]).all() and (defined[name] <= defined[f"{name} high"]).all()
    assert table.r[SCORER] > 0.9 and table["r low"][CONTROL] < 0 < table["r high"][CONTROL]
    assert (table.loc[[CONTROL, CONSTANT], "excess mae low"] > 0).all()
    assert table["lowest animal bias"][SCORER] < table["highest animal bias"][SCORER]


def test_perfect_scores_agree_wholly():
    table = moments()
    row = measured(table.assign(**{SCORER: table.score}), pairs(table)).loc[SCORER]
    assert [row[name] for name in FIGURES] == pytest.approx([1, 0, 1])
    assert [row[f"{name} low"] for name in FIGURES] == pytest.approx([1, 0, 1])
    assert row["lowest animal bias"] == row["highest animal bias"] == 0


def test_the_values_are_those_of_all_moments_together():
    table = moments()
    row = judge(table, [SCORER], DRAWS, 0.95, named_generator(1, "x"))[SCORER]
    assert row["r"] == pytest.approx(np.corrcoef(table.score, table[SCORER])[0, 1])
    assert row["mae"] == pytest.approx((table[SCORER] - table.score).abs().mean())
    assert row["icc"] == pytest.approx(float(intraclass_correlation(table.score.to_numpy(), table[SCORER].to_numpy())))
    bias = (table[SCORER] - table.score).groupby(table.animal).mean()
    assert [row["lowest animal bias"], row["highest animal bias"]] == pytest.approx([bias.min(), bias.max()])


def test_a_constant_has_an_error_and_neither_correlation_nor_icc():
    row = measured(moments(), pairs(moments())).loc[CONSTANT]
    assert row["mae"] > 0.3
    assert row[[f"{name}{end}" for name in ("r", "icc") for end in ("", " low", " high")]].isna().all()


def test_the_order_of_moments_and_animals_means_nothing():
    table = moments()
    mixed = table.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(measured(table, pairs(table)), measured(mixed, pairs(table)[::-1]))


def test_without_a_moment_that_was_accepted_twice_the_experts_row_is_empty():
    row = measured(moments(), pairs(moments())[:0]).loc[EXPERT]
    assert (row.animals, row.moments) == (0, 0)
    assert row[["r", "mae", "icc", "mae low"]].isna().all()


def test_animals_that_differ_widen_the_intervals():
    """Moments of an animal that is off as a whole are no independent evidence."""
    table = moments(animals=6)
    off = table.animal.map(dict(zip(table.animal.unique(), (-0.5, 0.5, 0, 0, -0.5, 0.5), strict=True)))
    even = named_generator(1, "even").permutation(off)
    widths = {}
    for name, shift in (("animals", off), ("moments", even)):
        row = judge(table.assign(**{SCORER: table.score + shift}), [SCORER], DRAWS, 0.95, named_generator(1, "x"))
        widths[name] = row[SCORER]["mae high"] - row[SCORER]["mae low"]
    assert widths["animals"] > 2 * widths["moments"]


def test_samples_hold_whole_animals_and_moments_of_each():
    sizes = np.array([3, 1, 4])
    animal = np.repeat(range(3), sizes)
    samples = list(sample_pooled(sizes, 200, named_generator(1, "samples")))
    for sample in samples:
        counts = np.bincount(animal[sample], minlength=3)
        assert (counts % sizes == 0).all() and (counts / sizes).sum() == 3
    assert {len(sample) for sample in samples} > {3, 8}


def test_the_correlation_of_all_folds_has_its_interval_around_it():
    table = moments().rename(columns={SCORER: "prediction"})
    value, drawn = pooled_correlation([part for _, part in table.groupby("animal")], DRAWS, named_generator(1, "x"))
    assert value == pytest.approx(np.corrcoef(table.score, table.prediction)[0, 1])
    assert drawn.shape == (DRAWS,) and np.quantile(drawn, 0.025) < value < np.quantile(drawn, 0.975)


def test_predictions_of_folds_are_put_beside_each_other(tmp_path):
    paths = {}
    for name, shift in ((SCORER, 0.1), (CONTROL, 0.5)):
        paths[name] = []
        for fold in (1, 2):
            views = pd.DataFrame({"experiment": f"EXP{fold}", "item": [1, 1, 2], "camera": ["C1", "C2", "C1"]})
            views = views.assign(sync_index=0, frame_num=0, score=[1.0, 1.0, 0.4])
            views["prediction"] = views.score + shift * views.camera.map({"C1": 1, "C2": 2})
            path = str(tmp_path / f"{shift}-{fold}.parquet")
            views.to_parquet(path)
            paths[name].append(path)
    table = read_scorings(paths, {"EXP1": "one", "EXP2": "two"})
    assert table.animal.tolist() == ["one", "one", "two", "two"]
    assert table[SCORER].tolist() == pytest.approx([1.15, 0.5] * 2)
    assert table[CONTROL].tolist() == pytest.approx([1.75, 0.9] * 2)


def test_pairs_are_found_in_all_recordings(tmp_path):
    paths = []
    for number in (1, 2):
        items = pd.DataFrame({"item": [1, 2, 3], "coder": "ayse", "accepted": True, "duplicate_of": [0, 0, 1]})
        items["score"] = [0.2 * number, 1.0, 0.4 * number]
        paths.append(str(tmp_path / f"{number}.parquet"))
        items.to_parquet(paths[-1])
    table = read_pairs(paths, ["one", "two"])
    assert table[["animal", "score", "again"]].to_numpy().tolist() == [["one", 0.2, 0.4], ["two", 0.4, 0.8]]
