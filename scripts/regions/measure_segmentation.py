"""Measures segmentations on animals that they never saw: IoU and Dice of each class, and where eyes were found."""

import numpy as np
import pandas as pd

from squint.domain.regions import BACKGROUND, CLASSES
from squint.domain.seeds import named_generator
from squint.jobs.job import job
from squint.measures.bootstrap import interval
from squint.measures.segmentation import count_overlap, dice, iou, match_centres
from squint.regions.store import RegionStore, read_found

FRAME = ["rack", "region", "frame_num"]
SMALLEST_EYE_PX = 8.0  # of the picture: a marked eye of which less shows need not be found
MAJORITY, NETWORK = "majority of the others", "segmentation"


def majority_labels(masks: np.ndarray) -> np.ndarray:
    """What most of some masks show at each pixel, which needs no network."""
    shares = np.stack([(masks == value).mean(axis=0) for value in range(len(CLASSES))])
    return shares.argmax(axis=0).astype(np.uint8)


def over_animals(
    values: np.ndarray, draws: int, confidence: float, generator: np.random.Generator
) -> tuple[float, float, float]:
    """The mean of animals' values (animals,) and the ends of its interval: animals are drawn."""
    known = values[~np.isnan(values)]
    if not len(known):
        return np.nan, np.nan, np.nan
    samples = known[generator.integers(0, len(known), (draws, len(known)))].mean(axis=1)
    return float(known.mean()), *interval(samples, confidence)


def animal_counts(marked: np.ndarray, found: np.ndarray, animals: np.ndarray) -> np.ndarray:
    """Pixels (animals, classes, 3) of all pictures of each animal (see count_overlap)."""
    counts = count_overlap(marked, found)
    return np.stack([counts[animals == animal].sum(axis=0) for animal in dict.fromkeys(animals)])


def tabulate_classes(
    store: RegionStore, found: np.ndarray, coats: dict[str, str], draws: int, confidence: float, seed: int
) -> pd.DataFrame:
    """A row for each class and group of animals, of the segmentation and the majority: IoU and Dice with intervals."""
    animals, rows = store.table.animal.to_numpy(str), []
    majority = np.empty_like(store.masks)
    for animal in dict.fromkeys(animals):
        majority[animals == animal] = majority_labels(store.masks[animals != animal])
    groups = {"all": list(dict.fromkeys(animals))}
    for coat in dict.fromkeys(coats.values()):
        groups[coat] = [animal for animal in groups["all"] if coats.get(animal) == coat]
    if len(groups) == 2:  # all are of one
        groups.pop(next(reversed(groups)))
    for who, labels in ((NETWORK, found), (MAJORITY, majority)):
        for group, members in groups.items():
            ours = np.isin(animals, members)
            counts = animal_counts(store.masks[ours], labels[ours], animals[ours])
            for value, name in enumerate(CLASSES):
                if value == BACKGROUND:
                    continue
                row = {"who": who, "group": group, "class": name, "animals": len(counts), "pictures": int(ours.sum())}
                for metric, measure in (("IoU", iou), ("Dice", dice)):
                    generator = named_generator(seed, "bootstrap", "segmentation", who, group, name, metric)
                    told = over_animals(measure(counts[:, value]), draws, confidence, generator)
                    row |= dict(zip((metric, f"{metric} low", f"{metric} high"), told, strict=True))
                rows.append(row)
    return pd.DataFrame(rows)


def measure_eyes(store: RegionStore, spots: pd.DataFrame, marked: pd.DataFrame) -> pd.DataFrame:
    """A row for each marked eye: `animal`, `px`, `distance` in px from the centre that was found (NaN for none)."""
    found = {key: rows[["x", "y"]].to_numpy() for key, rows in spots[spots.kind == "eye"].groupby(FRAME)}
    rows = []
    for key, ours in marked.merge(store.table[FRAME], on=FRAME).groupby(FRAME):
        distances = match_centres(ours[["x", "y"]].to_numpy(), found.get(key, np.zeros((0, 2))))
        rows += zip(ours.animal, ours.px, distances, strict=True)
    return pd.DataFrame(rows, columns=["animal", "px", "distance"]).astype({"px": float, "distance": float})


def tabulate_eyes(
    eyes: pd.DataFrame, false: int, pictures: int, draws: int, confidence: float, seed: int
) -> pd.DataFrame:
    """One row: the share of eyes found, false ones a picture, and how far centres are off in px, over animals."""
    by_animal = eyes.groupby("animal").distance
    row: dict[str, float] = {"eyes": len(eyes), "animals": by_animal.ngroups}
    measures = {
        "found": by_animal.apply(lambda distances: distances.notna().mean()),
        "centre error": by_animal.mean(),
    }
    for name, values in measures.items():
        generator = named_generator(seed, "bootstrap", "eyes", name)
        told = over_animals(values.to_numpy(), draws, confidence, generator)
        row |= dict(zip((name, f"{name} low", f"{name} high"), told, strict=True))
    row |= {"centre error p95": eyes.distance.quantile(0.95), "false a picture": false / pictures}
    return pd.DataFrame([row])


def tabulate_found(
    store: RegionStore, spots: pd.DataFrame, marked: pd.DataFrame, draws: int, confidence: float, seed: int
) -> pd.DataFrame:
    """The table of eyes, from `spots` that were found and eyes that were `marked`."""
    eyes = measure_eyes(store, spots, marked)
    seen = spots[spots.kind == "eye"].merge(store.table[FRAME], on=FRAME)
    false = len(seen) - int(eyes.distance.notna().sum())
    large = eyes[eyes.px >= SMALLEST_EYE_PX]
    return tabulate_eyes(large, false, len(store.table), draws, confidence, seed)


if __name__ == "__main__":
    with job(snakemake):
        given, params = snakemake.input, snakemake.params
        store, found = read_found(stores=given.stores, labels=given.labels, held_out=params.held_out)
        how = {"draws": params.draws, "confidence": params.confidence, "seed": params.seed}
        classes = tabulate_classes(store=store, found=found, coats=params.coats, **how)
        classes.to_csv(snakemake.output.classes, index=False, float_format="%.3f")
        eyes = tabulate_found(
            store=store,
            spots=pd.concat([pd.read_parquet(path) for path in given.spots], ignore_index=True),
            marked=pd.concat([pd.read_parquet(path) for path in given.eyes], ignore_index=True),
            **how,
        )
        eyes.to_csv(snakemake.output.eyes, index=False, float_format="%.3f")
