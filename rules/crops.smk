# crops: frames, boxes and labels -> folders of named crops (ORGN, CORR, SYMM, AUGM; thesis, 4.6).


rule cut_crops:
    input:
        moments="results/moments/{experiment}.parquet",
        labels="results/labels/{experiment}.parquet",
        frames="results/frames/{experiment}",
        corrections=of_wildcards(RECORDINGS.existing_corrections, "experiment", "kind"),
    output:
        folder=directory("results/crops/{experiment}_{kind}"),
    log:
        "results/logs/cut_crops/{experiment}_{kind}.log",
    benchmark:
        "results/benchmarks/jobs/cut_crops/{experiment}_{kind}.tsv"
    conda:
        "../envs/video.yaml"
    resources:
        runtime=120,
    params:
        corrections=of_wildcards(RECORDINGS.corrections, "experiment"),
        units=UNITS,
        min_prob=of_wildcards(RECORDINGS.min_prob, "experiment"),
        seed=config["seed"],
    message:
        "Cutting the {wildcards.kind} crops of {wildcards.experiment}"
    script:
        "../scripts/crops/cut_crops.py"
