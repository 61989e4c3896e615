# What all stages share: the checked config and sample sheet, the names of recordings, networks and folds,
# and the functions that rules call for their inputs and params.
import json
import os
import re
import sys
from hashlib import sha256
from pathlib import Path

import pandas as pd
from snakemake.exceptions import WorkflowError
from snakemake.logging import logger
from snakemake.utils import Paramspace

ROOT = Path(workflow.basedir)
sys.path.insert(0, str(ROOT))
# Jobs run side by side; OpenCV in each would start a thread for every core.
os.environ.setdefault("OPENCV_FOR_THREADS_NUM", "1")
# A picture or a batch is some MB. glibc would take the memory of each from the system and give it back at once, on which
# training spent a third of its computing time (page faults). Jobs keep what they had instead.
os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(32 << 20))
os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(1 << 30))
os.environ.setdefault("MALLOC_TOP_PAD_", str(64 << 20))

from scripts.code_digest import watch_imports
from scripts.grimace import CAMERAS, PAIN_THRESHOLD
from scripts.job import InputError
from scripts.network_settings import (
    BEST,
    LABELS,
    NEAREST,
    SCORES,
    SHUFFLED,
    constant_of,
    constant_settings,
    control_of,
    fill_networks,
    read_study,
)
from scripts.run_record import record_run
from scripts.scheduler import calm
from scripts.settings import (
    SHIPPED_DETECTOR,
    SIMULATED,
    check_config,
    check_detector,
    check_file,
    check_folds,
    detector_of,
    fold_subjects,
    read_experiments,
    sort_keys,
    unknown_recordings,
)


def shipped(path):
    """`path`, beside the results if it is there, else beside the Snakefile."""
    here = Path(path)
    return str(here if here.exists() or here.is_symlink() else ROOT / here)


def sample_sheet():
    return shipped(config["experiments"])


def config_files():
    """Paths of the config files that people wrote."""
    return [path for path in workflow.configfiles if Path(path).is_file()]


def name_instances(rows):
    """Names of a study's variants, by Snakemake's Paramspace: `head~256-256`, `learning_rate~0.001__slope~0.1`.

    Not with commas: Snakemake 9.27 hands a cluster's jobs their wildcards in a list with commas between.
    """
    return list(
        Paramspace(pd.DataFrame(rows), filename_params="*", filename_sep="__").instance_patterns
    )


try:
    for path in config_files():
        check_file(path)
    check_config(config)
    sort_keys(config)
    STUDIES = {
        name: read_study(config, name, name_instances) for name in config["evaluation"]["studies"]
    }
    EXPERIMENTS = read_experiments(
        sample_sheet(), config["datasets"]["allow_subjects_on_both_sides"]
    )
    check_folds(config, len(fold_subjects(EXPERIMENTS)))
    check_detector(config, EXPERIMENTS)
except InputError as error:
    raise WorkflowError(str(error)) from None

for name in unknown_recordings(config, EXPERIMENTS):
    logger.warning(f"The config's {name} is not used: the sample sheet has no such recording.")

# Looked up for every video; thousands of times slower in the table.
VIDEOS = dict(EXPERIMENTS.videos)
SCORED = list(EXPERIMENTS.index[EXPERIMENTS.role != "score"])
TO_SCORE = list(EXPERIMENTS.index[EXPERIMENTS.role == "score"])
SIMULATED_ONES = [name for name, videos in VIDEOS.items() if videos == SIMULATED]
# Simulated recordings that serve the face detector alone; their animals appear nowhere else.
FACE_RECORDINGS = [
    f"FACE{number}" for number in range(1, config["faces"]["simulated_recordings"] + 1)
]
# Jobs of learning hold one each where there is a GPU; a workstation has one (profiles/default).
GPU_JOBS = int(bool(config["gres"]))
SUBJECTS = fold_subjects(EXPERIMENTS)
FOLDS = list(range(1, len(SUBJECTS) + 1))
PREDICTED = ["validation", "test_orgn", "test_corr"]
FOLD_SUBSETS = ["train", *PREDICTED]
# Kinds of crops that a recording gives, by its role (thesis, Table 5.4 and Figure 4.12).
KINDS_OF_ROLE = {
    "rotate": ["ORGN", "CORR", "SYMM", "AUGM"],
    "train": ["CORR", "SYMM", "AUGM"],
    "validate": ["CORR"],
}
STORES = [
    f"{experiment}_{kind}"
    for experiment in SCORED
    for kind in KINDS_OF_ROLE[EXPERIMENTS.role[experiment]]
]


def video_path(experiment, camera):
    """Path of one camera's video."""
    if experiment in FACE_RECORDINGS or VIDEOS[experiment] == SIMULATED:
        return f"results/simulated/{experiment}/{camera}.mp4"
    return VIDEOS[experiment].replace("{camera}", camera)


def given(path):
    """`path` as an input: always if the workflow makes it; a lab's own file only if it exists.

    If it does not, the job that needs it says what was expected and what to do.
    """
    return [path] if path.startswith("results/") or (path and Path(path).exists()) else []


def camera_path(wildcards):
    return video_path(wildcards.experiment, wildcards.camera)


def camera_video(wildcards):
    return given(camera_path(wildcards))


def camera_paths(wildcards):
    """Camera to video path of one recording."""
    return {camera: video_path(wildcards.experiment, camera) for camera in CAMERAS}


def recording_videos(wildcards):
    return [path for video in camera_paths(wildcards).values() for path in given(video)]


def annotations_path(wildcards):
    """The detector's annotated frames: a lab's own, or simulated ones."""
    return config["faces"]["annotations"] or "results/faces/annotations.csv"


