"""Fuse and filter (thesis, 4.4.1) against a plain transcription of its text, and at its edges."""

import statistics

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.moments.select_moments import (
    count_limits,
    make_moments,
    mean_spread,
    sample_items,
    select_moments,
    tabulate_items,
    write_moments,
)
from squint.domain.seeds import named_generator
from squint.errors import InputError
from tests.videos import CAMERAS

VALUES = {
    "min_det_num": 2,
    "min_items_in_det_set": 3,
    "max_items_in_det_set": 8,
    "min_prob": 0.95,
    "threshold": 4,
    "sh_decay": 0.9,
}


def transcription(tables, min_det_num, min_items_in_det_set, max_items_in_det_set, min_prob, threshold, sh_decay):
    """Section 4.4.1, sentence by sentence, moment by moment."""
    stored = []
    idx = 0
    while True:
        best, best_number, best_sharpness = None, 0, 0.0
        det_box_list = {camera: [] for camera in tables}
        items = 0
        found = False
        while not found:
            if any(idx >= len(table) for table in tables.values()):
                return stored  # the end of a video is reached: the algorithm stops
            moment = {camera: table.iloc[idx] for camera, table in tables.items()}
            detected = [c for c, row in moment.items() if row.det_lbl == 1 and row.det_prb >= min_prob]
            if len(detected) >= min_det_num:
                sh = statistics.fmean(float(moment[c].sharpness) for c in detected)
                if (
                    best is None
                    or (len(detected) > best_number and sh >= best_sharpness * sh_decay)
                    or (len(detected) == best_number and sh > best_sharpness)
                ):
                    best, best_number, best_sharpness = idx, len(detected), sh
                for camera in detected:
                    det_box_list[camera].append((moment[camera].box_x, moment[camera].box_y))
            idx += 1
            items += 1
            deviations = []
            for boxes in det_box_list.values():
                for coordinate in zip(*boxes, strict=True):
                    deviations.append(statistics.pstdev(coordinate))
            moved = (statistics.fmean(deviations) if deviations else 0) >= threshold
            if items >= min_items_in_det_set and best is not None and moved:
                found = True
            elif items >= max_items_in_det_set:
                break
        if best is not None:
            stored.append(best)


def table_of(rows):
    return pd.DataFrame(rows, columns=["det_lbl", "det_prb", "box_x", "box_y", "sharpness"])


row = st.tuples(
    st.sampled_from([0, 1, 1]),
    st.sampled_from([0.5, 0.95, 0.99]),
    st.integers(0, 30),
    st.integers(0, 30),
    st.sampled_from([90, 91, 99, 100, 110]),
)


def tables_of(cameras):
    """Detections of each of some cameras."""
    many = len(cameras)
    return st.lists(st.lists(row, min_size=1, max_size=40).map(table_of), min_size=many, max_size=many).map(
        lambda tables: dict(zip(cameras, tables, strict=True))
    )


@settings(max_examples=60)
@given(tables_of(CAMERAS), st.sampled_from([0, 4, 9]))
def test_selection_follows_the_text(tables, threshold):
    values = VALUES | {"threshold": threshold}
    assert select_moments(tables, **values) == transcription(tables, **values)


@pytest.mark.parametrize(
    ("cameras", "least"), [(("front",), 1), (("left", "right"), 1), (("a", "b", "c", "d"), 2), (tuple("abcdefgh"), 4)]
)
@settings(max_examples=20)
@given(data=st.data())
def test_selection_follows_the_text_with_any_number_of_cameras(cameras, least, data):
    tables = data.draw(tables_of(cameras))
    values = VALUES | {"min_det_num": least}
    assert select_moments(tables, **values) == transcription(tables, **values)


def still_tables(length, faces, sharpness=100, prob=0.99, cameras=CAMERAS):
    rows = [(1, prob, 10, 10, sharpness)] * length
    empty = [(0, 0.1, 0, 0, sharpness)] * length
    return {camera: table_of(rows if number < faces else empty) for number, camera in enumerate(cameras)}


def test_a_still_mouse_gives_one_moment_a_full_group():
    assert select_moments(still_tables(20, 3), **VALUES) == [0, 8]


def test_too_few_or_too_uncertain_faces_give_none():
    assert select_moments(still_tables(20, 1), **VALUES) == []
    assert select_moments(still_tables(20, 3, prob=0.9), **VALUES) == []


@pytest.mark.parametrize(("sharpness", "chosen"), [(90, 1), (89, 0)])
def test_more_faces_win_unless_they_are_much_less_sharp(sharpness, chosen):
    tables = still_tables(8, 2)
    third = tables["C3"]
    third.loc[1, ["det_lbl", "det_prb"]] = [1, 0.99]
    for camera in ("C1", "C2", "C3"):
        tables[camera].loc[1, "sharpness"] = sharpness
    for camera in ("C1", "C2"):
        tables[camera].loc[2:, "sharpness"] = 50
    assert select_moments(tables, **VALUES) == [chosen]


