# datasets: crops -> image stores, and one set of HDF5 files a fold that point into them (thesis, 4.7).


rule store_images:
    input:
        folder="results/crops/{experiment}_{kind}",
    output:
        store="results/images/{experiment}_{kind}.h5",
    log:
        "results/logs/store_images/{experiment}_{kind}.log",
    benchmark:
        "results/benchmarks/jobs/store_images/{experiment}_{kind}.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        image_size=config["datasets"]["image_size"],
    message:
        "Storing the {wildcards.kind} images of {wildcards.experiment}"
    script:
        "../scripts/datasets/store_images.py"


rule compose_fold:
    input:
        train=fold_stores("train"),
        validation=fold_stores("validation"),
        test_orgn=fold_stores("test_orgn"),
        test_corr=fold_stores("test_corr"),
    output:
        train="results/datasets/LOSOCV-{k}-train.h5",
        validation="results/datasets/LOSOCV-{k}-validation.h5",
        test_orgn="results/datasets/LOSOCV-{k}-test_orgn.h5",
        test_corr="results/datasets/LOSOCV-{k}-test_corr.h5",
    log:
        "results/logs/compose_fold/LOSOCV-{k}.log",
    benchmark:
        "results/benchmarks/jobs/compose_fold/LOSOCV-{k}.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        subjects=dict(EXPERIMENTS.subject),
        allowed=config["datasets"]["allow_subjects_on_both_sides"],
        limits=config["datasets"]["validation_moments"],
        seed=config["seed"],
    message:
        "Composing fold {wildcards.k}"
    script:
        "../scripts/datasets/compose_fold.py"
