"""Pre-trains the network for patches on a task of ten classes: CIFAR-10, or written digits that come with a package."""

import tarfile

import cv2
import numpy as np

from squint.domain.regions import PATCH
from squint.domain.seeds import named_generator, named_seed
from squint.errors import InputError, instead_of_file, is_file
from squint.jobs.job import job
from squint.learning.batches import make_batches
from squint.learning.fixed import train_fixed
from squint.models.backend import load_keras
from squint.models.eye_network import build_eye_network
from squint.regions.pictures import CHANNELS, take_channel

CLASSES = 10
CIFAR_SIDE, CIFAR_RECORD, CIFAR_BATCH = 32, 3073, 10_000  # px; bytes of a label and three planes; pictures
CIFAR_BATCHES = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
HELD_OUT = 0.1  # of the pictures, that only judge
DIGIT_SIDE, DIGIT_GREY = 8, 16  # px of the written digits, and the highest value of one


def read_cifar10(path: str, channel: str) -> tuple[np.ndarray, np.ndarray]:
    """One channel of CIFAR-10's training pictures, uint8 (n, 32, 32), and their classes, from its binary version.

    Its Python version holds pickles, which could run code. Raises InputError for other archives.
    """
    expected = "CIFAR-10's binary version, cifar-10-binary.tar.gz"
    remedy = "take it from https://www.cs.toronto.edu/~kriz/cifar.html, or empty `regions: eyes: pretraining_archive`"
    if not is_file(path):
        raise InputError(path, expected, instead_of_file(path), remedy)
    parts = []
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                if member.isfile() and member.name.rpartition("/")[2] in CIFAR_BATCHES:
                    if member.size % CIFAR_RECORD or member.size > CIFAR_BATCH * CIFAR_RECORD or len(parts) == 5:
                        raise InputError(path, expected, f"{member.name} of {member.size} bytes", remedy)
                    content = archive.extractfile(member)
                    parts.append(np.frombuffer(content.read() if content else b"", np.uint8).reshape(-1, CIFAR_RECORD))
    except (tarfile.TarError, OSError, EOFError) as error:
        raise InputError(path, expected, f"{type(error).__name__}: {error}", remedy) from error
    records = np.concatenate(parts) if parts else np.zeros((0, CIFAR_RECORD), np.uint8)
    if not len(records) or records[:, 0].max() >= CLASSES:
        raise InputError(path, expected, "no pictures of ten classes in it", remedy)
    planes = records[:, 1:].reshape(-1, 3, CIFAR_SIDE, CIFAR_SIDE)
    if channel in CHANNELS:
        return planes[:, CHANNELS[channel]], records[:, 0].astype(int)
    pictures = np.stack([take_channel(picture.transpose(1, 2, 0), channel) for picture in planes])
    return pictures, records[:, 0].astype(int)


def read_digits() -> tuple[np.ndarray, np.ndarray]:
    """1,797 written digits of 8 by 8 px, uint8 (n, 8, 8), and their classes, which scikit-learn ships (UCI)."""
    from sklearn.datasets import load_digits  # noqa: PLC0415 (takes a second to import)

    pixels, classes = load_digits(return_X_y=True)
    pictures = np.reshape(pixels, (-1, DIGIT_SIDE, DIGIT_SIDE)) * (255 / DIGIT_GREY)
    return pictures.round().astype(np.uint8), np.asarray(classes, int)


def patch_batches(keras, pictures: np.ndarray, classes: np.ndarray, channels: int, batch_size: int, name: tuple):
    """Batches of all pictures in a new order in each epoch, each at the size of a patch and in all of its channels."""

    def plan(epoch: int) -> list[np.ndarray]:
        order = named_generator(*name, "epoch", epoch).permutation(len(pictures))
        return [order[start : start + batch_size] for start in range(0, len(order) - batch_size + 1, batch_size)]

    def read(epoch: int, step: int, batch: np.ndarray):
        return as_patches(pictures[batch], channels), classes[batch]

    return make_batches(keras, plan, read, threads=0)


def as_patches(pictures: np.ndarray, channels: int) -> np.ndarray:
    """Pictures at the size of a patch, float32 (n, 50, 50, channels)."""
    large = [cv2.resize(picture, (PATCH, PATCH), interpolation=cv2.INTER_LINEAR) for picture in pictures]
    return np.repeat(np.stack(large)[..., None], channels, axis=-1).astype(np.float32)


def pretrain(
    pictures: np.ndarray,
    classes: np.ndarray,
    channels: int,
    epochs: int,
    batch_size: int,
    seed: int,
    threads: int,
    name: str,
    path: str,
) -> None:
    """Write the weights of a network that was trained on classes; what it says of held-out pictures is printed."""
    keras = load_keras(threads, named_seed(seed, "pre-training", name, channels))
    order = named_generator(seed, "pre-training", name).permutation(len(pictures))
    aside = order[: round(HELD_OUT * len(order))]
    ours = order[len(aside) :]
    model = build_eye_network(keras, channels, CLASSES)
    batches = patch_batches(keras, pictures[ours], classes[ours], channels, batch_size, (seed, "pre-training", name))
    loss = keras.losses.SparseCategoricalCrossentropy()
    train_fixed(
        keras,
        model,
        batches,
        optimizer=keras.optimizers.Adam(0.001),
        loss=loss,
        epochs=epochs,
        where=f"pre-training on {name}",
        verbose=2,
    )
    said = np.concatenate(
        [
            model.predict_on_batch(as_patches(pictures[part], channels))
            for part in np.array_split(aside, max(1, len(aside) // 200))
        ]
    )
    right = float((said.argmax(axis=1) == classes[aside]).mean())
    print(f"{right:.1%} of {len(aside)} held-out pictures of {name} are told rightly; by chance {1 / CLASSES:.0%}.")
    model.save_weights(path)


if __name__ == "__main__":
    with job(snakemake):
        params, named = snakemake.params, snakemake.wildcards
        pictures, classes = read_cifar10(params.archive, params.channel) if named.source == "cifar10" else read_digits()
        pretrain(
            pictures=pictures,
            classes=classes,
            channels=int(named.channels),
            epochs=params.epochs,
            batch_size=params.batch_size,
            seed=params.seed,
            threads=params.threads,
            name=named.source,
            path=snakemake.output.weights,
        )
