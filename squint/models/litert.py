"""Networks under LiteRT, which runs them quickly on a processor's cores and needs no TensorFlow."""

from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from squint.errors import InputError


class LiteNetwork:
    """A network of one input and one output in a .tflite file.

    One item is computed at a time: on a processor that is as quick as many, and no sum depends on how many there are.
    """

    def __init__(self, model: Path | str | bytes, name: str = ""):
        """`model` is the path of a file or its content; `name` stands for it in messages."""
        where = name or ("a network" if isinstance(model, bytes) else str(model))
        try:
            content = model if isinstance(model, bytes) else Path(model).read_bytes()
            self.interpreter = Interpreter(model_content=content, num_threads=1)
            (taken,), (given,) = self.interpreter.get_input_details(), self.interpreter.get_output_details()
            self.interpreter.resize_tensor_input(taken["index"], [1, *taken["shape_signature"][1:]], strict=True)
            self.interpreter.allocate_tensors()
        except (ValueError, RuntimeError, TypeError, OSError) as error:
            found = str(error).splitlines()[0]
            raise InputError(where, "a network for LiteRT", found, "take the file as Squint wrote it") from error
        self.taken, self.given = taken["index"], given["index"]
        self.shape = tuple(int(size) for size in taken["shape_signature"][1:])

    def __call__(self, item: np.ndarray) -> np.ndarray:
        """What the network says of one item: `shape` in, its output without the axis of items out."""
        self.interpreter.set_tensor(self.taken, np.ascontiguousarray(item, np.float32)[None])
        self.interpreter.invoke()
        return self.interpreter.get_tensor(self.given)[0]
