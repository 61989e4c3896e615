"""The plan of a run: all checks of what a lab gave, then what is made of it (see the other modules of this package)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import pandas as pd

from squint.config.copies import check_copies
from squint.config.experiments import Beside, read_experiments
from squint.config.network_plan import Choices, NetworkPlan
from squint.config.networks import read_study
from squint.config.products import FIGURES, TABLES, Product
from squint.config.recording_plan import AUTO, RecordingPlan
from squint.config.recordings import read_picture_sets, read_recordings
from squint.config.rigs import check_files, check_names, unused_videos
from squint.config.scales import guide_of, read_scale, scale_of
from squint.config.schema import CONFIG, check_file, sort_keys
from squint.config.settings import check_config, check_detector, check_folds, check_limits, expand_homes
from squint.config.types import Config
from squint.domain.scale import Guide, Scale, make_scale
from squint.errors import InputError
from squint.files.picture_sheets import read_pictures
from squint.scorer.archive import About, read_about

SET_COLUMNS = ["experiment", "subject", "role"]
# What is told of a recording whose animal the scorer's networks know, by what it was for them.
KNOWN_ANIMAL = {
    "rotate": "an animal that some of its networks were trained on",
    "train": "an animal that all of its networks were trained on",
    "validate": "an animal that stopped the training of its networks",
}


@dataclass(frozen=True)
class Plan:
    """All that a run makes: of its recordings, with its networks, and what it shows of them."""

    config: Config
    recordings: RecordingPlan
    networks: NetworkPlan

    @property
    def trains(self) -> bool:
        """Whether networks are trained; not where a scorer that was made elsewhere is taken."""
        return self.networks.trains

    @property
    def scale(self) -> Scale:
        """What scores are."""
        return scale_of(self.config)

    @property
    def guide(self) -> Guide:
        """What people are told of the scale."""
        return guide_of(self.config)

    def whole_scale(self) -> dict:
        """The scale with all that is told of it, as the config has it."""
        return read_scale(self.config["scale"])

    def about_scorer(self) -> dict:
        """What is told in the file of this study's scorer (`squint.scorer.archive.About`), as far as it is planned."""
        config, recordings = self.config, self.recordings
        return {
            "name": self.networks.scorer,
            "settings": self.networks.scorer_settings(),
            "scale": self.whole_scale(),
            "image_size": config["datasets"]["image_size"],
            "detection": dict(config["faces"]["detection"]),
            "min_prob": config["moments"]["defaults"]["min_prob"],
            "most_cameras": recordings.most_cameras,
            "window_s": config["evaluation"]["timeline_window_s"],
            "coverage": config["evaluation"]["coverage"],
            "animals": self.scorer_animals(),
            "simulated": any(recordings.is_simulated(name) for name in recordings.trained),
            "licence": config["evaluation"]["scorer_licence"],
        }

    @cached_property
    def given_scorer(self) -> About:
        """What the scorer that was made elsewhere tells of itself; its file is opened once."""
        return read_about(self.config["scorer"])

    def scorer_animals(self) -> dict[str, list[str]]:
        """The animals that the scorer's networks know, by what they were for them."""
        if self.trains:
            return {role: self.recordings.animals_of(role) for role in KNOWN_ANIMAL}
        return self.given_scorer.animals

    def animal_note(self, name: str) -> str:
        """What is told of a new recording's animal where the scorer's networks know it; empty where they don't."""
        subject, animals = self.recordings.by_name[name].subject, self.scorer_animals()
        for role, note in KNOWN_ANIMAL.items():
            if subject in animals[role]:
                return note
        return ""

    def summary_scorer(self) -> dict:
        """What the summary tells of the scorer: its name, the animals that it knows, and of a given one more."""
        about = {"name": self.networks.scorer, "animals": self.scorer_animals(), "notes": self.animal_notes()}
        if self.trains:
            return about
        made = self.given_scorer
        return about | {"name": made.name, "file": self.config["scorer"], "metrics": made.metrics}

    def animal_notes(self) -> dict[str, str]:
        """What is told of the animals of new recordings that the scorer's networks know, by recording."""
        notes = {name: self.animal_note(name) for name in self.recordings.unscored}
        return {name: note for name, note in notes.items() if note}

    def tables(self) -> dict[str, Product]:
        """All tables that are shown, by their paths under `results` without ending.

        A title tells where a source has the table, by the config's `report: references`.
        """
        found = {}
        for path, product in self._filled(TABLES).items():
            where = self.config["report"]["references"].get(path.removeprefix("tables/"))
            found[path] = replace(product, title=f"{product.title} (table{f'; {where}' if where else ''})")
        return found

    def _filled(self, products: dict[str, Product]) -> dict[str, Product]:
        """Each table or figure that there is, with its path, title and caption filled in."""
        return {
            path.format(**values): replace(
                product, title=product.title.format(**values), caption=product.caption.format(**values)
            )
            for path, product in products.items()
            for values in product.each(self.networks)
        }

    def table_paths(self) -> list[str]:
        """The paths of all tables that are shown."""
        return [f"results/{path}.csv" for path in self.tables()]

    def shown(self) -> list[str]:
        """The paths of all that is shown."""
        pages = [f"results/{path}.html" for path in self.tables()]
        return self.table_paths() + pages + [f"results/{path}" for path in self._filled(FIGURES)]

    def titles(self) -> dict[str, list[str]]:
        """Category, title and caption of all that the report shows, by path."""
        products = self.tables() | self._filled(FIGURES)
        return {path: [product.category, product.title, product.caption] for path, product in products.items()}

    def captions(self) -> list[str]:
        """Names of the captions in `report/`, that of the report itself among them."""
        return sorted({caption for _, _, caption in self.titles().values()} | {"workflow"})

    def recorded(self) -> list[str]:
        """Each table that is shown or that figures are drawn from, and each timeline: what provenance is kept of."""
        tables = [*self.shown(), *(f"results/timelines/{name}.cameras.csv" for name in self.recordings.unscored)]
        if self.trains:
            tables.append("results/tables/classes.csv")
        if self.recordings.scored:
            tables.append("results/tables/groups.csv")
        return sorted(path for path in tables if path.endswith(".csv"))


