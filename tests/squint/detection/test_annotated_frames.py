"""Annotated frames are seen at one size; animals are held out whole; frames that nobody annotated are others."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.detection.annotated_frames import (
    hold_out,
    index_films,
    load_pictures,
    may_be_learnt,
    read_unlabelled,
    sort_frames,
)
from squint.detection.annotations import read_annotations
from squint.domain.seeds import named_generator
from squint.errors import InputError
from tests.squint.detection.annotating import annotate


@pytest.fixture(scope="module")
def annotations(tmp_path_factory):
    return annotate(tmp_path_factory.mktemp("annotated"))


def generator(seed=1):
    return named_generator(seed, "detector validation")


def table_of(files, frame_num=0, box_size=30, **columns):
    return pd.DataFrame({"file": files, "frame_num": frame_num, "box_size": box_size} | columns)


def of_groups(groups, faces=True):
    """A frame a group, in a folder of its own; `faces` says which show one."""
    return sort_frames(table_of([f"{group}/C1.mp4" for group in groups], range(len(groups)), 30 * np.array(faces, int)))


groups_of_frames = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.booleans()), min_size=2, max_size=40)
groups_of_frames = groups_of_frames.filter(lambda frames: sum(face for _, face in frames) > 1)
shares = st.floats(0.01, 0.99)


@given(groups_of_frames, shares)
def test_faces_are_on_both_sides_and_animals_on_one(frames, share):
    table = of_groups(*zip(*frames, strict=True))
    held_out = hold_out(table, share, generator())
    assert held_out.shape == (len(frames),) and held_out.dtype == bool
    face = table.box_size > 0
    assert face[held_out].any() and face[~held_out].any()
    if table.group[face].nunique() > 1:
        assert not set(table.group[held_out]) & set(table.group[~held_out])
        assert set(table.group[held_out]) <= set(table.group[face])


@pytest.mark.parametrize(
    ("folders", "share", "count"),
    [(20, 0.15, 3), (20, 0.01, 1), (20, 0.99, 19), (2, 0.9, 1), (2, 0.1, 1), (3, 0.5, 2), (7, 0.25, 2)],
)
def test_so_many_folders_are_held_out_as_their_share_says(folders, share, count):
    assert hold_out(of_groups([f"{number:02d}" for number in range(folders)]), share, generator()).sum() == count


def test_folders_count_and_not_their_frames():
    table = of_groups(["a"] * 30 + ["b", "c", "d"])
    assert table.group[hold_out(table, 0.25, generator())].nunique() == 1


@given(groups_of_frames, shares, st.randoms(use_true_random=False))
def test_the_same_frames_are_held_out_in_whatever_order_they_come(frames, share, random):
    table = table_of([f"{group}/C1.mp4" for group, _ in frames], range(len(frames)), [30 * face for _, face in frames])
    found = [
        set(ordered.frame_num[hold_out(ordered, share, generator())])
        for rows in (range(len(frames)), random.sample(range(len(frames)), len(frames)))
        for ordered in [sort_frames(table.iloc[list(rows)])]
    ]
    assert found[0] == found[1]


def test_another_seed_holds_out_other_folders():
    table = of_groups([str(number) for number in range(30)])
    assert not np.array_equal(hold_out(table, 0.3, generator(1)), hold_out(table, 0.3, generator(2)))


@pytest.mark.parametrize(
    ("frames", "share", "count"), [(2, 0.15, 1), (2, 0.99, 1), (10, 0.2, 2), (20, 0.15, 3), (20, 0.99, 19)]
)
def test_of_one_folder_alone_the_last_faces_are_held_out(frames, share, count):
    held_out = hold_out(of_groups(["a"] * frames), share, generator())
    assert held_out.tolist() == [False] * (frames - count) + [True] * count


def test_cameras_of_one_recording_are_held_out_from_one_instant_on():
    """Each saw the animal at the same instants; an empty cage is no animal."""
    table = table_of([f"a/C{camera}.mp4" for camera in (1, 2) for _ in range(10)], [*range(10), *range(10)])
    table = sort_frames(pd.concat([table, table_of(["empty/C1.mp4"] * 5, range(20, 25), 0)]))
    held_out = hold_out(table, 0.3, generator())
    assert (held_out == ((table.group == "a") & (table.frame_num >= 7))).all()


def test_the_numbers_of_pictures_are_instants():
    names = [f"a/C{camera}_{number}.jpg" for camera in (1, 2) for number in (8, 9, 10, 11)]
    table = sort_frames(table_of([*names, "a/last.png"], -1, [30] * 8 + [0]))
    assert set(table.file[hold_out(table, 0.5, generator())]) == {name for name in names if name[5:7] in ("10", "11")}


@pytest.mark.parametrize(("faces", "told"), [([], "none"), ([0, 0], "none"), ([0, 1], "one")])
def test_fewer_than_two_faces_are_an_input_error(faces, told):
    with pytest.raises(InputError, match=f"at least two faces, to train on and to stop by\n  found:    {told}"):
        hold_out(of_groups(["a"] * len(faces), faces), 0.15, generator())


@pytest.mark.parametrize(
    ("files", "columns", "groups"),
    [
        (["a/C1.mp4", "a/C2.mp4", "b/C1.mp4"], {}, ["a", "a", "b"]),
        (["a/1.mp4", "b/2.mp4"], {"subject": ["ada", "Ada"]}, ["ada", "ada"]),
        (["a/1.mp4", "b/2.mp4"], {"subject": ["", ""]}, ["a", "b"]),
        (["a/m1_001.jpg", "a/m2_001.jpg", "b/m1_001.jpg"], {"frame_num": -1}, ["a", "a", "b"]),
    ],
)
def test_frames_of_one_animal_or_folder_are_a_group(files, columns, groups):
    assert sort_frames(table_of(files, **columns)).group.tolist() == groups


def test_annotated_pictures_and_frames_are_seen_at_one_size(annotations):
    table = sort_frames(read_annotations(annotations))
    frames = load_pictures(table, index_films(table))
    assert {picture.shape for picture in frames.pictures} == {(184, 320, 3), (240, 320, 3)}
    assert frames.groups == table.group.tolist() and len(frames.groups) == 7
    assert frames.faces[1].tolist() == [2 * 45, 2 * 45, 2 * 30]  # a frame of 160 px is seen at 320 px
    assert frames.faces[0].tolist() == [0, 0, 0]


def test_frames_of_an_animal_that_is_held_out_teach_nothing():
    table = sort_frames(table_of(["m1/a.mp4", "m1/b.mp4", "m2/a.mp4"]))
    places = [("m1/a.mp4", 7), ("m2/a.mp4", 3), ("m1/b.mp4", 9)]
    assert may_be_learnt(places, table, np.array([False, False, True])) == [True, False, True]


def test_of_one_recording_alone_frames_before_what_is_held_out_teach_whatever_camera_saw_them():
    table = sort_frames(table_of(["a/C1.mp4", "a/C1.mp4", "a/C2.mp4", "a/C2.mp4"], [0, 20, 10, 30]))
    places = [(f"a/C{camera}.mp4", number) for camera in (1, 2) for number in (15, 25)]
    held_out = (table.frame_num >= 20).to_numpy()
    assert may_be_learnt(places, table, held_out) == [True, False, True, False]


def test_animals_that_are_not_clear_are_told():
    table = table_of(["a.mp4", "a.mp4", "b.mp4"], [0, 1, 0], subject=["m1", "m1", ""])
    with pytest.raises(InputError, match="an animal for each frame in column `subject`"):
        sort_frames(table)
    with pytest.raises(InputError, match=r"found: +m1 and m2 for a.mp4"):
        sort_frames(table.assign(subject=["m1", "m2", "m2"]))
    assert sort_frames(table.assign(subject=["mouse 1", "mouse 1", "Mouse-1"])).group.nunique() == 1


def test_one_video_in_the_folders_of_two_animals_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("m1", "m2"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "C1.mp4").write_bytes(b"a film")
    table = table_of(["m1/C1.mp4", "m2/C1.mp4"])
    with pytest.raises(InputError, match=r"m1 and m2 for m1/C1.mp4, which holds the same as m2/C1.mp4"):
        sort_frames(table)
    assert sort_frames(table.assign(subject="ada")).group.nunique() == 1


def test_frames_that_nobody_annotated_are_others_than_those_that_are(annotations):
    table = sort_frames(read_annotations(annotations))
    indexes = index_films(table)
    unlabelled, places = read_unlabelled(table, indexes)
    assert len(unlabelled) == len(places) and {file for file, _ in places} <= set(table.file)
    assert not {(row.file, row.frame_num) for row in table.itertuples()} & set(places)
    pictures = table[table.frame_num < 0]
    assert read_unlabelled(pictures, index_films(pictures)) == ([], [])
