# tables: tidy metrics, counts and records -> one table a rule, as CSV and as a page for the report.
# The captions say which table of the thesis a table corresponds to.
THESIS_TABLES = {
    "backbones_regression": "5.8",
    "backbones_classes": "5.10",
    "normalisation": "5.13",
    "heads": "5.14",
    "rates": "5.15",
    "decay": "5.16",
    "nr1/single_view": "5.18",
    "nr2/single_view": "5.19",
    "nr3/single_view": "5.21",
    "nr1/multi_camera": "5.22",
    "nr3/multi_camera": "5.23",
    "nr3/correlation": "5.24",
    "nr1/pain": "5.25",
    "nr3/pain": "5.26",
    "nbc1/single_view": "5.28",
    "nbc2/single_view": "5.30",
    "nbc2/single_view_discarded": "5.31",
    "nbc3/single_view": "5.33",
    "nbc3/single_view_discarded": "5.34",
    "nbc1/multi_camera": "5.35",
    "nbc2/multi_camera": "5.36",
    "nbc3/multi_camera": "5.37",
    "nbc2/multi_camera_discarded": "5.38",
    "nbc3/multi_camera_discarded": "5.39",
}
# Networks by the tables that they have.
PAIN_TELLERS = [name for name in EVALUATED if NETWORK_SETTINGS[name]["output"] == "binary"]
GAPPED = [
    name
    for name in PAIN_TELLERS
    if NETWORK_SETTINGS[name]["gap"][0] < NETWORK_SETTINGS[name]["gap"][1]
]
UNGAPPED = [name for name in PAIN_TELLERS if name not in GAPPED]
CLASS_TELLERS = [name for name in EVALUATED if NETWORK_SETTINGS[name]["output"] == "classes"]
ORDERED = SCORERS + PAIN_TELLERS
COMPARED = EVALUATED + CONTROLS + list(CONSTANTS)
# The tables of a network, which one job makes, by the kind of network.
TABLES = {
    "scorer": ["single_view", "multi_camera", "correlation", "pain"],
    "classes": ["single_view", "multi_camera"],
    "pain_teller": ["single_view", "multi_camera", "correlation"],
    "gapped": [
        "single_view",
        "multi_camera",
        "correlation",
        "single_view_discarded",
        "multi_camera_discarded",
    ],
}
TABLE_TITLES = {
    "single_view": "single views",
    "multi_camera": "multi-camera",
    "correlation": "correlation",
    "pain": "pain or no pain",
    "single_view_discarded": "single views without the gap",
    "multi_camera_discarded": "multi-camera without the gap",
}
# The tables of the final comparison, where there are networks for them.
COMPARISONS = {"labels": "pain or no pain"}
if SCORERS:
    COMPARISONS["scores"] = "scores"
if ORDERED:
    COMPARISONS["correlations"] = "correlation"


# On a cluster they run where Snakemake does: each takes a second or two, less than sending it would.
localrules:
    tabulate_scorer,
    tabulate_classes,
    tabulate_pain_teller,
    tabulate_gapped,
    tabulate_study,
    tabulate_proximity,
    tabulate_comparison,
    count_moments,
    count_images,
    tabulate_recordings,


rule tabulate_scorer:
    input:
        metrics=network_metrics,
    output:
        tables=network_tables(TABLES["scorer"]),
        pages=network_pages(TABLES["scorer"]),
    log:
        "results/logs/tabulate_scorer/{network}.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_scorer/{network}.tsv"
    wildcard_constraints:
        network=one_of(SCORERS),
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        shown=TABLES["scorer"],
        discarded="",
        corresponds=corresponds,
    message:
        "Tabulating {wildcards.network}"
    script:
        "../scripts/tables/tabulate_network.py"


use rule tabulate_scorer as tabulate_classes with:
    output:
        tables=network_tables(TABLES["classes"]),
        pages=network_pages(TABLES["classes"]),
    log:
        "results/logs/tabulate_classes/{network}.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_classes/{network}.tsv"
    wildcard_constraints:
        network=one_of(CLASS_TELLERS),
    params:
        shown=TABLES["classes"],
        discarded="",
        corresponds=corresponds,


use rule tabulate_scorer as tabulate_pain_teller with:
    output:
        tables=network_tables(TABLES["pain_teller"]),
        pages=network_pages(TABLES["pain_teller"]),
    log:
        "results/logs/tabulate_pain_teller/{network}.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_pain_teller/{network}.tsv"
    wildcard_constraints:
        network=one_of(UNGAPPED),
    params:
        shown=TABLES["pain_teller"],
        discarded="",
        corresponds=corresponds,


use rule tabulate_scorer as tabulate_gapped with:
    output:
        tables=network_tables(TABLES["gapped"]),
        pages=network_pages(TABLES["gapped"]),
    log:
        "results/logs/tabulate_gapped/{network}.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_gapped/{network}.tsv"
    wildcard_constraints:
        network=one_of(GAPPED),
    params:
        shown=TABLES["gapped"],
        discarded=gap_of,
        corresponds=corresponds,


