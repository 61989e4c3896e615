"""What becomes of recordings: where their files are, which detector searches them, which stores and folds they give."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from squint.config.experiments import SIMULATED_PICTURES
from squint.config.folds import deal_folds, of_role, split_fold
from squint.config.recordings import Recording, existing_inputs
from squint.config.rigs import source_files
from squint.config.settings import SCORERS_DETECTOR, TRAINED_DETECTOR, detector_of
from squint.config.types import Config
from squint.domain.rig import PLACEHOLDER, half_of
from squint.files.chapters import SUFFIX as LIST_SUFFIX

AUTO = "auto"
# Subsets of a fold that are predicted, and all.
PREDICTED = ("validation", "test_orgn", "test_corr")
SUBSETS = ("train", *PREDICTED)
# Kinds of crops that a recording gives, by its role (thesis, Table 5.4 and Figure 4.12).
KINDS_OF_ROLE = {
    "rotate": ("ORGN", "CORR", "SYMM", "AUGM"),
    "train": ("CORR", "SYMM", "AUGM"),
    "validate": ("CORR",),
    "score": (),
}


@dataclass(frozen=True)
class RecordingPlan:
    """What is made of the recordings of a run, by the config.

    `shipped_detector` is the path of the shipped one, `picture_sheet` that of the sheet of pictures; empty for none.
    """

    config: Config
    by_name: dict[str, Recording]
    shipped_detector: str
    picture_sheet: str = ""

    # Which recordings there are

    def of_role(self, role: str) -> list[str]:
        """Names of the recordings of a role, in the sheet's order."""
        return of_role(self.by_name, role)

    @property
    def trained(self) -> list[str]:
        """Those that some fold trains on."""
        return [*self.of_role("rotate"), *self.of_role("train")]

    @cached_property
    def filmed(self) -> dict[str, Recording]:
        """Recordings that cameras made."""
        return {name: recording for name, recording in self.by_name.items() if not recording.pictured}

    @cached_property
    def pictured(self) -> list[str]:
        """Sets of pictures."""
        return [name for name in self.by_name if name not in self.filmed]

    @cached_property
    def names(self) -> list[str]:
        """All recordings of the sample sheet, in its order."""
        return list(self.filmed)

    @cached_property
    def scored(self) -> list[str]:
        """Recordings that an expert scores."""
        return [name for name, recording in self.filmed.items() if recording.role != "score"]

    @cached_property
    def labelled(self) -> list[str]:
        """All that is learnt from: recordings that an expert scores, and sets of pictures."""
        return [*self.scored, *self.pictured]

    @cached_property
    def filmed_tests(self) -> list[str]:
        """Recordings of role rotate that cameras made."""
        return [name for name in self.of_role("rotate") if name in self.filmed]

    @cached_property
    def unscored(self) -> list[str]:
        """Recordings that a network scores."""
        return self.of_role("score")

    @cached_property
    def simulated(self) -> list[str]:
        """Recordings whose videos the workflow renders."""
        return [name for name, recording in self.by_name.items() if recording.simulated]

    def is_simulated(self, name: str) -> bool:
        """Whether the workflow renders the videos or pictures of a recording or set."""
        recording = self.by_name[name]
        rendered = recording.pictured and self.config["pictures"]["folder"] == SIMULATED_PICTURES
        return recording.simulated or rendered

    @cached_property
    def for_faces(self) -> list[str]:
        """Simulated recordings that serve the face detector alone; their animals appear nowhere else."""
        return [f"FACE{number}" for number in range(1, self.config["faces"]["simulated_recordings"] + 1)]

    @property
    def subject_of(self) -> dict[str, str]:
        """The animal of each recording."""
        return {name: recording.subject for name, recording in self.by_name.items()}

    @property
    def filmed_subjects(self) -> dict[str, str]:
        """The animal of each recording that cameras made."""
        return {name: recording.subject for name, recording in self.filmed.items()}

    @property
    def most_cameras(self) -> int:
        """The most cameras that filmed a recording that is trained on; 0 where all are sets of pictures."""
        return max((len(self.filmed[name].cameras) for name in self.trained if name in self.filmed), default=0)

    @property
    def conditions(self) -> dict[str, str]:
        """The condition of each scored recording."""
        return {name: self.by_name[name].condition for name in self.scored}

    # Cameras and what each gives

    def cameras(self, name: str) -> tuple[str, ...]:
        """The cameras of a recording; those of the detector's recordings are the config's."""
        return tuple(self.config["recordings"]["cameras"]) if name in self.for_faces else self.by_name[name].cameras

    @cached_property
    def all_cameras(self) -> list[str]:
        """The cameras of all recordings."""
        return list(dict.fromkeys(camera for name in [*self.names, *self.for_faces] for camera in self.cameras(name)))

    def records(self, name: str) -> list[str]:
        """The records of a recording's videos, camera by camera, as those of the next four."""
        return [f"results/recordings/{name}/{camera}.json" for camera in self.cameras(name)]

    def indexes(self, name: str) -> list[str]:
        return [f"results/recordings/{name}/{camera}.frames.parquet" for camera in self.cameras(name)]

    def detections(self, name: str) -> list[str]:
        return [f"results/detections/{name}/{camera}.parquet" for camera in self.cameras(name)]

    def truths(self, name: str) -> list[str]:
        return [f"results/simulated/{name}/{camera}.truth.parquet" for camera in self.cameras(name)]

    def simulated_videos(self, name: str) -> list[str]:
        return [f"results/simulated/{name}/{camera}.mp4" for camera in self.cameras(name)]

    def face_videos(self) -> list[str]:
        """The videos of the detector's recordings."""
        return [path for name in self.for_faces for path in self.simulated_videos(name)]

    def face_truths(self) -> list[str]:
        """The truth about each of these."""
        return [path for name in self.for_faces for path in self.truths(name)]

    # Videos

    def video_path(self, name: str, camera: str) -> str:
        """Path of one camera's video; of the list of its chapters, where it has some."""
        if name in self.for_faces or self.by_name[name].simulated:
            return f"results/simulated/{name}/{camera}.mp4"
        if self.by_name[name].chaptered:
            return f"results/recordings/{name}/{camera}{LIST_SUFFIX}"
        return self.path_in_sheet(name, camera)

    def source_files(self, name: str, camera: str) -> list[str]:
        """The files of one camera that a lab gave; none of a simulated one."""
        videos = self.by_name[name].videos
        return [] if self.by_name[name].simulated else source_files(camera, videos, f"experiment {name!r}")

    def path_in_sheet(self, name: str, camera: str) -> str:
        """The path of a camera's video as the sample sheet has it, which stands for those of its chapters."""
        return self.by_name[name].videos.replace(PLACEHOLDER, camera)

    def camera_paths(self, name: str) -> dict[str, str]:
        """Camera to video path of one recording."""
        return {camera: self.video_path(name, camera) for camera in self.cameras(name)}

    def existing_video(self, name: str, camera: str) -> list[str]:
        """One camera's video, if it is there or is made."""
        return existing_inputs(self.video_path(name, camera))

    def existing_videos(self, name: str) -> list[str]:
        """The videos of a recording that are there or are made."""
        return existing_inputs(*self.camera_paths(name).values())

    def video_products(self) -> list[dict[str, str | float]]:
        """Of each video of all recordings the files that tell of it, and the certainty from which its faces count."""
        return [
            {
                "experiment": name,
                "camera": camera,
                "video": self.video_path(name, camera),
                "record": f"results/recordings/{name}/{camera}.json",
                "index": f"results/recordings/{name}/{camera}.frames.parquet",
                "sync": f"results/sync/{name}.csv",
                "detections": f"results/detections/{name}/{camera}.parquet",
                "truth": f"results/simulated/{name}/{camera}.truth.parquet" if recording.simulated else "",
                "min_prob": self.min_prob(name),
            }
            for name, recording in self.filmed.items()
            for camera in recording.cameras
        ]

    def product_inputs(self, *kinds: str) -> list[str]:
        """Some kinds of products of all videos as inputs of a rule."""
        return [path for video in self.video_products() for kind in kinds for path in existing_inputs(str(video[kind]))]

    def video_paths(self) -> list[str]:
        """Paths of all videos of all recordings, and of their chapters."""
        return [
            path
            for name, recording in self.filmed.items()
            for camera in recording.cameras
            for path in dict.fromkeys([self.video_path(name, camera), *self.source_files(name, camera)])
        ]

    def sync_frames(self, name: str) -> str:
        """The synchronisation frames that the sample sheet gives; empty for none."""
        return self.by_name[name].sync_frames

    def simulation(self, name: str) -> dict:
        """The values that a simulated recording is rendered with."""
        values = dict(self.config["recordings"]["simulation"])
        if name in self.for_faces:
            values["seconds"] = self.config["faces"]["simulated_seconds"]
            condition = ("pain", "basal")[self.for_faces.index(name) % 2]
            about = {"subject": name.lower(), "condition": condition}
        else:
            about = {"subject": self.by_name[name].subject, "condition": self.by_name[name].condition}
        return values | about | {"experiment": name, "cameras": list(self.cameras(name)), "seed": self.config["seed"]}

    def drawn_animal(self) -> dict:
        """The simulated animal whose action units are drawn: the first of the sheet."""
        name = self.simulated[0]
        size = {key: self.config["recordings"]["simulation"][key] for key in ("width", "height")}
        about = {"subject": self.by_name[name].subject, "experiment": name, "camera": self.cameras(name)[0]}
        return size | about | {"seed": self.config["seed"]}

    # Faces

    def annotations(self) -> str:
        """The detector's annotated frames: a lab's own, or simulated ones."""
        return self.config["faces"]["annotations"] or "results/faces/annotations.csv"

    def detector(self) -> str:
        """The face detector: a lab's own, the shipped one of the simulated rig, or the one that is trained here."""
        if self.config["scorer"]:
            return SCORERS_DETECTOR
        return detector_of(self.config["faces"], self.shipped_detector)

    @property
    def detector_source(self) -> str:
        """Where it comes from: `scorer`, `shipped`, `given`, or trained on `annotations` or `simulated` recordings."""
        if self.config["scorer"]:
            return "scorer"
        if self.detector() == self.shipped_detector:
            return "shipped"
        if self.detector() != TRAINED_DETECTOR:
            return "given"
        return "annotations" if self.config["faces"]["annotations"] else "simulated"

    @property
    def trains_a_detector(self) -> bool:
        """Whether the detector is trained here on simulated recordings."""
        return self.detector_source == "simulated"

    @property
    def faces_are_known(self) -> bool:
        """Whether the faces of some frames are known, so that the detector can be judged."""
        return bool(self.simulated or self.config["faces"]["test_annotations"])

    # Moments, scores and crops

    def moment_settings(self, name: str) -> dict:
        """The fuse-and-filter values of one recording; `min_det_num: auto` is half of its cameras."""
        values = self.config["moments"]["defaults"] | self.by_name[name].moments
        if values["min_det_num"] == AUTO:
            values["min_det_num"] = half_of(len(self.cameras(name)))
        return values

    def validation_moments(self) -> dict[str, list[int]]:
        """The most moments of each score range that validate, of the recordings for which the sheet says so."""
        return {
            name: list(recording.validation_moments)
            for name, recording in self.by_name.items()
            if recording.validation_moments
        }

    def min_prob(self, name: str) -> float:
        """The certainty from which its faces count."""
        return self.moment_settings(name)["min_prob"]

    def score_tables(self, name: str) -> list[str]:
        """Paths of its scores, one for each coder."""
        return self.by_name[name].score_tables

    def existing_scores(self, name: str) -> list[str]:
        """Those that are there or are made."""
        return existing_inputs(*self.score_tables(name))

    def corrections(self, name: str) -> str:
        """Path of its corrections; empty for none."""
        return self.by_name[name].file("corrections")

    def existing_corrections(self, name: str, kind: str) -> list[str]:
        """The corrections of a recording; they change all kinds of crops but ORGN."""
        return [] if kind == "ORGN" else existing_inputs(self.corrections(name))

    def all_corrections(self) -> list[str]:
        """The corrections of all scored recordings that are there."""
        return existing_inputs(*map(self.corrections, self.scored))

    @cached_property
    def stores(self) -> list[str]:
        """Names of all image stores."""
        return [f"{name}_{kind}" for name in self.labelled for kind in KINDS_OF_ROLE[self.by_name[name].role]]

    @property
    def store_paths(self) -> list[str]:
        """Paths of all image stores."""
        return [f"results/images/{store}.h5" for store in self.stores]

    # Pictures

    def picture_params(self) -> dict[str, str]:
        """The sheet of pictures, and where its files are."""
        return {"sheet": self.picture_sheet, "folder": self.config["pictures"]["folder"]}

    def picture_files(self, name: str) -> list[str]:
        """The pictures of a set as inputs of a rule, or the folder into which they are rendered."""
        if self.config["pictures"]["folder"] == SIMULATED_PICTURES:
            return [f"{SIMULATED_PICTURES}/{name}"]
        return list(self.by_name[name].files)

    def picture_detector(self) -> str:
        """What finds faces in pictures; empty where each is a face."""
        return self.detector() if self.config["pictures"]["faces"] else ""

    # Folds

    @cached_property
    def tests(self) -> dict[str, list[str]]:
        """What each fold tests, fold by fold: its name, and recordings of role rotate.

        No recording is in two of them, and no animal but one that has recordings in two groups that are tested.
        """
        return deal_folds(self.by_name, self.config)

    @property
    def fold_names(self) -> list[str]:
        """What each fold tests, in a word: an animal, a group, or its number."""
        return list(self.tests)

    @cached_property
    def folds(self) -> list[int]:
        """The numbers of the folds, from 1."""
        return list(range(1, len(self.tests) + 1))

    def fold_of(self, name: str) -> int:
        """The fold that tests a recording of role rotate."""
        return next(fold for fold, tested in zip(self.folds, self.tests.values(), strict=True) if name in tested)

    def animals_of(self, role: str) -> list[str]:
        """The animals that have recordings of a role."""
        return list(dict.fromkeys(self.by_name[name].subject for name in self.of_role(role)))

    def fold_parts(self, fold: int | str) -> dict[str, list[str]]:
        """The recordings of each part of a fold: `test`, `validation` and `train`."""
        key, tested = list(self.tests.items())[int(fold) - 1]
        return split_fold(self.by_name, self.config, int(fold), key, tested)

    def fold_stores(self, subset: str, fold: int | str) -> list[str]:
        """The image stores of one subset of a fold."""
        kinds = {"train": KINDS_OF_ROLE["train"], "validation": KINDS_OF_ROLE["validate"], "test_orgn": ("ORGN",)}
        names = self.fold_parts(fold)["test" if subset.startswith("test") else subset]
        return [f"results/images/{name}_{kind}.h5" for name in names for kind in kinds.get(subset, ("CORR",))]

    def training_stores(self, fold: int | str) -> list[str]:
        """Image stores of a fold's training and validation subsets."""
        return self.fold_stores("train", fold) + self.fold_stores("validation", fold)

    def fold_path(self, fold: int | str, subset: str) -> str:
        """Path of one subset of a fold."""
        return f"results/datasets/LOSOCV-{fold}-{subset}.h5"

    def fold_paths(self, subsets: Iterable[str]) -> list[str]:
        """Some subsets of all folds, fold by fold."""
        return [self.fold_path(fold, subset) for fold in self.folds for subset in subsets]

    # What the summary tells

    def sheet(self) -> list[dict]:
        """The sample sheet as the summary tells of it, a row a recording."""
        return [
            {
                "experiment": name,
                "subject": recording.subject,
                "condition": recording.condition,
                "role": recording.role,
                "simulated": self.is_simulated(name),
                "cameras": len(recording.cameras),
                "pictures": len(recording.files),
            }
            for name, recording in self.by_name.items()
        ]

    def summary_settings(self) -> dict:
        """The values of the config that the summary's methods tell."""
        config, defaults, evaluation = self.config, self.config["moments"]["defaults"], self.config["evaluation"]
        others = {name: self.by_name[name].moments.items() - defaults.items() for name in self.scored}
        return {
            "seed": config["seed"],
            "sync": {
                "dark_seconds": config["recordings"]["sync"]["dark_seconds"],
                "clock_ppm": config["recordings"]["clock_ppm"],
            },
            "faces": {
                "detector": self.detector_source,
                "simulated_recordings": config["faces"]["simulated_recordings"],
                "sample_every": config["faces"]["detection"]["sample_every"],
            },
            "moments": defaults,
            "overrides": {name: dict(sorted(values)) for name, values in others.items() if values},
            "validation_moments": self.validation_moments(),
            "image_size": config["datasets"]["image_size"],
            "folds": {key: config["datasets"][key] for key in ("folds", "validation_share")},
            "evaluation": {
                key: evaluation[key] for key in ("bootstrap_draws", "confidence", "coverage", "timeline_window_s")
            },
        }
