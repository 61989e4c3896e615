"""A network, weights or a detector from elsewhere are data: what would run code is refused, and nothing of it runs."""

import io
import json
import os
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from squint.detection.detector import FaceDetector
from squint.errors import InputError
from squint.models.backbones import build_backbone
from squint.models.load import load_network

HEAD = b"\x1c\0\0\0TFL3"  # of a LiteRT model


@pytest.fixture
def mark(tmp_path) -> Path:
    """What stands here after somebody else's code ran."""
    return tmp_path / "ran"


def rewrite(path: Path, change) -> None:
    """Change the config of a .keras file, as somebody may who has an editor and no Keras."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(parts["config.json"])
    change(config)
    parts["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def small(keras, path: Path, *layers) -> Path:
    keras.Sequential([keras.Input((2,)), *layers]).save(path)
    return path


def test_a_layer_of_code_is_refused(keras, tmp_path, mark):
    code = f"import pathlib; pathlib.Path({str(mark)!r}).touch()"
    trap = keras.layers.Lambda(lambda x, code=code: (exec(code), x)[1], output_shape=(2,))
    path = small(keras, tmp_path / "trap.keras", trap)
    mark.unlink(missing_ok=True)  # saving runs the layer once
    with pytest.raises(InputError) as error:
        load_network(keras, str(path))
    assert str(path) in str(error.value) and "run code" in str(error.value)
    assert not mark.exists()


@pytest.mark.parametrize(
    "named",
    [
        {"module": "os", "class_name": "system"},
        {"module": "builtins", "class_name": "exec"},
        {"module": "subprocess", "class_name": "Popen"},
        {"module": "keras.src.utils.file_utils", "class_name": "get_file"},
    ],
)
def test_a_config_that_names_other_code_is_refused(keras, tmp_path, mark, named):
    path = small(keras, tmp_path / "trap.keras", keras.layers.Dense(1))

    def change(config):
        layer = config["config"]["layers"][-1]
        layer |= named | {"registered_name": None, "config": f"touch {mark}"}

    rewrite(path, change)
    with pytest.raises(InputError) as error:
        load_network(keras, str(path))
    assert str(path) in str(error.value)
    assert not mark.exists()


class Trap:
    """What a pickle runs when it is read."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


def test_pickled_weights_are_refused(keras, tmp_path, mark):
    import pickle

    for name in ("trap.weights.h5", "trap.h5", "trap.keras"):
        (tmp_path / name).write_bytes(pickle.dumps(Trap(mark)))
        with pytest.raises(InputError):
            build_backbone(keras, "compact", str(tmp_path / name), 40)
    packed = io.BytesIO()
    np.save(packed, np.array([Trap(mark)], dtype=object), allow_pickle=True)
    with h5py.File(tmp_path / "inside.weights.h5", "w") as file:
        file["layers"] = np.frombuffer(packed.getvalue(), np.uint8)
    with pytest.raises(InputError):
        build_backbone(keras, "compact", str(tmp_path / "inside.weights.h5"), 40)
    assert not mark.exists()


def test_a_network_that_is_none_is_refused(keras, tmp_path):
    path = tmp_path / "mine.keras"
    path.write_text("no network")
    with pytest.raises(InputError, match=r"mine\.keras"):
        load_network(keras, str(path))


@pytest.mark.parametrize("content", [b"", b"no model", HEAD + bytes(64), HEAD + b"\xff" * 512])
def test_a_detector_that_is_none_is_refused(tmp_path, content):
    path = tmp_path / "mine.tflite"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"mine\.tflite"):
        FaceDetector(str(path))


def test_a_network_of_ours_is_loaded(keras, tmp_path):
    path = small(keras, tmp_path / "ours.keras", keras.layers.Dense(1))
    assert load_network(keras, str(path)).count_params() == 3
