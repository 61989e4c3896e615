"""How like its training data what a scorer sees is: by its features, and by what can be told of a picture in words.

Features: the Mahalanobis distance to the training crops' features, in the directions in which these vary most. Words:
exposure, blur, size, colour and background of each crop; a camera's oddity is how far the oddest of them lies from the
training recordings. The two see different things: a network that is trained on augmented crops hardly notices the
light, and no word tells another kind of animal.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import h5py
import numpy as np
import pandas as pd

from squint.errors import InputError

COMPONENTS = 32  # directions of the features that count
MOST_CROPS = 2000  # that these are found from, evenly among all: more than tell them, and what fits in memory
# What a direction varies at least, as a share of what all vary on average: without it noise would weigh most.
LEAST_VARIANCE = 0.01
BORDER = 1 / 8  # of a crop's side; what lies so near to its edge is background
WORDS = ("exposure", "blur", "size", "colour", "background")
FACE_QUANTILE = 0.995  # of the crops of animals left out; a face beyond it is not scored
# Of the cameras of animals left out; a camera beyond it, by its features or by its words, is told: 5 % for both, but of
# fewer than 39 cameras the largest value is the limit.
CAMERA_QUANTILE = 0.975
LEAST_SPREAD = 0.01  # of a word, as a share of its median: recordings that are all alike tell nothing of others
ODD = 3.0  # robust standard deviations between recordings, from which a word is named


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
    step = math.ceil(len(features) / MOST_CROPS)
    flat = features[::step].reshape(len(features[::step]), -1).astype(np.float64)
    mean = flat.mean(axis=0)
    _, spread, directions = np.linalg.svd(flat - mean, full_matrices=False)
    parts = min(COMPONENTS, max(1, len(flat) - 1))
    variances = spread[:parts] ** 2 / max(1, len(flat) - 1)
    floor = LEAST_VARIANCE * variances.mean() + np.finfo(float).tiny
    return Likeness(mean, directions[:parts], np.maximum(variances, floor))


PARTS = ("mean", "directions", "variances")


def write_likeness(path: Path, likeness: Likeness) -> None:
    """Write it as HDF5, in single precision."""
    with h5py.File(path, "w") as file:
        for name in PARTS:
            file.create_dataset(name, data=getattr(likeness, name).astype(np.float32))


def read_likeness(path: Path) -> Likeness:
    """Read it. Raises InputError for another file."""
    try:
        with h5py.File(path) as file:
            mean, directions, variances = (file[name][:].astype(np.float64) for name in PARTS)
        if directions.shape != (len(variances), len(mean)):
            raise ValueError(f"directions of shape {directions.shape}")
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        expected = "a likeness that Squint wrote into a scorer"
        raise InputError(path, expected, f"{type(error).__name__}: {error}", "make the scorer anew") from error
    return Likeness(mean, directions, variances)


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


def measure_words(crops: pd.DataFrame) -> dict[str, list[float]]:
    """What is usual: the median and the robust standard deviation of each word between the recordings' cameras."""
    usual = crops.groupby(["experiment", "camera"])[list(WORDS)].median()
    middle = usual.median()
    # 1.4826: the standard deviation of a normal distribution over its median absolute deviation.
    spread = 1.4826 * (usual - middle).abs().median()
    return {word: [float(middle[word]), float(spread[word])] for word in WORDS}


def words_apart(crops: pd.DataFrame, words: dict[str, list[float]]) -> pd.Series:
    """How far the medians of one camera's crops lie from what is usual, by word, in robust standard deviations."""
    apart = {}
    for word, (middle, spread) in words.items():
        apart[word] = (crops[word].median() - middle) / max(spread, LEAST_SPREAD * abs(middle), 1e-6)
    return pd.Series(apart)


def oddity(crops: pd.DataFrame, words: dict[str, list[float]]) -> float:
    """How far the oddest word of one camera's crops lies from what is usual, in robust standard deviations."""
    return float(words_apart(crops, words).abs().max())


def measure_limits(training: pd.DataFrame, held_out: pd.DataFrame) -> dict:
    """The limits beyond which a face is not scored and a camera is told, as plain data.

    Both tables have a row a crop: `experiment`, `camera` and WORDS; `held_out` also its `distance` and its camera's
    `oddity`, by folds that never saw the animal; where it is empty, the limits of both are infinite. `words` is what is
    usual (see measure_words).
    """
    cameras = held_out.groupby(["experiment", "camera"])[["distance", "oddity"]].median()
    return {
        "face_distance": float(np.quantile(held_out.distance, FACE_QUANTILE)) if len(held_out) else math.inf,
        "camera_distance": conformal_limit(cameras.distance.to_numpy()),
        "camera_oddity": conformal_limit(cameras.oddity.to_numpy()),
        "smallest_size": float(training["size"].min()),
        "least_sharp": float(training["blur"].min()),
        "words": measure_words(training),
    }


def conformal_limit(values: np.ndarray) -> float:
    """What a new value exceeds with a probability of 2.5 % at most; the largest of fewer than 39; infinite for none."""
    if not len(values):
        return math.inf
    rank = min(int(np.ceil((len(values) + 1) * CAMERA_QUANTILE)), len(values))
    return float(np.sort(values)[rank - 1])


def judge_camera(crops: pd.DataFrame, limits: dict) -> dict:
    """What is told of one camera of which `crops` has WORDS and `distance`: whether it is unlike the training data.

    `distance`, `oddity`, `told`, and what `differs` in words: `darker`, `a smaller face` …
    """
    distance, odd = float(crops.distance.median()), oddity(crops, limits["words"])
    told = distance > limits["camera_distance"] or odd > limits["camera_oddity"]
    return {"distance": distance, "oddity": odd, "told": told, "differs": ", ".join(name_oddities(crops, limits))}


def describe_unlike(differs: str) -> str:
    """What is said of a camera that is told, behind its name, with what `differs` (see judge_camera)."""
    return f"is unlike what the scorer was trained on{': ' if differs else ''}{differs}."


def name_oddities(crops: pd.DataFrame, limits: dict) -> list[str]:
    """What differs in the crops of one camera from the training recordings, in words."""
    apart = words_apart(crops, limits["words"])
    least = min(ODD, limits["camera_oddity"])  # a camera that is told by its words has one that is named
    return [OPPOSITES[str(word)][int(value > 0)] for word, value in apart.items() if abs(value) > least]


OPPOSITES = {
    "exposure": ("darker", "brighter"),
    "blur": ("more blurred", "sharper or noisier"),
    "size": ("a smaller face", "a larger face"),
    "colour": ("bluer", "redder"),
    "background": ("a darker background", "a brighter background"),
}
