"""Windows that the face detector learns from: each face is where its target says, whatever was done to the picture."""

from itertools import permutations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.detection import windows as module
from squint.detection.detector import CELL_OUTPUTS, STRIDE, WINDOW
from squint.detection.windows import (
    FACE_SHARE,
    UNLABELLED,
    UNLABELLED_SHARE,
    Annotated,
    cut_window,
    draw_rows,
    paste_face,
    place_window,
    relight,
    sample_window,
    target_grid,
    window_batches,
)

CELLS = WINDOW // STRIDE
# Pictures that are told apart by the order of their colours, which neither light nor place changes.
ORDERS = list(permutations(range(3)))
PICTURES = [np.full((184, 320, 3), np.array([60, 110, 160])[list(order)], np.uint8) for order in ORDERS]
FACES = np.array([[160.0, 92.0, 40.0]] * 3 + [[0.0, 0.0, 0.0]] * 3)
FRAMES = Annotated(PICTURES, FACES, list("aabbcc"))
seeds = st.integers(0, 2**32 - 1)


@pytest.fixture(autouse=True)
def coloured(monkeypatch):
    monkeypatch.setattr(module, "GREY_SHARE", 0)
    monkeypatch.setattr(module, "PASTED_SHARE", 0)


def bright_face(x: float, y: float, size: float) -> np.ndarray:
    """A dark picture with a bright disc."""
    return cv2.circle(np.full((184, 320, 3), 20, np.uint8), (round(x), round(y)), round(size / 2), (230, 230, 230), -1)


@given(seeds, st.floats(60, 260), st.floats(50, 130), st.floats(24, 60))
def test_a_face_is_where_its_target_says(seed, x, y, size):
    generator = np.random.default_rng(seed)
    face = np.round([x, y, size])
    move = place_window((184, 320, 3), face, generator)
    window = cut_window(bright_face(*face), move)
    middle = move @ [*face[:2], 1]
    scale = np.sqrt(abs(np.linalg.det(move[:, :2])))
    rows, columns = np.nonzero(window[..., 0] > 125)
    edges = (middle - scale * face[2] / 2, middle + scale * face[2] / 2)
    if min(edges[0]) > 2 and max(edges[1]) < WINDOW - 2:
        assert [columns.mean(), rows.mean()] == pytest.approx(middle, abs=1.5)
        assert 2 * np.sqrt(len(rows) / np.pi) == pytest.approx(scale * face[2], abs=3)


@given(seeds)
def test_windows_of_a_frame_without_a_face_lie_within_it(seed):
    move = place_window((184, 320, 3), np.zeros(3), np.random.default_rng(seed))
    back = np.linalg.inv(np.vstack([move, [0, 0, 1]]))
    x, y, _ = back @ [WINDOW / 2, WINDOW / 2, 1]
    assert 0 <= x <= 320 and 0 <= y <= 184


@given(seeds)
def test_light_stays_within_what_a_picture_can_hold(seed):
    generator = np.random.default_rng(seed)
    lit = relight(generator.integers(0, 256, (WINDOW, WINDOW, 3), np.uint8), generator)
    assert lit.dtype == np.float32 and lit.shape == (WINDOW, WINDOW, 3)
    assert lit.min() >= 0 and lit.max() <= 255


def test_light_varies_and_can_take_colour_away(monkeypatch):
    window = np.tile(np.array([200, 100, 50], np.uint8), (WINDOW, WINDOW, 1))
    means = [relight(window, np.random.default_rng(seed)).mean() for seed in range(40)]
    assert np.ptp(means) > 60
    monkeypatch.setattr(module, "GREY_SHARE", 1)
    monkeypatch.setattr(module, "NOISY_SHARE", 0)
    assert np.ptp(relight(window, np.random.default_rng(1)), axis=2).max() == 0


def test_a_pasted_face_stands_before_another_frame():
    window, behind = np.full((WINDOW, WINDOW, 3), 200, np.uint8), np.full((WINDOW, WINDOW, 3), 10, np.uint8)
    pasted = paste_face(window, np.array([64.0, 64.0, 32.0]), behind)
    assert (pasted[52:77, 52:77] == 200).all() and (pasted[:30] == 10).all()


@pytest.mark.parametrize("seed", range(20))
def test_a_face_out_of_the_window_is_none(seed):
    picture, face = bright_face(20, 20, 30), np.array([20.0, 20.0, 30.0])
    _, seen = sample_window(picture, face, None, np.random.default_rng(seed))
    assert (seen[2] == 0 and not seen.any()) or ((seen[:2] >= 0).all() and (seen[:2] < WINDOW).all())


