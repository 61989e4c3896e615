import io
import tarfile

import numpy as np
import pytest

from scripts.regions.pretrain_eye_network import as_patches, patch_batches, pretrain, read_cifar10, read_digits
from squint.errors import InputError
from squint.models.eye_network import CONVOLUTIONS, build_eye_network


def archive(path, files: dict[str, bytes]) -> str:
    """A tar.gz of some files."""
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            tar.addfile(about, io.BytesIO(content))
    return str(path)


def records(count: int, seed: int = 0) -> tuple[np.ndarray, bytes]:
    """Records of CIFAR-10's binary version: a label, then a plane of each colour."""
    generator = np.random.default_rng(seed)
    rows = generator.integers(0, 256, (count, 3073)).astype(np.uint8)
    rows[:, 0] = np.arange(count) % 10
    return rows, rows.tobytes()


def test_cifar_10_is_read_from_its_binary_version(tmp_path):
    rows, content = records(30)
    files = {"cifar-10-batches-bin/data_batch_1.bin": content, "cifar-10-batches-bin/test_batch.bin": content}
    pictures, classes = read_cifar10(archive(tmp_path / "cifar.tar.gz", files), "green")
    assert classes.tolist() == [number % 10 for number in range(30)], "the test pictures are left alone"
    assert np.array_equal(pictures, rows[:, 1 + 1024 : 1 + 2048].reshape(30, 32, 32))
    grey, _ = read_cifar10(str(tmp_path / "cifar.tar.gz"), "grey")
    assert grey.shape == (30, 32, 32)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"cifar-10-batches-py/data_batch_1": b"\x80\x02}q\x01."}, "no pictures of ten classes"),  # a pickle
        ({"cifar-10-batches-bin/data_batch_1.bin": b"x" * 3072}, "of 3072 bytes"),
        ({"cifar-10-batches-bin/data_batch_1.bin": b"\xff" * 3073}, "no pictures of ten classes"),
        ({"readme.html": b""}, "no pictures of ten classes"),
    ],
)
def test_other_archives_are_refused_unread(tmp_path, files, words):
    with pytest.raises(InputError) as caught:
        read_cifar10(archive(tmp_path / "cifar.tar.gz", files), "red")
    assert words in str(caught.value)


def test_what_is_no_archive_is_told(tmp_path):
    (tmp_path / "cifar.tar.gz").write_bytes(b"no archive")
    with pytest.raises(InputError, match="binary version"):
        read_cifar10(str(tmp_path / "cifar.tar.gz"), "red")
    with pytest.raises(InputError, match="no such file"):
        read_cifar10(str(tmp_path / "nowhere.tar.gz"), "red")


def test_written_digits_come_with_a_package():
    pictures, classes = read_digits()
    assert pictures.shape == (1797, 8, 8) and pictures.dtype == np.uint8 and pictures.max() == 255
    assert sorted(set(classes)) == list(range(10)) and len(classes) == 1797


def test_pictures_are_seen_at_the_size_of_a_patch_in_all_channels(keras):
    patches = as_patches(np.full((2, 8, 8), 7, np.uint8), 3)
    assert patches.shape == (2, 50, 50, 3) and (patches == 7).all()
    batches = patch_batches(keras, np.zeros((20, 8, 8), np.uint8), np.arange(20) % 10, 1, 8, (1, "digits"))
    assert len(batches) == 2 and batches[0][0].shape == (8, 50, 50, 1)


def test_weights_are_written_that_a_network_starts_from(tmp_path, keras, capsys):
    pictures, classes = read_digits()
    path = str(tmp_path / "digits.weights.h5")
    chosen = np.arange(0, 1797, 12)
    pretrain(pictures[chosen], classes[chosen], 1, 1, 16, seed=1, threads=1, name="digits", path=path)
    assert "held-out pictures of digits are told rightly; by chance 10%" in capsys.readouterr().out
    learnt, fresh = build_eye_network(keras, 1, 10), build_eye_network(keras, 1, 10)
    learnt.load_weights(path)
    layers = [(network.get_layer(CONVOLUTIONS[0]).get_weights()[0]) for network in (learnt, fresh)]
    assert not np.allclose(*layers)
