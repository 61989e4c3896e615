"""The facts that the methods of a study are made of; their prose is in `report/methods.html.j2`."""

import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pandas as pd

from squint.domain.scale import Guide, Scale
from squint.models.backbones import COMPACT_LAYERS
from squint.outputs import make_output
from squint.presentation.summary.wording import count, listing

# The packages that a methods section names, as their authors write them.
PACKAGES = {
    "snakemake": "Snakemake",
    "keras": "Keras",
    "tensorflow": "TensorFlow",
    "tensorflow-cpu": "TensorFlow",
    "jax": "JAX",
    "torch": "PyTorch",
    "av": "PyAV",
    "opencv-python-headless": "OpenCV",
}
BY_HAND = "from the sample sheet"  # the reason of a synchronisation frame that people gave
SAME_LENGTH = 0.1  # min


def installed() -> dict[str, str]:
    """Versions of the packages that the methods name, of those that are installed here."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def read_records(paths: list[str]) -> dict[str, list[dict]]:
    """The records of networks by name, each with its folds in their order."""
    records: dict[str, list[dict]] = {}
    for path in paths:
        record = json.loads(Path(path).read_text())
        records.setdefault(record["network"], []).append(record)
    return records


def describe_network(name: str, folds: list[dict], networks: list[str]) -> dict[str, object]:
    """A network's settings and training. `folds` are its records; `networks` all whose weights may start others."""
    settings, epochs = folds[0]["settings"], [record["best_epoch"] for record in folds]
    output = make_output(settings)
    edges = listing([f"{edge:g}" for edge in settings["bins"]])
    best = sorted(epoch + 1 for epoch in epochs if epoch >= 0)
    return {
        "name": name,
        "settings": settings,
        "source": settings["weights"] in networks,
        "loss": folds[0]["loss"],
        "says": output.meaning,
        "balanced_over": output.balanced_over or f"the ranges of the score between {edges}",
        "kept": "" if not best else f"epoch {best[0]}" + (f" to {best[-1]}" if best[-1] > best[0] else ""),
        "unchanged": len(epochs) - len(best),
    }


def name_software(versions: dict[str, str]) -> list[str]:
    """Python and the named packages with their versions."""
    named = {PACKAGES[name]: found for name, found in versions.items() if name in PACKAGES}
    return [f"{name} {found}" for name, found in ({"Python": platform.python_version()} | named).items()]


def describe_length(recordings: pd.DataFrame) -> str:
    """How many minutes the recordings last, each as long as its shortest video."""
    minutes = recordings.groupby("experiment").minutes.min()
    low, high = minutes.min(), minutes.max()
    return f"{low:.1f}" if high - low < SAME_LENGTH else f"{low:.1f} to {high:.1f}"


def describe_cameras(recordings: pd.DataFrame) -> str:
    """With how many cameras the recordings were made, in words: `6 cameras`, `1 camera or 4 cameras`."""
    numbers = sorted(recordings.groupby("experiment").camera.nunique().unique())
    return " or ".join(count(int(number), "camera") for number in numbers)


def describe_filming(sheet: pd.DataFrame, recordings: pd.DataFrame) -> dict[str, object]:
    """What was filmed and how cameras were synchronised."""
    several = recordings.groupby("experiment").camera.transform("size") > 1
    conditions = sheet.groupby("condition", sort=False).size()
    return {
        "recordings": len(sheet),
        "conditions": listing([f"{many} {name}" for name, many in conditions.items()]),
        "animals": sheet.subject.nunique(),
        "cameras": describe_cameras(recordings),
        "synchronised_videos": int(several.sum()),
        "sizes": listing(list(recordings["size"].str.replace("x", " × ").unique())),
        "rates": listing([f"{rate:g}" for rate in recordings.fps.unique()]),
        "minutes": describe_length(recordings),
        "measured_clocks": int(recordings.clock_ppm.notna().sum()),
        "synchronised_by_hand": list(recordings.experiment[several & (recordings.reason == BY_HAND)].unique()),
    }


def describe_methods(
    sheet: pd.DataFrame,
    scale: Scale,
    guide: Guide,
    recordings: pd.DataFrame | None,
    counts: pd.Series | None,
    coders: int,
    records: dict[str, list[dict]],
    versions: dict[str, str],
) -> dict[str, object]:
    """The facts that the methods tell beside the config.

    `sheet`: `subject`, `condition`, `role`, `simulated` by recording; `recordings` the table of videos; `counts` the
    last row of the table of moments; `records` those of the scorer first, then of the networks that it starts from.
    `recordings` is None where nothing was filmed, `counts` where nobody scored moments; `records` are empty where a
    scorer was given.
    """
    animals = {role: sheet.subject[sheet.role == role].nunique() for role in ("rotate", "train", "validate")}
    return {
        "filmed": None if recordings is None else describe_filming(sheet[sheet.pictures == 0], recordings),
        "pictures": int(sheet.pictures.sum()),
        "pictured_subjects": sheet.subject[sheet.pictures > 0].nunique(),
        "recordings": len(sheet),
        "new": int((sheet.role == "score").sum()),
        "simulated": list(sheet.index[sheet.simulated]),
        "coders": coders,
        "scale": guide.name,
        "scale_source": guide.source,
        "units": list(guide.units.values()),
        "highest_score": scale.highest,
        "least_observed": scale.least_observed,
        "selected": 0 if counts is None else int(counts["selected moments"]),
        "accepted": 0 if counts is None else int(counts["accepted moments"]),
        "rotating": animals["rotate"],
        "training": animals["train"],
        "validating": animals["validate"],
        "ranges": scale.range_names,
        "compact": [channels for channels, _, _ in COMPACT_LAYERS],
        "networks": [describe_network(name, folds, list(records)) for name, folds in records.items()],
        # What the networks were trained with counts, whatever is installed now.
        "software": name_software(versions | (next(iter(records.values()))[0]["versions"] if records else {})),
    }
