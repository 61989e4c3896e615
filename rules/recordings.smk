# recordings: sample sheet and videos (or simulated ones) -> probe records and sync frames.
# Takes six videos a recording; makes results/recordings and results/sync. Assumes that the light goes off
# and on once within the first part of each recording (thesis, 4.3.1).


rule simulate_camera:
    message:
        "Rendering the simulated recording {wildcards.experiment}, camera {wildcards.camera}"
    output:
        video="results/simulated/{experiment}/{camera}.mp4",
        truth="results/simulated/{experiment}/{camera}.truth.parquet",
    params:
        simulation=simulation,
    log:
        "results/logs/simulate_camera/{experiment}-{camera}.log",
    benchmark:
        "results/benchmarks/jobs/simulate_camera/{experiment}-{camera}.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=720,
    script:
        "../scripts/recordings/simulate_camera.py"


rule probe_video:
    message:
        "Probing {wildcards.experiment}, camera {wildcards.camera}"
    input:
        video=camera_video,
    output:
        record="results/recordings/{experiment}/{camera}.json",
    params:
        video=lambda wildcards: video_path(wildcards.experiment, wildcards.camera),
    log:
        "results/logs/probe_video/{experiment}-{camera}.log",
    benchmark:
        "results/benchmarks/jobs/probe_video/{experiment}-{camera}.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=120,
    script:
        "../scripts/recordings/probe_video.py"


rule synchronise_cameras:
    message:
        "Synchronising the cameras of {wildcards.experiment}"
    input:
        records=expand("results/recordings/{{experiment}}/{camera}.json", camera=CAMERAS),
        videos=recording_videos,
    output:
        table="results/sync/{experiment}.csv",
    params:
        manual=lambda wildcards: EXPERIMENTS.sync_frames[wildcards.experiment],
        settings=config["recordings"]["sync"],
    log:
        "results/logs/synchronise_cameras/{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/synchronise_cameras/{experiment}.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=60,
    script:
        "../scripts/recordings/synchronise_cameras.py"
