# evaluation: predictions -> tidy metrics, choices, predicted intervals, coder agreement; timelines of new recordings.
# One file of metrics a network, control and constant; what the tables show is made of these files alone.


# The scores that some binary network was not trained on.
GAPS = sorted(
    settings["gap"]
    for settings in (NETWORK_SETTINGS[name] for name in EVALUATED)
    if settings["output"] == "binary" and settings["gap"][0] < settings["gap"][1]
)


SCORERS = [name for name in EVALUATED if NETWORK_SETTINGS[name]["output"] in SCORES]
# Those whose predicted intervals are measured, with the constant that stands beside them.
INTERVALS = SCORERS + (["constant_regression"] if SCORERS else [])

SCORER = config["evaluation"]["timeline_network"]
SCORER_CONTROL, SCORER_CONSTANT = references_of(SCORER)


# On a cluster it runs where Snakemake does: it takes a second or two, less than sending it would.
localrules:
    measure_scorer,


rule measure_network:
    input:
        predictions=measured_predictions,
        backbone_choice=ancient(backbone_choice),
        fold_choice=ancient(fold_choice),
    output:
        table="results/metrics/{network}.csv",
    log:
        "results/logs/measure_network/{network}.log",
    benchmark:
        "results/benchmarks/jobs/measure_network/{network}.tsv"
    priority: 5
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        folder="results/predictions/{network}",
        settings=metric_settings,
        folds=measured_folds,
        draws=config["evaluation"]["bootstrap_draws"],
        confidence=config["evaluation"]["confidence"],
        seed=config["seed"],
    message:
        "Measuring {wildcards.network}"
    script:
        "../scripts/evaluation/measure_network.py"


checkpoint choose_backbone:
    input:
        metrics=chooser_metrics,
    output:
        choice="results/choices/backbone.json",
    log:
        "results/logs/choose_backbone.log",
    benchmark:
        "results/benchmarks/jobs/choose_backbone.tsv"
    priority: 5
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    params:
        backbones=chooser_backbones,
    message:
        "Choosing the best backbone"
    script:
        "../scripts/evaluation/choose_backbone.py"


checkpoint choose_fold:
    input:
        metrics=best_of_study,
    output:
        choice="results/choices/fold.json",
    log:
        "results/logs/choose_fold.log",
    benchmark:
        "results/benchmarks/jobs/choose_fold.tsv"
    priority: 5
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    message:
        "Choosing the fold nearest to the mean of all"
    script:
        "../scripts/evaluation/choose_fold.py"


rule measure_intervals:
    input:
        predictions=[
            prediction_paths(name, FOLDS, ["validation", "test_corr"]) for name in INTERVALS
        ],
    output:
        table="results/tables/intervals.csv",
        page=report(
            "results/tables/intervals.html",
            caption="../report/intervals.rst",
            category="3 Networks",
            labels={"what": "predicted intervals (table)"},
        ),
    log:
        "results/logs/measure_intervals.log",
    benchmark:
        "results/benchmarks/jobs/measure_intervals.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        networks=INTERVALS,
        folds=FOLDS,
        coverage=config["evaluation"]["coverage"],
        draws=config["evaluation"]["bootstrap_draws"],
        confidence=config["evaluation"]["confidence"],
        seed=config["seed"],
    message:
        "Measuring predicted intervals"
    script:
        "../scripts/evaluation/measure_intervals.py"


rule measure_agreement:
    input:
        scored=rules.measure_consistency.input.scored,
    output:
        table="results/tables/coder_agreement.csv",
        page=report(
            "results/tables/coder_agreement.html",
            caption="../report/coder_agreement.rst",
            category="2 Recordings and scores",
            labels={"what": "coder agreement (table)"},
        ),
    log:
        "results/logs/measure_agreement.log",
    benchmark:
        "results/benchmarks/jobs/measure_agreement.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        experiments=SCORED,
        conditions=dict(EXPERIMENTS.condition[SCORED]),
        draws=config["evaluation"]["bootstrap_draws"],
        confidence=config["evaluation"]["confidence"],
        seed=config["seed"],
    message:
        "Measuring how well experts agree"
    script:
        "../scripts/evaluation/measure_agreement.py"


rule measure_scorer:
    input:
        scorer=prediction_paths(SCORER, FOLDS, ["test_corr"]),
        control=prediction_paths(SCORER_CONTROL, FOLDS, ["test_corr"]),
        constant=prediction_paths(SCORER_CONSTANT, FOLDS, ["test_corr"]),
        scored=rules.measure_consistency.input.scored,
    output:
        table="results/tables/scorer_agreement.csv",
        page=report(
            "results/tables/scorer_agreement.html",
            caption="../report/scorer_agreement.rst",
            category="3 Networks",
            labels={"what": "scorer and expert (table)"},
        ),
    log:
        "results/logs/measure_scorer.log",
    benchmark:
        "results/benchmarks/jobs/measure_scorer.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        scorer=SCORER,
        control=SCORER_CONTROL,
        constant=SCORER_CONSTANT,
        subjects=SUBJECTS,
        scored_subjects=list(EXPERIMENTS.subject[SCORED]),
        draws=config["evaluation"]["bootstrap_draws"],
        confidence=config["evaluation"]["confidence"],
        seed=config["seed"],
    message:
        "Measuring how well the scorer agrees with the expert"
    script:
        "../scripts/evaluation/measure_scorer.py"


rule score_recording:
    input:
        records=expand("results/recordings/{{experiment}}/{camera}.json", camera=CAMERAS),
        indexes=expand("results/recordings/{{experiment}}/{camera}.frames.parquet", camera=CAMERAS),
        detections=expand("results/detections/{{experiment}}/{camera}.parquet", camera=CAMERAS),
        videos=recording_videos,
        models=[model_path(SCORER, k) for k in FOLDS],
        sources=[model_path(source_of(SCORER), k) for k in FOLDS if source_of(SCORER)],
        trains=[
            f"results/datasets/LOSOCV-{k}-train.h5"
            for k in FOLDS
            if NETWORKS[SCORER]["normalisation"] == "dataset"
        ],
        weights=scorer_weights,
        backbone_choice=ancient(scorer_choice),
    output:
        table=report(
            "results/timelines/{experiment}.csv",
            caption="../report/timeline.rst",
            category="7 New recordings",
            labels={"what": "{experiment} over time (table)"},
        ),
    log:
        "results/logs/score_recording/{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/score_recording/{experiment}.tsv"
    conda:
        "../envs/learning.yaml"
    threads: config["threads"]["network"]
    resources:
        mem_mb=4000,
        runtime=240,
        gres=config["gres"],
        gpu_jobs=GPU_JOBS,
    params:
        videos=camera_paths,
        settings=scorer_settings,
        image_size=config["datasets"]["image_size"],
        every=config["faces"]["detection"]["sample_every"],
        min_prob=min_prob,
        window_s=config["evaluation"]["timeline_window_s"],
        seed=config["seed"],
        threads=config["threads"]["network"],
    message:
        "Scoring {wildcards.experiment} over time"
    script:
        "../scripts/evaluation/score_recording.py"
