"""Trains the U-Net that tells background, animal, ears and eyes, and exports it for LiteRT."""

import json
from pathlib import Path

import numpy as np

from squint.domain.seeds import named_generator, named_seed
from squint.errors import InputError
from squint.jobs.job import job
from squint.learning.batches import make_batches
from squint.learning.fixed import train_fixed
from squint.learning.training import versions
from squint.models.backend import load_keras
from squint.models.unet import build_unet, segmentation_loss
from squint.regions.augmentation import vary
from squint.regions.pictures import shrink
from squint.regions.store import RegionStore, read_stores

EPOCH = 10  # steps, of which the curve has a row


def marked_pictures(store: RegionStore, held_out: list[str], step: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures as the network sees them and their masks, of animals that are not `held_out`; both uint8."""
    ours = store.chosen(store.marked & ~store.table.animal.isin(held_out).to_numpy())
    if not len(ours.table):
        remedy = "mark frames of other animals too, or lower `regions: segmentation: folds`"
        raise InputError("the masks", "marked frames of animals to learn from", "none", remedy)
    return np.stack([shrink(picture, step) for picture in ours.pictures]), ours.masks


def varied_batches(keras, pictures: np.ndarray, masks: np.ndarray, batch_size: int, name: tuple, threads: int):
    """Batches of pictures (…, height, width, 1) and masks that are drawn and varied anew in each epoch."""

    def plan(epoch: int) -> list[np.ndarray]:
        return list(named_generator(*name, "epoch", epoch).integers(0, len(pictures), (EPOCH, batch_size)))

    def read(epoch: int, step: int, batch: np.ndarray):
        generator = named_generator(*name, "epoch", epoch, "step", step)
        varied = [vary(pictures[row], masks[row], generator) for row in batch]
        shown, marked = zip(*varied, strict=True)
        return np.stack(shown)[..., None], np.stack(marked)

    return make_batches(keras, plan, read, threads)


def train_segmentation(
    stores: list[str],
    held_out: list[str],
    model_path: str,
    history_path: str,
    record_path: str,
    fold: str,
    size: tuple[int, int],
    settings: dict,
    seed: int,
    threads: int,
) -> None:
    """Train on all marked animals but those `held_out`; write the .tflite network, its curve and its record.

    `settings` are `regions: segmentation` of the config.
    """
    step = settings["step"]
    pictures, masks = marked_pictures(read_stores(stores), held_out, step)
    keras = load_keras(threads, named_seed(seed, "segmentation", fold))
    model = build_unet(keras, settings["width"], settings["depth"], size[1] // step, size[0] // step)
    rate = keras.optimizers.schedules.CosineDecay(settings["learning_rate"], settings["steps"])
    batches = varied_batches(keras, pictures, masks, settings["batch_size"], (seed, "segmentation", fold), threads)
    curve = train_fixed(
        keras,
        model,
        batches,
        optimizer=keras.optimizers.Adam(rate),  # pyright: ignore[reportArgumentType]
        loss=segmentation_loss(keras, settings["class_weights"]),
        epochs=settings["steps"] // EPOCH,
        where=f"the segmentation, fold {fold}",
        verbose=2,
    )
    batches.close()
    curve.to_csv(history_path)
    model.export(model_path, format="litert", verbose=False)
    record = {"fold": fold, "held_out": held_out, "pictures": len(pictures), "settings": settings, "seed": seed}
    record |= {"parameters": model.count_params(), "versions": versions(), "loss": float(curve.loss.iloc[-1])}
    Path(record_path).write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    with job(snakemake):
        params, made = snakemake.params, snakemake.output
        train_segmentation(
            stores=snakemake.input.stores,
            held_out=params.held_out,
            model_path=made.model,
            history_path=made.history,
            record_path=made.record,
            fold=snakemake.wildcards.fold,
            size=tuple(params.size),
            settings=params.settings,
            seed=params.seed,
            threads=params.threads,
        )
