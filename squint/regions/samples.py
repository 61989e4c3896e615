"""What networks for patches learn from: a row an eye, and its patches; folds over frames or animals."""

from dataclasses import dataclass

import h5py
import numpy as np
import pandas as pd

from squint.domain.seeds import named_generator
from squint.regions.patches import KINDS

FRAME = ["rack", "region", "frame_num"]
# How networks are cross-validated: over frames as in the paper (3.1), or over animals; ALL leaves nothing out.
K_FOLD, LEAVE_ONE_ANIMAL_OUT, ALL = "k_fold", "leave_one_animal_out", "all"
SCHEMES = (K_FOLD, LEAVE_ONE_ANIMAL_OUT)


@dataclass(frozen=True)
class Patches:
    """A row an eye: `table` has `rack`, `region`, `animal`, `frame_num`, `score`; `images` are (n, 86, 86, kinds)."""

    table: pd.DataFrame
    images: np.ndarray

    @property
    def frames(self) -> np.ndarray:
        """The number of the frame, from 0, that each eye is of: two eyes of one frame have one number."""
        return self.table.groupby(FRAME, sort=True).ngroup().to_numpy()


def read_patches(table: str, images: str, kinds: list[str]) -> Patches:
    """The patches of some kinds, as channels."""
    with h5py.File(images) as file:
        channels = [KINDS.index(kind) for kind in kinds]
        return Patches(pd.read_parquet(table), file["patches"][:][..., channels])


def deal_frames(patches: Patches, scheme: str, folds: int, seed: int) -> dict[str, np.ndarray]:
    """Which eyes each fold tests, as booleans, by its name.

    `k_fold` deals frames at random, so that an animal is on both sides (Kopaczka et al., 3.1); no frame is. `all` has
    one fold that tests nothing.
    """
    if scheme == ALL:
        return {ALL: np.zeros(len(patches.table), bool)}
    if scheme == LEAVE_ONE_ANIMAL_OUT:
        return {animal: (patches.table.animal == animal).to_numpy() for animal in dict.fromkeys(patches.table.animal)}
    frames = patches.frames
    count = int(frames.max()) + 1
    dealt = np.empty(count, int)
    dealt[named_generator(seed, "eye folds").permutation(count)] = np.arange(count) % min(folds, count)
    return {str(fold + 1): dealt[frames] == fold for fold in range(min(folds, count))}


def anti_proportional(scores: np.ndarray) -> np.ndarray:
    """The probability to draw each sample: anti-proportional to the share of its score (Kopaczka et al., 3.1)."""
    values, inverse, counts = np.unique(np.round(scores), return_inverse=True, return_counts=True)
    return 1 / counts[inverse] / len(values)


def shuffle_scores(patches: Patches, seed: int) -> Patches:
    """The same patches with the scores of their frames dealt anew, for a control."""
    frames = patches.frames
    first = pd.Series(patches.table.score.to_numpy()).groupby(frames).first().to_numpy()
    shuffled = named_generator(seed, "shuffled eyes").permutation(first)
    return Patches(patches.table.assign(score=shuffled[frames]), patches.images)
