# evaluation: predictions -> tidy metrics, choices, predicted intervals, coder agreement.
# One file of metrics a network, control and constant; what the tables show is made of these files alone.


rule measure_network:
    input:
        predictions=of_wildcards(NETWORKS.predictions, "network"),
        backbone_choice=ancient(of_wildcards(NETWORKS.backbone_choice, "network")),
        fold_choice=ancient(of_wildcards(NETWORKS.fold_choice, "network")),
    output:
        table="results/metrics/{network}.csv",
    log:
        "results/logs/measure_network/{network}.log",
    benchmark:
        "results/benchmarks/jobs/measure_network/{network}.tsv"
    priority: 5
    conda:
        "../envs/video.yaml"
    params:
        folder="results/predictions/{network}",
        settings=of_wildcards(NETWORKS.metric_settings, "network"),
        folds=of_wildcards(NETWORKS.folds, "network"),
        subjects=RECORDINGS.subject_of,
        draws=config["evaluation"]["bootstrap_draws"],
        confidence=config["evaluation"]["confidence"],
        seed=config["seed"],
    message:
        "Measuring {wildcards.network}"
    script:
        "../scripts/evaluation/measure_network.py"


checkpoint choose_backbone:
    input:
        metrics=of_wildcards(NETWORKS.chooser_metrics),
    output:
        choice="results/choices/backbone.json",
    log:
        "results/logs/choose_backbone.log",
    benchmark:
        "results/benchmarks/jobs/choose_backbone.tsv"
    priority: 5
    conda:
        "../envs/video.yaml"
    params:
        backbones=of_wildcards(NETWORKS.chooser_backbones),
    message:
        "Choosing the best backbone"
    script:
        "../scripts/evaluation/choose_backbone.py"


checkpoint choose_fold:
    input:
        metrics=of_wildcards(NETWORKS.best_of_study),
    output:
        choice="results/choices/fold.json",
    log:
        "results/logs/choose_fold.log",
    benchmark:
        "results/benchmarks/jobs/choose_fold.tsv"
    priority: 5
    conda:
        "../envs/video.yaml"
    message:
        "Choosing the fold nearest to the mean of all"
    script:
        "../scripts/evaluation/choose_fold.py"


rule measure_intervals:
    input:
        predictions=[
            prediction_paths(name, RECORDINGS.folds, ["validation", "test_corr"])
            for name in NETWORKS.with_intervals
        ],
    output:
        table="results/tables/intervals.csv",
    log:
        "results/logs/measure_intervals.log",
    benchmark:
        "results/benchmarks/jobs/measure_intervals.tsv"
    conda:
        "../envs/video.yaml"
    params:
        networks=NETWORKS.with_intervals,
        scale=SCALE,
        folds=RECORDINGS.folds,
        subjects=RECORDINGS.subject_of,
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
    log:
        "results/logs/measure_agreement.log",
    benchmark:
        "results/benchmarks/jobs/measure_agreement.tsv"
    conda:
        "../envs/video.yaml"
    params:
        experiments=RECORDINGS.scored,
        conditions=RECORDINGS.conditions,
        units=PLAN.guide.units,
        highest=PLAN.scale.highest,
        draws=config["evaluation"]["bootstrap_draws"],
        confidence=config["evaluation"]["confidence"],
        seed=config["seed"],
    message:
        "Measuring how well experts agree"
    script:
        "../scripts/evaluation/measure_agreement.py"


# On a cluster it runs where Snakemake does: it takes a second or two, less than sending it would.
rule measure_scorer:
    input:
        scorer=NETWORKS.corrected_predictions(NETWORKS.scorer),
        control=NETWORKS.corrected_predictions(NETWORKS.references(NETWORKS.scorer)[0]),
        constant=NETWORKS.corrected_predictions(NETWORKS.references(NETWORKS.scorer)[1]),
        scored=rules.measure_consistency.input.scored,
    output:
        table="results/tables/scorer_agreement.csv",
    log:
        "results/logs/measure_scorer.log",
    benchmark:
        "results/benchmarks/jobs/measure_scorer.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        scorer=NETWORKS.scorer,
        control=NETWORKS.references(NETWORKS.scorer)[0],
        constant=NETWORKS.references(NETWORKS.scorer)[1],
        subjects=RECORDINGS.subject_of,
        scored_subjects=[RECORDINGS.subject_of[name] for name in RECORDINGS.scored],
        draws=config["evaluation"]["bootstrap_draws"],
        confidence=config["evaluation"]["confidence"],
        seed=config["seed"],
    message:
        "Measuring how well the scorer agrees with the expert"
    script:
        "../scripts/evaluation/measure_scorer.py"
