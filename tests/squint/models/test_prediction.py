"""Predictions of many samples stand in the order that was asked for."""

import numpy as np
import pytest

from squint.models.backend import BATCH
from squint.models.prediction import predict


class Summing:
    """Stands in for a network of single views: says the sum and the greatest value of its features."""

    output_shape = (None, 2)

    def __init__(self):
        self.sizes = []

    def predict_on_batch(self, inputs):
        self.sizes.append(len(inputs))
        return np.column_stack([inputs.sum(axis=1), inputs.max(axis=1)])


class Counting:
    """Stands in for a network of all views: says how many there are and the sum of their features."""

    output_shape = (None, 2)

    def predict_on_batch(self, inputs):
        values, seen = inputs
        return np.column_stack([seen.sum(axis=1), values.sum(axis=(1, 2))])


FEATURES = np.arange(400, dtype=np.float32).reshape(200, 2)


@pytest.mark.parametrize("count", [1, BATCH - 1, BATCH, BATCH + 1, 3 * BATCH + 5])
def test_each_item_has_its_row(count):
    items = np.arange(count)[::-1] % 200
    model = Summing()
    said = predict(model, FEATURES, items)
    assert said.dtype == np.float32
    assert said.tolist() == [[float(4 * item + 1), float(2 * item + 1)] for item in items]
    assert set(model.sizes) == {BATCH}  # one size, so that a network is compiled once


def test_sets_of_views_are_items_too():
    said = predict(Counting(), FEATURES, np.array([[1, 2, -1], [0, -1, -1]]))
    assert said.tolist() == [[2, 2 + 3 + 4 + 5], [1, 0 + 1]]


def test_no_items_have_no_rows_of_as_many_values():
    assert predict(Summing(), FEATURES, np.arange(0)).shape == (0, 2)