rule tabulate_study:
    input:
        metrics=study_metrics,
        backbone_choice=ancient(study_backbone_choice),
        fold_choice=ancient(study_fold_choice),
    output:
        table="results/tables/studies/{study}.csv",
        page=report(
            "results/tables/studies/{study}.html",
            caption="../report/study.rst",
            category="5 Studies",
            labels={"what": "{study} (table)"},
        ),
    log:
        "results/logs/tabulate_study/{study}.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_study/{study}.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        variants=study_variants,
        folds=folds_of_study,
        references=study_references,
        corresponds=study_caption,
    message:
        "Tabulating the study {wildcards.study}"
    script:
        "../scripts/tables/tabulate_study.py"


rule tabulate_proximity:
    input:
        metrics=best_of_study,
    output:
        table="results/tables/proximity.csv",
        page=report(
            "results/tables/proximity.html",
            caption="../report/proximity.rst",
            category="5 Studies",
            labels={"what": "nearest fold (table)"},
        ),
    log:
        "results/logs/tabulate_proximity.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_proximity.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        fixed=CHOICES["fold"],
    message:
        "Tabulating how near each fold is to the mean"
    script:
        "../scripts/tables/tabulate_proximity.py"


rule tabulate_comparison:
    input:
        metrics=[metrics_path(name) for name in COMPARED],
    output:
        tables=expand("results/tables/comparison_{compared}.csv", compared=COMPARISONS),
        pages=[
            report(
                f"results/tables/comparison_{compared}.html",
                caption=f"../report/comparison_{compared}.rst",
                category="3 Networks",
                labels={"what": f"final comparison, {title} (table)"},
            )
            for compared, title in COMPARISONS.items()
        ],
    log:
        "results/logs/tabulate_comparison.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_comparison.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        compared=list(COMPARISONS),
    message:
        "Tabulating the final comparison"
    script:
        "../scripts/tables/tabulate_comparison.py"


rule count_moments:
    input:
        moments=expand("results/moments/{experiment}.parquet", experiment=SCORED),
        scored=expand("results/labels/{experiment}.scored.parquet", experiment=SCORED),
        labels=expand("results/labels/{experiment}.parquet", experiment=SCORED),
        corrections=all_corrections,
    output:
        table="results/tables/moments.csv",
        page=report(
            "results/tables/moments.html",
            caption="../report/moment_counts.rst",
            category="2 Recordings and scores",
            labels={"what": "selected moments (table)"},
        ),
        groups="results/tables/groups.csv",
    log:
        "results/logs/count_moments.log",
    benchmark:
        "results/benchmarks/jobs/count_moments.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        experiments=SCORED,
        corrections=[people_table(experiment, "corrections") for experiment in SCORED],
        min_probs=[moment_settings_of(experiment)["min_prob"] for experiment in SCORED],
    message:
        "Counting moments, by group and score too"
    script:
        "../scripts/tables/count_moments.py"


rule count_images:
    input:
        stores=expand("results/images/{store}.h5", store=STORES),
        folds=expand("results/datasets/LOSOCV-{k}-{subset}.h5", k=FOLDS, subset=FOLD_SUBSETS),
    output:
        table="results/tables/images.csv",
        page=report(
            "results/tables/images.html",
            caption="../report/images.rst",
            category="2 Recordings and scores",
            labels={"what": "images (table)"},
        ),
        sizes="results/tables/dataset_sizes.csv",
        sizes_page=report(
            "results/tables/dataset_sizes.html",
            caption="../report/dataset_sizes.rst",
            category="2 Recordings and scores",
            labels={"what": "sizes of the datasets (table)"},
        ),
    log:
        "results/logs/count_images.log",
    benchmark:
        "results/benchmarks/jobs/count_images.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        experiments=SCORED,
        folds=FOLDS,
        subsets=FOLD_SUBSETS,
    message:
        "Counting images, and what they take on disk"
    script:
        "../scripts/tables/count_images.py"


rule tabulate_recordings:
    input:
        searched_files("record", "sync", "detections"),
    output:
        table="results/tables/recordings.csv",
        page=report(
            "results/tables/recordings.html",
            caption="../report/recordings.rst",
            category="2 Recordings and scores",
            labels={"what": "recordings (table)"},
        ),
        durations="results/tables/durations.csv",
        durations_page=report(
            "results/tables/durations.html",
            caption="../report/durations.rst",
            category="2 Recordings and scores",
            labels={"what": "durations (table)"},
        ),
    log:
        "results/logs/tabulate_recordings.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_recordings.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        videos=searched_videos,
    message:
        "Tabulating the recordings"
    script:
        "../scripts/tables/tabulate_recordings.py"
