"""A recording of twelve moments, two of them shown twice, without pictures; for what needs no browser."""

from collections.abc import Callable, Iterator

import pytest

from squint.app.journal import Journal
from squint.app.recording import read_recording
from squint.app.session import Session
from tests.squint.app.recordings import make_recording

NAME = "REC1"
SIZE = (320, 180)


@pytest.fixture
def folder(tmp_path):
    """A working directory with the recording in it."""
    picture = tmp_path / "picture.jpg"
    picture.write_bytes(b"\xff\xd8\xff\xd9")
    make_recording(tmp_path, NAME, 12, 2, SIZE, lambda moment, camera: picture)
    return tmp_path


@pytest.fixture
def recording(folder):
    """The recording as the app reads it."""
    return read_recording(folder / "results", NAME)


@pytest.fixture
def journal(folder, recording):
    """Its journal, empty."""
    journal = Journal(folder / "scores" / f"{NAME}.journal", recording.digest)
    yield journal
    journal.close()


@pytest.fixture
def session(folder, recording, journal):
    """The open recording."""
    return Session(recording, journal, folder)


@pytest.fixture
def open_session(tmp_path) -> Iterator[Callable[..., Session]]:
    """A function that makes and opens a recording of twelve moments by other cameras or for another scale."""
    journals = []

    def make(**other) -> Session:
        folder = tmp_path / f"session{len(journals)}"
        folder.mkdir()
        picture = folder / "picture.jpg"
        picture.write_bytes(b"\xff\xd8\xff\xd9")
        make_recording(folder, NAME, 12, 2, SIZE, lambda moment, camera: picture, **other)
        recording = read_recording(folder / "results", NAME)
        journals.append(Journal(folder / "scores" / f"{NAME}.journal", recording.digest))
        return Session(recording, journals[-1], folder)

    yield make
    for journal in journals:
        journal.close()
