"""Intervals of curves hold what they promise for animals like those that calibrated them, and are judged on others."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.scorer.calibration import (
    TOO_WIDE,
    HeldOut,
    Margins,
    Window,
    calibrate,
    constant_width,
    finish,
    judge_coverage,
    smooth,
    widen,
)

INFINITE = float("inf")
NAN = float("nan")
CAMERAS = ["front", "top"]
ONE_ROW = Window(1, 5)


def raw_timeline(fused, half=0.0, every=5, start=0, **columns):
    """A raw timeline as `fuse_cameras` gives it, of moments that both cameras see."""
    fused = np.array(fused, float)
    table = pd.DataFrame({"sync_index": start + every * np.arange(len(fused)), "faces": 2})
    table = table.assign(front=fused, top=fused, fused=fused, spread=0.1, low=fused - half, high=fused + half)
    return table.assign(**({"abstained": ""} | columns))


def held_out(animal, fused, scores, half=0.0, window=ONE_ROW, every=5):
    """A recording of an animal whose moments are all scored by an expert too."""
    raw = raw_timeline(fused, half, every)
    labels = pd.DataFrame({"sync_index": raw.sync_index, "score": np.array(scores, float), "item": 1})
    return HeldOut(animal, raw, CAMERAS, window, labels[labels.score.notna()])


def plain_margin(low, high, scores, coverage):
    """The smallest margin that enough of the moments need, counted one by one."""
    needed = sorted(max(a - y, y - b) for a, b, y in zip(low, high, scores, strict=True))
    rank = math.ceil((len(needed) + 1) * coverage)
    return needed[rank - 1] if rank <= len(needed) else INFINITE


def plain_smoothing(times, values, reach):
    """The mean of all values at most `reach` frames away."""
    return [np.mean([v for t, v in zip(times, values, strict=True) if abs(t - time) <= reach]) for time in times]


def simulated(generator, animals=6, moments=20, window=ONE_ROW, noise=0.3):
    """Recordings of exchangeable animals, each with a bias of its own."""
    found = []
    for number in range(animals):
        truth = generator.uniform(0.4, 1.6, moments)
        fused = truth + generator.normal(0, 0.1) + generator.normal(0, noise, moments)
        found.append(held_out(f"animal {number}", fused, truth, 0.1, window))
    return found


def test_margins_are_what_a_plain_count_gives():
    recordings = simulated(np.random.default_rng(1), window=Window(3, 5))
    margins = calibrate(recordings, 0.9, 2)
    raw = pd.concat([recording.raw for recording in recordings])
    scores = np.concatenate([recording.labels.score for recording in recordings])
    assert margins.frame == pytest.approx(plain_margin(raw.low, raw.high, scores, 0.9))
    middle = [np.median(scores)] * len(scores)
    assert margins.widest == pytest.approx(2 * plain_margin(middle, middle, scores, 0.9))
    ends = {"low": [], "high": []}
    for recording in recordings:
        table = recording.raw
        wide = (table.high - table.low + 2 * margins.frame) >= margins.widest
        assert not wide.any()  # else these are left out, which another test shows
        for name, values in ends.items():
            values += [min(max(v, 0), 2) for v in plain_smoothing(table.sync_index, table[name], 5)]
    assert margins.curve == pytest.approx(plain_margin(ends["low"], ends["high"], scores, 0.9))


def test_moments_that_are_not_scored_or_that_no_expert_scored_calibrate_nothing():
    recordings = simulated(np.random.default_rng(2))
    expected = calibrate(recordings, 0.9, 2)
    more = []
    for one in recordings:
        raw = pd.concat([one.raw, one.raw.assign(sync_index=one.raw.sync_index + 10_000, fused=9.0)])
        nothing = one.raw.assign(sync_index=one.raw.sync_index + 20_000, low=NAN, high=NAN, fused=NAN)
        labels = pd.concat([one.labels, one.labels.assign(sync_index=one.labels.sync_index + 20_000)])
        whole = pd.concat([raw, nothing], ignore_index=True)
        more.append(HeldOut(one.animal, whole, CAMERAS, ONE_ROW, labels))
    assert calibrate(more, 0.9, 2) == expected


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9])
def test_intervals_hold_their_share_of_new_moments_of_exchangeable_animals(level):
    """On average over many draws; no moment is too wide here, since a constant would drop some."""
    generator = np.random.default_rng(3)
    held = []
    for _ in range(6):
        *known, new = simulated(generator, animals=7, moments=200)
        margins = calibrate(known, level, 2)
        table = new.finish(Margins(margins.frame, margins.curve, INFINITE), 2)
        scores = new.labels.score.to_numpy()
        held.append(((table.low <= scores) & (scores <= table.high)).mean())
    assert level - 0.06 < np.mean(held) < level + 0.08


def test_curves_hold_their_share_of_new_moments_of_exchangeable_animals():
    generator = np.random.default_rng(4)
    held = []
    for _ in range(6):
        *known, new = simulated(generator, animals=7, moments=200, window=Window(3, 5))
        margins = calibrate(known, 0.8, 2)
        moments = new.moments(new.finish(margins, 2))
        held += ((moments.smoothed_low <= moments.score) & (moments.score <= moments.smoothed_high)).tolist()
    assert 0.74 < np.mean(held) < 0.9


def test_each_animal_is_judged_by_margins_from_the_others_alone():
    """What an expert says of an animal has no part in its intervals, in none of its recordings."""
    recordings = simulated(np.random.default_rng(5))
    first = recordings[0]
    second = held_out(first.animal, first.raw.fused[::-1], first.labels.score[::-1], 0.1)
    moved = [
        HeldOut(one.animal, one.raw, one.cameras, one.window, one.labels.assign(score=2 - one.labels.score))
        for one in (first, second)
    ]
    columns = ["sync_index", "low", "high", "smoothed_low", "smoothed_high", "animal"]
    judged, again = (judge_coverage([*ours, *recordings[1:]], 0.9, 2) for ours in ([first, second], moved))
    ours, others = (judged.animal == first.animal), (judged.animal != first.animal)
    pd.testing.assert_frame_equal(judged.loc[ours, columns], again.loc[ours, columns])
    assert not judged.loc[others, "low"].equals(again.loc[others, "low"])
    margins = calibrate(recordings[1:], 0.9, 2)
    expected = pd.concat([one.moments(one.finish(margins, 2)) for one in (first, second)], ignore_index=True)
    pd.testing.assert_frame_equal(judged[ours].reset_index(drop=True), expected)


def test_one_animal_alone_is_not_judged():
    ours = simulated(np.random.default_rng(6), animals=1)
    assert judge_coverage(ours, 0.9, 2).empty
    assert judge_coverage([*ours, *ours], 0.9, 2).empty


def test_an_animal_whose_moments_are_all_left_out_is_among_the_others_without_a_row():
    recordings = [*simulated(np.random.default_rng(7)), held_out("silent", [NAN] * 4, [1, 1, 0, 2])]
    judged = judge_coverage(recordings, 0.9, 2)
    assert set(judged.animal) == {f"animal {number}" for number in range(6)}


def test_too_few_moments_give_intervals_of_the_whole_scale_and_nothing_abstains():
    few = [held_out("ada", [0.5, 1.0], [0.4, 1.2]), held_out("bob", [1.5], [1.1])]
    margins = calibrate(few, 0.9, 2)
    assert margins == Margins(INFINITE, INFINITE, INFINITE)
    table = few[0].finish(margins, 2)
    assert table.abstained.tolist() == ["", ""]
    assert table.fused.tolist() == [0.5, 1.0]
    for low, high in (("low", "high"), ("smoothed_low", "smoothed_high")):
        assert table[low].tolist() == [0, 0] and table[high].tolist() == [2, 2]


def test_without_any_moment_there_is_nothing_to_tell():
    silent = [held_out("ada", [NAN], [1.0]), held_out("bob", [1.0], [NAN])]
    assert calibrate(silent, 0.9, 2) == Margins(INFINITE, INFINITE, INFINITE)


@pytest.mark.parametrize(("width", "scored"), [(0.99, True), (1.0, False), (1.5, False)])
def test_a_moment_whose_interval_is_as_wide_as_a_constants_is_not_scored(width, scored):
    raw = raw_timeline([1.0, 1.0, 1.0]).assign(low=[1.0, 1 - width / 2, 1.0], high=[1.0, 1 + width / 2, 1.0])
    table = finish(raw, CAMERAS, Margins(0.0, 0.0, 1.0), ONE_ROW, 2)
    assert table.abstained.tolist() == ["", "" if scored else TOO_WIDE, ""]
    values = ["front", "top", "fused", "spread", "low", "high", "smoothed", "smoothed_low", "smoothed_high"]
    assert table.loc[1, values].isna().tolist() == [not scored] * len(values)
    assert table.faces.tolist() == [2, 2 if scored else 0, 2]
    assert table.loc[[0, 2], values].notna().all(axis=None)


@pytest.mark.parametrize("widest", [0.0, INFINITE])
def test_a_constant_that_needs_no_width_or_that_nobody_knows_is_no_measure(widest):
    """Where nearly all scores are alike, a constant's interval has no width, and every moment would be left out."""
    table = finish(raw_timeline([1.0, 0.5], half=0.4), CAMERAS, Margins(0.1, 0.1, widest), ONE_ROW, 2)
    assert table.abstained.tolist() == ["", ""] and table.fused.tolist() == [1.0, 0.5]


