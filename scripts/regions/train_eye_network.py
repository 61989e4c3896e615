"""Trains a network for patches in each fold of a scheme, and tells what it says of what the fold leaves out.

As published (Kopaczka et al., 3.1): patches turned, cut and shifted on the fly, samples drawn anti-proportionally to
how many have their score, stochastic gradient descent on the squared error, a fixed number of epochs.
"""

import h5py
import numpy as np
import pandas as pd

from squint.domain.seeds import named_generator, named_seed
from squint.jobs.job import job, progress
from squint.learning.batches import make_batches
from squint.learning.fixed import start_anew, train_fixed
from squint.learning.training import STEPS
from squint.models.backend import load_keras
from squint.models.eye_network import CONVOLUTIONS, build_eye_network
from squint.regions.patches import middle_of, turn_and_shift
from squint.regions.samples import FRAME, Patches, anti_proportional, deal_frames, read_patches, shuffle_scores

PREDICTED = [*FRAME, "animal", "score", "prediction", "fold", "constant"]


def drawn_batches(keras, patches: Patches, ours: np.ndarray, batch_size: int, name: tuple):
    """Batches of patches (…, 50, 50, channels) and scores, drawn anew and varied in each epoch.

    An epoch has as many patches as there are frames: of two eyes of a frame one is drawn or the other.
    """
    images, scores = patches.images[ours], patches.table.score.to_numpy()[ours].astype(np.float32)
    chances = anti_proportional(scores)
    steps = -(-len(np.unique(patches.frames[ours])) // batch_size)

    def plan(epoch: int) -> list[np.ndarray]:
        drawn = named_generator(*name, "epoch", epoch).choice(len(scores), (steps, batch_size), p=chances)
        return list(drawn)

    def read(epoch: int, step: int, batch: np.ndarray):
        generator = named_generator(*name, "epoch", epoch, "step", step)
        varied = np.stack([turn_and_shift(images[row], generator) for row in batch])
        return varied.astype(np.float32), scores[batch]

    return make_batches(keras, plan, read, threads=0)


def first_weights(keras, model, channels: int, pretrained: str | None) -> list[np.ndarray]:
    """The weights before training: random ones, the convolutions as they were pre-trained, if they were."""
    if pretrained:
        learnt = build_eye_network(keras, channels, 10)
        learnt.load_weights(pretrained)
        for name in CONVOLUTIONS:
            model.get_layer(name).set_weights(learnt.get_layer(name).get_weights())
    return model.get_weights()


def predict_frames(said: np.ndarray, table: pd.DataFrame, highest: float) -> pd.DataFrame:
    """A row a frame: `prediction`, the mean of what is `said` of its eyes, each within the scale."""
    rows = table.assign(prediction=np.clip(said, 0, highest))
    means = {"prediction": ("prediction", "mean"), "animal": ("animal", "first"), "score": ("score", "first")}
    return rows.groupby(FRAME, as_index=False, sort=True).agg(**means)


def train_eye_network(
    patches: Patches,
    scheme: str,
    folds: int,
    name: str,
    pretrained: str | None,
    settings: dict,
    highest: float,
    weights_path: str,
    seed: int,
    threads: int,
) -> pd.DataFrame:
    """Train in each fold; a row for each frame that a fold leaves out (PREDICTED).

    `constant` is the median score of the fold's training frames, which needs no network. The weights of all folds are
    written in one HDF5 file, a group each.
    """
    channels = patches.images.shape[-1]
    keras = load_keras(threads, named_seed(seed, "eye network", name))
    model = build_eye_network(keras, channels)
    start = first_weights(keras, model, channels, pretrained)
    optimizer = keras.optimizers.SGD(settings["learning_rate"], momentum=settings["momentum"])
    # From one return to Python to the next, which takes longer than some steps.
    model.compile(optimizer, loss="mse", steps_per_execution=STEPS)
    model.optimizer.build(model.trainable_variables)
    rows = []
    with h5py.File(weights_path, "w") as file:
        for fold, tested in progress(deal_frames(patches, scheme, folds, seed).items(), unit="fold"):
            keras.utils.set_random_seed(named_seed(seed, "eye network", name, scheme, fold))
            start_anew(model, start)
            batches = drawn_batches(keras, patches, ~tested, settings["batch_size"], (seed, "eyes", name, scheme, fold))
            train_fixed(
                keras,
                model,
                batches,
                optimizer=optimizer,
                loss="mse",
                epochs=settings["epochs"],
                where=f"{name}, fold {fold}",
            )
            for number, values in enumerate(model.get_weights()):
                file[f"{fold}/{number:02d}"] = values
            if tested.any():
                said = np.asarray(model.predict_on_batch(middle_of(patches.images[tested]).astype(np.float32)))[:, 0]
                known = patches.table[~tested].drop_duplicates(FRAME).score
                ours = predict_frames(said, patches.table[tested], highest)
                rows.append(ours.assign(fold=fold, constant=float(known.median())))
    return pd.concat(rows, ignore_index=True)[PREDICTED] if rows else pd.DataFrame(columns=PREDICTED)


if __name__ == "__main__":
    with job(snakemake):
        params, named = snakemake.params, snakemake.wildcards
        patches = read_patches(snakemake.input.table, snakemake.input.patches, params.network["patches"])
        true = patches.table.score
        if params.shuffled:
            patches = shuffle_scores(patches, params.seed)
        predictions = train_eye_network(
            patches=patches,
            scheme=named.scheme,
            folds=params.folds,
            name=named.eye_network,
            pretrained=next(iter(snakemake.input.start), None),
            settings=params.settings,
            highest=params.highest,
            weights_path=snakemake.output.weights,
            seed=params.seed,
            threads=params.threads,
        )
        if params.shuffled:  # the control is judged by the true scores
            truth = patches.table.assign(score=true).drop_duplicates(FRAME)[[*FRAME, "score"]]
            predictions = predictions.drop(columns="score").merge(truth, on=FRAME, validate="one_to_one")
        predictions.to_parquet(snakemake.output.predictions, index=False)
