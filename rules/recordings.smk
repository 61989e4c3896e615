# recordings: sample sheet and videos (or simulated ones) -> probe records and sync frames.
# Takes six videos a recording; makes results/recordings and results/sync. Assumes that the light goes off
# and on once within the first part of each recording (thesis, 4.3.1).


rule simulate_recording:
    output:
        videos=expand("results/simulated/{{experiment}}/{camera}.mp4", camera=CAMERAS),
        truths=expand("results/simulated/{{experiment}}/{camera}.truth.parquet", camera=CAMERAS),
    log:
        "results/logs/simulate_recording/{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/simulate_recording/{experiment}.tsv"
    wildcard_constraints:
        experiment=r"(?!FACE\d+/)[A-Za-z0-9_]+",
    conda:
        "../envs/video.yaml"
    resources:
        runtime=4320,
    params:
        simulation=of_wildcards(RECORDINGS.simulation, "experiment"),
    message:
        "Rendering the simulated recording {wildcards.experiment}"
    script:
        "../scripts/recordings/simulate_recording.py"


# The detector's recordings come first: it trains on one core while the others are rendered.
use rule simulate_recording as simulate_face_recording with:
    wildcard_constraints:
        experiment=r"FACE\d+",
    priority: 20


rule probe_videos:
    input:
        videos=of_wildcards(RECORDINGS.existing_videos, "experiment"),
    output:
        records=expand("results/recordings/{{experiment}}/{camera}.json", camera=CAMERAS),
        indexes=expand("results/recordings/{{experiment}}/{camera}.frames.parquet", camera=CAMERAS),
    log:
        "results/logs/probe_videos/{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/probe_videos/{experiment}.tsv"
    conda:
        "../envs/video.yaml"
    resources:
        runtime=240,
    params:
        videos=of_wildcards(RECORDINGS.camera_paths, "experiment"),
        allow_damaged=config["recordings"]["allow_damaged"],
    message:
        "Probing the videos of {wildcards.experiment}"
    script:
        "../scripts/recordings/probe_videos.py"


rule synchronise_cameras:
    input:
        records=rules.probe_videos.output.records,
        indexes=rules.probe_videos.output.indexes,
        videos=of_wildcards(RECORDINGS.existing_videos, "experiment"),
    output:
        table="results/sync/{experiment}.csv",
    log:
        "results/logs/synchronise_cameras/{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/synchronise_cameras/{experiment}.tsv"
    conda:
        "../envs/video.yaml"
    params:
        manual=of_wildcards(RECORDINGS.sync_frames, "experiment"),
        clock_ppm=config["recordings"]["clock_ppm"],
        settings=config["recordings"]["sync"],
    message:
        "Synchronising the cameras of {wildcards.experiment}"
    script:
        "../scripts/recordings/synchronise_cameras.py"