def test_mean_spread_is_over_cameras_and_coordinates():
    boxes = {"C1": [(0, 10), (4, 10)], "C2": [(5, 5)], "C3": []}
    assert mean_spread(boxes) == pytest.approx((1.0 + 0.0) / 2)
    assert mean_spread({"C1": []}) == 0


def test_one_of_24_is_shown_twice_and_the_order_is_shuffled():
    selected = list(range(0, 500, 5))
    items = sample_items(selected, 24, named_generator(1, "items"))
    assert len(items) == 100 + 4
    assert sorted(items.position.unique()) == selected
    duplicates = items[items.duplicate_of > 0]
    assert len(duplicates) == 4
    originals = items.set_index("item").position
    assert (originals.loc[duplicates.duplicate_of].to_numpy() == duplicates.position.to_numpy()).all()
    assert (duplicates.duplicate_of < duplicates["item"]).all()
    assert np.corrcoef(items["item"], items.position)[0, 1] < 0.5
    assert items.equals(sample_items(selected, 24, named_generator(1, "items")))


def test_each_item_has_six_rows():
    tables = {c: t.assign(sync_index=range(20), frame_num=range(20)) for c, t in still_tables(20, 3).items()}
    table = tabulate_items(sample_items([3, 7], 2, named_generator(1, "x")), tables)
    assert table.groupby("item").camera.apply(list).tolist() == [list(CAMERAS)] * 3
    assert set(table.sync_index) == {3, 7}


def make(folder, cameras, faces, **settings):
    """The moments of a recording that so many of its cameras show a still face in; `settings` are changed ones."""
    paths = {camera: str(folder / f"{camera}.parquet") for camera in cameras}
    for camera, table in still_tables(40, faces, cameras=cameras).items():
        numbered = table.assign(sync_index=range(40), frame_num=range(40))
        write_moments(numbered, paths[camera], {"width": 320, "height": 180})
    given = VALUES | {"duplicate_every": 2, "fewest_moments": 3} | settings
    make_moments(paths, str(folder / "moments.parquet"), str(folder / "limits.csv"), "EXP1", given, 1)
    return pd.read_parquet(folder / "moments.parquet")


@pytest.mark.parametrize("cameras", [("front",), ("right", "left"), ("top_2", "C10", "C9", "a"), tuple("hgfedcba")])
def test_the_cameras_of_each_item_stand_in_the_rigs_order(tmp_path, cameras):
    table = make(tmp_path, cameras, len(cameras), min_det_num=(len(cameras) + 1) // 2)
    assert table["item"].is_monotonic_increasing
    assert table.groupby("item").camera.apply(list).tolist() == [list(cameras)] * 7  # 5 moments, 2 of them twice
    about = pq.read_schema(tmp_path / "moments.parquet").metadata
    assert (about[b"width"], about[b"height"], about[b"min_prob"]) == (b"320", b"180", b"0.95")


def test_too_few_moments_are_an_input_error_that_tells_how_many_faces_there_are(tmp_path):
    with pytest.raises(InputError, match="at least 3 moments with 2 faces") as error:
        make(tmp_path, ("left", "right"), 1, min_det_num=2)
    assert "0 moments: of 40 instants 0 show no face to any camera, 40 to too few, 0 faces that are" in str(error.value)
    assert "with min_prob 0.95 and min_det_num 1 there would be 5" in str(error.value)
    assert not (tmp_path / "moments.parquet").exists()


def test_each_instant_is_counted_by_what_it_lacks_first():
    tables = {
        "a": table_of([(1, 0.99, 0, 0, 1), (1, 0.99, 0, 0, 1), (0, 0.1, 0, 0, 1), (1, 0.7, 0, 0, 1)]),
        "b": table_of([(1, 0.96, 0, 0, 1), (0, 0.2, 0, 0, 1), (0, 0.2, 0, 0, 1), (1, 0.99, 0, 0, 1)] * 2),
    }
    assert count_limits(tables, 2, 0.95) == {
        "instants": 4,
        "no_face": 1,
        "too_few_cameras": 1,
        "too_uncertain": 1,
        "enough_faces": 1,
    }


@settings(max_examples=30)
@given(tables_of(CAMERAS), st.integers(1, 6), st.sampled_from([0.5, 0.9, 0.95]))
def test_every_instant_has_one_reason(tables, needed, least):
    counts = count_limits(tables, needed, least)
    reasons = ("no_face", "too_few_cameras", "too_uncertain", "enough_faces")
    assert sum(counts[reason] for reason in reasons) == counts["instants"]


def test_other_settings_are_compared_with_those_that_hold(tmp_path):
    make(tmp_path, ("left", "right"), 2, min_det_num=2)
    limits = pd.read_csv(tmp_path / "limits.csv", keep_default_na=False)
    assert limits.experiment.unique().tolist() == ["EXP1"]
    assert limits[["min_det_num", "min_prob"]].to_numpy().tolist() == [
        *([1, 0.95], [2, 0.5], [2, 0.8], [2, 0.9], [2, 0.95], [2, 0.99])
    ]
    own = limits[limits.used == "yes"]
    assert own[["min_det_num", "min_prob", "moments"]].to_numpy().tolist() == [[2, 0.95, 5]]
