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
    wildcard_constraints:
        experiment=one_of(RECORDINGS.scored),
    conda:
        "../envs/video.yaml"
    resources:
        mem_mb=4000,
    params:
        image_size=config["datasets"]["image_size"],
        units=UNITS,
    message:
        "Storing the {wildcards.kind} images of {wildcards.experiment}"
    script:
        "../scripts/datasets/store_images.py"


rule compose_fold:
    input:
        train=of_wildcards(partial(RECORDINGS.fold_stores, "train"), "k"),
        validation=of_wildcards(partial(RECORDINGS.fold_stores, "validation"), "k"),
        test_orgn=of_wildcards(partial(RECORDINGS.fold_stores, "test_orgn"), "k"),
        test_corr=of_wildcards(partial(RECORDINGS.fold_stores, "test_corr"), "k"),
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
    resources:
        mem_mb=2000,
    params:
        subjects=RECORDINGS.subject_of,
        allowed=config["datasets"]["allow_subjects_on_both_sides"],
        limits=RECORDINGS.validation_moments(),
        scale=SCALE,
        seed=config["seed"],
    message:
        "Composing fold {wildcards.k}"
    script:
        "../scripts/datasets/compose_fold.py"
