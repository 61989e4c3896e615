# moments: detections of all cameras -> selected moments, frames, items to score, blinded sheets; scores -> labels, consistency.
# Between the sheet and the scores stands an expert; simulated recordings have a simulated one.


rule select_moments:
    input:
        detections=of_wildcards(RECORDINGS.detections, "experiment"),
    output:
        moments="results/moments/{experiment}.parquet",
        limits="results/moments/{experiment}.limits.csv",
    log:
        "results/logs/select_moments/{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/select_moments/{experiment}.tsv"
    conda:
        "../envs/video.yaml"
    params:
        cameras=of_wildcards(RECORDINGS.cameras, "experiment"),
        settings=of_wildcards(RECORDINGS.moment_settings, "experiment"),
        seed=config["seed"],
    message:
        "Selecting moments of {wildcards.experiment}"
    script:
        "../scripts/moments/select_moments.py"


rule tabulate_limits:
    input:
        limits=expand("results/moments/{experiment}.limits.csv", experiment=RECORDINGS.scored),
    output:
        table="results/tables/moment_limits.csv",
    log:
        "results/logs/tabulate_limits.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_limits.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    message:
        "Tabulating what limits the moments"
    script:
        "../scripts/moments/tabulate_limits.py"


rule extract_frames:
    input:
        moments=rules.select_moments.output.moments,
        videos=of_wildcards(RECORDINGS.existing_videos, "experiment"),
        indexes=of_wildcards(RECORDINGS.indexes, "experiment"),
    output:
        frames=directory("results/frames/{experiment}"),
    log:
        "results/logs/extract_frames/{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/extract_frames/{experiment}.tsv"
    conda:
        "../envs/video.yaml"
    resources:
        runtime=360,
    params:
        videos=of_wildcards(RECORDINGS.camera_paths, "experiment"),
    message:
        "Extracting the frames of the selected moments of {wildcards.experiment}"
    script:
        "../scripts/moments/extract_frames.py"


rule write_sheet:
    input:
        moments=rules.select_moments.output.moments,
        frames=rules.extract_frames.output.frames,
    output:
        sheet="results/sheets/{experiment}.csv",
        pictures=directory("results/items/{experiment}"),
    log:
        "results/logs/write_sheet/{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/write_sheet/{experiment}.tsv"
    conda:
        "../envs/video.yaml"
    params:
        units=UNITS,
        min_prob=of_wildcards(RECORDINGS.min_prob, "experiment"),
    message:
        "Writing the blinded sheet of {wildcards.experiment}, and drawing what it asks about"
    script:
        "../scripts/moments/write_sheet.py"


# For the app, which knows nothing of the config.
rule write_scale:
    output:
        scale="results/scale.json",
    log:
        "results/logs/write_scale.log",
    benchmark:
        "results/benchmarks/jobs/write_scale.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        scale=PLAN.whole_scale(),
    message:
        "Writing what is scored, and what its scores mean"
    script:
        "../scripts/moments/write_scale.py"


rule simulate_coder:
    input:
        moments=rules.select_moments.output.moments,
        truths=of_wildcards(RECORDINGS.truths, "experiment"),
    output:
        scores="results/simulated/{experiment}/scores.csv",
        corrections="results/simulated/{experiment}/corrections.csv",
    log:
        "results/logs/simulate_coder/{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/simulate_coder/{experiment}.tsv"
    conda:
        "../envs/video.yaml"
    params:
        scale=SCALE,
        min_prob=of_wildcards(RECORDINGS.min_prob, "experiment"),
        seed=config["seed"],
    message:
        "Simulating an expert for {wildcards.experiment}"
    script:
        "../scripts/moments/simulate_coder.py"


rule accept_labels:
    input:
        sheet=rules.write_sheet.output.sheet,
        moments=rules.select_moments.output.moments,
        # Read by the expert: what is to be scored is there when the scores are missing.
        pictures=rules.write_sheet.output.pictures,
        scores=of_wildcards(RECORDINGS.existing_scores, "experiment"),
    output:
        labels="results/labels/{experiment}.parquet",
        scored="results/labels/{experiment}.scored.parquet",
    log:
        "results/logs/accept_labels/{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/accept_labels/{experiment}.tsv"
    conda:
        "../envs/video.yaml"
    params:
        scores=of_wildcards(RECORDINGS.score_tables, "experiment"),
        scale=SCALE,
    message:
        "Accepting the scores of {wildcards.experiment}"
    script:
        "../scripts/moments/accept_labels.py"


rule measure_consistency:
    input:
        scored=expand("results/labels/{experiment}.scored.parquet", experiment=RECORDINGS.scored),
    output:
        record="results/consistency.json",
        table="results/tables/coder_consistency.csv",
    log:
        "results/logs/measure_consistency.log",
    benchmark:
        "results/benchmarks/jobs/measure_consistency.tsv"
    conda:
        "../envs/video.yaml"
    params:
        experiments=RECORDINGS.scored,
    message:
        "Measuring how consistently moments were scored"
    script:
        "../scripts/moments/measure_consistency.py"


rule sheets:
    input:
        expand("results/sheets/{experiment}.csv", experiment=RECORDINGS.scored),
        expand("results/items/{experiment}", experiment=RECORDINGS.scored),
        rules.write_scale.output,
    message:
        "The blinded sheets are in results/sheets, what they ask about in results/items"
