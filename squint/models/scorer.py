"""A whole scorer: the networks of all folds with their frozen backbones, from crops to what they say."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from squint.models.backend import load_keras
from squint.models.extractor import backbone_seed, build_extractor, compute_features
from squint.models.load import load_network
from squint.models.networks import trained_backbone
from squint.models.prediction import predict
from squint.outputs import make_output
from squint.outputs.distribution import PREFIX
from squint.samples.views import single_views


@dataclass(frozen=True)
class Said:
    """What networks say of some items: `predictions` (networks, items), and how probable higher scores are.

    `above` (items, thresholds) is the mean over the networks; None where they tell no distribution.
    """

    predictions: np.ndarray
    above: np.ndarray | None

    def take(self, items: np.ndarray) -> "Said":
        """What is said of some of the items."""
        return Said(self.predictions[:, items], None if self.above is None else self.above[items])


def join_said(parts: Sequence[Said]) -> Said:
    """What is said of all items of some parts."""
    above = [part.above for part in parts if part.above is not None]
    return Said(np.concatenate([part.predictions for part in parts], axis=1), np.concatenate(above) if above else None)


@dataclass(frozen=True)
class Scorer:
    """`networks` of one kind, and the `extractors` whose features they take.

    There is one extractor a network, one for all where they share it, or none where networks take crops.
    """

    settings: dict
    networks: list
    extractors: list

    def inputs(self, crops: np.ndarray) -> list[np.ndarray]:
        """What the networks take of `crops` (n, size, size, 3) uint8: the features of each extractor, or the crops."""
        return [self._apply(extractor, crops) for extractor in self.extractors] or [crops]

    def features(self, crops: np.ndarray, inputs: list[np.ndarray]) -> list[np.ndarray]:
        """The features (n, …) of each backbone, by which crops are compared; `inputs` are those of the crops."""
        if self.extractors:
            return inputs
        import keras

        return [self._apply(trained_backbone(keras, network), crops) for network in self.networks]

    def _apply(self, model, crops: np.ndarray) -> np.ndarray:
        parts = list(compute_features(model, crops))
        return np.concatenate(parts) if parts else np.zeros((0, *model.output_shape[1:]), np.float32)

    def score(self, inputs: list[np.ndarray], sets: np.ndarray) -> tuple[Said, Said | None]:
        """What is said of each crop, and of each of some `sets` (m, views) where networks see all views, else None.

        `inputs` are those of the crops; sets are rows of these, see `squint.samples.views`.
        """
        single = self._ask(inputs, single_views(len(inputs[0]), self.settings))
        return single, self._ask(inputs, sets) if self.settings["views"] == "all" else None

    def _ask(self, inputs: list[np.ndarray], items: np.ndarray) -> Said:
        output = make_output(self.settings)
        tables: list[pd.DataFrame] = [
            output.decode(predict(network, inputs[number % len(inputs)], items))
            for number, network in enumerate(self.networks)
        ]
        above = [table.filter(regex=f"^{PREFIX}").to_numpy() for table in tables]
        predictions = np.stack([table.prediction.to_numpy() for table in tables])
        return Said(predictions, np.mean(above, axis=0) if above[0].size else None)


def load_scorer(
    settings: dict,
    image_size: int,
    models: list[str],
    sources: list[str],
    means: list[np.ndarray],
    seed: int,
    threads: int,
) -> Scorer:
    """The scorer in the files `models`, one a fold.

    `sources` are the networks whose frozen backbones they take, `means` (3,) the mean colours that they were trained
    without, one a fold; both are empty for none.
    """
    keras = load_keras(threads, backbone_seed(seed, settings["backbone"]), settings["precision"])
    networks = [load_network(keras, path) for path in models]
    extractors = []
    for number in range(0 if settings["trainable"] else max(1, len(sources), len(means))):
        keras.utils.set_random_seed(backbone_seed(seed, settings["backbone"]))
        source, mean = sources[number] if sources else None, means[number] if means else None
        extractors.append(build_extractor(keras, settings, image_size, source, mean))
    return Scorer(settings, networks, extractors)


def load_packed(settings: dict, networks: list[str], extractors: list[str], threads: int) -> Scorer:
    """The scorer in files of its networks and of its extractors, as `squint.scorer.archive` packs them.

    Raises InputError for a file that is not such a model or would run code.
    """
    keras = load_keras(threads, 0, settings["precision"])
    return Scorer(
        settings, [load_network(keras, path) for path in networks], [load_network(keras, path) for path in extractors]
    )
