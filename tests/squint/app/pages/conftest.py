"""What tests of the pages share; they run in the app's environment (`make test-app`) and are skipped elsewhere."""

import pytest


@pytest.fixture
def prepare(tmp_path):
    """A function that puts a recording whose pictures say what they show into a working directory.

    It may be of other cameras, or for another scale.
    """
    from tests.squint.app.pages.coded import DUPLICATES, MOMENTS, NAME, SIZE, picture_in
    from tests.squint.app.recordings import make_recording

    def make(**other):
        make_recording(tmp_path, NAME, MOMENTS, DUPLICATES, SIZE, picture_in(tmp_path), **other)
        return tmp_path

    return make


@pytest.fixture
def folder(prepare):
    """A working directory with such a recording, of six cameras and for the default's scale."""
    return prepare()


@pytest.fixture(scope="module")
def window():
    """One browser for all tests of a file, which open their own pages in it."""
    from tests.squint.app.browser import browsing

    with browsing() as browser:
        yield browser
