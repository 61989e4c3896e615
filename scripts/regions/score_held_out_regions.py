"""Scores each frame of a rack that networks learn from, by networks that never saw the animal of the region."""

import tempfile
from pathlib import Path

import h5py
import pandas as pd

from squint.domain.regions import Region
from squint.files.frames import picture
from squint.files.video import Video
from squint.jobs.job import job, progress
from squint.models.backend import load_keras
from squint.models.eye_network import build_eye_network
from squint.models.litert import LiteNetwork
from squint.regions.curves import RAW
from squint.regions.pictures import View
from squint.regions.scorer import RegionScorer
from squint.regions.segmentation import Segmenter
from squint.regions.store import read_places


def export_eye_networks(weights: str, folds: list[str], channels: int, threads: int) -> dict[str, LiteNetwork]:
    """The networks of some folds (see train_eye_network) for LiteRT; of those that there are.

    There is none of an animal of which no frame was scored: nothing is learnt from it.
    """
    keras = load_keras(threads, 0)
    model = build_eye_network(keras, channels)
    networks = {}
    with h5py.File(weights) as file, tempfile.TemporaryDirectory() as folder:
        for number, fold in enumerate(fold for fold in folds if fold in file):
            model.set_weights([file[fold][name][:] for name in sorted(file[fold])])
            path = Path(folder) / f"{number}.tflite"
            model.export(str(path), format="litert", verbose=False)
            networks[fold] = LiteNetwork(path.read_bytes(), f"{weights}, {fold}")
    return networks


def score_regions(
    video: str, index: str, places: pd.DataFrame, scorers: dict[str, RegionScorer], size: tuple[int, int], channel: str
) -> pd.DataFrame:
    """What each region's scorer says of each frame: RAW, `region` and `animal`; of regions whose animal has one."""
    places = places[places.animal.isin(list(scorers))]
    views = [View(Region(row.left, row.top, row.width, row.height), size) for row in places.itertuples()]
    rows = []
    with Video(video, index) as film:
        times = film.times_s
        for number, frame in progress(film.read_all(range(len(film))), total=len(film), unit="frame"):
            shown = picture(frame)
            for place, view in zip(places.itertuples(), views, strict=True):
                said = scorers[place.animal].score(view.picture(shown, channel))
                rows.append(
                    (place.region, place.animal, number, times[number], said.score, len(said.eyes), said.abstained)
                )
    return pd.DataFrame(rows, columns=["region", "animal", *RAW])


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

    `models` are the segmentations of the animals, `weights` the networks for patches of all (see train_eye_network).
    """
    networks = export_eye_networks(weights, animals, len(patches), threads)
    return {
        animal: RegionScorer(Segmenter(LiteNetwork(model), size, step, model), networks[animal], patches, 0.0, highest)
        for animal, model in zip(animals, models, strict=True)
        if animal in networks
    }


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
