# faces: videos -> face detector and detections.
# Takes videos, sync frames and annotated frames; makes results/faces and results/detections. A lab's own
# weights or annotations replace the simulated ones (config, `faces`). Assumes one animal in view.


rule annotate_simulated_faces:
    input:
        videos=RECORDINGS.face_videos(),
        truths=RECORDINGS.face_truths(),
    output:
        annotations="results/faces/annotations.csv",
    log:
        "results/logs/annotate_simulated_faces.log",
    benchmark:
        "results/benchmarks/jobs/annotate_simulated_faces.tsv"
    conda:
        "../envs/video.yaml"
    params:
        every=config["faces"]["simulated_every"],
    message:
        "Collecting annotated frames for the face detector"
    script:
        "../scripts/faces/annotate_simulated_faces.py"


rule train_detector:
    input:
        annotations=existing_inputs(RECORDINGS.annotations()),
        start_from=existing_inputs(config["faces"]["start_from"]),
        videos=[] if config["faces"]["annotations"] else rules.annotate_simulated_faces.input.videos,
    output:
        model="results/faces/detector.tflite",
        weights="results/faces/detector.weights.h5",
        history="results/faces/detector.history.csv",
        record="results/faces/detector.json",
        misses=figure("figures/detector_misses.png"),
        wanted="results/faces/wanted.csv",
    log:
        "results/logs/train_detector.log",
    benchmark:
        "results/benchmarks/jobs/train_detector.tsv"
    priority: 10
    conda:
        "../envs/learning.yaml"
    threads: config["threads"]["detector"]
    resources:
        mem_mb=4000,
        runtime=240,
        gres=config["gres"],
        gpu_jobs=GPU_JOBS,
    params:
        annotations=of_wildcards(RECORDINGS.annotations),
        start_from=config["faces"]["start_from"],
        videos_of_recordings=of_wildcards(RECORDINGS.video_paths),
        settings=config["faces"]["training"],
        min_prob=config["moments"]["defaults"]["min_prob"],
        seed=config["seed"],
        threads=config["threads"]["detector"],
    message:
        "Training the face detector"
    script:
        "../scripts/faces/train_detector.py"


rule detect_faces:
    input:
        record="results/recordings/{experiment}/{camera}.json",
        index="results/recordings/{experiment}/{camera}.frames.parquet",
        sync="results/sync/{experiment}.csv",
        video=of_wildcards(RECORDINGS.existing_video, "experiment", "camera"),
        model=existing_inputs(RECORDINGS.detector()),
    output:
        table="results/detections/{experiment}/{camera}.parquet",
    log:
        "results/logs/detect_faces/{experiment}-{camera}.log",
    benchmark:
        "results/benchmarks/jobs/detect_faces/{experiment}-{camera}.tsv"
    conda:
        "../envs/video.yaml"
    resources:
        runtime=240,
    params:
        model=of_wildcards(RECORDINGS.detector),
        settings=config["faces"]["detection"],
        allow_damaged=config["recordings"]["allow_damaged"],
    message:
        "Detecting faces in {wildcards.experiment}, camera {wildcards.camera}"
    script:
        "../scripts/faces/detect_faces.py"


rule measure_detection:
    input:
        of_wildcards(partial(RECORDINGS.product_inputs, "detections", "truth")),
        existing_inputs(config["faces"]["test_annotations"]),
    output:
        table="results/tables/detection.csv",
    log:
        "results/logs/measure_detection.log",
    benchmark:
        "results/benchmarks/jobs/measure_detection.tsv"
    conda:
        "../envs/video.yaml"
    params:
        videos=of_wildcards(RECORDINGS.video_products),
        test_annotations=config["faces"]["test_annotations"],
        draws=config["evaluation"]["bootstrap_draws"],
        confidence=config["evaluation"]["confidence"],
        seed=config["seed"],
    message:
        "Measuring the face detector"
    script:
        "../scripts/faces/measure_detection.py"


rule draw_detections:
    input:
        detections=of_wildcards(partial(RECORDINGS.product_inputs, "detections")),
    output:
        figure=figure("figures/detections.svg"),
    log:
        "results/logs/draw_detections.log",
    benchmark:
        "results/benchmarks/jobs/draw_detections.tsv"
    conda:
        "../envs/video.yaml"
    params:
        videos=of_wildcards(RECORDINGS.video_products),
    message:
        "Drawing when each camera found a face"
    script:
        "../scripts/faces/draw_detections.py"


rule draw_detected_faces:
    input:
        of_wildcards(partial(RECORDINGS.product_inputs, "detections", "index", "video")),
    output:
        figure=figure("figures/detected_faces.png"),
    log:
        "results/logs/draw_detected_faces.log",
    benchmark:
        "results/benchmarks/jobs/draw_detected_faces.tsv"
    conda:
        "../envs/video.yaml"
    params:
        videos=of_wildcards(RECORDINGS.video_products),
        seed=config["seed"],
    message:
        "Drawing detected faces"
    script:
        "../scripts/faces/draw_detected_faces.py"


rule export_detections:
    input:
        detections=of_wildcards(RECORDINGS.detections, "experiment"),
    output:
        export="results/detections/{experiment}.coco.json",
    log:
        "results/logs/export_detections/{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/export_detections/{experiment}.tsv"
    conda:
        "../envs/video.yaml"
    params:
        cameras=of_wildcards(RECORDINGS.cameras, "experiment"),
    message:
        "Exporting the detections of {wildcards.experiment} as COCO JSON"
    script:
        "../scripts/faces/export_detections.py"


rule tabulate_durations:
    input:
        of_wildcards(partial(RECORDINGS.product_inputs, "record")),
    output:
        table="results/tables/durations.csv",
    log:
        "results/logs/tabulate_durations.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_durations.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        videos=of_wildcards(RECORDINGS.video_products),
    message:
        "Tabulating how long the recordings are"
    script:
        "../scripts/faces/tabulate_durations.py"


# What a scorer tells of new recordings' cameras stands in it too.
rule tabulate_recordings:
    input:
        of_wildcards(partial(RECORDINGS.product_inputs, "record", "sync", "detections")),
        cameras=expand("results/timelines/{experiment}.cameras.csv", experiment=RECORDINGS.unscored),
    output:
        table="results/tables/recordings.csv",
    log:
        "results/logs/tabulate_recordings.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_recordings.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        videos=of_wildcards(RECORDINGS.video_products),
        new=RECORDINGS.unscored,
    message:
        "Tabulating the recordings"
    script:
        "../scripts/faces/tabulate_recordings.py"


rule coco:
    input:
        expand("results/detections/{experiment}.coco.json", experiment=RECORDINGS.names),
    message:
        "The detections as COCO JSON are in results/detections"
