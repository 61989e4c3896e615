"""What becomes of racks: where their files are, which folds there are, which networks score patches."""

from dataclasses import dataclass
from functools import cached_property

from squint.config.experiments import SIMULATED
from squint.config.racks import Rack, read_racks
from squint.config.recordings import existing_inputs
from squint.config.scales import read_scale, scale_of
from squint.config.schema import CONFIG, check_file, sort_keys
from squint.config.settings import check_config, expand_homes
from squint.config.types import Config, EyeNetwork
from squint.domain.naming import SHUFFLED
from squint.domain.scale import Scale
from squint.errors import InputError, suggest
from squint.regions.samples import ALL, K_FOLD, SCHEMES

CIFAR10 = "cifar10"


@dataclass(frozen=True)
class RegionPlan:
    """What is made of the racks of a run, by the config."""

    config: Config
    racks: dict[str, Rack]

    @property
    def values(self):
        """The config's section."""
        return self.config["regions"]

    @property
    def scale(self) -> Scale:
        """What scores are: of one unit."""
        return scale_of(self.config)

    @cached_property
    def learning(self) -> list[str]:
        """Racks that networks learn from."""
        return [name for name, rack in self.racks.items() if rack.role == "learn"]

    @cached_property
    def unscored(self) -> list[str]:
        """Racks that the scorer scores."""
        return [name for name, rack in self.racks.items() if rack.role == "score"]

    @cached_property
    def animals(self) -> list[str]:
        """Animals that networks learn from, in the order of the sheet."""
        return list(dict.fromkeys(animal for name in self.learning for animal in self.racks[name].animals))

    @property
    def segmentation_folds(self) -> list[str]:
        """Names of the folds of the segmentation."""
        return [str(number) for number in range(1, self.values["segmentation"]["folds"] + 1)]

    def held_out(self, fold: str) -> list[str]:
        """Animals that a fold's segmentation does not learn from: every so-many-th of the sheet; none for ALL."""
        return [] if fold == ALL else self.animals[int(fold) - 1 :: len(self.segmentation_folds)]

    # Files of a rack

    def video(self, name: str) -> str:
        """Path of its video."""
        return f"results/simulated/racks/{name}.mp4" if self.racks[name].simulated else self.racks[name].video

    def _given(self, name: str, column: str, made: str) -> str:
        given = getattr(self.racks[name], column)
        return made if given == SIMULATED else given

    def masks(self, name: str) -> str:
        """Path of its masks; empty for none."""
        return self._given(name, "masks", f"results/simulated/racks/{name}.masks")

    def scores(self, name: str) -> str:
        """Path of its scores; empty for none."""
        return self._given(name, "scores", f"results/simulated/racks/{name}.scores.csv")

    def existing_video(self, name: str) -> list[str]:
        """Its video, if it is there or is made; as its masks and its scores below."""
        return existing_inputs(self.video(name))

    def existing_marks(self, name: str) -> list[str]:
        return existing_inputs(self.masks(name), self.scores(name))

    def places(self, name: str) -> list[list]:
        """Name, animal, and left, top, width and height of each region of a rack; the latter None where it is found."""
        rows = []
        for region in self.racks[name].regions:
            place = region.place
            rows.append(
                [
                    region.name,
                    region.animal,
                    *((place.left, place.top, place.width, place.height) if place else (None,) * 4),
                ]
            )
        return rows

    def simulation(self, name: str) -> dict:
        """The values that a simulated rack is rendered with, as plain data."""
        values = {key: value for key, value in self.values["simulation"].items() if key != "scores"}
        boxes = [
            {"name": region.name, "region": str(region.place or ""), "animal": region.animal}
            | {"condition": region.condition, "coat": region.coat}
            for region in self.racks[name].regions
        ]
        return values | {"rack": name, "boxes": boxes, "seed": self.config["seed"]}

    # Networks

    @cached_property
    def networks(self) -> dict[str, EyeNetwork]:
        """Networks that are compared, by name; without an archive of CIFAR-10 those that it pre-trains are left out."""
        eyes = self.values["eyes"]
        compared = {name: eyes["networks"][name] for name in eyes["compared"]}
        return {
            name: network
            for name, network in compared.items()
            if network["pretraining"] != CIFAR10 or eyes["pretraining_archive"]
        }

    @property
    def trained(self) -> list[str]:
        """Those that are trained, the control with shuffled scores among them."""
        return [*self.networks, f"{self.values['eyes']['control']}{SHUFFLED}"]

    def network(self, name: str) -> EyeNetwork:
        """The values of a network or of its control."""
        return self.networks[name.removesuffix(SHUFFLED)]

    def start_weights(self, name: str) -> list[str]:
        """The file of the weights that a network starts from; none where it is not pre-trained."""
        network = self.network(name)
        if network["pretraining"] == "none":
            return []
        return [f"results/eyes/pretrained/{network['pretraining']}-{len(network['patches'])}.weights.h5"]

    def schemes(self, name: str) -> list[str]:
        """How a network is cross-validated: over frames too one that sees what the published one sees."""
        published = self.network(name)["patches"] == ["eye"] and not self.is_control(name)
        return [scheme for scheme in SCHEMES if published or scheme != K_FOLD]

    def is_control(self, name: str) -> bool:
        """Whether a network is trained on shuffled scores."""
        return name.endswith(SHUFFLED)

    def held_out_models(self, name: str) -> list[str]:
        """For each region of a rack, the segmentation that never saw its animal."""
        fold_of = {animal: fold for fold in self.segmentation_folds for animal in self.held_out(fold)}
        return [f"results/segmentation/{fold_of[animal]}.tflite" for animal in self.racks[name].animals]

    @cached_property
    def scored(self) -> list[str]:
        """Racks of which an expert scored frames."""
        return [name for name in self.learning if self.racks[name].scores]

    def score_paths(self) -> list[str]:
        """The scores of these."""
        return [self.scores(name) for name in self.scored]

    def predictions(self) -> dict[str, dict[str, str]]:
        """Where what networks say of frames that they never saw is, by network and scheme."""
        return {
            name: {scheme: f"results/eyes/{name}/{scheme}.parquet" for scheme in self.schemes(name)}
            for name in self.trained
        }

    def prediction_inputs(self) -> list[str]:
        """The same as inputs of a rule."""
        return [path for by_scheme in self.predictions().values() for path in by_scheme.values()]

    @property
    def coats(self) -> dict[str, str]:
        """The coat of each animal of simulated racks that networks learn from."""
        return {
            region.animal: region.coat
            for name in self.learning
            if self.racks[name].simulated
            for region in self.racks[name].regions
        }

    def manner(self) -> dict[str, float]:
        """How curves are made (`squint.regions.curves.Manner`)."""
        curves, highest = self.values["curves"], self.scale.highest
        shut = curves["closed"] * highest
        return {"window_s": curves["window_s"], "closed": shut, "blink_s": curves["blink_s"], "highest": highest}

    def about_scorer(self) -> dict:
        """What is told in the file of the scorer (`squint.regions.archive.RegionAbout`), as far as it is planned."""
        values, manner = self.values, self.manner()
        return {
            "name": values["eyes"]["scorer"],
            "scale": read_scale(self.config["scale"]),
            "size": list(values["size"]),
            "channel": values["channel"],
            "step": values["segmentation"]["step"],
            "patches": list(self.network(values["eyes"]["scorer"])["patches"]),
            "coverage": self.config["evaluation"]["coverage"],
            "threshold": self.threshold,
            "animals": self.animals,
            "simulated": any(self.racks[name].simulated for name in self.learning),
            "licence": self.config["evaluation"]["scorer_licence"],
        } | {key: manner[key] for key in ("window_s", "closed", "blink_s")}

    def training(self) -> dict:
        """How networks for patches are trained."""
        keys = ("epochs", "batch_size", "learning_rate", "momentum")
        return {key: self.values["eyes"][key] for key in keys}

    @property
    def threshold(self) -> float:
        """The score above which time is counted."""
        given = self.values["curves"]["threshold"]
        return self.scale.pain_threshold if isinstance(given, str) else given


