# Which networks are trained, on which folds, from what: those that are compared, their controls, the variants of
# studies, and networks that others start from. A variant with the settings of another network is that network.
NETWORK_SETTINGS = fill_networks(config)
EVALUATED = config["evaluation"]["networks"]
CONTROLS = [name + SHUFFLED for name in config["evaluation"]["controls"]]
CHOICES = config["choices"]


def all_networks():
    """Every network that may be trained, by name, with all its settings."""
    networks = {}

    def add(name, settings, shuffled=False):
        suffix = SHUFFLED if shuffled else ""
        networks.setdefault(name + suffix, settings | {"shuffled_labels": shuffled})
        source = settings["weights"]
        if source in NETWORK_SETTINGS:
            add(source, NETWORK_SETTINGS[source], shuffled)

    for name in EVALUATED:
        add(name, NETWORK_SETTINGS[name])
    for name in config["evaluation"]["controls"]:
        add(name, NETWORK_SETTINGS[name], shuffled=True)
    for study in STUDIES.values():
        for name, settings in study.variants.items():
            if settings | {"shuffled_labels": False} not in networks.values():
                add(name, settings)
    return networks


NETWORKS = all_networks()
# Each variant's own name, or that of the network that it is.
CANONICAL = {
    name: next(
        other
        for other, trained in NETWORKS.items()
        if trained == settings | {"shuffled_labels": False}
    )
    for study in STUDIES.values()
    for name, settings in study.variants.items()
}
# The constant predictors: of scores, of pain, and of each set of score ranges.
CONSTANTS = {constant_of(settings): constant_settings(settings) for settings in NETWORKS.values()}
# Backbones that `best` may turn out to be.
CANDIDATES = sorted(
    {
        settings["backbone"]
        for study in STUDIES.values()
        if study.name == CHOICES["study"]
        for settings in study.variants.values()
    }
    | {CHOICES["backbone"]} - {"", BEST}
)


def is_variant(network):
    """Whether a name is that of a study's variant."""
    return len(Path(network).parts) > 1


def studies_of(network):
    """The studies that a variant is part of; none for a network that is trained on all folds anyway."""
    if not is_variant(network):
        return []
    return [
        study
        for study in STUDIES.values()
        if network in (CANONICAL[name] for name in study.variants)
    ]


def one_of(names):
    """A wildcard's pattern for some names; for none, one that nothing matches."""
    return "|".join(map(re.escape, names)) or "(?!)"


# Networks by the rules that train and predict them: on all folds, with all folds in one job where only a head is
# trained; or on the folds of their studies.
ON_ALL_FOLDS = [
    name
    for name in NETWORKS
    if not is_variant(name) or any(study.folds == "all" for study in studies_of(name))
]
ON_SOME_FOLDS = [name for name in NETWORKS if name not in ON_ALL_FOLDS]
TRAINED_AT_ONCE = [name for name in ON_ALL_FOLDS if not NETWORKS[name]["trainable"]]
TRAINED_BY_FOLD = [name for name in NETWORKS if name not in TRAINED_AT_ONCE]


def best_backbone():
    """The backbone that `best` means: fixed in the config, or chosen by a checkpoint."""
    if CHOICES["backbone"]:
        return CHOICES["backbone"]
    with checkpoints.choose_backbone.get().output.choice.open() as file:
        return json.load(file)["backbone"]


def nearest_fold():
    """The fold that `nearest` means: fixed in the config, or chosen by a checkpoint."""
    if CHOICES["fold"]:
        return CHOICES["fold"]
    with checkpoints.choose_fold.get().output.choice.open() as file:
        return json.load(file)["fold"]


def settings_of(network):
    """All settings of a network, with the backbone that was chosen."""
    settings = NETWORKS[network]
    if settings["backbone"] == BEST:
        return settings | {"backbone": best_backbone()}
    return settings


def study_folds(study):
    """The folds of a study, all, given, or nearest."""
    if study.folds == NEAREST:
        return [nearest_fold()]
    return FOLDS if study.folds == "all" else study.folds


def folds_of(network):
    """The folds that a network is trained on: all, or for a variant those of its studies."""
    if network in ON_ALL_FOLDS:
        return FOLDS
    return sorted({fold for study in studies_of(network) for fold in study_folds(study)})


def backbone_choice_of(networks):
    """The choice of the backbone, if one of some networks waits for it."""
    waits = any(NETWORKS[name]["backbone"] == BEST for name in networks if name in NETWORKS)
    return (
        checkpoints.choose_backbone.get().output.choice if waits and not CHOICES["backbone"] else []
    )


def fold_choice_of(networks):
    """The choice of the fold, if one of some networks is part of a study on the nearest one."""
    waits = any(study.folds == NEAREST for name in networks for study in studies_of(name))
    return checkpoints.choose_fold.get().output.choice if waits and not CHOICES["fold"] else []
