"""Scores each frame of a rack that networks learn from, by networks that never saw the animal of the region."""

import pandas as pd

from squint.jobs.job import job
from squint.models.backend import load_keras
from squint.models.eye_network import export_folds
from squint.models.litert import LiteNetwork
from squint.regions.curves import RAW
from squint.regions.scorer import RegionScorer
from squint.regions.segmentation import Segmenter
from squint.regions.store import read_places
from squint.regions.videos import score_frames


def load_held_out(
    animals: list[str],
    models: list[str],
    weights: str,
    patches: tuple[str, ...],
    size: tuple[int, int],
    step: int,
    highest: float,
    threads: int,
) -> dict[str, RegionScorer]:
    """For each animal a scorer that never saw it, whose intervals are not calibrated.

    There is none of an animal of which no frame was scored: nothing is learnt from it.

    `models` are the segmentations of the animals, `weights` the networks for patches of all (see train_eye_network).
    """
    exported = export_folds(load_keras(threads, 0), weights, len(patches))
    networks = {animal: LiteNetwork(content, f"{weights}, {animal}") for animal, content in exported.items()}
    return {
        animal: RegionScorer(Segmenter(LiteNetwork(model), size, step, model), networks[animal], patches, 0.0, highest)
        for animal, model in zip(animals, models, strict=True)
        if animal in networks
    }


def score_regions(
    video: str, index: str, places: pd.DataFrame, scorers: dict[str, RegionScorer], size: tuple[int, int], channel: str
) -> pd.DataFrame:
    """What each region's scorer says of each frame: RAW, `region` and `animal`; of regions whose animal has one."""
    places = places[places.animal.isin(list(scorers))]
    by_region = {row.region: scorers[row.animal] for row in places.itertuples()}
    raw = score_frames(video, index, places, by_region, size, channel)
    return raw.merge(places[["region", "animal"]], on="region")[["region", "animal", *RAW]]


if __name__ == "__main__":
    with job(snakemake):
        given, params = snakemake.input, snakemake.params
        places = read_places(given.table)
        scorers = load_held_out(
            animals=places.animal.tolist(),
            models=given.models,
            weights=given.weights,
            patches=tuple(params.network["patches"]),
            size=tuple(params.size),
            step=params.step,
            highest=params.highest,
            threads=params.threads,
        )
        table = score_regions(
            video=params.video,
            index=given.index,
            places=places,
            scorers=scorers,
            size=tuple(params.size),
            channel=params.channel,
        )
        table.to_parquet(snakemake.output.raw, index=False)
