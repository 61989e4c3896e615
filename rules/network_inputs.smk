# What the rules of networks, evaluation, tables, figures and the report call for their inputs, outputs and params. The
# networks themselves are in studies.smk.
def backbone_choice(wildcards):
    return backbone_choice_of([wildcards.network])


def fold_choice(wildcards):
    return fold_choice_of([wildcards.network])


def study_backbone_choice(wildcards):
    return backbone_choice_of(CANONICAL[name] for name in STUDIES[wildcards.study].variants)


def study_fold_choice(wildcards):
    return fold_choice_of(CANONICAL[name] for name in STUDIES[wildcards.study].variants)


def source_of(network):
    """The network that a network starts from, or whose backbone it takes; empty for none."""
    source = NETWORKS[network]["weights"]
    if source not in NETWORK_SETTINGS:
        return ""
    return source + (SHUFFLED if NETWORKS[network]["shuffled_labels"] else "")


def model_path(network, fold):
    return f"results/models/{network}/LOSOCV-{fold}.keras"


def feature_name(settings):
    """Name of the features that a frozen backbone gives, the same for all networks that share them."""
    weights = settings["weights"]
    if weights not in ("none", "imagenet"):
        weights = f"{Path(weights).stem}-{sha256(weights.encode()).hexdigest()[:8]}"
    parts = [settings["backbone"], weights, settings["normalisation"]]
    return "-".join(parts + ([settings["precision"]] if settings["precision"] != "float32" else []))


def feature_set(network, fold):
    """The folder of the features that a network takes in a fold; empty for a trainable one.

    A backbone that depends on the fold, by its weights or by the training images' mean, has a folder for each.
    """
    settings = settings_of(network)
    if settings["trainable"]:
        return ""
    source = source_of(network)
    if source:
        return f"{source}/LOSOCV-{fold}"
    name = feature_name(settings)
    return f"{name}/LOSOCV-{fold}" if settings["normalisation"] == "dataset" else name


# By the first part of their folder: the settings of all features that may be asked for.
FEATURE_SETTINGS = {
    (source_of(name) or feature_name(settings | {"backbone": backbone})): settings
    | {"backbone": backbone}
    for name, settings in NETWORKS.items()
    if not settings["trainable"]
    for backbone in (CANDIDATES if settings["backbone"] == BEST else [settings["backbone"]])
}


def feature_settings(wildcards):
    """What a set of features is computed with."""
    name = wildcards.features.split("/")[0]
    settings = FEATURE_SETTINGS[name]
    chosen = {key: settings[key] for key in ("backbone", "weights", "normalisation", "precision")}
    # The backbone of a trained network is whatever that network's is.
    return chosen | {"backbone": name} if name in NETWORKS else chosen


def features_fold(wildcards):
    """The fold that a set of features belongs to; none for those that all folds share."""
    _, _, fold = wildcards.features.partition("/")
    return fold.removeprefix("LOSOCV-") or None


def feature_stores(wildcards):
    """The image stores that features are computed of: all, or those of one fold."""
    fold = features_fold(wildcards)
    if fold is None:
        return expand("results/images/{store}.h5", store=STORES)
    subject = SUBJECTS[int(fold) - 1]
    stores = [store for name in FOLD_SUBSETS for store in fold_stores_of(name, subject)]
    return list(dict.fromkeys(stores))


def feature_mean(wildcards):
    """The training subset whose mean colour is subtracted from images, if any."""
    if feature_settings(wildcards)["normalisation"] != "dataset" or feature_source(wildcards):
        return []
    return [f"results/datasets/LOSOCV-{features_fold(wildcards)}-train.h5"]


def feature_source(wildcards):
    """The trained network whose backbone gives the features, if any."""
    name = wildcards.features.split("/")[0]
    return [model_path(name, features_fold(wildcards))] if name in NETWORKS else []


def first_or_none(paths):
    """Param function: the path that an input function gives, or None."""

    def path(wildcards):
        return next(iter(paths(wildcards)), None)

    return path


def weights_input(wildcards):
    """The weights file that the config names, so that a changed file reruns what it made."""
    if "features" in wildcards.keys():
        settings = feature_settings(wildcards)
    else:
        settings = NETWORKS[wildcards.network]
    return [] if settings["weights"] in NETWORK_SETTINGS else given(settings["weights"])


