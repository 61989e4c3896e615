"""Annotated frames are seen at one size; animals are held out whole; frames that nobody annotated are others."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.detection.annotated_frames import (
    group_files,
    hold_out,
    index_films,
    load_pictures,
    may_be_learnt,
    read_unlabelled,
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


frames_of_files = st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=40)
shares = st.floats(0.01, 0.99)


@given(frames_of_files.filter(lambda files: len(set(files)) > 1), shares)
def test_some_files_are_held_out_and_some_are_not_each_as_a_whole(files, share):
    held_out = hold_out(files, share, generator())
    assert held_out.shape == (len(files),) and held_out.dtype == bool
    sides = {file: {bool(out) for name, out in zip(files, held_out, strict=True) if name == file} for file in files}
    assert all(len(side) == 1 for side in sides.values())
    assert {True} in sides.values() and {False} in sides.values()


@pytest.mark.parametrize(
    ("files", "share", "count"),
    [(20, 0.15, 3), (20, 0.01, 1), (20, 0.99, 19), (2, 0.9, 1), (2, 0.1, 1), (3, 0.5, 2), (7, 0.25, 2)],
)
def test_so_many_files_are_held_out_as_their_share_says(files, share, count):
    names = [f"{number:02d}.mp4" for number in range(files)]
    assert hold_out(names, share, generator()).sum() == count


def test_files_count_and_not_their_frames():
    files = ["a"] * 30 + ["b", "c", "d"]
    held_out = hold_out(files, 0.25, generator())
    assert len({file for file, out in zip(files, held_out, strict=True) if out}) == 1


@given(frames_of_files, shares, st.randoms(use_true_random=False))
def test_the_same_files_are_held_out_on_every_call_in_whatever_order_they_come(files, share, random):
    one, again = (hold_out(files, share, generator()) for _ in range(2))
    assert np.array_equal(one, again)
    if len(set(files)) > 1:
        mixed = random.sample(files, len(files))
        found = hold_out(mixed, share, generator())
        assert {f for f, out in zip(mixed, found, strict=True) if out} == {
            f for f, out in zip(files, one, strict=True) if out
        }


def test_another_seed_holds_out_other_files():
    names = [f"{number}.mp4" for number in range(30)]
    assert not np.array_equal(hold_out(names, 0.3, generator(1)), hold_out(names, 0.3, generator(2)))


@pytest.mark.parametrize(("frames", "share", "count"), [(2, 0.15, 1), (2, 0.5, 1), (10, 0.2, 2), (20, 0.15, 3)])
def test_of_one_file_alone_the_last_frames_are_held_out(frames, share, count):
    held_out = hold_out(["a.mp4"] * frames, share, generator())
    assert held_out.tolist() == [False] * (frames - count) + [True] * count


@pytest.mark.parametrize("files", [[], ["a.mp4"]])
def test_fewer_than_two_frames_are_an_input_error(files):
    with pytest.raises(InputError) as error:
        hold_out(files, 0.15, generator())
    assert "expected: at least two frames, to train on and to stop by" in str(error.value)


def table_of(files, frame_num=0, subjects=None):
    table = pd.DataFrame({"file": files, "frame_num": frame_num})
    return table if subjects is None else table.assign(subject=subjects)


@pytest.mark.parametrize(
    ("table", "groups"),
    [
        (table_of(["a/C1.mp4", "a/C2.mp4", "b/C1.mp4"]), ["a", "a", "b"]),
        (table_of(["a/1.mp4", "a/2.mp4"]), ["a/1.mp4", "a/2.mp4"]),
        (table_of(["a/1.mp4", "b/2.mp4"], subjects=["ada", "ada"]), ["ada", "ada"]),
        (table_of(["a/m1_001.jpg", "a/m1_002.jpg", "a/m2_001.jpg"], -1), ["a/m1_", "a/m1_", "a/m2_"]),
        (table_of(["a/01.jpg", "a/02.jpg", "b/01.jpg"], -1), ["a/", "a/", "b/"]),
        (table_of(["a/01.jpg", "a/02.jpg"], -1), ["a/01.jpg", "a/02.jpg"]),
    ],
)
def test_frames_of_one_animal_or_recording_are_a_group(table, groups):
    assert group_files(table) == groups


def test_annotated_pictures_and_frames_are_seen_at_one_size(annotations):
    table = read_annotations(annotations)
    frames = load_pictures(table, index_films(table))
    assert {picture.shape for picture in frames.pictures} == {(184, 320, 3), (240, 320, 3)}
    assert len(frames.groups) == 7 and len(set(frames.groups)) == 6
    assert frames.faces[1].tolist() == [2 * 45, 2 * 45, 2 * 30]  # a frame of 160 px is seen at 320 px
    assert frames.faces[0].tolist() == [0, 0, 0]


def test_frames_of_an_animal_that_is_held_out_teach_nothing():
    table = pd.DataFrame({"file": ["m1/a.mp4", "m1/b.mp4", "m2/a.mp4"], "frame_num": [0, 0, 0]})
    places = [("m1/a.mp4", 7), ("m2/a.mp4", 3), ("m1/b.mp4", 9)]
    assert may_be_learnt(places, table, np.array([False, False, True])) == [True, False, True]


def test_of_one_video_alone_frames_before_what_is_held_out_teach():
    table = pd.DataFrame({"file": ["a.mp4"] * 4, "frame_num": [0, 10, 20, 30]})
    places = [("a.mp4", number) for number in (5, 15, 25, 35)]
    assert may_be_learnt(places, table, np.arange(4) >= 2) == [True, True, False, False]


def test_an_animal_that_some_frames_name_is_told():
    table = pd.DataFrame({"file": ["a.mp4", "b.mp4"], "frame_num": 0, "subject": ["m1", ""]})
    with pytest.raises(InputError, match="an animal for each frame in column `subject`"):
        group_files(table)
    assert len(set(group_files(table.assign(subject=["mouse 1", "Mouse-1"])))) == 1


def test_frames_that_nobody_annotated_are_others_than_those_that_are(annotations):
    table = read_annotations(annotations)
    indexes = index_films(table)
    unlabelled, places = read_unlabelled(table, indexes)
    assert len(unlabelled) == len(places) and {file for file, _ in places} <= set(table.file)
    assert not {(row.file, row.frame_num) for row in table.itertuples()} & set(places)
    pictures = table[table.frame_num < 0]
    assert read_unlabelled(pictures, index_films(pictures)) == ([], [])


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_of_one_file_some_frames_are_left_to_train_on(share):
    held_out = hold_out(["a.mp4"] * 2, share, generator())
    assert held_out.tolist() == [False, True]
