# figures: one rule a figure, drawn from tables and predictions. What they are called stands in squint/config/products.py.
# On a cluster they run where Snakemake does: each takes a second or two, less than sending it would.


rule draw_counts:
    input:
        table=rules.count_moments.output.groups,
    output:
        figures=[figure(f"figures/{counted}_by_{grouping}.svg") for counted, grouping in COUNTS],
        overall=[
            figure(f"figures/overall_{counted}_by_{grouping}.svg") for counted, grouping in COUNTS
        ],
    log:
        "results/logs/draw_counts.log",
    benchmark:
        "results/benchmarks/jobs/draw_counts.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        counts=COUNTS,
        rotating=RECORDINGS.filmed_tests,
    message:
        "Drawing how many moments and images there are"
    script:
        "../scripts/figures/draw_counts.py"


rule draw_moments:
    input:
        moments="results/moments/{experiment}.parquet",
        labels="results/labels/{experiment}.parquet",
        frames="results/frames/{experiment}",
    output:
        figure=figure("figures/moments/{experiment}.svg"),
    log:
        "results/logs/draw_moments/{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/draw_moments/{experiment}.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        min_prob=of_wildcards(RECORDINGS.min_prob, "experiment"),
    message:
        "Drawing moments of {wildcards.experiment}"
    script:
        "../scripts/figures/draw_moments.py"


rule draw_coder_consistency:
    input:
        scored=rules.measure_consistency.input.scored,
    output:
        figure=figure("figures/coder_consistency.svg"),
    log:
        "results/logs/draw_coder_consistency.log",
    benchmark:
        "results/benchmarks/jobs/draw_coder_consistency.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    message:
        "Drawing coder consistency"
    script:
        "../scripts/figures/draw_coder_consistency.py"


rule draw_fold_panels:
    input:
        predictions=of_wildcards(NETWORKS.corrected_predictions, "network"),
    output:
        figures=[
            figure("figures/{network}/LOSOCV-{fold}.svg", fold=fold) for fold in RECORDINGS.folds
        ],
    log:
        "results/logs/draw_fold_panels/{network}.log",
    benchmark:
        "results/benchmarks/jobs/draw_fold_panels/{network}.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        titles=of_wildcards(NETWORKS.fold_titles, "network"),
        scale=SCALE,
    message:
        "Drawing the folds of {wildcards.network}"
    script:
        "../scripts/figures/draw_fold_panels.py"


rule draw_agreement:
    input:
        predictions=of_wildcards(NETWORKS.corrected_predictions, "network"),
    output:
        scores=figure("figures/{network}/predicted_scores.svg"),
        differences=figure("figures/{network}/bland_altman.svg"),
    log:
        "results/logs/draw_agreement/{network}.log",
    benchmark:
        "results/benchmarks/jobs/draw_agreement/{network}.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        subjects=RECORDINGS.fold_names,
        highest=PLAN.scale.highest,
    message:
        "Drawing how {wildcards.network} agrees with the expert"
    script:
        "../scripts/figures/draw_agreement.py"


rule draw_comparison:
    input:
        metrics=list(map(metrics_path, NETWORKS.compared)),
    output:
        figure=figure("figures/comparison.svg"),
    log:
        "results/logs/draw_comparison.log",
    benchmark:
        "results/benchmarks/jobs/draw_comparison.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        confidence=config["evaluation"]["confidence"],
    message:
        "Drawing the final comparison"
    script:
        "../scripts/figures/draw_comparison.py"


rule draw_intervals:
    input:
        table=rules.measure_intervals.output.table,
    output:
        figure=figure("figures/intervals.svg"),
    log:
        "results/logs/draw_intervals.log",
    benchmark:
        "results/benchmarks/jobs/draw_intervals.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        coverage=config["evaluation"]["coverage"],
    message:
        "Drawing predicted intervals"
    script:
        "../scripts/figures/draw_intervals.py"


rule draw_learning_curves:
    input:
        histories=expand("results/models/{{network}}/LOSOCV-{k}.history.csv", k=RECORDINGS.folds),
        records=expand("results/models/{{network}}/LOSOCV-{k}.json", k=RECORDINGS.folds),
    output:
        figure=figure("figures/{network}/learning_curves.svg"),
    log:
        "results/logs/draw_learning_curves/{network}.log",
    benchmark:
        "results/benchmarks/jobs/draw_learning_curves/{network}.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        subjects=RECORDINGS.fold_names,
    message:
        "Drawing learning curves of {wildcards.network}"
    script:
        "../scripts/figures/draw_learning_curves.py"
