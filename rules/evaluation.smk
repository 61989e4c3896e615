# evaluation: predictions -> metrics, tables, figures, the report; timelines for new recordings.
# One rule a table or figure, so that a change of one script makes one file and the report anew.
REGRESSIONS = [
    name
    for name in config["evaluation"]["networks"]
    if config["networks"][name]["output"] == "regression"
]
OUTPUTS = list(dict.fromkeys(settings["output"] for settings in NETWORKS.values()))
# All that is measured: each network, its control, and the constant of each output.
MEASURED = [
    {"name": name, "output": settings["output"], "folder": f"results/predictions/{name}"}
    for name, settings in NETWORKS.items()
] + [
    {
        "name": f"constant_{output}",
        "output": output,
        "folder": f"results/predictions/constant_{output}",
    }
    for output in OUTPUTS
]


rule measure_metrics:
    input:
        predictions=[prediction_paths(network["name"]) for network in MEASURED],
    output:
        table="results/tables/metrics.csv",
    log:
        "results/logs/measure_metrics.log",
    benchmark:
        "results/benchmarks/jobs/measure_metrics.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        networks=MEASURED,
        folds=FOLDS,
        draws=config["evaluation"]["bootstrap_draws"],
        confidence=config["evaluation"]["confidence"],
        seed=config["seed"],
    message:
        "Measuring all networks and references"
    script:
        "../scripts/evaluation/measure_metrics.py"


rule tabulate_single_view:
    input:
        metrics=rules.measure_metrics.output.table,
    output:
        table="results/tables/single_view.csv",
        page=report(
            "results/tables/single_view.html",
            caption="../report/single_view.rst",
            category="3 Networks",
            labels={"what": "single views (table)"},
        ),
    log:
        "results/logs/tabulate_single_view.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_single_view.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    message:
        "Tabulating errors of single views"
    script:
        "../scripts/evaluation/tabulate_single_view.py"


rule tabulate_multi_camera:
    input:
        metrics=rules.measure_metrics.output.table,
    output:
        table="results/tables/multi_camera.csv",
        page=report(
            "results/tables/multi_camera.html",
            caption="../report/multi_camera.rst",
            category="3 Networks",
            labels={"what": "multi-camera (table)"},
        ),
    log:
        "results/logs/tabulate_multi_camera.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_multi_camera.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    message:
        "Tabulating errors of the views together"
    script:
        "../scripts/evaluation/tabulate_multi_camera.py"


rule tabulate_comparison:
    input:
        metrics=rules.measure_metrics.output.table,
    output:
        table="results/tables/comparison.csv",
        page=report(
            "results/tables/comparison.html",
            caption="../report/comparison.rst",
            category="3 Networks",
            labels={"what": "final comparison (table)"},
        ),
    log:
        "results/logs/tabulate_comparison.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_comparison.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    message:
        "Tabulating the final comparison"
    script:
        "../scripts/evaluation/tabulate_comparison.py"


