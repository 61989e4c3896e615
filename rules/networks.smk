# networks: datasets -> features of frozen backbones, trained networks, predictions.
# A network is a set of values in the config (rules/studies.smk). {network} is the name of one, of a control, or of a
# study's variant, such as `heads/head~256-256`; beside them stand the constant predictors.


rule extract_features:
    input:
        stores=feature_stores,
        train=feature_mean,
        source=feature_source,
        weights=weights_input,
    output:
        folder=directory("results/features/{features}"),
    log:
        "results/logs/extract_features/{features}.log",
    benchmark:
        "results/benchmarks/jobs/extract_features/{features}.tsv"
    priority: 10
    conda:
        "../envs/learning.yaml"
    threads: config["threads"]["features"]
    resources:
        mem_mb=4000,
        runtime=720,
        gres=config["gres"],
        gpu_jobs=GPU_JOBS,
    params:
        settings=feature_settings,
        image_size=config["datasets"]["image_size"],
        train=first_or_none(feature_mean),
        source=first_or_none(feature_source),
        half=config["datasets"]["half_precision_features"],
        seed=config["seed"],
        threads=config["threads"]["features"],
    message:
        "Computing {wildcards.features}, once an image"
    script:
        "../scripts/networks/extract_features.py"


rule check_classes:
    input:
        folds=expand("results/datasets/LOSOCV-{k}-{subset}.h5", k=FOLDS, subset=FOLD_SUBSETS[:2]),
    output:
        table="results/tables/classes.csv",
    log:
        "results/logs/check_classes.log",
    benchmark:
        "results/benchmarks/jobs/check_classes.tsv"
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        networks=class_settings,
    message:
        "Looking for classes without a moment"
    script:
        "../scripts/networks/check_classes.py"


rule train_network:
    input:
        train=["results/datasets/LOSOCV-{k}-train.h5"],
        validation=["results/datasets/LOSOCV-{k}-validation.h5"],
        stores=training_stores,
        features=features_input,
        sources=source_input,
        weights=weights_input,
        # A choice that is made anew and comes out the same is no reason to train anew; another one is a new param.
        backbone_choice=ancient(backbone_choice),
        fold_choice=ancient(fold_choice),
        consistency="results/consistency.json",
        # Checked before anything is trained; another network's classes are no reason to train this one anew.
        classes=ancient(rules.check_classes.output.table),
    output:
        models=["results/models/{network}/LOSOCV-{k}.keras"],
        histories=["results/models/{network}/LOSOCV-{k}.history.csv"],
        records=["results/models/{network}/LOSOCV-{k}.json"],
    log:
        "results/logs/train_network/{network}-LOSOCV-{k}.log",
    benchmark:
        "results/benchmarks/jobs/train_network/{network}-LOSOCV-{k}.tsv"
    wildcard_constraints:
        network=one_of(TRAINED_BY_FOLD),
    conda:
        "../envs/learning.yaml"
    threads: config["threads"]["network"]
    resources:
        mem_mb=4000,
        runtime=720,
        gres=config["gres"],
        gpu_jobs=GPU_JOBS,
    params:
        folds=wanted_folds,
        features=features_param,
        sources=source_param,
        settings=network_settings,
        seed=config["seed"],
        threads=config["threads"]["network"],
    message:
        "Training {wildcards.network} on fold {wildcards.k}"
    script:
        "../scripts/networks/train_network.py"


# A head over features is trained faster than a job starts: one job for all folds. Heads come before whole networks, as
# do their predictions and metrics, because studies wait for what they choose.
use rule train_network as train_heads with:
    input:
        train=expand("results/datasets/LOSOCV-{k}-train.h5", k=FOLDS),
        validation=expand("results/datasets/LOSOCV-{k}-validation.h5", k=FOLDS),
        stores=expand("results/images/{store}.h5", store=STORES),
        features=features_input,
        sources=source_input,
        weights=weights_input,
        backbone_choice=ancient(backbone_choice),
        fold_choice=ancient(fold_choice),
        consistency="results/consistency.json",
        classes=ancient(rules.check_classes.output.table),
    output:
        models=expand("results/models/{{network}}/LOSOCV-{k}.keras", k=FOLDS),
        histories=expand("results/models/{{network}}/LOSOCV-{k}.history.csv", k=FOLDS),
        records=expand("results/models/{{network}}/LOSOCV-{k}.json", k=FOLDS),
    log:
        "results/logs/train_heads/{network}.log",
    benchmark:
        "results/benchmarks/jobs/train_heads/{network}.tsv"
    wildcard_constraints:
        network=one_of(TRAINED_AT_ONCE),
    priority: 5
    message:
        "Training the heads of {wildcards.network} on all folds"


rule predict_images:
    input:
        models=expand("results/models/{{network}}/LOSOCV-{k}.keras", k=FOLDS),
        folds=expand("results/datasets/LOSOCV-{k}-{subset}.h5", k=FOLDS, subset=PREDICTED),
        stores=expand("results/images/{store}.h5", store=STORES),
        features=features_input,
        backbone_choice=ancient(backbone_choice),
        fold_choice=ancient(fold_choice),
    output:
        predictions=prediction_paths("{network}", FOLDS),
    log:
        "results/logs/predict_images/{network}.log",
    benchmark:
        "results/benchmarks/jobs/predict_images/{network}.tsv"
    wildcard_constraints:
        network=one_of(ON_ALL_FOLDS),
    priority: 5
    conda:
        "../envs/learning.yaml"
    threads: config["threads"]["network"]
    resources:
        mem_mb=4000,
        runtime=240,
        gres=config["gres"],
        gpu_jobs=GPU_JOBS,
    params:
        features=features_param,
        settings=network_settings,
        threads=config["threads"]["network"],
    message:
        "Predicting all folds with {wildcards.network}"
    script:
        "../scripts/networks/predict_images.py"


use rule predict_images as predict_fold with:
    input:
        models=["results/models/{network}/LOSOCV-{k}.keras"],
        folds=expand("results/datasets/LOSOCV-{{k}}-{subset}.h5", subset=PREDICTED),
        stores=expand("results/images/{store}.h5", store=STORES),
        features=features_input,
        backbone_choice=ancient(backbone_choice),
        fold_choice=ancient(fold_choice),
    output:
        predictions=prediction_paths("{network}", "{k}"),
    log:
        "results/logs/predict_fold/{network}-LOSOCV-{k}.log",
    benchmark:
        "results/benchmarks/jobs/predict_fold/{network}-LOSOCV-{k}.tsv"
    wildcard_constraints:
        network=one_of(ON_SOME_FOLDS),
    message:
        "Predicting fold {wildcards.k} with {wildcards.network}"


rule predict_constant:
    input:
        trains=expand("results/datasets/LOSOCV-{k}-train.h5", k=FOLDS),
        folds=expand("results/datasets/LOSOCV-{k}-{subset}.h5", k=FOLDS, subset=PREDICTED),
        stores=expand("results/images/{store}.h5", store=STORES),
    output:
        predictions=prediction_paths("constant_{output}", FOLDS),
    log:
        "results/logs/predict_constant/{output}.log",
    benchmark:
        "results/benchmarks/jobs/predict_constant/{output}.tsv"
    wildcard_constraints:
        output=r"regression|binary|classes_[\d.-]+",
    conda:
        "../envs/video.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        settings=constant_param,
    message:
        "Predicting all folds with the constant {wildcards.output} predictor"
    script:
        "../scripts/networks/predict_constant.py"