def features_input(wildcards):
    """The folder of features that a network takes in the folds of a job."""
    names = [feature_set(wildcards.network, fold) for fold in wanted_folds(wildcards)]
    return [f"results/features/{name}" for name in dict.fromkeys(names) if name]


def features_param(wildcards):
    """The folder of features in each fold of a job; none for a trainable network."""
    names = [feature_set(wildcards.network, fold) for fold in wanted_folds(wildcards)]
    return [f"results/features/{name}" for name in names] if names[0] else None


def wanted_folds(wildcards):
    """The folds of a job: that of its wildcard, or all."""
    return [int(wildcards.k)] if "k" in wildcards.keys() else FOLDS


def source_input(wildcards):
    """The networks that a network starts from, in each fold of a job."""
    source = source_of(wildcards.network)
    return [model_path(source, fold) for fold in wanted_folds(wildcards)] if source else []


def source_param(wildcards):
    return source_input(wildcards) or None


def network_settings(wildcards):
    return settings_of(wildcards.network)


def constant_param(wildcards):
    return CONSTANTS[f"constant_{wildcards.output}"]


def prediction_paths(network, folds, subsets=None):
    """Predictions of a network on some folds."""
    return expand(
        "results/predictions/{network}/LOSOCV-{k}-{subset}.parquet",
        network=network,
        k=folds,
        subset=subsets or PREDICTED,
    )


def metrics_path(network):
    return f"results/metrics/{network}.csv"


def references_of(network):
    """The control and the constant predictor that stand beside a network."""
    return [control_of(network, config), constant_of(NETWORK_SETTINGS[network])]


def class_settings(wildcards):
    """The networks that tell classes apart, one for each way to do so."""
    keys = ("output", "bins", "gap")
    found = {}
    for name, settings in NETWORKS.items():
        if settings["output"] in LABELS:
            values = {key: settings[key] for key in keys}
            found.setdefault(str(values), values | {"network": name})
    return list(found.values())


def metric_settings(wildcards):
    """What the metrics of a network or constant depend on; pain tellers are measured without each one's gap."""
    settings = NETWORKS.get(wildcards.network) or CONSTANTS[wildcards.network]
    gaps = GAPS if settings["output"] == "binary" else []
    return {"output": settings["output"], "bins": settings["bins"], "gaps": gaps}


def measured_folds(wildcards):
    return FOLDS if wildcards.network in CONSTANTS else folds_of(wildcards.network)


def measured_predictions(wildcards):
    return prediction_paths(wildcards.network, measured_folds(wildcards))


def chooser_metrics(wildcards):
    """The metrics of the study that chooses."""
    return [metrics_path(CANONICAL[name]) for name in STUDIES[CHOICES["study"]].variants]


def chooser_backbones(wildcards):
    """The backbone of each network of the study that chooses."""
    return {
        CANONICAL[name]: values["backbone"]
        for name, values in STUDIES[CHOICES["study"]].variants.items()
    }


def best_of_study(wildcards):
    """The metrics of the variant with the chosen backbone, by which the fold is chosen."""
    best = best_backbone()
    return [
        metrics_path(name)
        for name, backbone in chooser_backbones(wildcards).items()
        if backbone == best
    ]


def scorer_settings(wildcards):
    return settings_of(SCORER)


def scorer_choice(wildcards):
    return backbone_choice_of([SCORER])


def scorer_weights(wildcards):
    """The weights file of the network that scores recordings."""
    weights = settings_of(SCORER)["weights"]
    return [] if weights in NETWORK_SETTINGS else given(weights)


def network_metrics(wildcards):
    """The metrics of a network and of its references."""
    return [metrics_path(name) for name in [wildcards.network, *references_of(wildcards.network)]]


def thesis_table(name):
    """Where the thesis has this table, as a sentence's end; nothing where it has none."""
    return f" (thesis, Table {THESIS_TABLES[name]})" if name in THESIS_TABLES else ""


def corresponds(wildcards):
    """Where the thesis has each table of a network."""
    return {name: thesis_table(f"{wildcards.network}/{name}") for name in TABLE_TITLES}


def gap_of(wildcards):
    """The scores that are discarded from the tests of a binary network."""
    low, high = NETWORK_SETTINGS[wildcards.network]["gap"]
    return f"[{low:g}, {high:g})"


