"""The command line: what it takes, and what it says of a mistake."""

import socket

import pytest

from squint.app.__main__ import check_port, main, read_arguments
from squint.errors import InputError
from tests.squint.app.conftest import NAME


@pytest.mark.parametrize("name", ["Ayşe", "a/b", "../x", "", "1st", "a.b", "a" * 33])
def test_names_that_make_no_file_names_are_refused(name, capsys):
    with pytest.raises(SystemExit):
        read_arguments([NAME, "--coder", name])
    assert "letters from a to z, digits and underscores" in capsys.readouterr().err


def test_without_a_recording_all_are_listed(folder, capsys):
    with pytest.raises(SystemExit):
        read_arguments(["--directory", str(folder)])
    assert f"there are {NAME}" in capsys.readouterr().err


def test_somebody_must_score(capsys):
    with pytest.raises(SystemExit):
        read_arguments([NAME])
    assert "make app CODER=" in capsys.readouterr().err


def test_several_coders_each_once():
    given = read_arguments([NAME, "--coder", "Ayse", "--coder", "berk"])
    assert given.coder == ["ayse", "berk"] and given.host == "127.0.0.1" and given.quiz_every == 0


@pytest.mark.parametrize(
    "option", [("--port", "99999"), ("--port", "-5"), ("--quiz-every", "0"), ("--quiz-every", "x")]
)
def test_numbers_out_of_range_are_refused(option, capsys):
    with pytest.raises(SystemExit):
        read_arguments([NAME, "--coder", "ayse", *option])
    assert "is no whole number from 1 to" in capsys.readouterr().err


def test_an_address_of_another_machine_is_told():
    with pytest.raises(InputError, match="an address of this machine"):
        check_port("192.0.2.1", 8477)


def test_a_port_in_use_is_told():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(InputError, match="choose another port with --port"):
            check_port("127.0.0.1", other.getsockname()[1])


def test_a_recording_that_is_not_there_is_told_and_nothing_is_written(folder):
    with pytest.raises(InputError, match=f"there are {NAME}"):
        main(["REC2", "--coder", "ayse", "--directory", str(folder)])
    assert not (folder / "scores").exists()
