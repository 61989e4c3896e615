"""IMGEN1 against a plain reading of the thesis's Figure 4.13 and section 4.8.3."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.domain.score_ranges import class_of
from squint.domain.seeds import named_generator
from squint.learning.balanced import balanced_batches
from tests.scales import MGS


def plain_reading(classes, batch_size, generator):
    """Figure 4.13, box by box."""
    data = list(range(len(classes)))
    if generator is not None:
        data = [data[i] for i in generator.permutation(len(data))]  # shuffle the data set
    lists = {}  # create separate data lists for each class
    for item in data:
        lists.setdefault(classes[item], []).append(item)
    lists = [lists[c] for c in sorted(lists)]
    from_each = batch_size // len(lists)
    steps = math.ceil(max(len(items) for items in lists) / (from_each * len(lists)) * len(lists))
    idx = 0
    while idx < steps:
        batch = []
        for items in lists:
            for offset in range(from_each):
                batch.append(items[(idx * from_each + offset) % len(items)])  # repeat where there are fewer
        if generator is not None:
            batch = [batch[i] for i in generator.permutation(len(batch))]  # shuffle the mini-batch
        yield batch
        idx += 1


@given(st.lists(st.integers(0, 3), min_size=1, max_size=120), st.sampled_from([4, 8, 12, 32, 36]), st.booleans())
def test_balanced_batches_follow_the_figure(classes, batch_size, shuffle):
    def generator():
        return named_generator(1, "test") if shuffle else None

    batches = balanced_batches(np.array(classes), batch_size, generator())
    expected = list(plain_reading(classes, batch_size, generator()))
    assert [list(map(int, batch)) for batch in batches] == [list(map(int, batch)) for batch in expected]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=120))
def test_each_batch_is_balanced_and_each_item_appears(classes):
    classes = np.array(classes)
    batches = balanced_batches(classes, 32, named_generator(2, "test"))
    for batch in batches:
        counts = np.bincount(classes[batch])
        assert len(set(counts[counts > 0])) == 1
    assert set(np.concatenate(batches)) == set(range(len(classes)))


def test_ranges_hold_their_lower_edge_and_the_last_one_both():
    scores = [0, 0.4, 0.5, 1.0, 1.49, 1.5, 2.0]
    assert class_of(scores, np.array(MGS.score_ranges)).tolist() == [0, 0, 1, 2, 2, 3, 3]
    with pytest.raises(ValueError, match="expected scores"):
        class_of([2.1], np.array(MGS.score_ranges))
