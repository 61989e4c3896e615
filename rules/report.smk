# report: tables and figures -> the summary, the report, and the record of what each table and timeline came from.


rule draw_workflow:
    output:
        figure=figure("figures/workflow.svg"),
    log:
        "results/logs/draw_workflow.log",
    benchmark:
        "results/benchmarks/jobs/draw_workflow.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    message:
        "Drawing the workflow"
    script:
        "../scripts/report/draw_workflow.py"


rule render_pages:
    input:
        tables=PLAN.table_paths(),
    output:
        pages=[shown(f"results/{path}.html", product) for path, product in PLAN.tables().items()],
    log:
        "results/logs/render_pages.log",
    benchmark:
        "results/benchmarks/jobs/render_pages.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    message:
        "Rendering the pages of all tables"
    script:
        "../scripts/report/render_pages.py"


rule evaluate:
    input:
        PLAN.shown(),
    message:
        "All tables and figures are there"


# On a cluster it runs where Snakemake does: it takes a second or two, less than sending it would.
rule summarise_study:
    input:
        template=str(ROOT / "report" / "summary.html.j2"),
        methods=str(ROOT / "report" / "methods.html.j2"),
        style=str(ROOT / "report" / "summary.css"),
        script=str(ROOT / "report" / "summary.js"),
        scorer_agreement=if_there("results/tables/scorer_agreement.csv", PLAN.trains),
        comparison_scores=if_there("results/tables/comparison_scores.csv", PLAN.trains),
        comparison_correlations=if_there("results/tables/comparison_correlations.csv", PLAN.trains),
        intervals=if_there("results/tables/intervals.csv", PLAN.trains),
        coder_agreement=if_there("results/tables/coder_agreement.csv", RECORDINGS.scored),
        coder_consistency=if_there("results/tables/coder_consistency.csv", RECORDINGS.scored),
        moments=if_there("results/tables/moments.csv", RECORDINGS.scored),
        images=if_there("results/tables/images.csv", PLAN.trains),
        recordings=if_there("results/tables/recordings.csv", RECORDINGS.names),
        durations=if_there("results/tables/durations.csv", RECORDINGS.names),
        groups=if_there("results/tables/groups.csv", RECORDINGS.scored),
        detection="results/tables/detection.csv" if RECORDINGS.faces_are_known else [],
        curve=if_there("results/tables/curve.csv", NETWORKS.packs),
        likeness=if_there("results/tables/likeness.csv", NETWORKS.packs),
        scored=expand("results/labels/{experiment}.scored.parquet", experiment=RECORDINGS.scored),
        records=NETWORKS.scorer_records(),
        timelines=expand("results/timelines/{experiment}.csv", experiment=RECORDINGS.unscored),
        cameras=expand("results/timelines/{experiment}.cameras.csv", experiment=RECORDINGS.unscored),
        curves=expand("results/timelines/{experiment}.svg", experiment=RECORDINGS.unscored),
        predicted_scores=if_there(
            f"results/figures/{NETWORKS.scorer}/predicted_scores.svg", PLAN.trains
        ),
        bland_altman=if_there(f"results/figures/{NETWORKS.scorer}/bland_altman.svg", PLAN.trains),
        comparison=if_there("results/figures/comparison.svg", PLAN.trains),
        coverage=if_there("results/figures/intervals.svg", PLAN.trains),
        consistency=if_there("results/figures/coder_consistency.svg", RECORDINGS.scored),
        groups_figure=if_there("results/figures/moments_by_group.svg", RECORDINGS.scored),
        shown_moments=[f"results/figures/moments/{name}.svg" for name in RECORDINGS.scored[:1]],
        detected_faces=if_there("results/figures/detected_faces.png", RECORDINGS.names),
    output:
        page="results/summary.html",
    log:
        "results/logs/summarise_study.log",
    benchmark:
        "results/benchmarks/jobs/summarise_study.tsv"
    localrule: True
    conda:
        "../envs/learning.yaml"
    params:
        sheet=RECORDINGS.sheet(),
        scored=RECORDINGS.scored,
        new=RECORDINGS.unscored,
        scale=PLAN.whole_scale(),
        settings=RECORDINGS.summary_settings(),
        scorer=of_wildcards(PLAN.summary_scorer),
    message:
        "Summarising the study"
    script:
        "../scripts/report/summarise_study.py"


rule make_report:
    input:
        rules.evaluate.input,
        captions=[str(ROOT / "report" / f"{name}.rst") for name in PLAN.captions()],
    output:
        report="results/report.html",
    log:
        "results/logs/make_report.log",
    benchmark:
        "results/benchmarks/jobs/make_report.tsv"
    conda:
        "../envs/workflow.yaml"
    params:
        snakefile=str(ROOT / "Snakefile"),
        config=config,
        products=PLAN.titles(),
    message:
        "Making the report"
    script:
        "../scripts/report/make_report.py"


rule record_provenance:
    input:
        sheet=sheet_path(config["experiments"]) or [],
        pictures=named_sheet("pictures") or [],
        tables=PLAN.recorded(),
    output:
        sidecars=[
            Path(table).with_suffix(".provenance.json").as_posix() for table in PLAN.recorded()
        ],
        study="results/provenance.json",
    log:
        "results/logs/record_provenance.log",
    benchmark:
        "results/benchmarks/jobs/record_provenance.tsv"
    conda:
        "../envs/workflow.yaml"
    params:
        root=str(ROOT),
        # What a job asks of a cluster changes no result.
        config={key: value for key, value in config.items() if key != "gres"},
    message:
        "Recording what each table and timeline came from"
    script:
        "../scripts/report/record_provenance.py"


rule provenance:
    input:
        rules.record_provenance.output.study,
    message:
        "What the study came from is in results/provenance.json"
