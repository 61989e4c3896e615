# faces: videos -> face detector and detections.
# Takes videos, sync frames and annotated frames; makes results/faces and results/detections. A lab's own
# weights or annotations replace the simulated ones (config, `faces`). Assumes one mouse in view.


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
        videos=[] if config["faces"]["annotations"] else rules.annotate_simulated_faces.input.videos,
    output:
        model="results/faces/detector.tflite",
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
    params:
        annotations=annotations_path,
        videos_of_recordings=[
            video_path(name, camera) for name in EXPERIMENTS.index for camera in CAMERAS
        ],
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
    message:
        "Detecting faces in {wildcards.experiment}, camera {wildcards.camera}"
    script:
        "../scripts/faces/detect_faces.py"
