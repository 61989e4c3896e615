# recordings: sample sheet and videos (or simulated ones) -> probe records and sync frames.
# Takes a video, or its chapters, of each camera of a recording, from 1 to 12; makes results/recordings and
# results/sync. Assumes, where there is more than one camera, that the light goes off and on once within the first part
# (thesis, 4.3.1).


wildcard_constraints:
    experiment="[A-Za-z0-9_]+",
    camera=one_of(RECORDINGS.all_cameras),
    kind="ORGN|CORR|SYMM|AUGM",
    network=r"[a-z][a-z0-9_.-]*(/[A-Za-z0-9_.~-]+)?",
    features=r"[A-Za-z0-9_.-]+(/LOSOCV-\d+)?",
    study="[a-z][a-z0-9_]*",
    k=r"\d+",


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
    resources:
        runtime=720,
    params:
        simulation=of_wildcards(RECORDINGS.simulation, "experiment"),
    message:
        "Rendering the simulated recording {wildcards.experiment}, camera {wildcards.camera}"
    script:
        "../scripts/recordings/simulate_camera.py"


# The detector's recordings come first: it trains on one core while the others are rendered.
use rule simulate_camera as simulate_face_camera with:
    wildcard_constraints:
        experiment=r"FACE\d+",
    priority: 20


rule join_chapters:
    input:
        chapters=of_wildcards(RECORDINGS.source_files, "experiment", "camera"),
    output:
        list="results/recordings/{experiment}/{camera}.chapters.json",
    log:
        "results/logs/join_chapters/{experiment}-{camera}.log",
    benchmark:
        "results/benchmarks/jobs/join_chapters/{experiment}-{camera}.tsv"
    conda:
        "../envs/video.yaml"
    params:
        pattern=of_wildcards(RECORDINGS.path_in_sheet, "experiment", "camera"),
    message:
        "Joining the chapters of {wildcards.experiment}, camera {wildcards.camera}"
    script:
        "../scripts/recordings/join_chapters.py"


rule probe_video:
    input:
        video=of_wildcards(RECORDINGS.existing_video, "experiment", "camera"),
    output:
        record="results/recordings/{experiment}/{camera}.json",
        index="results/recordings/{experiment}/{camera}.frames.parquet",
    log:
        "results/logs/probe_video/{experiment}-{camera}.log",
    benchmark:
        "results/benchmarks/jobs/probe_video/{experiment}-{camera}.tsv"
    conda:
        "../envs/video.yaml"
    resources:
        runtime=240,
    params:
        video=of_wildcards(RECORDINGS.video_path, "experiment", "camera"),
        allow_damaged=config["recordings"]["allow_damaged"],
    message:
        "Probing {wildcards.experiment}, camera {wildcards.camera}"
    script:
        "../scripts/recordings/probe_video.py"


rule synchronise_cameras:
    input:
        records=of_wildcards(RECORDINGS.records, "experiment"),
        indexes=of_wildcards(RECORDINGS.indexes, "experiment"),
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
        cameras=of_wildcards(RECORDINGS.cameras, "experiment"),
        manual=of_wildcards(RECORDINGS.sync_frames, "experiment"),
        clock_ppm=config["recordings"]["clock_ppm"],
        settings=config["recordings"]["sync"],
    message:
        "Synchronising the cameras of {wildcards.experiment}"
    script:
        "../scripts/recordings/synchronise_cameras.py"


rule draw_action_units:
    output:
        figure=figure("figures/action_units.svg"),
    log:
        "results/logs/draw_action_units.log",
    benchmark:
        "results/benchmarks/jobs/draw_action_units.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        animal=of_wildcards(RECORDINGS.drawn_animal),
    message:
        "Drawing the simulated action units"
    script:
        "../scripts/recordings/draw_action_units.py"
