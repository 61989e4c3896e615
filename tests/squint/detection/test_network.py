"""The detector's network looks at pictures of any size, and its loss counts places where a face is alone."""

import numpy as np
import pytest

from squint.detection.detector import CELL_OUTPUTS, STRIDE, WINDOW
from squint.detection.network import build_detector, detection_loss
from squint.detection.windows import RING, UNLABELLED


@pytest.mark.parametrize(("height", "width"), [(WINDOW, WINDOW), (184, 320), (8, 16)])
def test_each_cell_of_a_picture_has_a_certainty_and_a_place(keras, height, width):
    model = build_detector(keras)
    assert model.input_shape == (None, None, None, 3)
    pictures = np.random.default_rng(1).integers(0, 256, (2, height, width, 3)).astype(np.float32)
    grid = np.asarray(model(pictures))
    assert grid.shape == (2, height // STRIDE, width // STRIDE, CELL_OUTPUTS)
    assert (grid[..., 0] > 0).all() and (grid[..., 0] < 1).all()
    assert np.isfinite(grid).all()


def test_a_place_may_be_on_both_sides_of_a_cells_middle(keras):
    grid = np.asarray(build_detector(keras)(np.random.default_rng(1).uniform(0, 255, (1, 64, 64, 3))))
    assert grid[..., 1:].min() < 0 < grid[..., 1:].max()


def test_grey_levels_are_centred_before_anything_else(keras):
    layer = build_detector(keras).layers[1]
    assert np.asarray(layer(np.array([0.0, 127.5, 255.0]))) == pytest.approx([-1, 0, 1])


def test_two_detectors_of_one_seed_are_the_same(keras):
    pair = []
    for _ in range(2):
        keras.utils.set_random_seed(3)
        pair.append(build_detector(keras).get_weights())
    assert all(np.array_equal(a, b) for a, b in zip(*pair, strict=True))


def loss_of(keras, target, grid):
    """The loss of grids (batch, rows, columns, 4) against targets (…, 5)."""
    return np.asarray(detection_loss(keras)(np.array(target, np.float32), np.array(grid, np.float32)))


def test_a_cell_with_a_face_costs_its_certainty_and_its_place(keras):
    target, grid = [[[[1, 0.1, -0.2, 1.0, 2]]]], [[[[0.5, 0.4, 0.0, 0.5]]]]
    assert loss_of(keras, target, grid) == pytest.approx([(2 * np.log(2) + 0.3 + 0.2 + 0.5) / 9], rel=1e-5)


def test_a_cell_without_a_face_costs_its_certainty_alone(keras):
    target, grid = [[[[0, 0, 0, 0, 1]]]], [[[[0.2, 5, -5, 9]]]]
    assert loss_of(keras, target, grid) == pytest.approx([-np.log(0.8) / 9], rel=1e-5)


def test_a_cell_beside_a_face_costs_nothing(keras):
    assert loss_of(keras, [[[[0, 0, 0, 0, 0]]]], [[[[0.9, 5, -5, 9]]]]) == pytest.approx([0], abs=1e-7)


@pytest.mark.parametrize(("truth", "certainty"), [(1, 0.0), (0, 1.0), (1, 1.0), (0, 0.0)])
def test_full_certainty_costs_no_more_than_a_finite_amount(keras, truth, certainty):
    (found,) = loss_of(keras, [[[[truth, 0, 0, 0, 1]]]], [[[[certainty, 0, 0, 0]]]])
    assert np.isfinite(found)
    assert (found > 1) == (truth != certainty)


def test_cells_add_up_and_pictures_stand_apart(keras):
    none, half = [0, 0, 0, 0, 1], [0.5, 0, 0, 0]
    found = loss_of(keras, [[[none, none], [none, none]]] * 2, [[[half] * 2] * 2, [[[0.0] * 4] * 2] * 2])
    assert found == pytest.approx([4 * np.log(2) / 9, 0], abs=1e-5)


def test_the_loss_has_a_name_for_the_record(keras):
    assert detection_loss(keras).__name__ == "detection_loss"


def unlabelled(rows, columns):
    """The target of a window of which nobody knows where its face is."""
    target = np.zeros((1, rows, columns, CELL_OUTPUTS + 1))
    target[..., CELL_OUTPUTS] = UNLABELLED
    return target


def test_of_two_faces_in_an_unlabelled_window_the_less_certain_one_costs(keras):
    reach = RING + 1  # cells around the most certain one that may belong to its face
    grid = np.full((1, 1, 12, CELL_OUTPUTS), 1e-6)
    grid[0, 0, [2, 2 + reach, 10], 0] = 0.9, 0.8, 0.4
    assert loss_of(keras, unlabelled(1, 12), grid) == pytest.approx([-np.log(0.6) / 9], rel=1e-3)


def test_a_face_alone_in_an_unlabelled_window_costs_nothing_wherever_it_is(keras):
    for certainty in (0.05, 0.5, 0.99):
        grid = np.full((1, 8, 8, CELL_OUTPUTS), 1e-6)
        grid[0, 3, 5] = [certainty, 9, -9, 4]
        assert loss_of(keras, unlabelled(8, 8), grid) == pytest.approx([0], abs=1e-4)


def test_where_the_best_face_is_learns_nothing_from_an_unlabelled_window(keras):
    """So that a detector does not talk itself into faces, or out of them."""
    variable = keras.Variable(np.array([[[[0.9], [0.1], [0.1], [0.1], [0.1], [0.1], [0.6]]]], np.float32))
    loss, rest = detection_loss(keras), np.zeros((1, 1, 7, CELL_OUTPUTS - 1), np.float32)
    import tensorflow as tf

    with tf.GradientTape() as tape:
        grid = keras.ops.concatenate([variable, rest], axis=-1)
        value = loss(unlabelled(1, 7).astype(np.float32), grid)
    gradient = np.asarray(tape.gradient(value, variable.value)).ravel()
    assert (gradient[:4] == 0).all() and (gradient[4:] > 0).all() and gradient.argmax() == 6