def test_the_margin_counts_for_whether_an_interval_is_too_wide():
    raw = raw_timeline([1.0], half=0.3)
    widths = [finish(raw, CAMERAS, Margins(margin, 0.0, 1.0), ONE_ROW, 2).abstained[0] for margin in (0.19, 0.21)]
    assert widths == ["", TOO_WIDE]


def test_moments_that_are_not_scored_are_left_out_of_the_smoothed_curve():
    raw = raw_timeline([0.0, 2.0, 1.0]).assign(low=[0.0, 0.0, 1.0], high=[0.0, 2.0, 1.0])
    table = finish(raw, CAMERAS, Margins(0.0, 0.0, 2.0), Window(3, 5), 2)
    assert table.smoothed.tolist()[::2] == [0.0, 1.0]
    assert np.isnan(table.smoothed[1])


def test_a_moment_that_abstained_before_keeps_its_reason():
    raw = raw_timeline([1.0, NAN, 1.0], abstained=["", "blurred", ""])
    table = finish(raw, CAMERAS, Margins(0.0, 0.0, 1.0), Window(3, 5), 2)
    assert table.abstained.tolist() == ["", "blurred", ""]
    assert table.smoothed.isna().tolist() == [False, True, False]


def test_smoothing_is_over_time_and_not_over_rows():
    raw = raw_timeline([0.0, 1.0, 2.0], sync_index=[0, 5, 100]).set_index("sync_index")
    assert smooth(raw, Window(3, 5)).smoothed.tolist() == [0.5, 0.5, 2.0]


