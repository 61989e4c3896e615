# moments: detections of six cameras -> selected moments, frames, items to score, blinded sheets; scores -> labels, consistency.
# Between the sheet and the scores stands an expert; simulated recordings have a simulated one.


rule select_moments:
    input:
        detections=expand("results/detections/{{experiment}}/{camera}.parquet", camera=CAMERAS),
    output:
        moments="results/moments/{experiment}.parquet",
    log:
        "results/logs/select_moments/{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/select_moments/{experiment}.tsv"
    conda:
        "../envs/video.yaml"
    params:
        settings=of_wildcards(RECORDINGS.moment_settings, "experiment"),
        seed=config["seed"],
    message:
        "Selecting moments of {wildcards.experiment}"
    script:
        "../scripts/moments/select_moments.py"


rule extract_frames:
    input:
        moments=rules.select_moments.output.moments,
        videos=of_wildcards(RECORDINGS.existing_videos, "experiment"),
        indexes=expand("results/recordings/{{experiment}}/{camera}.frames.parquet", camera=CAMERAS),
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
        min_prob=of_wildcards(RECORDINGS.min_prob, "experiment"),
    message:
        "Writing the blinded sheet of {wildcards.experiment}, and drawing what it asks about"
    script:
        "../scripts/moments/write_sheet.py"


rule simulate_coder:
    input:
        moments=rules.select_moments.output.moments,
        truths=expand("results/simulated/{{experiment}}/{camera}.truth.parquet", camera=CAMERAS),
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