def make_plan(
    config: Config,
    files: Iterable[str],
    sheet: str,
    picture_sheet: str,
    detector: str,
    name_instances: Callable[[list[dict]], list[str]],
    choice_file: Callable[[str], str],
) -> Plan:
    """The plan of a run, after checking all that it is made from. Puts the keys of `config` in order.

    `files` are the config files that people wrote, `sheet` the path of the sample sheet and `picture_sheet` that of the
    sheet of pictures, empty for none, `detector` that of the shipped face detector. `name_instances` names a study's
    variants (see read_study), `choice_file` gives the path of a checkpoint's choice (see Choices). Raises InputError
    for a mistake in any of them.
    """
    for path in files:
        check_file(path)
    check_config(config)
    expand_homes(config)
    if config["scorer"]:
        take_over(config, read_about(config["scorer"]))
    sort_keys(cast(dict, config))
    pictures = read_picture_sets(read_labelled(config, picture_sheet)) if picture_sheet else {}
    beside = Beside(
        sets=pd.DataFrame([(name, one.subject, one.role) for name, one in pictures.items()], columns=SET_COLUMNS),
        scored=bool(config["scorer"]),
        drawn=config["datasets"]["validation_share"] > 0,
    )
    experiments = read_experiments(sheet, config["datasets"]["allow_subjects_on_both_sides"], beside)
    named = [] if config["scorer"] else config["evaluation"]["studies"]
    studies = {name: read_study(config, name, name_instances) for name in named}
    if not config["scorer"]:
        check_detector(config, experiments)
    cameras = config["recordings"]["cameras"]
    check_names(cameras, f"{CONFIG}, `recordings: cameras`")
    recordings = RecordingPlan(config, read_recordings(experiments, cameras, sheet) | pictures, detector, picture_sheet)
    check_rigs(recordings, sheet)
    check_copies(recordings.by_name, sheet, picture_sheet)
    check_limits(config, recordings.by_name, sheet)
    if not config["scorer"]:
        check_tests(recordings)
        check_folds(config, len(recordings.folds))
    networks = NetworkPlan(config, recordings, studies, Choices(config["choices"], choice_file))
    if networks.trains and recordings.unscored and not networks.packs:
        found, remedy = "labelled pictures alone", "give a `scorer`, or recordings of role rotate that an expert scores"
        expected = f"tested recordings, by which the curve of {recordings.unscored[0]} is calibrated"
        raise InputError(sheet, expected, found, remedy)
    plan = Plan(config, recordings, networks)
    check_views(plan, sheet)
    return plan


def read_labelled(config: Config, sheet: str) -> pd.DataFrame:
    """The labelled pictures of a config. Raises InputError for a sheet of them beside a given scorer."""
    if config["scorer"]:
        found, remedy = "`pictures: sheet` and `scorer`", "set one of them to nothing"
        raise InputError(CONFIG, "pictures to learn from, or a scorer that has learnt", found, remedy)
    return read_pictures(sheet, config["pictures"]["folder"], scale_of(config))


def check_tests(recordings: RecordingPlan) -> None:
    """Raise InputError unless there are two folds at least, each with animals of its own, and some to train on."""
    scheme = recordings.config["datasets"]["folds"]
    subjects = {key: {recordings.by_name[name].subject for name in names} for key, names in recordings.tests.items()}
    left = [name for name in recordings.of_role("rotate") if not recordings.by_name[name].fold]
    if scheme == "given" and left:
        expected = "a fold for each set of pictures of role rotate (`datasets: folds: given`)"
        raise InputError(
            CONFIG, expected, f"none for {left[0]}", "fill in column `fold`, or set other `datasets: folds`"
        )
    if len(subjects) < 2:
        found = f"{len(subjects)} ({', '.join(subjects) or 'none'})"
        remedy = "set another `datasets: folds`, or give the recordings or pictures groups or folds that differ"
        raise InputError(CONFIG, f"at least two folds by `datasets: folds: {scheme}`", found, remedy)
    for fold in recordings.folds:
        parts = recordings.fold_parts(fold)
        for part in ("train", "validation"):
            if not parts[part]:
                name = recordings.fold_names[fold - 1]
                found, remedy = "none", "add animals, or choose other `datasets: folds` or `validation_share`"
                raise InputError(
                    CONFIG, f"recordings or pictures for {part} in the fold that tests {name}", found, remedy
                )


