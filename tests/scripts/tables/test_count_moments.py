"""What became of the selected moments: by recording, group and score."""

import numpy as np
import pandas as pd
import pytest

from scripts.tables.count_moments import GROUPS, count_by_group, count_moments, count_recording, group_items
from squint.errors import InputError
from tests.scales import MGS, ORBITAL, SCALE
from tests.shown import run_script

CAMERAS = ("C1", "C2")


def recording(items, cameras=CAMERAS, coder="ayse"):
    """Moments, scored items and labels of some items.

    Each item is `number: (score or None, how)`; how: ok, bad, few (units), undone, unscored, or `again of N`.
    """
    moments, scored, labels = [], [], []
    for item, (score, how) in items.items():
        duplicate_of = int(how.split()[-1]) if how.startswith("again") else 0
        for camera in cameras:
            moments.append(
                {
                    "item": item,
                    "camera": camera,
                    "sync_index": 5 * (duplicate_of or item),
                    "frame_num": 100 + 5 * (duplicate_of or item),
                    "duplicate_of": duplicate_of,
                    "det_lbl": 1,
                    "det_prb": 0.99,
                    "box_x": 10,
                    "box_y": 10,
                    "box_size": 20,
                }
            )
        if how != "unscored":
            scored.append(
                {
                    "item": item,
                    "coder": coder,
                    "duplicate_of": duplicate_of,
                    "score": score,
                    "observed": 2 if how == "few" else 5,
                    "bad_image": how == "bad",
                    "done": how != "undone",
                }
            )
        if how == "ok":
            labels.append({"item": item, "score": score})
    return pd.DataFrame(moments), pd.DataFrame(scored), pd.DataFrame(labels, columns=["item", "score"])


ITEMS = {
    1: (0.2, "ok"),
    2: (1.6, "ok"),
    3: (0.0, "bad"),
    4: (0.5, "few"),
    5: (None, "undone"),
    6: (None, "unscored"),
    7: (0.4, "again of 1"),
}


def counted(tables, min_prob=0.9, corrections=None, scale=MGS):
    """Of each thing and grouping the count by name."""
    rows = pd.DataFrame(count_by_group(*tables, scale, min_prob, corrections))
    assert list(rows) == ["counted", "grouping", "name", "count"]
    return {key: part.set_index("name")["count"] for key, part in rows.groupby(["counted", "grouping"])}


def test_a_recording_is_counted_by_moments_and_not_by_cameras():
    assert count_recording(*recording(ITEMS)) == {
        "selected moments": 6,
        "duplicates": 1,
        "accepted moments": 2,
        "mean score": pytest.approx(0.9),
        "coders": "ayse",
    }


def test_all_coders_of_a_recording_are_named_once():
    moments, scored, labels = recording(ITEMS)
    both = pd.concat([scored, scored.assign(coder="bo")])
    assert count_recording(moments, both, labels)["coders"] == "ayse and bo"


def test_the_total_weighs_recordings_by_their_accepted_moments():
    tables = {"B": recording({1: (0.0, "ok")}), "A": recording({n: (1.0, "ok") for n in (1, 2, 3)})}
    table = count_moments(tables).set_index("experiment")
    assert table.index.tolist() == ["B", "A", "total"]
    assert table.loc["total", ["selected moments", "duplicates", "accepted moments"]].tolist() == [4, 0, 4]
    assert table.loc["total", "mean score"] == pytest.approx(0.75)
    assert table.loc["total", "coders"] == ""


def test_a_recording_without_accepted_moments_has_no_mean_and_leaves_the_total_as_it_is():
    tables = {"A": recording({1: (1.0, "ok")}), "B": recording({1: (0.0, "bad")})}
    table = count_moments(tables).set_index("experiment")
    assert np.isnan(table.loc["B", "mean score"])
    assert table.loc["B", "accepted moments"] == 0
    assert table.loc["total", "mean score"] == pytest.approx(1.0)


def test_each_item_is_in_the_group_of_what_became_of_it():
    assert group_items(*recording(ITEMS), 3).to_dict() == {
        1: "accepted",
        2: "accepted",
        3: "bad",
        4: "too few units",
        5: "not scored",
        6: "not scored",
        7: "shown again",
    }


