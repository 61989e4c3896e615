"""How like its training data what a scorer sees is: by its features, and by what can be told of a picture in words.

Features: the Mahalanobis distance to the training crops' features, in the directions in which these vary most. Words:
exposure, blur, size, colour and background of each crop.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import h5py
import numpy as np
import pandas as pd

COMPONENTS = 32  # directions of the features that count
# What a direction varies at least, as a share of what all vary on average: without it noise would weigh most.
LEAST_VARIANCE = 0.01
BORDER = 1 / 8  # of a crop's side; what lies so near to its edge is background
WORDS = ("exposure", "blur", "size", "colour", "background")
FACE_QUANTILE = 0.995  # of the crops of animals left out; a face beyond it is not scored
RECORDING_QUANTILE = 0.95  # of the cameras of animals left out; a camera beyond it is told
ODD = 3.0  # robust standard deviations of a word, between recordings, from which it is told


@dataclass(frozen=True)
class Likeness:
    """Where training features (n, width) lie: `mean` (width,), `directions` (parts, width), `variances` (parts,)."""

    mean: np.ndarray
    directions: np.ndarray
    variances: np.ndarray

    def distance(self, features: np.ndarray) -> np.ndarray:
        """The distance of each of some features (n, …), 1 on average over the training ones."""
        parts = (features.reshape(len(features), -1) - self.mean) @ self.directions.T
        return np.sqrt((parts**2 / self.variances).mean(axis=1))


def fit_likeness(features: np.ndarray) -> Likeness:
    """What is needed of some training features (n, …) to tell how far others are."""
    flat = features.reshape(len(features), -1).astype(np.float64)
    mean = flat.mean(axis=0)
    _, spread, directions = np.linalg.svd(flat - mean, full_matrices=False)
    parts = min(COMPONENTS, max(1, len(flat) - 1))
    variances = spread[:parts] ** 2 / max(1, len(flat) - 1)
    floor = LEAST_VARIANCE * variances.mean() + np.finfo(float).tiny
    return Likeness(mean, directions[:parts], np.maximum(variances, floor))


def write_likeness(path: Path, likeness: Likeness) -> None:
    """Write it as HDF5, in single precision."""
    with h5py.File(path, "w") as file:
        for name in ("mean", "directions", "variances"):
            file.create_dataset(name, data=getattr(likeness, name).astype(np.float32))


def read_likeness(path: Path) -> Likeness:
    """Read it. Raises KeyError or OSError for another file."""
    with h5py.File(path) as file:
        return Likeness(*(file[name][:].astype(np.float64) for name in ("mean", "directions", "variances")))


def describe_crops(crops: np.ndarray, sizes: np.ndarray) -> pd.DataFrame:
    """What can be said in words of crops (n, size, size, 3) uint8 whose boxes are `sizes` (n,) px of the frame.

    `exposure`: mean luma; `blur`: standard deviation of the luma's Laplacian, less where it is blurred; `size`: the box
    in px; `colour`: red minus blue over the luma; `background`: mean luma of the crop's border.
    """
    rows = []
    for crop, size in zip(crops, sizes, strict=True):
        luma = cv2.cvtColor(np.ascontiguousarray(crop), cv2.COLOR_RGB2GRAY)
        edge = max(1, round(BORDER * len(luma)))
        inside = luma[edge:-edge, edge:-edge].astype(float).sum()
        outside = luma.size - (len(luma) - 2 * edge) ** 2
        red, blue = crop[..., 0].mean(), crop[..., 2].mean()
        mean = float(luma.mean())
        rows.append(
            {
                "exposure": mean,
                "blur": float(cv2.Laplacian(luma, cv2.CV_64F).std()),
                "size": float(size),
                "colour": float((red - blue) / max(mean, 1.0)),
                "background": (float(luma.sum()) - inside) / outside,
            }
        )
    return pd.DataFrame(rows, columns=list(WORDS))


def measure_limits(training: pd.DataFrame, held_out: pd.DataFrame) -> dict:
    """The limits beyond which a face is not scored and a camera is told, as plain data.

    Both tables have a row a crop: `experiment`, `camera` and WORDS; `held_out` also `distance`, by networks that never
    saw the animal. `words` gives the median and the robust standard deviation of each word between the training
    recordings' cameras.
    """
    cameras = held_out.groupby(["experiment", "camera"]).distance.median().to_numpy()
    usual = training.groupby(["experiment", "camera"])[list(WORDS)].median()
    middle = usual.median()
    # 1.4826: the standard deviation of a normal distribution over its median absolute deviation.
    spread = 1.4826 * (usual - middle).abs().median()
    return {
        "face_distance": float(np.quantile(held_out.distance, FACE_QUANTILE)),
        "camera_distance": conformal_limit(cameras),
        "smallest_size": float(training["size"].min()),
        "least_sharp": float(training["blur"].min()),
        "words": {word: [float(middle[word]), float(spread[word])] for word in WORDS},
    }


def conformal_limit(values: np.ndarray) -> float:
    """What a new value exceeds with a probability of 5 % at most; with few values the largest of them."""
    rank = min(int(np.ceil((len(values) + 1) * RECORDING_QUANTILE)), len(values))
    return float(np.sort(values)[rank - 1])


def name_oddities(crops: pd.DataFrame, limits: dict) -> list[str]:
    """What differs in the crops of one camera from the training recordings, in words: `darker`, `smaller` …"""
    found = []
    for word, (less, more) in OPPOSITES.items():
        middle, spread = limits["words"][word]
        apart = (crops[word].median() - middle) / max(spread, 1e-6)
        if abs(apart) > ODD:
            found.append(less if apart < 0 else more)
    return found


OPPOSITES = {
    "exposure": ("darker", "brighter"),
    "blur": ("more blurred", "sharper or noisier"),
    "size": ("a smaller face", "a larger face"),
    "colour": ("bluer", "redder"),
    "background": ("a darker background", "a brighter background"),
}
