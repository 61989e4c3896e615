"""Keras as tests of networks take it: its draws seeded before each, so that no test depends on those before it."""

import pytest

from squint.models.backend import load_keras


@pytest.fixture
def keras():
    return load_keras(1, 1)
