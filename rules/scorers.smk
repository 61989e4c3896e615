# scorers: trained networks -> how like its training data a face is, calibrated curves, a scorer in one file.
# The curves of animals that were left out, each scored by the networks of its fold, tell what intervals must be. The
# file is what recordings of role `score` are scored with, here (rules/timelines.smk) and anywhere else.


rule describe_training:
    input:
        trains=RECORDINGS.fold_paths(["train"]),
        tests=RECORDINGS.fold_paths(["test_corr"]),
        stores=RECORDINGS.store_paths,
        models=NETWORKS.scorer_models(),
        sources=NETWORKS.sources(NETWORKS.scorer),
        weights=NETWORKS.weights(NETWORKS.scorer),
        backbone_choice=ancient(of_wildcards(partial(NETWORKS.backbone_choice, NETWORKS.scorer))),
    output:
        likeness=expand("results/scorer/likeness/LOSOCV-{k}.h5", k=RECORDINGS.folds),
        held_out="results/scorer/held_out.parquet",
        limits="results/scorer/limits.json",
    log:
        "results/logs/describe_training.log",
    benchmark:
        "results/benchmarks/jobs/describe_training.tsv"
    conda:
        "../envs/learning.yaml"
    threads: config["threads"]["network"]
    resources:
        mem_mb=4000,
        runtime=240,
        gres=config["gres"],
        gpu_jobs=GPU_JOBS,
    params:
        settings=of_wildcards(NETWORKS.scorer_settings),
        with_mean=bool(NETWORKS.scorer_trains()),
        subjects=RECORDINGS.filmed_subjects,
        image_size=config["datasets"]["image_size"],
        seed=config["seed"],
        threads=config["threads"]["network"],
    message:
        "Describing what the scorer was trained on"
    script:
        "../scripts/scorers/describe_training.py"


rule score_held_out:
    input:
        indexes=of_wildcards(RECORDINGS.indexes, "experiment"),
        detections=of_wildcards(RECORDINGS.detections, "experiment"),
        videos=of_wildcards(RECORDINGS.existing_videos, "experiment"),
        models=of_wildcards(NETWORKS.held_out_models, "experiment"),
        sources=of_wildcards(NETWORKS.held_out_sources, "experiment"),
        trains=of_wildcards(NETWORKS.held_out_trains, "experiment"),
        weights=NETWORKS.weights(NETWORKS.scorer),
        likeness=of_wildcards(NETWORKS.held_out_likeness, "experiment"),
        limits=rules.describe_training.output.limits,
        backbone_choice=ancient(of_wildcards(partial(NETWORKS.backbone_choice, NETWORKS.scorer))),
    output:
        raw="results/scorer/held_out/{experiment}.parquet",
    log:
        "results/logs/score_held_out/{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/score_held_out/{experiment}.tsv"
    conda:
        "../envs/learning.yaml"
    threads: config["threads"]["network"]
    resources:
        mem_mb=4000,
        runtime=240,
        gres=config["gres"],
        gpu_jobs=GPU_JOBS,
    params:
        videos=of_wildcards(RECORDINGS.camera_paths, "experiment"),
        fold=of_wildcards(RECORDINGS.fold_of, "experiment"),
        settings=of_wildcards(NETWORKS.scorer_settings),
        image_size=config["datasets"]["image_size"],
        min_prob=of_wildcards(RECORDINGS.min_prob, "experiment"),
        coverage=config["evaluation"]["coverage"],
        highest=PLAN.scale.highest,
        seed=config["seed"],
        threads=config["threads"]["network"],
    message:
        "Scoring {wildcards.experiment} over time by networks that never saw its animal"
    script:
        "../scripts/scorers/score_held_out.py"


rule calibrate_scorer:
    input:
        raws=expand(
            "results/scorer/held_out/{experiment}.parquet", experiment=RECORDINGS.filmed_tests
        ),
        labels=expand("results/labels/{experiment}.parquet", experiment=RECORDINGS.filmed_tests),
        records=[RECORDINGS.records(name)[0] for name in RECORDINGS.filmed_tests],
    output:
        calibration="results/scorer/calibration.json",
        table="results/tables/curve.csv",
    log:
        "results/logs/calibrate_scorer.log",
    benchmark:
        "results/benchmarks/jobs/calibrate_scorer.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        animals=[RECORDINGS.subject_of[name] for name in RECORDINGS.filmed_tests],
        cameras=[RECORDINGS.cameras(name) for name in RECORDINGS.filmed_tests],
        window_s=config["evaluation"]["timeline_window_s"],
        every=config["faces"]["detection"]["sample_every"],
        coverage=config["evaluation"]["coverage"],
        highest=PLAN.scale.highest,
        confidence=config["evaluation"]["confidence"],
        draws=config["evaluation"]["bootstrap_draws"],
        seed=config["seed"],
    message:
        "Calibrating the intervals of curves"
    script:
        "../scripts/scorers/calibrate_scorer.py"


rule measure_likeness:
    input:
        held_out=rules.describe_training.output.held_out,
        limits=rules.describe_training.output.limits,
    output:
        table="results/tables/likeness.csv",
    log:
        "results/logs/measure_likeness.log",
    benchmark:
        "results/benchmarks/jobs/measure_likeness.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        subjects=RECORDINGS.subject_of,
    message:
        "Measuring how often animals left out are called unlike the training data"
    script:
        "../scripts/scorers/measure_likeness.py"


rule pack_scorer:
    input:
        models=NETWORKS.scorer_models(),
        sources=NETWORKS.sources(NETWORKS.scorer),
        trains=NETWORKS.scorer_trains(),
        weights=NETWORKS.weights(NETWORKS.scorer),
        likeness=rules.describe_training.output.likeness,
        limits=rules.describe_training.output.limits,
        calibration=rules.calibrate_scorer.output.calibration,
        detector=existing_inputs(RECORDINGS.detector()),
        agreement="results/tables/scorer_agreement.csv",
        curve=rules.calibrate_scorer.output.table,
        likeness_table=rules.measure_likeness.output.table,
        template=str(ROOT / "report" / "model_card.md.j2"),
        licence=str(ROOT / "LICENSE"),
        backbone_choice=ancient(of_wildcards(partial(NETWORKS.backbone_choice, NETWORKS.scorer))),
    output:
        scorer=NETWORKS.packed,
        card="results/scorer/MODEL_CARD.md",
    log:
        "results/logs/pack_scorer.log",
    benchmark:
        "results/benchmarks/jobs/pack_scorer.tsv"
    conda:
        "../envs/learning.yaml"
    resources:
        mem_mb=4000,
    params:
        detector=of_wildcards(RECORDINGS.detector),
        about=of_wildcards(PLAN.about_scorer),
        seed=config["seed"],
        threads=config["threads"]["network"],
    message:
        "Packing the scorer into one file"
    script:
        "../scripts/scorers/pack_scorer.py"


rule scorer:
    input:
        rules.pack_scorer.output,
    message:
        "The scorer is {input[0]}, and what it can do stands in {input[1]}"
