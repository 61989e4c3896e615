# timelines: a scorer and new recordings -> their curves, with how sure these are.
# The scorer is one file: that of this study (rules/scorers.smk), or one that was made elsewhere (config, `scorer`).


rule unpack_detector:
    input:
        scorer=NETWORKS.scorer_file,
    output:
        detector=SCORERS_DETECTOR,
    log:
        "results/logs/unpack_detector.log",
    benchmark:
        "results/benchmarks/jobs/unpack_detector.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    message:
        "Taking the face detector out of {input.scorer}"
    script:
        "../scripts/timelines/unpack_detector.py"


rule score_recording:
    input:
        records=of_wildcards(RECORDINGS.records, "experiment"),
        indexes=of_wildcards(RECORDINGS.indexes, "experiment"),
        detections=of_wildcards(RECORDINGS.detections, "experiment"),
        videos=of_wildcards(RECORDINGS.existing_videos, "experiment"),
        scorer=NETWORKS.scorer_file,
    output:
        table=figure("timelines/{experiment}.csv"),
        cameras="results/timelines/{experiment}.cameras.csv",
    log:
        "results/logs/score_recording/{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/score_recording/{experiment}.tsv"
    wildcard_constraints:
        experiment=one_of(RECORDINGS.unscored),
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
        threads=config["threads"]["network"],
    message:
        "Scoring {wildcards.experiment} over time"
    script:
        "../scripts/timelines/score_recording.py"


rule draw_timeline:
    input:
        table=rules.score_recording.output.table,
    output:
        figure=figure("timelines/{experiment}.svg"),
    log:
        "results/logs/draw_timeline/{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/draw_timeline/{experiment}.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        window_s=config["evaluation"]["timeline_window_s"],
        coverage=config["evaluation"]["coverage"],
        note=of_wildcards(PLAN.animal_note, "experiment"),
        cameras=of_wildcards(RECORDINGS.cameras, "experiment"),
        highest=PLAN.scale.highest,
    message:
        "Drawing {wildcards.experiment} over time"
    script:
        "../scripts/timelines/draw_timeline.py"
