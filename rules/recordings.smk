# recordings: sample sheet and videos (or simulated ones) -> probe records and sync frames.
# Takes six videos a recording; makes results/recordings and results/sync. Assumes that the light goes off
# and on once within the first part of each recording (thesis, 4.3.1).


rule simulate_camera:
    output:
        video="results/simulated/{experiment}/{camera}.mp4",
        truth="results/simulated/{experiment}/{camera}.truth.parquet",
    log:
        "results/logs/simulate_camera/{experiment}-{camera}.log",
    benchmark:
        "results/benchmarks/jobs/simulate_camera/{experiment}-{camera}.tsv"
    wildcard_constraints:
        experiment=r"(?!FACE\d+/)[A-Za-z0-9_]+",
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=720,
    params:
        simulation=simulation,
    message:
        "Rendering the simulated recording {wildcards.experiment}, camera {wildcards.camera}"
    script:
        "../scripts/recordings/simulate_camera.py"


# The detector's recordings come first: it trains on one core while the others are rendered.
use rule simulate_camera as simulate_face_camera with:
    wildcard_constraints:
        experiment=r"FACE\d+",
    priority: 20


rule probe_video:
    input:
        video=camera_video,
    output:
        record="results/recordings/{experiment}/{camera}.json",
        index="results/recordings/{experiment}/{camera}.frames.parquet",
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
    params:
        video=camera_path,
        allow_damaged=config["recordings"]["allow_damaged"],
    message:
        "Probing {wildcards.experiment}, camera {wildcards.camera}"
    script:
        "../scripts/recordings/probe_video.py"


rule synchronise_cameras:
    input:
        records=expand("results/recordings/{{experiment}}/{camera}.json", camera=CAMERAS),
        indexes=expand("results/recordings/{{experiment}}/{camera}.frames.parquet", camera=CAMERAS),
        videos=recording_videos,
    output:
        table="results/sync/{experiment}.csv",
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
    params:
        manual=manual_sync_frames,
        clock_ppm=config["recordings"]["clock_ppm"],
        settings=config["recordings"]["sync"],
    message:
        "Synchronising the cameras of {wildcards.experiment}"
    script:
        "../scripts/recordings/synchronise_cameras.py"
