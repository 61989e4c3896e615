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
ORDERED = SCORERS + PAIN_TELLERS
COMPARED = EVALUATED + CONTROLS + list(CONSTANTS)


# On a cluster they run where Snakemake does: each takes a second or two, less than sending it would.
localrules:
    tabulate_single_view,
    tabulate_multi_camera,
    tabulate_single_view_discarded,
    tabulate_multi_camera_discarded,
    tabulate_correlation,
    tabulate_pain,
    tabulate_study,
    tabulate_proximity,
    compare_scores,
    compare_labels,
    compare_correlations,
    tabulate_durations,
    count_moments,
    count_images,
    measure_dataset_sizes,
    count_groups,
    tabulate_recordings,


rule tabulate_single_view:
    input:
        metrics=network_metrics,
    output:
        table="results/tables/{network}/single_view.csv",
        page=report(
            "results/tables/{network}/single_view.html",
            caption="../report/single_view.rst",
            category="4 Each network",
            labels={"what": "{network}, single views (table)"},
        ),
    log:
        "results/logs/tabulate_single_view/{network}.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_single_view/{network}.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        shown="single_view",
        discarded="",
        corresponds=corresponds("single_view"),
    message:
        "Tabulating single views of {wildcards.network}"
    script:
        "../scripts/tables/tabulate_network.py"


use rule tabulate_single_view as tabulate_multi_camera with:
    output:
        table="results/tables/{network}/multi_camera.csv",
        page=report(
            "results/tables/{network}/multi_camera.html",
            caption="../report/multi_camera.rst",
            category="4 Each network",
            labels={"what": "{network}, multi-camera (table)"},
        ),
    log:
        "results/logs/tabulate_multi_camera/{network}.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_multi_camera/{network}.tsv"
    params:
        shown="multi_camera",
        discarded="",
        corresponds=corresponds("multi_camera"),
    message:
        "Tabulating all views of {wildcards.network} together"


use rule tabulate_single_view as tabulate_single_view_discarded with:
    output:
        table="results/tables/{network}/single_view_discarded.csv",
        page=report(
            "results/tables/{network}/single_view_discarded.html",
            caption="../report/single_view.rst",
            category="4 Each network",
            labels={"what": "{network}, single views without the gap (table)"},
        ),
    log:
        "results/logs/tabulate_single_view_discarded/{network}.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_single_view_discarded/{network}.tsv"
    params:
        shown="single_view",
        discarded=gap_of,
        corresponds=corresponds("single_view_discarded"),
    message:
        "Tabulating single views of {wildcards.network}, without the scores that it was not trained on"


use rule tabulate_single_view as tabulate_multi_camera_discarded with:
    output:
        table="results/tables/{network}/multi_camera_discarded.csv",
        page=report(
            "results/tables/{network}/multi_camera_discarded.html",
            caption="../report/multi_camera.rst",
            category="4 Each network",
            labels={"what": "{network}, multi-camera without the gap (table)"},
        ),
    log:
        "results/logs/tabulate_multi_camera_discarded/{network}.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_multi_camera_discarded/{network}.tsv"
    params:
        shown="multi_camera",
        discarded=gap_of,
        corresponds=corresponds("multi_camera_discarded"),
    message:
        "Tabulating all views of {wildcards.network}, without the scores that it was not trained on"


use rule tabulate_single_view as tabulate_correlation with:
    output:
        table="results/tables/{network}/correlation.csv",
        page=report(
            "results/tables/{network}/correlation.html",
            caption="../report/correlation.rst",
            category="4 Each network",
            labels={"what": "{network}, correlation (table)"},
        ),
    log:
        "results/logs/tabulate_correlation/{network}.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_correlation/{network}.tsv"
    params:
        shown="correlation",
        discarded="",
        corresponds=corresponds("correlation"),
    message:
        "Tabulating the correlation of {wildcards.network} with the expert"


use rule tabulate_single_view as tabulate_pain with:
    output:
        table="results/tables/{network}/pain.csv",
        page=report(
            "results/tables/{network}/pain.html",
            caption="../report/pain.rst",
            category="4 Each network",
            labels={"what": "{network}, pain or no pain (table)"},
        ),
    log:
        "results/logs/tabulate_pain/{network}.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_pain/{network}.tsv"
    params:
        shown="pain",
        discarded="",
        corresponds=corresponds("pain"),
    message:
        "Tabulating how {wildcards.network} tells pain from no pain"


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


