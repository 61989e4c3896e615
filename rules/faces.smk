# faces: videos -> face detector and detections.
# Takes videos, sync frames and annotated frames; makes results/faces and results/detections. A lab's own
# weights or annotations replace the simulated ones (config, `faces`). Assumes one mouse in view.


# All recordings' frames are searched; those whose faces are known judge the detector.
FACES_ARE_KNOWN = bool(SIMULATED_ONES or config["faces"]["test_annotations"])


rule annotate_simulated_faces:
    input:
        videos=expand(
            "results/simulated/{experiment}/{camera}.mp4",
            experiment=FACE_RECORDINGS,
            camera=CAMERAS,
        ),
        truths=expand(
            "results/simulated/{experiment}/{camera}.truth.parquet",
            experiment=FACE_RECORDINGS,
            camera=CAMERAS,
        ),
    output:
        annotations="results/faces/annotations.csv",
    log:
        "results/logs/annotate_simulated_faces.log",
    benchmark:
        "results/benchmarks/jobs/annotate_simulated_faces.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=20,
    params:
        every=config["faces"]["simulated_every"],
    message:
        "Collecting annotated frames for the face detector"
    script:
        "../scripts/faces/annotate_simulated_faces.py"


rule train_detector:
    input:
        annotations=annotations_input,
        start_from=given(config["faces"]["start_from"]),
        videos=[] if config["faces"]["annotations"] else rules.annotate_simulated_faces.input.videos,
    output:
        model="results/faces/detector.tflite",
        weights="results/faces/detector.weights.h5",
        history="results/faces/detector.history.csv",
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
        annotations=annotations_path,
        start_from=config["faces"]["start_from"],
        videos_of_recordings=video_paths,
        settings=config["faces"]["training"],
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
        video=camera_video,
        model=detector_input,
    output:
        table="results/detections/{experiment}/{camera}.parquet",
    log:
        "results/logs/detect_faces/{experiment}-{camera}.log",
    benchmark:
        "results/benchmarks/jobs/detect_faces/{experiment}-{camera}.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=240,
    params:
        model=detector_path,
        settings=config["faces"]["detection"],
        allow_damaged=config["recordings"]["allow_damaged"],
    message:
        "Detecting faces in {wildcards.experiment}, camera {wildcards.camera}"
    script:
        "../scripts/faces/detect_faces.py"


rule measure_detection:
    input:
        searched_files("detections", "truth"),
        given(config["faces"]["test_annotations"]),
    output:
        table="results/tables/detection.csv",
        page=report(
            "results/tables/detection.html",
            caption="../report/detection.rst",
            category="2 Recordings and scores",
            labels={"what": "face detection (table)"},
        ),
    log:
        "results/logs/measure_detection.log",
    benchmark:
        "results/benchmarks/jobs/measure_detection.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        videos=searched_videos,
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
        detections=searched_files("detections"),
    output:
        figure=report(
            "results/figures/detections.svg",
            caption="../report/detections.rst",
            category="2 Recordings and scores",
            labels={"what": "faces over time (figure)"},
        ),
    log:
        "results/logs/draw_detections.log",
    benchmark:
        "results/benchmarks/jobs/draw_detections.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        videos=searched_videos,
    message:
        "Drawing when each camera found a face"
    script:
        "../scripts/faces/draw_detections.py"


rule draw_detected_faces:
    input:
        searched_files("detections", "index", "video"),
    output:
        figure=report(
            "results/figures/detected_faces.png",
            caption="../report/detected_faces.rst",
            category="2 Recordings and scores",
            labels={"what": "detected faces (figure)"},
        ),
    log:
        "results/logs/draw_detected_faces.log",
    benchmark:
        "results/benchmarks/jobs/draw_detected_faces.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        videos=searched_videos,
        seed=config["seed"],
    message:
        "Drawing detected faces"
    script:
        "../scripts/faces/draw_detected_faces.py"


rule export_detections:
    input:
        detections=expand("results/detections/{{experiment}}/{camera}.parquet", camera=CAMERAS),
    output:
        export="results/detections/{experiment}.coco.json",
    log:
        "results/logs/export_detections/{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/export_detections/{experiment}.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    message:
        "Exporting the detections of {wildcards.experiment} as COCO JSON"
    script:
        "../scripts/faces/export_detections.py"
