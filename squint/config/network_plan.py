"""Which networks a run trains, on which folds and from what.

Those that are compared, their controls, variants of studies, and networks that others start from. A variant with the
settings of another network is that network.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from squint.config.networks import BEST, NEAREST, Study, control_of, fill_networks
from squint.config.recording_plan import PREDICTED, SUBSETS, RecordingPlan
from squint.config.recordings import existing_inputs
from squint.config.types import ChoiceValues, Config
from squint.domain.naming import SHUFFLED
from squint.outputs import Output, make_output


def one_of(names: Iterable[str]) -> str:
    """A wildcard's pattern for some names; for none, one that nothing matches."""
    return "|".join(map(re.escape, names)) or "(?!)"


def is_variant(network: str) -> bool:
    """Whether a name is that of a study's variant."""
    return len(Path(network).parts) > 1


def model_path(network: str, fold: int | str) -> str:
    """Path of a trained network of one fold."""
    return f"results/models/{network}/LOSOCV-{fold}.keras"


def metrics_path(network: str) -> str:
    """Path of the metrics of a network, control or constant."""
    return f"results/metrics/{network}.csv"


def prediction_paths(network: str, folds: Iterable[int | str], subsets: Iterable[str] = PREDICTED) -> list[str]:
    """Predictions of a network on some folds."""
    return [f"results/predictions/{network}/LOSOCV-{fold}-{subset}.parquet" for fold in folds for subset in subsets]


def feature_name(settings: dict) -> str:
    """Name of the features that a frozen backbone gives, the same for all networks that share them."""
    weights = settings["weights"]
    if weights not in ("none", "imagenet"):
        weights = f"{Path(weights).stem}-{sha256(weights.encode()).hexdigest()[:8]}"
    parts = [settings["backbone"], weights, settings["normalisation"]]
    return "-".join(parts + ([settings["precision"]] if settings["precision"] != "float32" else []))


@dataclass(frozen=True)
class Choices:
    """What networks and studies may leave to a checkpoint: the best backbone and the nearest fold.

    `fixed` are the config's `choices`, empty where a checkpoint chooses. `file` gives the path of the choice of
    `backbone` or `fold`, or raises what makes Snakemake wait for it.
    """

    fixed: ChoiceValues
    file: Callable[[str], str]

    def read(self, what: str):
        """The backbone or the fold: fixed in the config, or chosen by a checkpoint."""
        return self.fixed[what] or json.loads(Path(self.file(what)).read_text())[what]

    def input(self, what: str, waits: bool) -> str | list[str]:
        """The file of a choice as an input of what waits for it."""
        return self.file(what) if waits and not self.fixed[what] else []


