"""What tests of the pages share; they run in the app's environment (`make test-app`) and are skipped elsewhere."""

import pytest


@pytest.fixture
def folder(tmp_path):
    """A working directory with a recording whose pictures say what they show."""
    from tests.squint.app.pages.coded import DUPLICATES, MOMENTS, NAME, SIZE, picture_in
    from tests.squint.app.recordings import make_recording

    make_recording(tmp_path, NAME, MOMENTS, DUPLICATES, SIZE, picture_in(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def window():
    """One browser for all tests of a file, which open their own pages in it."""
    from tests.squint.app.browser import browsing

    with browsing() as browser:
        yield browser