def test_a_bad_picture_is_bad_however_few_units_it_shows():
    moments, scored, labels = recording({1: (1.0, "ok"), 2: (0.0, "bad")})
    scored.loc[scored["item"] == 2, "observed"] = 0
    assert group_items(moments, scored, labels, 3)[2] == "bad"


def test_two_units_may_be_unobserved_and_not_three():
    moments, scored, labels = recording({1: (1.0, "ok"), 2: (1.0, "few"), 3: (1.0, "ok")})
    scored["observed"] = [3, 2, 5]
    assert group_items(moments, scored, labels, 3).tolist() == ["accepted", "too few units", "accepted"]


@pytest.mark.parametrize("least", [1, 2, 3, 5])
def test_so_many_units_are_enough_as_the_scale_asks_for(least):
    moments, scored, labels = recording({n: (1.0, "ok" if n >= least else "few") for n in range(1, 6)})
    scored["observed"] = range(1, 6)
    groups = group_items(moments, scored, labels, least)
    assert groups.tolist() == ["too few units"] * (least - 1) + ["accepted"] * (6 - least)


def test_of_a_duplicated_moment_the_item_that_is_kept_is_accepted():
    """Where the first showing is bad the second is the label; where both are accepted one of them is."""
    moments, scored, labels = recording({1: (0.0, "bad"), 2: (0.4, "again of 1")})
    labels.loc[0] = {"item": 2, "score": 0.4}
    assert group_items(moments, scored, labels, 3).to_dict() == {1: "bad", 2: "accepted"}
    moments, scored, labels = recording({1: (0.2, "ok"), 2: (0.4, "again of 1")})
    assert group_items(moments, scored, labels.assign(item=2), 3).to_dict() == {1: "shown again", 2: "accepted"}


def test_an_item_that_another_coder_accepted_is_accepted():
    moments, scored, labels = recording({1: (0.0, "bad")})
    second = scored.assign(coder="bo", bad_image=False, score=1.0)
    labels.loc[0] = {"item": 1, "score": 1.0}
    assert group_items(moments, pd.concat([scored, second]), labels, 3).tolist() == ["accepted"]


def test_groups_and_scores_are_counted_of_moments_and_of_images():
    count = counted(recording(ITEMS))
    assert count["moments", "group"].to_dict() == {
        "accepted": 2,
        "shown again": 1,
        "bad": 1,
        "too few units": 1,
        "not scored": 2,
    }
    for images in ("images_orgn", "images_corr"):
        assert (count[images, "group"] == len(CAMERAS) * count["moments", "group"]).all()
    assert count["moments", "score"].to_dict() == dict(zip(MGS.range_names, (1, 0, 0, 1), strict=True))


def test_ranges_hold_their_lower_edge():
    scores = [0.0, 0.5, 1.0, 1.5, 2.0]
    count = counted(recording({n: (score, "ok") for n, score in enumerate(scores, 1)}))
    assert count["moments", "score"].tolist() == [1, 1, 1, 2]


def test_groups_and_ranges_that_are_empty_are_counted_as_nought():
    count = counted(recording({1: (0.0, "bad")}))
    assert count["moments", "score"].tolist() == [0] * len(MGS.range_names)
    assert count["moments", "group"].to_dict() == {name: int(name == "bad") for name in GROUPS}
    assert [len(part) for part in count.values()] == [len(GROUPS), len(MGS.range_names)] * 3


def test_faces_that_were_not_found_or_are_doubtful_are_no_images():
    moments, scored, labels = recording({1: (0.2, "ok"), 2: (1.6, "ok")})
    moments.loc[(moments["item"] == 1) & (moments.camera == "C1"), "det_prb"] = 0.89
    moments.loc[(moments["item"] == 2) & (moments.camera == "C2"), ["det_lbl", "frame_num"]] = [0, -1]
    count = counted((moments, scored, labels))
    assert count["images_orgn", "group"]["accepted"] == 2
    assert count["images_orgn", "score"].tolist() == [1, 0, 0, 1]
    assert count["moments", "group"]["accepted"] == 2
    assert counted((moments, scored, labels), min_prob=0.89)["images_orgn", "group"]["accepted"] == 3


