"""Files that are one, or hold the same."""

import os

from squint.files.copies import digest_of_ends, find_copies


def test_the_digest_is_of_both_ends_of_a_long_file(tmp_path):
    path = tmp_path / "long.bin"
    content = bytearray(3 << 20)
    digests = set()
    for place in (None, 0, (1 << 20) + 5, (3 << 20) - 1):
        if place is not None:
            content[place] ^= 1
        path.write_bytes(content)
        digests.add(digest_of_ends(str(path)))
    assert len(digests) == 3  # what changes in the middle is not seen


def test_links_and_copies_are_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, content in {"a": "film", "b": "film", "c": "mice", "d": "a longer film", "e": "", "f": ""}.items():
        (tmp_path / name).write_text(content)
    os.link("d", "hard")
    (tmp_path / "soft").symlink_to("c")
    assert find_copies(["a", "b", "c", "./c", "d", "hard", "soft", "e", "f", "none"]) == [
        ["a", "b"],
        ["c", "./c", "soft"],
        ["d", "hard"],
    ]


def test_a_path_that_is_not_there_yet_may_be_written_twice(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_copies(["later.csv", "./later.csv", "other.csv"]) == [["later.csv", "./later.csv"]]


def test_what_differs_in_the_middle_alone_is_no_copy(tmp_path, monkeypatch):
    """As pictures with black margins do, which begin and end alike."""
    monkeypatch.chdir(tmp_path)
    for name, middle in {"a": b"1", "b": b"2", "c": b"1"}.items():
        (tmp_path / name).write_bytes(b"0" * 20 + middle + b"0" * 20)
    assert find_copies(["a", "b"]) == find_copies(["a", "b"], 8) == []
    assert find_copies(["a", "b", "c"], 8) == [["a", "c"]]