def test_a_target_tells_place_and_size_around_the_face():
    grid = target_grid(np.array([68.0, 44.0, 32.0]))
    assert grid.shape == (CELLS, CELLS, CELL_OUTPUTS + 1)
    assert grid[..., 0].sum() == 9 and grid[5, 8, 0] == 1
    assert grid[5, 8, 1:4] == pytest.approx([0, 0, np.log(4)])
    assert (grid[3, 6:11, 4] == 0).all() and grid[0, 0, 4] == 1 and grid[5, 8, 4] == 2
    assert not target_grid(np.zeros(3))[..., :4].any()


@given(seeds, st.integers(2, 200), st.integers(0, 9), st.integers(0, 9))
def test_a_batch_has_its_share_of_faces_and_every_frame_comes_in_turn(seed, count, faces, empty):
    if not faces + empty:
        return
    sizes = np.array([[0, 0, 1.0]] * faces + [[0, 0, 0.0]] * empty)
    rows = draw_rows(sizes, count, np.random.default_rng(seed))
    assert len(rows) == count
    if faces and empty:
        assert (rows < faces).sum() == round(FACE_SHARE * count)
    for kind in (rows[rows < faces], rows[rows >= faces]):
        if len(kind):
            times = np.bincount(kind, minlength=faces + empty)
            shown = times[:faces] if kind[0] < faces else times[faces:]
            assert np.ptp(shown) <= 1


def windows(keras, shuffled, name=(1, "windows"), threads=0, epochs=3):
    """What a model is shown in each epoch: a list of batches, each of windows and targets."""
    data = window_batches(keras, FRAMES, 5, name, shuffled, threads, batches=4)
    shown = []
    for _ in range(epochs):
        data.on_epoch_begin()
        shown.append([data[step] for step in range(len(data))])
    data.close()
    return shown


def test_a_share_of_each_training_batch_shows_frames_that_nobody_annotated(keras):
    batch, others = 8, [np.full((120, 200, 3), level, np.uint8) for level in (10, 240)]
    data = window_batches(keras, FRAMES, batch, (1, "windows"), True, 0, 4, others)
    for step in range(len(data)):
        shown, targets = data[step]
        unknown = (targets[..., CELL_OUTPUTS] == UNLABELLED).all(axis=(1, 2))
        assert unknown.sum() == round(UNLABELLED_SHARE * batch) and len(shown) == batch
        assert not targets[unknown][..., :CELL_OUTPUTS].any()
        assert (targets[~unknown][..., CELL_OUTPUTS] >= 0).all()
    data.close()


def numbers(epoch):
    """The pictures that an epoch's windows are of, in the order in which they are shown."""
    return [
        ORDERS.index(tuple(int(rank) for rank in np.argsort(np.argsort(window.mean(axis=(0, 1))))))
        for batch, _ in epoch
        for window in batch
    ]


def same(one, other):
    return all(
        np.array_equal(a, b)
        for first, second in zip(one, other, strict=True)
        for a, b in zip(first, second, strict=True)
    )


def test_targets_go_with_their_windows(keras):
    """Pictures from the fourth on show no face; of the others most windows do."""
    found = {True: [], False: []}
    for epoch in windows(keras, True, epochs=10):
        assert all(batch.shape == (5, WINDOW, WINDOW, 3) for batch, _ in epoch)
        faces = [bool(target[..., 0].any()) for _, targets in epoch for target in targets]
        for number, face in zip(numbers(epoch), faces, strict=True):
            found[number < 3].append(face)
    assert not any(found[False]) and np.mean(found[True]) > 0.5
    assert len(found[True]) == pytest.approx(FACE_SHARE * 200)


def test_training_windows_come_in_another_order_and_are_others_in_each_epoch(keras):
    first, second, third = windows(keras, True)
    assert len({tuple(numbers(epoch)) for epoch in (first, second, third)}) > 1
    assert not any(np.array_equal(a, b) for one in first for two in second for a in one[0] for b in two[0])


def test_windows_are_those_of_their_name(keras):
    one, again, other = (windows(keras, True, name) for name in ((1, "a"), (1, "a"), (1, "b")))
    assert all(same(a, b) for a, b in zip(one, again, strict=True))
    assert not same(one[0], other[0])


def test_windows_for_validation_are_the_same_in_each_epoch(keras):
    first, *later = windows(keras, False)
    assert all(same(first, epoch) for epoch in later)


def test_windows_that_are_read_ahead_are_the_same(keras):
    assert all(same(a, b) for a, b in zip(windows(keras, True), windows(keras, True, threads=2), strict=True))
