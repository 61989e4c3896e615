"""Shuffled labels are those of whole moments, dealt out anew."""

import numpy as np
import pandas as pd

from squint.domain.seeds import named_generator
from squint.samples.labels import MOMENT, label_columns, shuffle_labels
from tests.scales import MGS, ORBITAL

UNIT_COLUMNS = MGS.unit_columns
SCORED = ["score", *UNIT_COLUMNS]


def crops(moments, views=1):
    """Crops of moments that are told apart by their score; the first unit of each second one is unobserved."""
    table = pd.DataFrame({"experiment": "EXP1", "item": np.tile(range(moments), views), "camera": "C1"})
    table["score"] = table["item"] / 10
    for unit in UNIT_COLUMNS:
        table[unit] = table["item"].astype(float)
    table.loc[table["item"] % 2 == 0, UNIT_COLUMNS[0]] = np.nan
    return table


def test_labels_are_the_score_and_those_of_any_units():
    assert label_columns(crops(2)) == SCORED
    other = crops(2)[[*MOMENT, "camera", "score_eye", "score"]]
    assert label_columns(other) == [*ORBITAL.unit_columns, "score"]


def test_labels_of_another_scale_are_dealt_out_together():
    table = crops(20, views=2).drop(columns=UNIT_COLUMNS).assign(score_brow=lambda t: t["item"] / 10)
    shuffled = shuffle_labels(table, named_generator(1, "s"))
    assert shuffled.score.tolist() == shuffled.score_brow.tolist() != table.score.tolist()


def test_each_moments_labels_go_to_one_moment():
    shuffled = shuffle_labels(crops(30, views=3), named_generator(1, "s"))
    moments = shuffled.groupby("item")[SCORED].first()
    assert sorted(moments.score * 10) == list(range(30))
    assert (shuffled.groupby("item").score.nunique() == 1).all()
    assert not np.array_equal(moments.score * 10, moments.index)


def test_unobserved_units_go_with_their_moment():
    shuffled = shuffle_labels(crops(30, views=2), named_generator(1, "s"))
    labels_of = (shuffled.score * 10).round().astype(int)
    assert (shuffled[UNIT_COLUMNS[0]].isna() == (labels_of % 2 == 0)).all()
    assert (shuffled[UNIT_COLUMNS[1]] == labels_of).all()


def test_moments_of_two_recordings_with_one_number_are_two():
    table = pd.concat([crops(20), crops(20).assign(experiment="EXP2", score=2.0)], ignore_index=True)
    shuffled = shuffle_labels(table, named_generator(1, "s"))
    assert (shuffled.score == 2.0).sum() == 20
    assert 0 < (shuffled.score[shuffled.experiment == "EXP2"] == 2.0).sum() < 20


def test_all_but_the_labels_stays_and_the_table_itself_too():
    table = crops(20).set_axis(range(100, 120))
    before = table.copy()
    shuffled = shuffle_labels(table, named_generator(1, "s"))
    pd.testing.assert_frame_equal(table, before)
    assert shuffled.columns.tolist() == table.columns.tolist()
    pd.testing.assert_frame_equal(shuffled[[*MOMENT, "camera"]], table[[*MOMENT, "camera"]])


def test_the_same_draws_deal_the_same_labels():
    one, again, other = (shuffle_labels(crops(20), named_generator(1, name)).score for name in ("a", "a", "b"))
    assert one.equals(again) and not one.equals(other)


def test_a_moment_alone_keeps_its_labels():
    table = crops(1, views=2)
    pd.testing.assert_frame_equal(shuffle_labels(table, named_generator(1, "s")), table)
