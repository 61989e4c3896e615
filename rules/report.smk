# report: tables and figures -> the summary, the report, and the record of what each table and timeline came from.


# On a cluster it runs where Snakemake does: it takes a second or two, less than sending it would.
localrules:
    summarise_study,


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
            "weights": config["faces"]["weights"] not in ("", SIMULATED),
            "annotations": bool(config["faces"]["annotations"]),
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


rule evaluate:
    input:
        rules.draw_workflow.output,
        rules.draw_action_units.output if SIMULATED_ONES else [],
        rules.tabulate_recordings.output,
        rules.measure_detection.output if FACES_ARE_KNOWN else [],
        rules.draw_detections.output,
        rules.draw_detected_faces.output,
        expand(rules.draw_moments.output, experiment=SCORED[:1]),
        rules.count_moments.output,
        rules.count_images.output,
        rules.draw_counts.output,
        rules.measure_consistency.output,
        rules.draw_coder_consistency.output,
        rules.measure_agreement.output,
        rules.measure_scorer.output,
        rules.tabulate_comparison.output,
        rules.draw_comparison.output,
        rules.measure_intervals.output if SCORERS else [],
        rules.draw_intervals.output if SCORERS else [],
        expand(rules.draw_learning_curves.output, network=EVALUATED),
        expand(rules.tabulate_scorer.output, network=SCORERS),
        expand(rules.tabulate_classes.output, network=CLASS_TELLERS),
        expand(rules.tabulate_pain_teller.output, network=UNGAPPED),
        expand(rules.tabulate_gapped.output, network=GAPPED),
        expand(rules.tabulate_study.output, study=STUDIES),
        rules.tabulate_proximity.output if CHOICES["study"] in STUDIES else [],
        expand(rules.draw_agreement.output, network=SCORERS),
        expand(rules.draw_fold_panels.output, network=SCORERS),
        expand(rules.score_recording.output, experiment=TO_SCORE),
        expand(rules.draw_timeline.output, experiment=TO_SCORE),
    message:
        "All tables and figures are there"


rule summarise_study:
    input:
        template=str(ROOT / "report" / "summary.html.j2"),
        methods=str(ROOT / "report" / "methods.html.j2"),
        style=str(ROOT / "report" / "summary.css"),
        script=str(ROOT / "report" / "summary.js"),
        scorer_agreement="results/tables/scorer_agreement.csv",
        comparison_scores="results/tables/comparison_scores.csv",
        comparison_correlations="results/tables/comparison_correlations.csv",
        intervals="results/tables/intervals.csv",
        coder_agreement="results/tables/coder_agreement.csv",
        coder_consistency="results/tables/coder_consistency.csv",
        moments="results/tables/moments.csv",
        images="results/tables/images.csv",
        recordings="results/tables/recordings.csv",
        durations="results/tables/durations.csv",
        groups="results/tables/groups.csv",
        detection="results/tables/detection.csv" if FACES_ARE_KNOWN else [],
        scored=expand("results/labels/{experiment}.scored.parquet", experiment=SCORED),
        records=scorer_records(),
        timelines=expand("results/timelines/{experiment}.csv", experiment=TO_SCORE),
        curves=expand("results/timelines/{experiment}.svg", experiment=TO_SCORE),
        predicted_scores=f"results/figures/{SCORER}/predicted_scores.svg",
        bland_altman=f"results/figures/{SCORER}/bland_altman.svg",
        comparison="results/figures/comparison.svg",
        coverage="results/figures/intervals.svg",
        consistency="results/figures/coder_consistency.svg",
        groups_figure="results/figures/moments_by_group.svg",
        shown_moments=f"results/figures/moments/{SCORED[0]}.svg",
        detected_faces="results/figures/detected_faces.png",
    output:
        page="results/summary.html",
    log:
        "results/logs/summarise_study.log",
    benchmark:
        "results/benchmarks/jobs/summarise_study.tsv"
    conda:
        "../envs/learning.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        sheet=summary_sheet(),
        scored=SCORED,
        new=TO_SCORE,
        settings=summary_settings(),
    message:
        "Summarising the study"
    script:
        "../scripts/report/summarise_study.py"


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


# Each table that is shown or that figures are drawn from, and each timeline.
RECORDED = sorted(
    {
        path
        for path in [
            *rules.evaluate.input,
            *rules.check_classes.output,
        ]
        if path.endswith(".csv")
    }
)


rule record_provenance:
    input:
        sheet=sample_sheet(),
        tables=RECORDED,
    output:
        sidecars=[Path(table).with_suffix(".provenance.json").as_posix() for table in RECORDED],
        study="results/provenance.json",
    log:
        "results/logs/record_provenance.log",
    benchmark:
        "results/benchmarks/jobs/record_provenance.tsv"
    conda:
        "../envs/workflow.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        root=str(ROOT),
        # What a job asks of a cluster changes no result.
        config={key: value for key, value in config.items() if key != "gres"},
    message:
        "Recording what each table and timeline came from"
    script:
        "../scripts/evaluation/record_provenance.py"


rule provenance:
    input:
        rules.record_provenance.output.study,
    message:
        "What the study came from is in results/provenance.json"
