# crops: frames, boxes and labels -> folders of named crops (ORGN, CORR, SYMM, AUGM; thesis, 4.6).


rule cut_crops:
    input:
        moments="results/moments/{experiment}.parquet",
        labels="results/labels/{experiment}.parquet",
        frames="results/frames/{experiment}",
        corrections=corrections_input,
    output:
        folder=directory("results/crops/{experiment}_{kind}"),
    log:
        "results/logs/cut_crops/{experiment}_{kind}.log",
    benchmark:
        "results/benchmarks/jobs/cut_crops/{experiment}_{kind}.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=120,
    params:
        corrections=people_param("corrections"),
        min_prob=min_prob,
        seed=config["seed"],
    message:
        "Cutting the {wildcards.kind} crops of {wildcards.experiment}"
    script:
        "../scripts/crops/cut_crops.py"
