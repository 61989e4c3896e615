"""Reading the arrays of a PyTorch weights file without PyTorch, and without running what is in it.

Such a file is a program for Python's pickle machine, which can call anything. Here it is read by a machine of its own
that knows a few instructions, builds texts, numbers, tuples and arrays, and refuses all others.
"""

import io
import math
import pickletools
from pathlib import Path
from typing import Any

import numpy as np

from squint.errors import InputError

# The names that a file of plain arrays mentions. None of them is imported or called.
DICT, REBUILD = "collections OrderedDict", "torch._utils _rebuild_tensor_v2"
TYPES = {"torch FloatStorage": np.dtype("<f4"), "torch LongStorage": np.dtype("<i8")}
MAGIC = 0x1950A86A20F9469CFC6C
MOST_VALUES = 1 << 28  # of an array: a gigabyte, far above what a network has
MARK = object()


class Refused(ValueError):
    """What a file of plain arrays does not hold."""


class Machine:
    """Runs one program of a file and gives what it builds; `storages` collects the type of each stored array by key."""

    def __init__(self):
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.storages: dict[str, np.dtype] = {}

    def run(self, file: io.BytesIO) -> Any:
        """The value at the end of the program that begins where `file` is, which is left behind it."""
        for operation, argument, _ in pickletools.genops(file):
            self.step(operation.name, argument)
        return self.stack.pop()

    def step(self, name: str, argument: Any) -> None:
        """One instruction. Raises Refused for one that a file of plain arrays does not need."""
        if name in ("PROTO", "STOP"):
            return
        if name in ("BINUNICODE", "BININT", "BININT1", "BININT2", "LONG1"):
            self.stack.append(argument)
        elif name in CONSTANTS:
            self.stack.append(CONSTANTS[name]())
        elif name in ("BINPUT", "LONG_BINPUT"):
            self.memo[argument] = self.stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            self.stack.append(self.memo[argument])
        elif name == "GLOBAL" and argument in (DICT, REBUILD, *TYPES):
            self.stack.append(Name(argument))
        elif name in ("TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"):
            self.stack.append(tuple(self.to_mark() if name == "TUPLE" else self.pop(int(name[-1]))))
        elif name in ("SETITEM", "SETITEMS"):
            items = self.pop(2) if name == "SETITEM" else self.to_mark()
            self.stack[-1].update(zip(items[::2], items[1::2], strict=True))
        elif name in ("APPEND", "APPENDS"):
            items = self.pop(1) if name == "APPEND" else self.to_mark()
            self.stack[-1].extend(items)
        elif name == "BINPERSID":
            self.stack.append(self.storage(*self.pop(1)[0]))
        elif name == "REDUCE":
            called, arguments = self.pop(2)
            self.stack.append(self.call(called, arguments))
        elif name == "BUILD":  # what PyTorch notes about a dictionary
            self.pop(1)
        else:
            raise Refused(f"the instruction {name} {argument if argument is not None else ''}".rstrip())

    def pop(self, count: int) -> list[Any]:
        """The last `count` values."""
        values = self.stack[-count:]
        del self.stack[-count:]
        return values

    def to_mark(self) -> list[Any]:
        """The values behind the last mark."""
        start = len(self.stack) - 1 - self.stack[::-1].index(MARK)
        values = self.stack[start + 1 :]
        del self.stack[start:]
        return values

    def storage(self, kind: str, stored: "Name", key: str, place: str, count: int, *_: None) -> "Storage":
        """Note a stored array."""
        if kind != "storage" or not isinstance(stored, Name) or stored not in TYPES or count > MOST_VALUES:
            raise Refused(f"a {kind} of {stored}, {count} values")
        self.storages[key] = TYPES[stored]
        return Storage(key)

    def call(self, called: Any, arguments: tuple) -> Any:
        """What calling a known name gives; nothing is called."""
        if called == DICT and not arguments:
            return {}
        if called == REBUILD and isinstance(arguments[0], Storage):
            storage, offset, shape, strides = arguments[:4]
            return Tensor(storage, offset, shape, strides)
        raise Refused(f"a call of {called}")


class Name(str):
    """The name of something that a file mentions."""


class Storage(str):
    """The key of a stored array."""


class Tensor(tuple):
    """A stored array's key, and offset, shape and strides in values."""

    def __new__(cls, *parts: Any):
        return super().__new__(cls, parts)


CONSTANTS = {
    "MARK": lambda: MARK,
    "NONE": lambda: None,
    "NEWFALSE": lambda: False,
    "NEWTRUE": lambda: True,
    "EMPTY_TUPLE": tuple,
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
}


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a PyTorch file (the form of versions before 1.6) by name. Raises InputError for any other file."""
    try:
        return read_program(io.BytesIO(path.read_bytes()))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OSError) as error:
        raise InputError(
            path,
            "a PyTorch file of plain arrays and nothing that would run",
            f"{type(error).__name__}: {error}",
            "install the package that it comes with anew; do not load it elsewhere",
        ) from error


def read_program(file: io.BytesIO) -> dict[str, np.ndarray]:
    """The arrays of a file: three numbers and tables about it, names and shapes, keys, and the values of each key."""
    if Machine().run(file) != MAGIC:
        raise Refused("another beginning")
    Machine().run(file)
    Machine().run(file)
    named = Machine()
    tensors = named.run(file)
    stored = {}
    for key in Machine().run(file):
        kind = named.storages[key]
        count = int.from_bytes(file.read(8), "little")
        if count > MOST_VALUES:
            raise Refused(f"{count} values")
        stored[key] = np.frombuffer(file.read(count * kind.itemsize), kind)
        if len(stored[key]) != count:
            raise Refused("fewer values than promised")
    return {name: place_values(stored[tensor[0]], *tensor[1:]) for name, tensor in tensors.items()}


def place_values(values: np.ndarray, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> np.ndarray:
    """The array of `shape` whose neighbours along each axis lie `strides` values apart, from `offset` on."""
    steps = list(zip(shape, strides, strict=True))
    last = offset + sum((count - 1) * step for count, step in steps)
    if (
        offset < 0
        or math.prod(shape) > MOST_VALUES
        or any(count < 1 or step < 0 for count, step in steps)
        or last >= len(values)
    ):
        raise Refused(f"shape {shape} with strides {strides} from {offset} on in {len(values)} values")
    placed = np.lib.stride_tricks.as_strided(
        values[offset:], shape, [step * values.itemsize for step in strides], writeable=False
    )
    return placed.copy()
