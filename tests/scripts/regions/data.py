"""Stores of regions as tests make them: bright squares for animals, with ears and eyes."""

import numpy as np
import pandas as pd

from squint.domain.regions import ANIMAL, EARS, EYES
from squint.regions.store import COLUMNS, NO_MASK, RegionStore

SIZE, STEP = (48, 36), 2
KEY = ["rack", "region", "animal", "frame_num"]


def labels_of(shift: int) -> np.ndarray:
    """Label images of an animal that stands `shift` px to the right: its body, an ear and two eyes."""
    labels = np.zeros((SIZE[1] // STEP, SIZE[0] // STEP), np.uint8)
    labels[6:14, 4 + shift : 14 + shift] = ANIMAL
    labels[4:7, 6 + shift : 9 + shift] = EARS
    labels[8:10, 6 + shift : 8 + shift] = EYES
    labels[8:10, 10 + shift : 12 + shift] = EYES
    return labels


def make_store(animals: int = 4, frames: int = 6, scored: bool = True) -> RegionStore:
    """Pictures of some animals, every second one marked; scores from 0 on."""
    rows, pictures, masks = [], [], []
    for animal in range(animals):
        for frame in range(frames):
            labels = labels_of((animal + frame) % 8)
            shades = np.array([30, 150, 190, 80], np.uint8)[labels]
            pictures.append(np.kron(shades, np.ones((STEP, STEP), np.uint8)))
            masks.append(labels if frame % 2 == 0 else np.full_like(labels, NO_MASK))
            score = float((animal + frame) % 10) if scored else np.nan
            rows.append(("R1", str(animal), f"m{animal}", frame, frame / 30, score))
    return RegionStore(pd.DataFrame(rows, columns=COLUMNS), np.array(pictures), np.array(masks))


def predictions(animals: int = 6, frames: int = 20, error: float = 0.5, seed: int = 0) -> pd.DataFrame:
    """What a network says of frames of some animals, off by normal errors."""
    generator, rows = np.random.default_rng(seed), []
    for animal in range(animals):
        for frame in range(frames):
            score = float(generator.integers(0, 10))
            said = float(np.clip(score + generator.normal(0, error), 0, 9))
            rows.append(("R1", str(animal), frame, f"m{animal}", score, said, f"m{animal}", 4.0))
    columns = ["rack", "region", "frame_num", "animal", "score", "prediction", "fold", "constant"]
    return pd.DataFrame(rows, columns=columns)