@given(
    rows=st.integers(1, 4).map(lambda half: 2 * half - 1),
    seen=st.lists(st.integers(0, 30), min_size=1, max_size=20, unique=True).map(sorted),
)
def test_smoothing_is_a_plain_mean_over_the_window(rows, seen):
    times = [7 + 5 * index for index in seen]
    raw = raw_timeline(np.sin(times), half=0.2, sync_index=times).set_index("sync_index")
    curve = smooth(raw, Window(rows, 5))
    for name, smoothed in (("fused", "smoothed"), ("low", "smoothed_low"), ("high", "smoothed_high")):
        assert curve[smoothed].tolist() == pytest.approx(plain_smoothing(times, raw[name], 5 * (rows // 2)))


@pytest.mark.parametrize(
    ("seconds", "fps", "every", "rows"), [(5, 15, 5, 15), (0.1, 15, 5, 1), (60, 29.97, 5, 360), (0, 25, 1, 1)]
)
def test_a_window_of_some_seconds_has_its_rows(seconds, fps, every, rows):
    assert Window.of(seconds, fps, every) == Window(rows, every)


@given(
    margin=st.floats(-3, 3),
    ends=st.lists(st.tuples(st.floats(0, 2), st.floats(0, 2)).map(sorted), min_size=1, max_size=8),
)
def test_intervals_keep_their_order_and_their_middle(margin, ends):
    given_low, given_high = (pd.Series(values) for values in zip(*ends, strict=True))
    low, high = widen(given_low, given_high, margin)
    assert (low <= high).all()
    assert (low + high).tolist() == pytest.approx((given_low + given_high).tolist())
    assert (high - low).tolist() == pytest.approx(np.maximum(given_high - given_low + 2 * margin, 0).tolist(), abs=1e-9)


@pytest.mark.parametrize("highest", [1, 2, 9])
@pytest.mark.parametrize("margin", [-0.5, 0.0, 0.4, 20.0, INFINITE])
def test_intervals_are_within_the_scale(highest, margin):
    raw = raw_timeline(np.linspace(0, highest, 9), half=0.2)
    table = finish(raw, CAMERAS, Margins(margin, margin, INFINITE), Window(3, 5), highest)
    for low, high in (("low", "high"), ("smoothed_low", "smoothed_high")):
        scored = table[table.fused.notna()]
        assert ((scored[low] >= 0) & (scored[low] <= scored[high]) & (scored[high] <= highest)).all()
        assert len(scored) == 9 or margin == INFINITE


@pytest.mark.parametrize("values", [(0.1, 0.2, 1.5), (-0.1, 0.0, INFINITE), (INFINITE,) * 3])
def test_margins_come_back_from_plain_data(values):
    margins = Margins(*values)
    assert Margins.read(margins.values) == margins
    assert [value is None for value in margins.values.values()] == [value == INFINITE for value in values]


def test_a_constants_interval_is_as_wide_as_it_must_be():
    assert constant_width(np.array([0.0, 0.5, 1.0, 1.5, 2.0]), 0.8) == pytest.approx(2.0)
    assert constant_width(np.array([1.0, 1.0, 1.0]), 0.5) == 0.0
    assert constant_width(np.zeros(0), 0.9) == INFINITE


def test_only_the_moments_of_both_are_compared():
    one = held_out("ada", [0.5, NAN, 1.0, 1.5], [0.4, 1.0, NAN, 1.2])
    moments = one.moments(one.raw)
    assert moments[["sync_index", "fused", "score"]].to_numpy().tolist() == [[0, 0.5, 0.4], [15, 1.5, 1.2]]
    assert set(moments.animal) == {"ada"}
