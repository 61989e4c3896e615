"""The types of a checked config, key by key as in `schemas/config.schema.yaml`, which says what each means.

A checked config stays plain data, because parts of it are params of rules and stand in records; with these types the
type checker knows its keys. `tests/squint/config/test_types.py` keeps them in step with the schema.
"""

from typing import Any, TypedDict

# A network's values (`$defs: network`): it may leave out what its base or `network_defaults` say.
NetworkValues = dict[str, Any]


class Sync(TypedDict):
    bright_level: int
    bright_share_least: float
    dark_seconds: float
    dark_fragment: int
    search_seconds: float


class Simulation(TypedDict):
    width: int
    height: int
    fps: float
    seconds: float
    dark_seconds: float
    clock_ppm: float


class Pictures(TypedDict):
    sheet: str
    folder: str
    faces: bool


class Recordings(TypedDict):
    cameras: list[str]
    allow_damaged: bool
    clock_ppm: float
    sync: Sync
    simulation: Simulation


class DetectorTraining(TypedDict):
    steps: int
    batch_size: int
    learning_rate: float
    validation_share: float
    patience: int
    least_ap: float


class Detection(TypedDict):
    sample_every: int
    certainty: float


class Faces(TypedDict):
    weights: str
    start_from: str
    annotations: str
    test_annotations: str
    simulated_recordings: int
    simulated_seconds: float
    simulated_every: int
    training: DetectorTraining
    detection: Detection


class Moments(TypedDict):
    defaults: dict[str, Any]


class Datasets(TypedDict):
    image_size: int
    folds: str
    fold_count: int
    validation_share: float
    half_precision_features: bool
    allow_subjects_on_both_sides: list[str]


class Threads(TypedDict):
    detector: int
    features: int
    network: int


class StudyValues(TypedDict):
    base: str
    folds: str | list[int]
    vary: dict[str, list] | list[dict]


class ChoiceValues(TypedDict):
    study: str
    backbone: str
    fold: int


class Evaluation(TypedDict):
    networks: list[str]
    controls: list[str]
    studies: list[str]
    timeline_network: str
    timeline_window_s: float
    scorer_licence: str
    bootstrap_draws: int
    confidence: float
    coverage: float


class RackSimulation(TypedDict):
    width: int
    height: int
    fps: float
    seconds: float
    mask_every: int
    scores: int


class Segmentation(TypedDict):
    width: int
    depth: int
    step: int
    steps: int
    batch_size: int
    learning_rate: float
    class_weights: list[float]
    folds: int


class EyeNetwork(TypedDict):
    patches: list[str]
    pretraining: str


class Eyes(TypedDict):
    pretraining_archive: str
    pretraining_epochs: int
    folds: int
    epochs: int
    batch_size: int
    learning_rate: float
    momentum: float
    networks: dict[str, EyeNetwork]
    compared: list[str]
    control: str
    scorer: str


class Curves(TypedDict):
    window_s: float
    threshold: float | str
    closed: float
    blink_s: float


class Regions(TypedDict):
    sheet: str
    size: list[int]
    channel: str
    simulation: RackSimulation
    segmentation: Segmentation
    eyes: Eyes
    curves: Curves


class Report(TypedDict):
    references: dict[str, str]


class Config(TypedDict):
    seed: int
    experiments: str
    scale: str | dict[str, Any]
    scorer: str
    pictures: Pictures
    recordings: Recordings
    faces: Faces
    moments: Moments
    datasets: Datasets
    threads: Threads
    gres: str
    network_defaults: NetworkValues
    networks: dict[str, NetworkValues]
    studies: dict[str, StudyValues]
    choices: ChoiceValues
    evaluation: Evaluation
    regions: Regions
    report: Report
