"""A whole scorer: the networks of all folds with their frozen backbones, from crops to what they say."""

from dataclasses import dataclass

import numpy as np

from squint.models.backend import load_keras
from squint.models.extractor import backbone_seed, build_extractor, compute_features
from squint.models.load import load_network
from squint.models.prediction import predict
from squint.outputs import make_output
from squint.samples.views import single_views


@dataclass(frozen=True)
class Scorer:
    """`networks` of one kind, and the `extractors` whose features they take.

    There is one extractor a network, one for all where they share it, or none where networks take crops.
    """

    settings: dict
    networks: list
    extractors: list

    def score(self, crops: np.ndarray, sets: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Predictions (networks, crops), and (networks, sets) where networks see all views of a set, else None.

        `crops` (n, size, size, 3) uint8; `sets` (m, cameras) are rows of `crops`, see `squint.samples.views`.
        """
        inputs = [crops]
        if self.extractors:
            inputs = [np.concatenate(list(compute_features(extractor, crops))) for extractor in self.extractors]
        single, of_sets = [], []
        for number, network in enumerate(self.networks):
            ours = inputs[number % len(inputs)]
            single.append(self.predictions(network, ours, single_views(len(crops), self.settings)))
            if self.settings["views"] == "all":
                of_sets.append(self.predictions(network, ours, sets))
        return np.stack(single), np.stack(of_sets) if of_sets else None

    def predictions(self, network, inputs: np.ndarray, items: np.ndarray) -> np.ndarray:
        """What a network says of some items, (items,)."""
        outputs = make_output(self.settings).decode(predict(network, inputs, items))
        return outputs.prediction.to_numpy()


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