def take_over(config: Config, about: About) -> None:
    """Lay over `config` what a scorer is bound to: how faces are searched for, what counts as one, how curves are made.

    Raises InputError for a scorer of another scale.
    """
    scale = read_scale(config["scale"])
    if about.core != make_scale(scale):  # what is told of it may have other words
        raise InputError(
            config["scorer"],
            f"a scorer of the scale of the config, {scale['name']!r}",
            f"one of {about.scale['name']!r}" + (", with other values" if about.scale["name"] == scale["name"] else ""),
            "set `scale` to that of the scorer, or take another scorer",
        )
    config["faces"]["detection"] = dict(about.detection)  # pyright: ignore[reportGeneralTypeIssues]
    config["moments"]["defaults"]["min_prob"] = about.min_prob
    config["evaluation"]["timeline_window_s"] = about.window_s
    config["evaluation"]["coverage"] = about.coverage


def check_rigs(recordings: RecordingPlan, sheet: str) -> None:
    """Raise InputError for cameras that differ from a recording's files, or that are too few for a moment."""
    for name, recording in recordings.filmed.items():
        where = f"{sheet}, experiment {name!r}"
        if not recording.simulated:
            check_files(recording.cameras, recording.videos, where)
        needed = recordings.moment_settings(name)["min_det_num"] if recording.role != "score" else 1
        if needed > len(recording.cameras):
            found = f"{count(len(recording.cameras))} ({', '.join(recording.cameras)})"
            raise InputError(
                where,
                f"at least {count(needed)}, as `moments: min_det_num` asks for",
                found,
                f"lower it for this recording in the column `min_det_num`, or set it to {AUTO}: half of the cameras",
            )
    if recordings.trains_a_detector and not recordings.config["recordings"]["cameras"]:
        expected = "`recordings: cameras` for the simulated recordings that the face detector is trained on"
        raise InputError(CONFIG, expected, "none", "name them, or give `faces: annotations` or `faces: weights`")


def check_views(plan: Plan, sheet: str) -> None:
    """Raise InputError for more cameras of a new recording than a scorer that sees all views at once has ever seen."""
    recordings, scorer = plan.recordings, plan.networks.scorer
    if plan.trains:
        views, most = plan.networks.trained[scorer]["views"], recordings.most_cameras
    else:
        about = plan.given_scorer
        views, most = about.settings["views"], about.most_cameras
    for name in recordings.unscored if views == "all" else []:
        cameras = recordings.cameras(name)
        if len(cameras) > most:
            raise InputError(
                f"{sheet}, experiment {name!r}",
                f"at most {count(most)}, as the scorer was trained on, which takes all views of a moment at once",
                f"{count(len(cameras))} ({', '.join(cameras)})",
                "name fewer in column `cameras`, or take a scorer of single views",
            )


def count(cameras: int) -> str:
    """So many cameras, in words."""
    return f"{cameras} camera{'' if cameras == 1 else 's'}"


def remarks(plan: Plan) -> list[str]:
    """What a lab may not have meant, a sentence each.

    References and videos of other cameras that this run does not use, chapters that may lack, gaps of another scale.
    """
    tables = {path.removeprefix("tables/") for path in plan.tables()}
    lost = [f"report.references.{name}" for name in plan.config["report"]["references"] if name not in tables]
    told = [f"The config's {key} is not used: this run has no such table." for key in lost]
    for name, recording in plan.recordings.filmed.items():
        if others := unused_videos(recording.cameras, recording.videos):
            told.append(f"{name}: videos of {', '.join(others)} are there and not used; `cameras` does not name them.")
        cameras = recording.cameras if recording.chaptered else ()
        files = {camera: len(plan.recordings.source_files(name, camera)) for camera in cameras}
        if len(set(files.values())) > 1:
            counts = ", ".join(f"{number} of {camera}" for camera, number in files.items())
            told.append(f"{name}: its cameras have unlike numbers of chapters, {counts}; is a file missing?")
    pain = plan.scale.pain_threshold
    for name in plan.networks.evaluated if plan.trains else []:
        settings = plan.networks.trained[name]
        low, high = settings["gap"]
        if settings["output"] == "binary" and not low <= pain <= high:
            sentence = f"does not hold {pain:g}, from which there is pain on this scale; `gap: auto` follows it"
            told.append(f"{name}: the gap from {low:g} to {high:g} {sentence}.")
    return told