rule count_images:
    input:
        moments=expand("results/moments/{experiment}.parquet", experiment=SCORED),
        labels=expand("results/labels/{experiment}.parquet", experiment=SCORED),
        stores=expand("results/images/{store}.h5", store=STORES),
    output:
        table="results/tables/images.csv",
        page=report(
            "results/tables/images.html",
            caption="../report/images.rst",
            category="2 Recordings and scores",
            labels={"what": "moments and images (table)"},
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
        runtime=30,
    params:
        experiments=SCORED,
    message:
        "Counting moments and images"
    script:
        "../scripts/evaluation/count_images.py"


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
        runtime=30,
    message:
        "Drawing the workflow"
    script:
        "../scripts/evaluation/draw_workflow.py"


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
        runtime=30,
    params:
        animal=drawn_animal,
    message:
        "Drawing the simulated action units"
    script:
        "../scripts/evaluation/draw_action_units.py"


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
        runtime=30,
    params:
        min_prob=min_prob,
    message:
        "Drawing moments of {wildcards.experiment}"
    script:
        "../scripts/evaluation/draw_moments.py"


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
        runtime=30,
    message:
        "Drawing coder consistency"
    script:
        "../scripts/evaluation/draw_coder_consistency.py"


rule draw_fold_panels:
    input:
        predictions="results/predictions/{network}/LOSOCV-{k}-test_corr.parquet",
    output:
        figure=report(
            "results/figures/{network}/LOSOCV-{k}.svg",
            caption="../report/fold_panels.rst",
            category="4 Folds",
            labels={"what": "fold {k} of {network} (figure)"},
        ),
    log:
        "results/logs/draw_fold_panels/{network}-LOSOCV-{k}.log",
    benchmark:
        "results/benchmarks/jobs/draw_fold_panels/{network}-LOSOCV-{k}.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        title=fold_title,
    message:
        "Drawing fold {wildcards.k} of {wildcards.network}"
    script:
        "../scripts/evaluation/draw_fold_panels.py"


rule draw_predicted_scores:
    input:
        predictions=test_predictions,
    output:
        figure=report(
            "results/figures/{network}/predicted_scores.svg",
            caption="../report/predicted_scores.rst",
            category="3 Networks",
            labels={"what": "predicted scores of {network} (figure)"},
        ),
    log:
        "results/logs/draw_predicted_scores/{network}.log",
    benchmark:
        "results/benchmarks/jobs/draw_predicted_scores/{network}.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        subjects=SUBJECTS,
    message:
        "Drawing predicted scores of {wildcards.network}"
    script:
        "../scripts/evaluation/draw_predicted_scores.py"


rule draw_bland_altman:
    input:
        predictions=test_predictions,
    output:
        figure=report(
            "results/figures/{network}/bland_altman.svg",
            caption="../report/bland_altman.rst",
            category="3 Networks",
            labels={"what": "agreement of {network} (figure)"},
        ),
    log:
        "results/logs/draw_bland_altman/{network}.log",
    benchmark:
        "results/benchmarks/jobs/draw_bland_altman/{network}.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        subjects=SUBJECTS,
    message:
        "Drawing the agreement of {wildcards.network}"
    script:
        "../scripts/evaluation/draw_bland_altman.py"


rule draw_comparison:
    input:
        metrics=rules.measure_metrics.output.table,
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
        runtime=30,
    params:
        confidence=config["evaluation"]["confidence"],
    message:
        "Drawing the final comparison"
    script:
        "../scripts/evaluation/draw_comparison.py"


rule score_recording:
    input:
        records=expand("results/recordings/{{experiment}}/{camera}.json", camera=CAMERAS),
        indexes=expand("results/recordings/{{experiment}}/{camera}.frames.parquet", camera=CAMERAS),
        detections=expand("results/detections/{{experiment}}/{camera}.parquet", camera=CAMERAS),
        videos=recording_videos,
        models=expand(
            "results/models/{network}/LOSOCV-{k}.keras",
            network=config["evaluation"]["timeline_network"],
            k=FOLDS,
        ),
    output:
        table=report(
            "results/timelines/{experiment}.csv",
            caption="../report/timeline.rst",
            category="5 New recordings",
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
        runtime=30,
    params:
        videos=camera_paths,
        settings=timeline_settings,
        threads=config["threads"]["network"],
    message:
        "Scoring {wildcards.experiment} over time"
    script:
        "../scripts/evaluation/score_recording.py"


rule draw_timeline:
    input:
        table=rules.score_recording.output.table,
    output:
        figure=report(
            "results/timelines/{experiment}.svg",
            caption="../report/timeline.rst",
            category="5 New recordings",
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
        runtime=30,
    params:
        window_s=config["evaluation"]["timeline_window_s"],
    message:
        "Drawing {wildcards.experiment} over time"
    script:
        "../scripts/evaluation/draw_timeline.py"


rule tabulate_recordings:
    input:
        files_of(SEARCHED, "record", "sync", "detections"),
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
        runtime=30,
    params:
        videos=SEARCHED,
    message:
        "Tabulating the recordings"
    script:
        "../scripts/evaluation/tabulate_recordings.py"


rule evaluate:
    input:
        rules.draw_workflow.output,
        rules.draw_action_units.output if SIMULATED_ONES else [],
        rules.tabulate_recordings.output,
        rules.measure_detection.output if FACES_ARE_KNOWN else [],
        rules.draw_detections.output,
        rules.draw_detected_faces.output,
        expand(rules.draw_moments.output, experiment=SCORED[:1]),
        rules.count_images.output,
        rules.measure_consistency.output,
        rules.draw_coder_consistency.output,
        rules.tabulate_single_view.output,
        rules.tabulate_multi_camera.output,
        rules.tabulate_comparison.output,
        rules.draw_comparison.output,
        expand(rules.draw_predicted_scores.output, network=REGRESSIONS),
        expand(rules.draw_bland_altman.output, network=REGRESSIONS),
        expand(rules.draw_fold_panels.output, network=REGRESSIONS, k=FOLDS),
        expand(rules.score_recording.output, experiment=TO_SCORE),
        expand(rules.draw_timeline.output, experiment=TO_SCORE),
    message:
        "All tables and figures are there"


rule make_report:
    input:
        rules.evaluate.input,
    output:
        report="results/report.html",
    log:
        "results/logs/make_report.log",
    benchmark:
        "results/benchmarks/jobs/make_report.tsv"
    conda:
        "../envs/workflow.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        snakefile=str(ROOT / "Snakefile"),
        config=config,
    message:
        "Making the report"
    script:
        "../scripts/evaluation/make_report.py"
