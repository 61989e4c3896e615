# pictures: labelled pictures and their sheet -> image stores, beside those of recordings (rules/datasets.smk).
# A picture is a face already, or the face detector finds it. Assumes one face in a picture.


rule simulate_pictures:
    input:
        sheet=existing_inputs(named_sheet("pictures")),
    output:
        folder=directory("results/simulated/pictures/{experiment}"),
    log:
        "results/logs/simulate_pictures/{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/simulate_pictures/{experiment}.tsv"
    conda:
        "../envs/video.yaml"
    params:
        **RECORDINGS.picture_params(),
        scale=SCALE,
        seed=config["seed"],
    message:
        "Rendering the simulated pictures of {wildcards.experiment}"
    script:
        "../scripts/pictures/simulate_pictures.py"


rule store_pictures:
    input:
        sheet=existing_inputs(named_sheet("pictures")),
        files=of_wildcards(RECORDINGS.picture_files, "experiment"),
        detector=existing_inputs(RECORDINGS.picture_detector()),
    output:
        store="results/images/{experiment}_{kind}.h5",
    log:
        "results/logs/store_pictures/{experiment}_{kind}.log",
    benchmark:
        "results/benchmarks/jobs/store_pictures/{experiment}_{kind}.tsv"
    wildcard_constraints:
        experiment=one_of(RECORDINGS.pictured),
    conda:
        "../envs/video.yaml"
    resources:
        mem_mb=4000,
    params:
        **RECORDINGS.picture_params(),
        detector=of_wildcards(RECORDINGS.picture_detector),
        certainty=config["moments"]["defaults"]["min_prob"],
        scale=SCALE,
        image_size=config["datasets"]["image_size"],
        seed=config["seed"],
    message:
        "Storing the {wildcards.kind} images of the pictures of {wildcards.experiment}"
    script:
        "../scripts/pictures/store_pictures.py"