def study_metrics(wildcards):
    """The metrics of a study's variants and references."""
    study = STUDIES[wildcards.study]
    names = [CANONICAL[name] for name in study.variants] + references_of(study.base)
    return [metrics_path(name) for name in dict.fromkeys(names)]


def study_variants(wildcards):
    """The varied values of each variant, and the network that it is."""
    study = STUDIES[wildcards.study]
    return [values | {"network": CANONICAL[name]} for name, values in study.varied.items()]


def study_references(wildcards):
    return references_of(STUDIES[wildcards.study].base)


def folds_of_study(wildcards):
    return study_folds(STUDIES[wildcards.study])


def study_caption(wildcards):
    return thesis_table(wildcards.study)


def fold_titles(wildcards):
    return [f"{wildcards.network}, fold {k}: {SUBJECTS[k - 1]}" for k in FOLDS]


def corrected_predictions(wildcards):
    """Predictions of a network on the held-out subjects, corrected boxes."""
    return prediction_paths(wildcards.network, FOLDS, ["test_corr"])


def network_tables(names):
    """Paths of some tables of a network."""
    return [f"results/tables/{{network}}/{name}.csv" for name in names]


def network_page(name):
    """The page of a table of a network, for the report."""
    return report(
        f"results/tables/{{network}}/{name}.html",
        caption=f"../report/{name}.rst",
        category="4 Each network",
        labels={"what": f"{{network}}, {TABLE_TITLES[name]} (table)"},
    )


def network_pages(names):
    return [network_page(name) for name in names]


def count_figure(prefix, counted, grouping, caption):
    """The figure of what is counted, for the report."""
    return report(
        f"results/figures/{prefix}{counted}_by_{grouping}.svg",
        caption=caption,
        category="2 Recordings and scores",
        labels={"what": f"{prefix.replace('_', ' ')}{counted} by {grouping} (figure)"},
    )


def fold_figure(k):
    """The panels of a fold of a network, for the report."""
    return report(
        f"results/figures/{{network}}/LOSOCV-{k}.svg",
        caption="../report/fold_panels.rst",
        category="6 Folds",
        labels={"what": f"fold {k} of {{network}} (figure)"},
    )


def scorer_records():
    """The records of the networks of all folds: the scorer, the one it starts from, and so on."""
    chain = [SCORER]
    while source_of(chain[-1]):
        chain.append(source_of(chain[-1]))
    return expand("results/models/{network}/LOSOCV-{k}.json", network=chain, k=FOLDS)


def summary_sheet():
    """The sample sheet as the summary tells of it, a row a recording."""
    sheet = EXPERIMENTS[["subject", "condition", "role"]].reset_index()
    return sheet.assign(simulated=list(EXPERIMENTS.videos == SIMULATED)).to_dict("records")


def detector_source():
    """Where the face detector comes from: shipped, given, or trained on annotations or on simulated recordings."""
    path = detector_path(None)
    if path == shipped(SHIPPED_DETECTOR):
        return "shipped"
    if path != rules.train_detector.output.model:
        return "given"
    return "annotations" if config["faces"]["annotations"] else "simulated"


def summary_settings():
    """The values of the config that the summary's methods tell."""
    defaults, evaluation = config["moments"]["defaults"], config["evaluation"]
    others = {name: moment_settings_of(name).items() - defaults.items() for name in SCORED}
    return {
        "seed": config["seed"],
        "sync": {
            "dark_seconds": config["recordings"]["sync"]["dark_seconds"],
            "clock_ppm": config["recordings"]["clock_ppm"],
        },
        "faces": {
            "detector": detector_source(),
            "simulated_recordings": config["faces"]["simulated_recordings"],
            "sample_every": config["faces"]["detection"]["sample_every"],
        },
        "moments": defaults,
        "overrides": {name: dict(sorted(values)) for name, values in others.items() if values},
        "validation_moments": {
            name: most
            for name, most in config["datasets"]["validation_moments"].items()
            if name in experiments_of("validate")
        },
        "image_size": config["datasets"]["image_size"],
        "evaluation": {
            key: evaluation[key]
            for key in ("bootstrap_draws", "confidence", "coverage", "timeline_window_s")
        },
    }
