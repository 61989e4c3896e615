# networks: datasets -> features of frozen backbones, trained networks, predictions.
# A network is a set of values in the config. Beside each stands its control, {network}_shuffled, and the
# constant predictor of its output.


rule extract_features:
    input:
        stores=expand("results/images/{store}.h5", store=STORES),
        weights=weights_input,
    output:
        features=expand("results/features/{{features}}/{store}.h5", store=STORES),
    log:
        "results/logs/extract_features/{features}.log",
    benchmark:
        "results/benchmarks/jobs/extract_features/{features}.tsv"
    priority: 10
    conda:
        "../envs/learning.yaml"
    threads: config["threads"]["network"]
    resources:
        mem_mb=4000,
        runtime=720,
    params:
        backbone=feature_setting("backbone"),
        weights=feature_setting("weights"),
        normalisation=feature_setting("normalisation"),
        image_size=config["datasets"]["image_size"],
        seed=config["seed"],
        threads=config["threads"]["network"],
    message:
        "Computing {wildcards.features}, once an image"
    script:
        "../scripts/networks/extract_features.py"


rule train_network:
    input:
        train="results/datasets/LOSOCV-{k}-train.h5",
        validation="results/datasets/LOSOCV-{k}-validation.h5",
        stores=training_stores,
        features=features_input,
        weights=weights_input,
        consistency="results/consistency.json",
    output:
        model="results/models/{network}/LOSOCV-{k}.keras",
        history="results/models/{network}/LOSOCV-{k}.history.csv",
    log:
        "results/logs/train_network/{network}-LOSOCV-{k}.log",
    benchmark:
        "results/benchmarks/jobs/train_network/{network}-LOSOCV-{k}.tsv"
    conda:
        "../envs/learning.yaml"
    threads: config["threads"]["network"]
    resources:
        mem_mb=4000,
        runtime=720,
    params:
        features=features_param,
        settings=network_settings,
        seed=config["seed"],
        threads=config["threads"]["network"],
    message:
        "Training {wildcards.network} on fold {wildcards.k}"
    script:
        "../scripts/networks/train_network.py"


rule predict_images:
    input:
        models=expand("results/models/{{network}}/LOSOCV-{k}.keras", k=FOLDS),
        folds=expand("results/datasets/LOSOCV-{k}-{subset}.h5", k=FOLDS, subset=PREDICTED),
        features=features_input,
    output:
        predictions=prediction_paths("{network}"),
    log:
        "results/logs/predict_images/{network}.log",
    benchmark:
        "results/benchmarks/jobs/predict_images/{network}.tsv"
    wildcard_constraints:
        network="(?!constant_)[a-z][a-z0-9_]*",
    conda:
        "../envs/learning.yaml"
    threads: config["threads"]["network"]
    resources:
        mem_mb=4000,
        runtime=240,
    params:
        features=features_param,
        threads=config["threads"]["network"],
    message:
        "Predicting all folds with {wildcards.network}"
    script:
        "../scripts/networks/predict_images.py"


rule predict_constant:
    input:
        train="results/datasets/LOSOCV-{k}-train.h5",
        folds=expand("results/datasets/LOSOCV-{{k}}-{subset}.h5", subset=PREDICTED),
    output:
        predictions=expand(
            "results/predictions/constant_{{output}}/LOSOCV-{{k}}-{subset}.parquet",
            subset=PREDICTED,
        ),
    log:
        "results/logs/predict_constant/{output}-LOSOCV-{k}.log",
    benchmark:
        "results/benchmarks/jobs/predict_constant/{output}-LOSOCV-{k}.tsv"
    wildcard_constraints:
        output="regression|binary",
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        gap=[PAIN_THRESHOLD, PAIN_THRESHOLD],
    message:
        "Predicting fold {wildcards.k} with the constant {wildcards.output} predictor"
    script:
        "../scripts/networks/predict_constant.py"