rule compare_scores:
    input:
        metrics=[metrics_path(name) for name in COMPARED],
    output:
        table="results/tables/comparison_scores.csv",
        page=report(
            "results/tables/comparison_scores.html",
            caption="../report/comparison_scores.rst",
            category="3 Networks",
            labels={"what": "final comparison, scores (table)"},
        ),
    log:
        "results/logs/compare_scores.log",
    benchmark:
        "results/benchmarks/jobs/compare_scores.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        compared="scores",
    message:
        "Comparing all networks that give a score"
    script:
        "../scripts/tables/tabulate_comparison.py"


use rule compare_scores as compare_labels with:
    output:
        table="results/tables/comparison_labels.csv",
        page=report(
            "results/tables/comparison_labels.html",
            caption="../report/comparison_labels.rst",
            category="3 Networks",
            labels={"what": "final comparison, pain or no pain (table)"},
        ),
    log:
        "results/logs/compare_labels.log",
    benchmark:
        "results/benchmarks/jobs/compare_labels.tsv"
    params:
        compared="labels",
    message:
        "Comparing how all networks tell pain from no pain"


use rule compare_scores as compare_correlations with:
    output:
        table="results/tables/comparison_correlations.csv",
        page=report(
            "results/tables/comparison_correlations.html",
            caption="../report/comparison_correlations.rst",
            category="3 Networks",
            labels={"what": "final comparison, correlation (table)"},
        ),
    log:
        "results/logs/compare_correlations.log",
    benchmark:
        "results/benchmarks/jobs/compare_correlations.tsv"
    params:
        compared="correlations",
    message:
        "Comparing how all networks correlate with the expert"


rule tabulate_durations:
    input:
        records=searched_files("record"),
    output:
        table="results/tables/durations.csv",
        page=report(
            "results/tables/durations.html",
            caption="../report/durations.rst",
            category="2 Recordings and scores",
            labels={"what": "durations (table)"},
        ),
    log:
        "results/logs/tabulate_durations.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_durations.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        experiments=list(EXPERIMENTS.index),
    message:
        "Tabulating how long the videos are"
    script:
        "../scripts/tables/tabulate_durations.py"


rule count_moments:
    input:
        moments=expand("results/moments/{experiment}.parquet", experiment=SCORED),
        scored=expand("results/labels/{experiment}.scored.parquet", experiment=SCORED),
        labels=expand("results/labels/{experiment}.parquet", experiment=SCORED),
    output:
        table="results/tables/moments.csv",
        page=report(
            "results/tables/moments.html",
            caption="../report/moment_counts.rst",
            category="2 Recordings and scores",
            labels={"what": "selected moments (table)"},
        ),
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
    message:
        "Counting moments"
    script:
        "../scripts/tables/count_moments.py"


rule count_images:
    input:
        stores=expand("results/images/{store}.h5", store=STORES),
    output:
        table="results/tables/images.csv",
        page=report(
            "results/tables/images.html",
            caption="../report/images.rst",
            category="2 Recordings and scores",
            labels={"what": "images (table)"},
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
    message:
        "Counting images"
    script:
        "../scripts/tables/count_images.py"


rule measure_dataset_sizes:
    input:
        stores=expand("results/images/{store}.h5", store=STORES),
        folds=expand("results/datasets/LOSOCV-{k}-{subset}.h5", k=FOLDS, subset=FOLD_SUBSETS),
    output:
        table="results/tables/dataset_sizes.csv",
        page=report(
            "results/tables/dataset_sizes.html",
            caption="../report/dataset_sizes.rst",
            category="2 Recordings and scores",
            labels={"what": "sizes of the datasets (table)"},
        ),
    log:
        "results/logs/measure_dataset_sizes.log",
    benchmark:
        "results/benchmarks/jobs/measure_dataset_sizes.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        folds=FOLDS,
        subsets=FOLD_SUBSETS,
    message:
        "Measuring the sizes of the datasets"
    script:
        "../scripts/tables/measure_dataset_sizes.py"


rule count_groups:
    input:
        moments=expand("results/moments/{experiment}.parquet", experiment=SCORED),
        scored=expand("results/labels/{experiment}.scored.parquet", experiment=SCORED),
        labels=expand("results/labels/{experiment}.parquet", experiment=SCORED),
        corrections=all_corrections,
    output:
        table="results/tables/groups.csv",
    log:
        "results/logs/count_groups.log",
    benchmark:
        "results/benchmarks/jobs/count_groups.tsv"
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
        "Counting moments and images by group and score"
    script:
        "../scripts/tables/count_groups.py"


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
