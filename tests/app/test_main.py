"""The command line: what it takes, and what it says of a mistake."""

import socket

import pytest

from scripts.app.__main__ import check_port, main, read_arguments
from scripts.job import InputError
from tests.app.conftest import NAME


@pytest.mark.parametrize("name", ["Ayse", "a/b", "../x", "", "1st", "a.b", "a" * 33])
def test_names_that_make_no_file_names_are_refused(name, capsys):
    with pytest.raises(SystemExit):
        read_arguments([NAME, "--coder", name])
    assert "lower-case letters, digits and underscores" in capsys.readouterr().err


def test_without_a_recording_all_are_listed(folder, capsys):
    with pytest.raises(SystemExit):
        read_arguments(["--directory", str(folder)])
    assert f"there are: {NAME}" in capsys.readouterr().err


def test_somebody_must_score(capsys):
    with pytest.raises(SystemExit):
        read_arguments([NAME])
    assert "--coder NAME" in capsys.readouterr().err


def test_several_coders_each_once():
    given = read_arguments([NAME, "--coder", "ayse", "--coder", "berk"])
    assert given.coder == ["ayse", "berk"] and given.host == "127.0.0.1" and given.quiz_every == 0


def test_a_port_in_use_is_told():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(InputError, match="choose another with --port"):
            check_port("127.0.0.1", other.getsockname()[1])


def test_a_recording_that_is_not_there_is_told_and_nothing_is_written(folder):
    with pytest.raises(InputError, match=f"recordings with one: {NAME}"):
        main(["REC2", "--coder", "ayse", "--directory", str(folder)])
    assert not (folder / "scores").exists()
