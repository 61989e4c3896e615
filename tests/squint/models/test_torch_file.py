"""A PyTorch file is read as arrays and runs nothing."""

import io
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from squint.errors import InputError
from squint.models.torch_file import MAGIC, Machine, Refused, place_values, read_arrays


def short(text: str) -> bytes:
    return b"X" + len(text).to_bytes(4, "little") + text.encode()


def number(value: int) -> bytes:
    return b"J" + value.to_bytes(4, "little", signed=True)


def numbers(values) -> bytes:
    return b"(" + b"".join(map(number, values)) + b"t"


def program(body: bytes) -> bytes:
    return b"\x80\x02" + body + b"."


def tensor(key: str, values: np.ndarray, offset: int = 0, strides: tuple[int, ...] | None = None) -> bytes:
    """How PyTorch writes an array: a call that names its storage, and where its values are in there."""
    strides = strides or tuple(step // values.itemsize for step in values.strides)
    kind = b"ctorch\nFloatStorage\n" if values.dtype == np.float32 else b"ctorch\nLongStorage\n"
    storage = b"(" + short("storage") + kind + short(key) + short("cpu") + number(values.size) + b"NtQ"
    empty = b"ccollections\nOrderedDict\n)R"
    return (
        b"ctorch._utils\n_rebuild_tensor_v2\n("
        + storage
        + number(offset)
        + numbers(values.shape)
        + numbers(strides)
        + b"\x89"
        + empty
        + b"tR"
    )


def torch_file(arrays: dict[str, np.ndarray], body: bytes | None = None) -> bytes:
    """A file of arrays as PyTorch before 1.6 wrote it; `body` stands for the table of arrays."""
    magic = b"\x8a\n" + MAGIC.to_bytes(10, "little")
    items = b"".join(short(name) + tensor(f"{index}", values) for index, (name, values) in enumerate(arrays.items()))
    table = b"ccollections\nOrderedDict\n)R(" + items + b"u" if body is None else body
    keys = b"](" + b"".join(short(str(index)) for index in range(len(arrays))) + b"e"
    stored = b"".join(values.size.to_bytes(8, "little") + values.tobytes() for values in arrays.values())
    return b"".join(map(program, (magic, number(1001), b"}", table, keys))) + stored


def write(folder: Path, content: bytes) -> Path:
    path = folder / "weights.pth"
    path.write_bytes(content)
    return path


@given(st.lists(array_shapes(max_dims=4, max_side=5), max_size=4), st.sampled_from([np.float32, np.int64]))
def test_arrays_come_back_as_they_were(tmp_path_factory, shapes, kind):
    arrays = {f"layer{n}.weight": np.arange(np.prod(s), dtype=kind).reshape(s) for n, s in enumerate(shapes)}
    found = read_arrays(write(tmp_path_factory.mktemp("torch"), torch_file(arrays)))
    assert list(found) == list(arrays)
    assert all(np.array_equal(found[name], arrays[name]) and found[name].dtype == kind for name in arrays)


@given(array_shapes(min_dims=2, max_dims=4, max_side=5), st.data())
def test_values_in_another_order_are_placed_by_their_strides(shape, data):
    whole = np.arange(np.prod(shape)).reshape(shape)
    turned = whole.transpose(data.draw(st.permutations(range(len(shape)))))
    steps = tuple(step // whole.itemsize for step in turned.strides)
    assert np.array_equal(place_values(whole.ravel(), 0, turned.shape, steps), turned)


@pytest.mark.parametrize(
    ("offset", "shape", "strides"),
    [(0, (3, 4), (4, 2)), (1, (12,), (1,)), (-1, (2,), (1,)), (0, (2,), (-1,)), (0, (0,), (1,))],
)
def test_values_beyond_those_that_are_stored_are_refused(offset, shape, strides):
    with pytest.raises(Refused, match="strides"):
        place_values(np.arange(12), offset, shape, strides)


def test_an_array_that_would_fill_the_memory_is_refused():
    """Of one value, neighbours of which lie nowhere: few bytes could ask for any memory."""
    with pytest.raises(Refused, match="strides"):
        place_values(np.arange(12), 0, (1 << 20, 1 << 20), (0, 0))


def test_a_count_of_values_that_no_network_has_is_refused(tmp_path):
    whole = torch_file({"a": np.ones((2, 3), np.float32)})
    many = (1 << 62).to_bytes(8, "little")
    with pytest.raises(InputError, match="4611686018427387904 values"):
        read_arrays(write(tmp_path, whole[: -8 - 24] + many + whole[-24:]))


class Harm:
    """What a hostile file asks for when it is loaded."""

    def __reduce__(self):
        return Path.touch, (Path("touched"),)


@pytest.mark.parametrize(
    "body",
    [
        pickle.dumps(Harm(), protocol=2)[2:-1],
        b"cos\nsystem\n(" + short("touch touched") + b"tR",
        b"c__builtin__\neval\n(" + short("open('touched', 'w')") + b"tR",
        b"ccollections\nOrderedDict\n(" + short("touched") + b"tR",
        b"ctorch\nFloatStorage\n" + number(3) + b"\x85R",
        b"(" + short("touched") + b"ios\nsystem\n",
    ],
    ids=["reduce", "system", "eval", "arguments", "a type", "inst"],
)
def test_a_file_that_would_run_something_is_refused_and_runs_nothing(tmp_path, monkeypatch, body):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="nothing that would run"):
        read_arrays(write(tmp_path, torch_file({}, body)))
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize("length", [0, 1, 10, 40, -1])
def test_a_file_that_is_cut_is_told(tmp_path, length):
    whole = torch_file({"a": np.ones((2, 3), np.float32)})
    with pytest.raises(InputError, match="plain arrays"):
        read_arrays(write(tmp_path, whole[:length]))


@given(st.binary(max_size=60))
def test_whatever_stands_in_a_file_is_arrays_or_told(tmp_path_factory, content):
    path = write(tmp_path_factory.mktemp("torch"), torch_file({}, content))
    try:
        assert isinstance(read_arrays(path), dict)
    except InputError as error:
        assert str(path) in str(error)


def test_a_machine_gives_what_its_program_builds():
    built = Machine().run(io.BytesIO(pickle.dumps({"a": [1, 2, (3, None, True)]}, protocol=2)))
    assert built == {"a": [1, 2, (3, None, True)]}