def annotations_input(wildcards):
    return given(annotations_path(wildcards))


def detector_path(wildcards):
    """The face detector: a lab's own, the shipped one of the simulated rig, or the one that is trained here."""
    return detector_of(config["faces"], shipped(SHIPPED_DETECTOR))


def detector_input(wildcards):
    return given(detector_path(wildcards))


def manual_sync_frames(wildcards):
    return EXPERIMENTS.sync_frames[wildcards.experiment]


def simulation(wildcards):
    """The values that a simulated recording is rendered with."""
    values = dict(config["recordings"]["simulation"])
    if wildcards.experiment in FACE_RECORDINGS:
        values["seconds"] = config["faces"]["simulated_seconds"]
        condition = ("pain", "basal")[FACE_RECORDINGS.index(wildcards.experiment) % 2]
        about = {"subject": wildcards.experiment.lower(), "condition": condition}
    else:
        row = EXPERIMENTS.loc[wildcards.experiment]
        about = {"subject": row.subject, "condition": row.condition}
    return values | about | {"experiment": wildcards.experiment, "seed": config["seed"]}


def moment_settings_of(experiment):
    """The fuse-and-filter values of one recording."""
    return config["moments"]["defaults"] | config["moments"]["overrides"].get(experiment, {})


def moment_settings(wildcards):
    return moment_settings_of(wildcards.experiment)


def min_prob(wildcards):
    return moment_settings(wildcards)["min_prob"]


def searched_videos(wildcards):
    """Of each video of all recordings the files that tell of it, and the certainty from which its faces count."""
    return [
        {
            "experiment": experiment,
            "camera": camera,
            "video": video_path(experiment, camera),
            "record": f"results/recordings/{experiment}/{camera}.json",
            "index": f"results/recordings/{experiment}/{camera}.frames.parquet",
            "sync": f"results/sync/{experiment}.csv",
            "detections": f"results/detections/{experiment}/{camera}.parquet",
            "truth": (
                f"results/simulated/{experiment}/{camera}.truth.parquet"
                if VIDEOS[experiment] == SIMULATED
                else ""
            ),
            "min_prob": moment_settings_of(experiment)["min_prob"],
        }
        for experiment in VIDEOS
        for camera in CAMERAS
    ]


def searched_files(*kinds):
    """Input function for some kinds of files of all videos; a lab's own files are inputs only if they exist."""

    def paths(wildcards):
        return [
            path
            for video in searched_videos(wildcards)
            for kind in kinds
            if video[kind]
            for path in (given(video[kind]) if kind == "video" else [video[kind]])
        ]

    return paths


def video_paths(wildcards):
    """Paths of all videos of all recordings."""
    return [video["video"] for video in searched_videos(wildcards)]


def people_table(experiment, column):
    """Path of a recording's scores or corrections; empty for none."""
    value = EXPERIMENTS.loc[experiment, column]
    return f"results/simulated/{experiment}/{column}.csv" if value == SIMULATED else value


def score_tables(experiment):
    """Paths of a recording's scores, one for each coder."""
    return [path.strip() for path in people_table(experiment, "scores").split(",")]


def scores_input(wildcards):
    return [found for path in score_tables(wildcards.experiment) for found in given(path)]


def scores_param(wildcards):
    return score_tables(wildcards.experiment)


def people_input(column):
    """Input function for a recording's corrections."""

    def paths(wildcards):
        return given(people_table(wildcards.experiment, column))

    return paths


def corrections_input(wildcards):
    """Corrections change all kinds of crops but ORGN."""
    return [] if wildcards.kind == "ORGN" else people_input("corrections")(wildcards)


def all_corrections(wildcards):
    """The corrections of all scored recordings."""
    paths = (people_table(experiment, "corrections") for experiment in SCORED)
    return [found for path in paths for found in given(path)]


def people_param(column):
    """Param function for the path of a recording's corrections."""

    def path(wildcards):
        return people_table(wildcards.experiment, column)

    return path


def experiments_of(role, subject=None, without=None):
    """Recordings of a role, of one subject or without one, in the sheet's order."""
    chosen = EXPERIMENTS[EXPERIMENTS.role == role]
    if subject is not None:
        chosen = chosen[chosen.subject == subject]
    if without is not None:
        chosen = chosen[chosen.subject != without]
    return list(chosen.index)


def fold_stores_of(subset, subject):
    """The image stores of one subset of the fold that tests a subject (thesis, Figure 4.12)."""
    if subset == "train":
        experiments = experiments_of("rotate", without=subject) + experiments_of("train")
        kinds = ["CORR", "SYMM", "AUGM"]
    elif subset == "validation":
        experiments, kinds = experiments_of("validate"), ["CORR"]
    else:
        experiments = experiments_of("rotate", subject=subject)
        kinds = ["ORGN" if subset == "test_orgn" else "CORR"]
    return expand("results/images/{experiment}_{kind}.h5", experiment=experiments, kind=kinds)


def fold_stores(subset):
    """Input function for the image stores of one subset."""

    def stores(wildcards):
        return fold_stores_of(subset, SUBJECTS[int(wildcards.k) - 1])

    return stores


def training_stores(wildcards):
    """Image stores of a fold's training and validation subsets."""
    return fold_stores("train")(wildcards) + fold_stores("validation")(wildcards)


def drawn_animal(wildcards):
    """The simulated animal whose action units are drawn: the first of the sheet."""
    size = {key: config["recordings"]["simulation"][key] for key in ("width", "height")}
    name = SIMULATED_ONES[0]
    return size | {"subject": EXPERIMENTS.subject[name], "experiment": name, "seed": config["seed"]}
