"""What a run shows: every table, figure and timeline with its title, its caption and its place in the report.

A new one is a script, its rule, and one entry here: the rule `render_pages` makes a table's page, and the report, the
provenance and `snakemake evaluate` ask for whatever is listed. Keys are paths under `results`, without ending for
tables; captions are files in `report/`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from squint.config.network_plan import NetworkPlan
from squint.config.settings import TRAINED_DETECTOR

WORKFLOW, DATA, NETWORKS = "1 Workflow", "2 Recordings and scores", "3 Networks"
EACH, STUDIES, FOLDS, NEW = "4 Each network", "5 Studies", "6 Folds", "7 New recordings"
Values = list[dict[str, str]]


def once(_: NetworkPlan) -> Values:
    return [{}]


def where_networks_are_trained(networks: NetworkPlan) -> Values:
    return [{}] if networks.trains else []


def where_some_are_filmed(networks: NetworkPlan) -> Values:
    return [{}] if networks.recordings.names else []


def where_moments_are_scored(networks: NetworkPlan) -> Values:
    return [{}] if networks.recordings.scored else []


def where_a_scorer_is_made(networks: NetworkPlan) -> Values:
    return [{}] if networks.packs else []


def where_faces_are_known(networks: NetworkPlan) -> Values:
    return [{}] if networks.recordings.faces_are_known else []


def where_a_detector_is_trained(networks: NetworkPlan) -> Values:
    return [{}] if networks.recordings.detector() == TRAINED_DETECTOR else []


def where_some_are_simulated(networks: NetworkPlan) -> Values:
    return [{}] if networks.recordings.simulated else []


def where_a_study_chooses(networks: NetworkPlan) -> Values:
    return [{}] if networks.chooser else []


def each_comparison(networks: NetworkPlan) -> Values:
    compared = COMPARED.items() if networks.trains else ()
    return [{"compared": name, "of": words} for name, (_, words) in compared]


def each_study(networks: NetworkPlan) -> Values:
    return [{"study": name} for name in networks.studies]


def each_network(networks: NetworkPlan) -> Values:
    return [{"network": name} for name in networks.evaluated]


def each_scorer(networks: NetworkPlan) -> Values:
    return [{"network": name} for name in networks.scorers]


def each_fold_of_scorers(networks: NetworkPlan) -> Values:
    return [values | {"fold": str(fold)} for values in each_scorer(networks) for fold in networks.recordings.folds]


def networks_with(table: str) -> Callable[[NetworkPlan], Values]:
    """The networks whose output has a table, with the scores that are left out of some."""

    def each(networks: NetworkPlan) -> Values:
        names = [name for name in networks.evaluated if table in networks.output(name).tables]
        return [{"network": name, "gap": networks.discarded(name)} for name in names]

    return each


def first_scored(networks: NetworkPlan) -> Values:
    return [{"experiment": name} for name in networks.recordings.scored[:1]]


def each_unscored(networks: NetworkPlan) -> Values:
    return [{"experiment": name} for name in networks.recordings.unscored]


@dataclass(frozen=True)
class Product:
    """A kind of table or figure: what it is called, where it stands in the report, and of what there is one.

    `each` gives the values of the placeholders in its path and title, one set for each that a run has.
    """

    title: str
    category: str
    caption: str
    each: Callable[[NetworkPlan], Values] = once


# Of a run of regions (configs/live.yaml).
REGION_PRODUCTS = {
    "tables/segmentation.csv": Product("segmentation (table)", "1 Segmentation", "segmentation"),
    "tables/eye_centres.csv": Product("eyes (table)", "1 Segmentation", "eye_centres"),
    "figures/segmentation.png": Product("segmentation (figure)", "1 Segmentation", "segmentation"),
    "tables/eye_networks.csv": Product("networks for patches (table)", "2 Scores", "eye_networks"),
    "figures/eye_networks.svg": Product("networks for patches (figure)", "2 Scores", "eye_networks"),
    "tables/eye_bias.csv": Product("bias by score (table)", "2 Scores", "eye_bias"),
    "figures/eye_agreement.svg": Product("agreement with the expert (figure)", "2 Scores", "eye_agreement"),
    "tables/region_curve.csv": Product("certainty of curves (table)", "3 Curves", "region_curve"),
    "tables/region_curves.csv": Product("what curves tell (table)", "3 Curves", "region_curves"),
    "figures/curves/{rack}.svg": Product("{rack} over time (figure)", "3 Curves", "region_timeline"),
}
# The tables of the final comparison: the metric of each, and what it is of.
COMPARED = {
    "labels": ("accuracy", "pain or no pain"),
    "scores": ("mae", "scores"),
    "correlations": ("r", "correlation"),
}
TABLES = {
    "tables/recordings": Product("recordings", DATA, "recordings", where_some_are_filmed),
    "tables/durations": Product("durations", DATA, "durations", where_some_are_filmed),
    "tables/detection": Product("face detection", DATA, "detection", where_faces_are_known),
    "tables/moments": Product("selected moments", DATA, "moment_counts", where_moments_are_scored),
    "tables/moment_limits": Product("what limits moments", DATA, "moment_limits", where_moments_are_scored),
    "tables/images": Product("images", DATA, "images", where_networks_are_trained),
    "tables/dataset_sizes": Product("sizes of the datasets", DATA, "dataset_sizes", where_networks_are_trained),
    "tables/coder_consistency": Product("coder consistency", DATA, "coder_consistency", where_moments_are_scored),
    "tables/coder_agreement": Product("coder agreement", DATA, "coder_agreement", where_moments_are_scored),
    "tables/scorer_agreement": Product("scorer and expert", NETWORKS, "scorer_agreement", where_networks_are_trained),
    "tables/curve": Product("certainty of curves", NETWORKS, "curve", where_a_scorer_is_made),
    "tables/likeness": Product(
        "animals left out beside the training data", NETWORKS, "likeness", where_a_scorer_is_made
    ),
    "tables/intervals": Product("predicted intervals", NETWORKS, "intervals", where_networks_are_trained),
    "tables/comparison_{compared}": Product(
        "final comparison, {of}", NETWORKS, "comparison_{compared}", each_comparison
    ),
    "tables/{network}/single_view": Product(
        "{network}, single views", EACH, "single_view", networks_with("single_view")
    ),
    "tables/{network}/multi_camera": Product(
        "{network}, multi-camera", EACH, "multi_camera", networks_with("multi_camera")
    ),
    "tables/{network}/correlation": Product(
        "{network}, correlation", EACH, "correlation", networks_with("correlation")
    ),
    "tables/{network}/pain": Product("{network}, pain or no pain", EACH, "pain", networks_with("pain")),
    "tables/{network}/single_view_discarded": Product(
        "{network}, single views without scores in {gap}",
        EACH,
        "single_view_discarded",
        networks_with("single_view_discarded"),
    ),
    "tables/{network}/multi_camera_discarded": Product(
        "{network}, multi-camera without scores in {gap}",
        EACH,
        "multi_camera_discarded",
        networks_with("multi_camera_discarded"),
    ),
    "tables/studies/{study}": Product("{study}", STUDIES, "study", each_study),
    "tables/proximity": Product("nearest fold", STUDIES, "proximity", where_a_study_chooses),
}
# What is counted and by what, in the order of the thesis's Figures 5.1 to 5.13.
COUNTED, GROUPED = ("moments", "images_orgn", "images_corr"), ("group", "score")
COUNTS = [(counted, grouping) for counted in COUNTED for grouping in GROUPED]
FIGURES = {
    "figures/workflow.svg": Product("stages (figure)", WORKFLOW, "stages"),
    "figures/action_units.svg": Product(
        "simulated action units (figure)", DATA, "action_units", where_some_are_simulated
    ),
    "figures/detector_misses.png": Product(
        "what the detector missed (figure)", DATA, "detector_misses", where_a_detector_is_trained
    ),
    "figures/detections.svg": Product("faces over time (figure)", DATA, "detections", where_some_are_filmed),
    "figures/detected_faces.png": Product("detected faces (figure)", DATA, "detected_faces", where_some_are_filmed),
    "figures/moments/{experiment}.svg": Product("moments of {experiment} (figure)", DATA, "moments", first_scored),
    **{
        f"figures/{counted}_by_{grouping}.svg": Product(
            f"{counted} by {grouping} (figure)", DATA, "counts", where_moments_are_scored
        )
        for counted, grouping in COUNTS
    },
    **{
        f"figures/overall_{counted}_by_{grouping}.svg": Product(
            f"overall {counted} by {grouping} (figure)", DATA, "overall_counts", where_moments_are_scored
        )
        for counted, grouping in COUNTS
    },
    "figures/coder_consistency.svg": Product(
        "coder consistency (figure)", DATA, "coder_consistency", where_moments_are_scored
    ),
    "figures/comparison.svg": Product("final comparison (figure)", NETWORKS, "comparison", where_networks_are_trained),
    "figures/intervals.svg": Product(
        "predicted intervals (figure)", NETWORKS, "interval_coverage", where_networks_are_trained
    ),
    "figures/{network}/learning_curves.svg": Product(
        "{network}, learning curves (figure)", EACH, "learning_curves", each_network
    ),
    "figures/{network}/predicted_scores.svg": Product(
        "{network}, predicted scores (figure)", EACH, "predicted_scores", each_scorer
    ),
    "figures/{network}/bland_altman.svg": Product(
        "{network}, agreement with the expert (figure)", EACH, "bland_altman", each_scorer
    ),
    "figures/{network}/LOSOCV-{fold}.svg": Product(
        "fold {fold} of {network} (figure)", FOLDS, "fold_panels", each_fold_of_scorers
    ),
    "timelines/{experiment}.csv": Product("{experiment} over time (table)", NEW, "timeline", each_unscored),
    "timelines/{experiment}.svg": Product("{experiment} over time (figure)", NEW, "timeline", each_unscored),
}