def make_region_plan(config: Config, files: list[str], sheet: str) -> RegionPlan:
    """The plan of a run of regions, after checking all that it is made from. Puts the keys of `config` in order.

    `files` are the config files that people wrote, `sheet` the path of the sheet of racks. Raises InputError for a
    mistake in any of them.
    """
    for path in files:
        check_file(path)
    check_config(config)
    expand_homes(config)
    sort_keys(config)  # pyright: ignore[reportArgumentType]
    for key in ("experiments", "scorer"):
        if config[key]:
            found, remedy = f"`{key}`: {config[key]}", f"set `{key}` to nothing, or `regions: sheet`"
            raise InputError(CONFIG, "a run of regions alone (`regions: sheet`)", found, remedy)
    if config["pictures"]["sheet"]:
        raise InputError(
            CONFIG, "a run of regions alone (`regions: sheet`)", "`pictures: sheet` too", "empty one of them"
        )
    plan = RegionPlan(config, read_racks(sheet))
    check_regions(plan, sheet)
    return plan


def check_regions(plan: RegionPlan, sheet: str) -> None:
    """Raise InputError for values that do not go together."""
    values, scale = plan.values, plan.scale
    segmentation, eyes = values["segmentation"], values["eyes"]
    if len(scale.units) != 1:
        expected = "a `scale` of one unit, which patches around eyes can show, such as orbital_tightening"
        raise InputError(CONFIG, expected, f"{len(scale.units)} units", "set `scale`")
    multiple = segmentation["step"] << segmentation["depth"]
    if any(side % multiple for side in values["size"]):
        expected = f"`regions: size` of multiples of {multiple} px: `step` times 2 to the power of `depth`"
        raise InputError(CONFIG, expected, " by ".join(map(str, values["size"])), "change one of the three")
    if len(plan.animals) < max(3, segmentation["folds"]):
        expected = f"at least {max(3, segmentation['folds'])} animals to learn from (`regions: segmentation: folds`)"
        raise InputError(sheet, expected, f"{len(plan.animals)}", "add animals, or lower the folds")
    unknown = [name for name in eyes["compared"] if name not in eyes["networks"]]
    if unknown:
        found = f"{unknown[0]!r}{suggest(unknown[0], list(eyes['networks']))}"
        expected = f"`regions: eyes: compared` among: {', '.join(eyes['networks'])}"
        raise InputError(CONFIG, expected, found, "correct the name")
    for key in ("control", "scorer"):
        if eyes[key] not in plan.networks:
            found = f"{eyes[key]!r}{suggest(eyes[key], list(plan.networks))}"
            if eyes[key] in eyes["networks"]:
                found += ", which `pretraining_archive` is missing for"
            raise InputError(
                CONFIG, f"`regions: eyes: {key}` among: {', '.join(plan.networks)}", found, "correct the name"
            )
    if plan.threshold >= scale.highest:
        expected = f"`regions: curves: threshold` below the highest score, {scale.highest}"
        raise InputError(CONFIG, expected, f"{plan.threshold:g}", "lower it")