def test_corrections_add_and_remove_images_of_corrected_boxes_alone():
    moments, scored, labels = recording({1: (0.2, "ok"), 2: (1.6, "ok"), 3: (1.0, "ok")})
    moments.loc[(moments["item"] == 2) & (moments.camera == "C1"), "det_lbl"] = 0
    corrections = pd.DataFrame(
        [("C1", 105, 0, 0, 0), ("C2", 105, 0, 0, 0), ("C1", 110, 5, 5, 30)],
        columns=["camera", "frame_num", "box_x", "box_y", "box_size"],
    )
    count = counted((moments, scored, labels), corrections=corrections)
    assert count["images_orgn", "score"].tolist() == [2, 0, 2, 1]
    assert count["images_corr", "score"].tolist() == [0, 0, 2, 2]


def test_a_correction_of_a_moment_that_is_shown_twice_counts_for_both():
    moments, scored, labels = recording({1: (0.2, "ok"), 2: (0.4, "again of 1")})
    corrections = pd.DataFrame([("C1", 105, 0, 0, 0)], columns=["camera", "frame_num", "box_x", "box_y", "box_size"])
    count = counted((moments, scored, labels), corrections=corrections)
    assert count["images_corr", "group"][["accepted", "shown again"]].tolist() == [1, 1]


def test_a_correction_of_a_frame_that_is_no_moment_is_an_input_error():
    corrections = pd.DataFrame([("C1", 7, 0, 0, 0)], columns=["camera", "frame_num", "box_x", "box_y", "box_size"])
    with pytest.raises(InputError, match="C1, frame 7"):
        counted(recording(ITEMS), corrections=corrections)


def test_the_job_writes_both_tables_of_all_recordings(tmp_path):
    given = {"moments": [], "scored": [], "labels": []}
    for name, items in (("A", ITEMS), ("B", {1: (2.0, "ok")})):
        for kind, table in zip(given, recording(items), strict=True):
            given[kind].append(str(tmp_path / f"{name}.{kind}.parquet"))
            table.to_parquet(given[kind][-1])
    corrections = tmp_path / "corrections.csv"
    corrections.write_text("camera,frame_num,box_x,box_y,box_size\nC2,105,0,0,0\n")
    params = {"experiments": ["A", "B"], "corrections": ["", str(corrections)], "min_probs": [1.0, 0.5], "scale": SCALE}
    made = {"table": tmp_path / "moments.csv", "groups": tmp_path / "groups.csv"}
    run_script("tables/count_moments.py", given, params, made)
    table = pd.read_csv(made["table"]).set_index("experiment")
    assert table.loc["total", "mean score"] == pytest.approx((0.2 + 1.6 + 2.0) / 3, abs=0.005)
    groups = pd.read_csv(made["groups"]).set_index(["experiment", "counted", "grouping", "name"])["count"]
    # No face of A is as certain as 1; B has a corrected box without a face.
    assert groups["A", "images_orgn", "group", "accepted"] == 0
    assert groups["B", "images_orgn", "group", "accepted"] == 2
    assert groups["B", "images_corr", "group", "accepted"] == 1
    assert groups["B", "images_corr", "score", "1.5–2"] == 1


def test_ranges_are_those_of_the_scale():
    tables = recording({n: (score, "ok") for n, score in enumerate((0.0, 2.0, 2.25, 9.0), 1)}, cameras=("front",))
    tables[1]["observed"] = 1
    count = counted(tables, scale=ORBITAL)
    assert count["moments", "score"].to_dict() == {"0–2.25": 2, "2.25–4.5": 1, "4.5–6.75": 0, "6.75–9": 1}
    assert count["images_orgn", "score"].sum() == 4
    assert count["moments", "group"]["accepted"] == 4


@pytest.mark.parametrize("cameras", [("front",), ("left", "top_2"), tuple(f"C{number}" for number in range(1, 9))])
def test_each_camera_of_any_rig_gives_images(cameras):
    count = counted(recording(ITEMS, cameras))
    assert count["images_orgn", "group"]["accepted"] == 2 * len(cameras)
    assert count["moments", "group"]["accepted"] == 2
