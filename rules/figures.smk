# figures: one rule a figure, drawn from tables and predictions.


# What is counted and by what, in the order of the thesis's Figures 5.1 to 5.13.
COUNTED = ["moments", "images_orgn", "images_corr"]
GROUPED = ["group", "score"]
COUNTS = [(counted, grouping) for counted in COUNTED for grouping in GROUPED]


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


# On a cluster they run where Snakemake does: each takes a second or two, less than sending it would.
localrules:
    draw_counts,
    draw_workflow,
    draw_action_units,
    draw_coder_consistency,
    draw_fold_panels,
    draw_agreement,
    draw_comparison,
    draw_timeline,
    draw_intervals,
    draw_learning_curves,


rule draw_counts:
    input:
        table=rules.count_moments.output.groups,
    output:
        figures=[count_figure("", *counts, "../report/counts.rst") for counts in COUNTS],
        overall=[
            count_figure("overall_", *counts, "../report/overall_counts.rst") for counts in COUNTS
        ],
    log:
        "results/logs/draw_counts.log",
    benchmark:
        "results/benchmarks/jobs/draw_counts.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        counts=COUNTS,
        rotating=experiments_of("rotate"),
    message:
        "Drawing how many moments and images there are"
    script:
        "../scripts/figures/draw_counts.py"


rule draw_workflow:
    output:
        figure=report(
            "results/figures/workflow.svg",
            caption="../report/stages.rst",
            category="1 Workflow",
            labels={"what": "stages (figure)"},
        ),
    log:
        "results/logs/draw_workflow.log",
    benchmark:
        "results/benchmarks/jobs/draw_workflow.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    message:
        "Drawing the workflow"
    script:
        "../scripts/figures/draw_workflow.py"


rule draw_action_units:
    output:
        figure=report(
            "results/figures/action_units.svg",
            caption="../report/action_units.rst",
            category="2 Recordings and scores",
            labels={"what": "simulated action units (figure)"},
        ),
    log:
        "results/logs/draw_action_units.log",
    benchmark:
        "results/benchmarks/jobs/draw_action_units.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        animal=drawn_animal,
    message:
        "Drawing the simulated action units"
    script:
        "../scripts/figures/draw_action_units.py"


rule draw_moments:
    input:
        moments="results/moments/{experiment}.parquet",
        labels="results/labels/{experiment}.parquet",
        frames="results/frames/{experiment}",
    output:
        figure=report(
            "results/figures/moments/{experiment}.svg",
            caption="../report/moments.rst",
            category="2 Recordings and scores",
            labels={"what": "moments of {experiment} (figure)"},
        ),
    log:
        "results/logs/draw_moments/{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/draw_moments/{experiment}.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        min_prob=min_prob,
    message:
        "Drawing moments of {wildcards.experiment}"
    script:
        "../scripts/figures/draw_moments.py"


rule draw_coder_consistency:
    input:
        scored=rules.measure_consistency.input.scored,
        table=rules.measure_consistency.output.table,
    output:
        # The page is made here: networks are trained on what measure_consistency writes.
        page=report(
            "results/tables/coder_consistency.html",
            caption="../report/coder_consistency.rst",
            category="2 Recordings and scores",
            labels={"what": "coder consistency (table)"},
        ),
        figure=report(
            "results/figures/coder_consistency.svg",
            caption="../report/coder_consistency.rst",
            category="2 Recordings and scores",
            labels={"what": "coder consistency (figure)"},
        ),
    log:
        "results/logs/draw_coder_consistency.log",
    benchmark:
        "results/benchmarks/jobs/draw_coder_consistency.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    message:
        "Drawing coder consistency"
    script:
        "../scripts/figures/draw_coder_consistency.py"


rule draw_fold_panels:
    input:
        predictions=corrected_predictions,
    output:
        figures=[fold_figure(k) for k in FOLDS],
    log:
        "results/logs/draw_fold_panels/{network}.log",
    benchmark:
        "results/benchmarks/jobs/draw_fold_panels/{network}.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        titles=fold_titles,
    message:
        "Drawing the folds of {wildcards.network}"
    script:
        "../scripts/figures/draw_fold_panels.py"


rule draw_agreement:
    input:
        predictions=corrected_predictions,
    output:
        scores=report(
            "results/figures/{network}/predicted_scores.svg",
            caption="../report/predicted_scores.rst",
            category="4 Each network",
            labels={"what": "{network}, predicted scores (figure)"},
        ),
        differences=report(
            "results/figures/{network}/bland_altman.svg",
            caption="../report/bland_altman.rst",
            category="4 Each network",
            labels={"what": "{network}, agreement with the expert (figure)"},
        ),
    log:
        "results/logs/draw_agreement/{network}.log",
    benchmark:
        "results/benchmarks/jobs/draw_agreement/{network}.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        subjects=SUBJECTS,
    message:
        "Drawing how {wildcards.network} agrees with the expert"
    script:
        "../scripts/figures/draw_agreement.py"


rule draw_comparison:
    input:
        metrics=[metrics_path(name) for name in COMPARED],
    output:
        figure=report(
            "results/figures/comparison.svg",
            caption="../report/comparison.rst",
            category="3 Networks",
            labels={"what": "final comparison (figure)"},
        ),
    log:
        "results/logs/draw_comparison.log",
    benchmark:
        "results/benchmarks/jobs/draw_comparison.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        confidence=config["evaluation"]["confidence"],
    message:
        "Drawing the final comparison"
    script:
        "../scripts/figures/draw_comparison.py"


rule draw_timeline:
    input:
        table=rules.score_recording.output.table,
    output:
        figure=report(
            "results/timelines/{experiment}.svg",
            caption="../report/timeline.rst",
            category="7 New recordings",
            labels={"what": "{experiment} over time (figure)"},
        ),
    log:
        "results/logs/draw_timeline/{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/draw_timeline/{experiment}.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        window_s=config["evaluation"]["timeline_window_s"],
    message:
        "Drawing {wildcards.experiment} over time"
    script:
        "../scripts/figures/draw_timeline.py"


rule draw_intervals:
    input:
        table=rules.measure_intervals.output.table,
    output:
        figure=report(
            "results/figures/intervals.svg",
            caption="../report/interval_coverage.rst",
            category="3 Networks",
            labels={"what": "predicted intervals (figure)"},
        ),
    log:
        "results/logs/draw_intervals.log",
    benchmark:
        "results/benchmarks/jobs/draw_intervals.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        coverage=config["evaluation"]["coverage"],
    message:
        "Drawing predicted intervals"
    script:
        "../scripts/figures/draw_intervals.py"


rule draw_learning_curves:
    input:
        histories=expand("results/models/{{network}}/LOSOCV-{k}.history.csv", k=FOLDS),
        records=expand("results/models/{{network}}/LOSOCV-{k}.json", k=FOLDS),
    output:
        figure=report(
            "results/figures/{network}/learning_curves.svg",
            caption="../report/learning_curves.rst",
            category="4 Each network",
            labels={"what": "{network}, learning curves (figure)"},
        ),
    log:
        "results/logs/draw_learning_curves/{network}.log",
    benchmark:
        "results/benchmarks/jobs/draw_learning_curves/{network}.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        subjects=SUBJECTS,
    message:
        "Drawing learning curves of {wildcards.network}"
    script:
        "../scripts/figures/draw_learning_curves.py"