@dataclass(frozen=True)
class NetworkPlan:
    """The networks of a run, by the config."""

    config: Config
    recordings: RecordingPlan
    studies: dict[str, Study]
    choices: Choices

    # Which networks there are

    @cached_property
    def configured(self) -> dict[str, dict]:
        """The networks of the config with all their settings."""
        return fill_networks(self.config)

    @property
    def trains(self) -> bool:
        """Whether networks are trained; not where a scorer that was made elsewhere is taken."""
        return not self.config["scorer"]

    @property
    def packs(self) -> bool:
        """Whether the scorer is packed: where some tested recordings are filmed, by which curves are calibrated."""
        return self.trains and bool(self.recordings.filmed_tests)

    @property
    def evaluated(self) -> list[str]:
        """Networks that are compared."""
        return self.config["evaluation"]["networks"] if self.trains else []

    @property
    def shuffled(self) -> list[str]:
        """Those that are also trained on shuffled labels."""
        return self.config["evaluation"]["controls"] if self.trains else []

    @property
    def controls(self) -> list[str]:
        """Networks with shuffled labels."""
        return [name + SHUFFLED for name in self.shuffled]

    @cached_property
    def trained(self) -> dict[str, dict]:
        """Every network that may be trained, by name, with all its settings."""
        networks: dict[str, dict] = {}

        def add(name: str, settings: dict, shuffled: bool = False) -> None:
            suffix = SHUFFLED if shuffled else ""
            networks.setdefault(name + suffix, settings | {"shuffled_labels": shuffled})
            source = settings["weights"]
            if source in self.configured:
                add(source, self.configured[source], shuffled)

        for name in self.evaluated:
            add(name, self.configured[name])
        for name in self.shuffled:
            add(name, self.configured[name], shuffled=True)
        for study in self.studies.values():
            for name, settings in study.variants.items():
                if settings | {"shuffled_labels": False} not in networks.values():
                    add(name, settings)
        return networks

    @cached_property
    def canonical(self) -> dict[str, str]:
        """Each variant's own name, or that of the network that it is."""
        return {
            name: next(
                other for other, trained in self.trained.items() if trained == settings | {"shuffled_labels": False}
            )
            for study in self.studies.values()
            for name, settings in study.variants.items()
        }

    @cached_property
    def constants(self) -> dict[str, dict]:
        """The constant predictors with what they depend on: of scores, of pain, and of each set of score ranges."""
        outputs = map(make_output, self.trained.values())
        return {output.constant_predictor_name: output.constant_settings for output in outputs}

    def output(self, network: str) -> Output:
        """What a network of the config says."""
        return make_output(self.configured[network])

    @cached_property
    def scorers(self) -> list[str]:
        """Compared networks that say a score."""
        return [name for name in self.evaluated if self.output(name).tells_score]

    @property
    def compared(self) -> list[str]:
        """All that stands in the final comparison."""
        return self.evaluated + self.controls + list(self.constants)

    def references(self, network: str) -> list[str]:
        """The control and the constant predictor that stand beside a network."""
        return [control_of(network, self.config), self.output(network).constant_predictor_name]

    # Studies and choices

    def studies_of(self, network: str) -> list[Study]:
        """The studies that a variant is part of; none for a network that is trained on all folds anyway."""
        if not is_variant(network):
            return []
        return [study for study in self.studies.values() if network in map(self.canonical.get, study.variants)]

    def study_folds(self, study: str) -> list[int]:
        """The folds of a study: all, given, or the nearest."""
        folds = self.studies[study].folds
        if folds == NEAREST:
            return [self.choices.read("fold")]
        return self.recordings.folds if isinstance(folds, str) else folds

    @cached_property
    def on_all_folds(self) -> list[str]:
        """Networks that are trained on all folds, and predicted in one job."""
        return [
            name
            for name in self.trained
            if not is_variant(name) or any(study.folds == "all" for study in self.studies_of(name))
        ]

    @property
    def on_some_folds(self) -> list[str]:
        """Variants that are trained on the folds of their studies alone."""
        return [name for name in self.trained if name not in self.on_all_folds]

    @cached_property
    def trained_at_once(self) -> list[str]:
        """Networks of which only a head is trained, on all folds, in one job."""
        return [name for name in self.on_all_folds if not self.trained[name]["trainable"]]

    @property
    def trained_by_fold(self) -> list[str]:
        """Networks that are trained with their backbone, or on some folds alone: a job each."""
        return [name for name in self.trained if name not in self.trained_at_once]

    def folds(self, network: str) -> list[int]:
        """The folds that a network is trained on: all, or for a variant those of its studies."""
        if network in self.on_all_folds or network in self.constants:
            return self.recordings.folds
        return sorted({fold for study in self.studies_of(network) for fold in self.study_folds(study.name)})

    def backbone_choice(self, *networks: str) -> str | list[str]:
        """The choice of the backbone, if one of some networks waits for it."""
        known = [name for name in networks if name in self.trained]
        return self.choices.input("backbone", any(self.trained[name]["backbone"] == BEST for name in known))

    def fold_choice(self, *networks: str) -> str | list[str]:
        """The choice of the fold, if one of some networks is part of a study on the nearest one."""
        waits = any(study.folds == NEAREST for name in networks for study in self.studies_of(name))
        return self.choices.input("fold", waits)

    def settings(self, network: str) -> dict:
        """All settings of a network, with the backbone that was chosen."""
        settings = self.trained[network]
        return settings | {"backbone": self.choices.read("backbone")} if settings["backbone"] == BEST else settings

    def variants(self, study: str) -> list[str]:
        """The networks that a study's variants are."""
        return [self.canonical[name] for name in self.studies[study].variants]

    def variant_rows(self, study: str) -> list[dict]:
        """The varied values of each variant, and the network that it is."""
        return [values | {"network": self.canonical[name]} for name, values in self.studies[study].varied.items()]

    def study_references(self, study: str) -> list[str]:
        return self.references(self.studies[study].base)

    def study_metrics(self, study: str) -> list[str]:
        """The metrics of a study's variants and references."""
        return [metrics_path(name) for name in dict.fromkeys([*self.variants(study), *self.study_references(study)])]

    def study_backbone_choice(self, study: str) -> str | list[str]:
        return self.backbone_choice(*self.variants(study))

    def study_fold_choice(self, study: str) -> str | list[str]:
        return self.fold_choice(*self.variants(study))

    @property
    def chooser(self) -> str:
        """The study that chooses; empty for none."""
        return self.config["choices"]["study"] if self.config["choices"]["study"] in self.studies else ""

    def chooser_metrics(self) -> list[str]:
        """The metrics of the study that chooses."""
        return list(map(metrics_path, self.variants(self.chooser)))

    def chooser_backbones(self) -> dict[str, str]:
        """The backbone of each network of the study that chooses."""
        variants = self.studies[self.chooser].variants
        return {self.canonical[name]: values["backbone"] for name, values in variants.items()}

    def best_of_study(self) -> list[str]:
        """The metrics of the variant with the chosen backbone, by which the fold is chosen."""
        best = self.choices.read("backbone")
        return [metrics_path(name) for name, backbone in self.chooser_backbones().items() if backbone == best]

    # What a network is made from. A job's fold is that of its wildcard; without one it makes all folds.

    def job_folds(self, fold: str | None = None) -> list[int]:
        return self.recordings.folds if fold is None else [int(fold)]

    def source(self, network: str) -> str:
        """The network that a network starts from, or whose backbone it takes; empty for none."""
        source = self.trained[network]["weights"]
        if source not in self.configured:
            return ""
        return source + (SHUFFLED if self.trained[network]["shuffled_labels"] else "")

    def sources(self, network: str, fold: str | None = None) -> list[str]:
        """The networks that a network starts from, in each fold of a job."""
        source = self.source(network)
        return [model_path(source, k) for k in self.job_folds(fold)] if source else []

    def weights(self, network: str) -> list[str]:
        """The weights file that the config names, so that a changed file reruns what it made."""
        weights = self.trained[network]["weights"]
        return [] if weights in self.configured else existing_inputs(weights)

    def feature_set(self, network: str, fold: int) -> str:
        """The folder of the features that a network takes in a fold; empty for a trainable one.

        A backbone that depends on the fold, by its weights or by the training images' mean, has a folder for each.
        """
        settings = self.settings(network)
        if settings["trainable"]:
            return ""
        source = self.source(network)
        if source:
            return f"{source}/LOSOCV-{fold}"
        name = feature_name(settings)
        return f"{name}/LOSOCV-{fold}" if settings["normalisation"] == "dataset" else name

    def features(self, network: str, fold: str | None = None) -> list[str]:
        """The folder of features in each fold of a job; none for a trainable network."""
        names = [self.feature_set(network, k) for k in self.job_folds(fold)]
        return [f"results/features/{name}" for name in names if name]

    def feature_inputs(self, network: str, fold: str | None = None) -> list[str]:
        """These folders once each."""
        return list(dict.fromkeys(self.features(network, fold)))

    # Features: `features` is the path of their folder under results/features

    @cached_property
    def backbone_candidates(self) -> list[str]:
        """Backbones that `best` may turn out to be."""
        varied = self.studies[self.chooser].variants.values() if self.chooser else []
        return sorted({settings["backbone"] for settings in varied} | {self.config["choices"]["backbone"]} - {"", BEST})

    @cached_property
    def feature_sets(self) -> dict[str, dict]:
        """By the first part of their folder: the settings of all features that may be asked for."""
        return {
            (self.source(name) or feature_name(settings | {"backbone": backbone})): settings | {"backbone": backbone}
            for name, settings in self.trained.items()
            if not settings["trainable"]
            for backbone in (self.backbone_candidates if settings["backbone"] == BEST else [settings["backbone"]])
        }

    def feature_settings(self, features: str) -> dict:
        """What a set of features is computed with."""
        name = features.split("/")[0]
        settings = self.feature_sets[name]
        chosen = {key: settings[key] for key in ("backbone", "weights", "normalisation", "precision")}
        # The backbone of a trained network is whatever that network's is.
        return chosen | {"backbone": name} if name in self.trained else chosen

    def features_fold(self, features: str) -> int | None:
        """The fold that a set of features belongs to; none for those that all folds share."""
        fold = features.partition("/")[2].removeprefix("LOSOCV-")
        return int(fold) if fold else None

    def feature_stores(self, features: str) -> list[str]:
        """The image stores that features are computed of: all, or those of one fold."""
        fold = self.features_fold(features)
        if fold is None:
            return self.recordings.store_paths
        return list(dict.fromkeys(path for name in SUBSETS for path in self.recordings.fold_stores(name, fold)))

    def feature_source(self, features: str) -> list[str]:
        """The trained network whose backbone gives the features, if any."""
        name = features.split("/")[0]
        return [model_path(name, str(self.features_fold(features)))] if name in self.trained else []

    def feature_mean(self, features: str) -> list[str]:
        """The training subset whose mean colour is subtracted from images, if any."""
        if self.feature_settings(features)["normalisation"] != "dataset" or self.feature_source(features):
            return []
        return [self.recordings.fold_path(str(self.features_fold(features)), "train")]

    def feature_weights(self, features: str) -> list[str]:
        """The weights file of the backbone."""
        weights = self.feature_settings(features)["weights"]
        return [] if weights in self.configured else existing_inputs(weights)

    # Measures

    def class_settings(self) -> list[dict]:
        """The networks that tell classes apart, one for each way to do so."""
        found: dict[str, dict] = {}
        for name, settings in self.trained.items():
            if make_output(settings).class_names:
                values = {key: settings[key] for key in ("output", "bins", "gap", "scale")}
                found.setdefault(str(values), values | {"network": name})
        return list(found.values())

    @cached_property
    def gaps(self) -> dict[str, list[list[float]]]:
        """By output: the scores that some compared network was not trained on."""
        gaps: dict[str, list[list[float]]] = {}
        for output in map(self.output, self.evaluated):
            if output.gap[0] < output.gap[1]:
                gaps.setdefault(output.name, []).append(list(output.gap))
        return {name: sorted(found) for name, found in gaps.items()}

    def metric_settings(self, network: str) -> dict:
        """What the metrics of a network or constant depend on; pain tellers are measured without each one's gap."""
        settings = self.trained.get(network) or self.constants[network]
        gaps = self.gaps.get(settings["output"], [])
        return {key: settings[key] for key in ("output", "bins", "scale")} | {"gaps": gaps}

    def predictions(self, network: str) -> list[str]:
        """The predictions that a network or constant is measured by."""
        return prediction_paths(network, self.folds(network))

    def corrected_predictions(self, network: str) -> list[str]:
        """Predictions of a network on the held-out subjects, corrected boxes."""
        return prediction_paths(network, self.recordings.folds, ["test_corr"])

    def metrics_beside(self, network: str) -> list[str]:
        """The metrics of a network and of its references."""
        return [metrics_path(name) for name in [network, *self.references(network)]]

    def discarded(self, network: str) -> str:
        """The scores that are discarded from some tests of a network; empty for none."""
        low, high = self.output(network).gap
        return f"[{low:g}, {high:g})" if low < high else ""

    def table_sets(self) -> dict[str, list[str]]:
        """The sets of tables that networks have, by the name of their output's set."""
        sets: dict[str, list[str]] = {}
        for output in map(self.output, self.evaluated):
            if sets.setdefault(output.table_set, list(output.tables)) != list(output.tables):
                raise ValueError(f"two sets of tables are called {output.table_set!r}: give one another `table_set`")
        return sets

    def networks_with(self, table_set: str) -> list[str]:
        """The compared networks that have a set of tables."""
        return [name for name in self.evaluated if self.output(name).table_set == table_set]

    @property
    def with_intervals(self) -> list[str]:
        """Those whose predicted intervals are measured, with the constant that stands beside them."""
        return [*self.scorers, self.output(self.scorer).constant_predictor_name]

    def fold_titles(self, network: str) -> list[str]:
        """What the panels of each fold of a network are called."""
        return [f"{network}, fold {k}: {self.recordings.fold_names[k - 1]}" for k in self.recordings.folds]

    # The scorer

    @property
    def scorer(self) -> str:
        """The network that scores new recordings."""
        return self.config["evaluation"]["timeline_network"]

    def scorer_settings(self) -> dict:
        return self.settings(self.scorer)

    def scorer_models(self) -> list[str]:
        return [model_path(self.scorer, fold) for fold in self.recordings.folds]

    def scorer_trains(self) -> list[str]:
        """The training subsets whose mean colour the scorer's networks are trained without."""
        wanted = self.trained[self.scorer]["normalisation"] == "dataset"
        return self.recordings.fold_paths(["train"]) if wanted else []

    @property
    def packed(self) -> str:
        """The scorer of this study in one file."""
        return f"results/scorer/{self.scorer}.squint"

    @property
    def scorer_file(self) -> str:
        """The scorer that new recordings are scored with: that of this study, or one that was made elsewhere."""
        return self.config["scorer"] or self.packed

    def held_out_models(self, name: str) -> list[str]:
        """The scorer's network of the fold that leaves out the animal of a recording, as those of the next three."""
        return [model_path(self.scorer, self.recordings.fold_of(name))]

    def held_out_sources(self, name: str) -> list[str]:
        return self.sources(self.scorer, str(self.recordings.fold_of(name)))

    def held_out_trains(self, name: str) -> list[str]:
        return [self.recordings.fold_path(self.recordings.fold_of(name), "train")] if self.scorer_trains() else []

    def held_out_likeness(self, name: str) -> str:
        return f"results/scorer/likeness/LOSOCV-{self.recordings.fold_of(name)}.h5"

    def scorer_records(self) -> list[str]:
        """The records of the networks of all folds: the scorer, the one it starts from, and so on."""
        if not self.trains:
            return []
        chain = [self.scorer]
        while source := self.source(chain[-1]):
            chain.append(source)
        return [f"results/models/{name}/LOSOCV-{fold}.json" for name in chain for fold in self.recordings.folds]
