# report: tables and figures -> the report, and the record of what each table and timeline came from.


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
