# networks: datasets -> features of frozen backbones, trained networks, predictions.
# A network is a set of values in the config (squint/config/network_plan.py). {network} is the name of one, of a control, or of a
# study's variant, such as `heads/head~256-256`; beside them stand the constant predictors.


rule extract_features:
    input:
        stores=of_wildcards(NETWORKS.feature_stores, "features"),
        train=of_wildcards(NETWORKS.feature_mean, "features"),
        source=of_wildcards(NETWORKS.feature_source, "features"),
        weights=of_wildcards(NETWORKS.feature_weights, "features"),
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
        settings=of_wildcards(NETWORKS.feature_settings, "features"),
        image_size=config["datasets"]["image_size"],
        train=first_or_none(NETWORKS.feature_mean, "features"),
        source=first_or_none(NETWORKS.feature_source, "features"),
        half=config["datasets"]["half_precision_features"],
        seed=config["seed"],
        threads=config["threads"]["features"],
    message:
        "Computing {wildcards.features}, once an image"
    script:
        "../scripts/networks/extract_features.py"


rule check_classes:
    input:
        folds=RECORDINGS.fold_paths(SUBSETS[:2]),
    output:
        table="results/tables/classes.csv",
    log:
        "results/logs/check_classes.log",
    benchmark:
        "results/benchmarks/jobs/check_classes.tsv"
    conda:
        "../envs/video.yaml"
    params:
        networks=NETWORKS.class_settings(),
        scale=SCALE,
    message:
        "Looking for classes without a moment"
    script:
        "../scripts/networks/check_classes.py"


rule train_network:
    input:
        train=["results/datasets/LOSOCV-{k}-train.h5"],
        validation=["results/datasets/LOSOCV-{k}-validation.h5"],
        stores=of_wildcards(RECORDINGS.training_stores, "k"),
        features=of_wildcards(NETWORKS.feature_inputs, "network", "k"),
        sources=of_wildcards(NETWORKS.sources, "network", "k"),
        weights=of_wildcards(NETWORKS.weights, "network"),
        # A choice that is made anew and comes out the same is no reason to train anew; another one is a new param.
        backbone_choice=ancient(of_wildcards(NETWORKS.backbone_choice, "network")),
        fold_choice=ancient(of_wildcards(NETWORKS.fold_choice, "network")),
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
        network=one_of(NETWORKS.trained_by_fold),
    conda:
        "../envs/learning.yaml"
    threads: config["threads"]["network"]
    resources:
        mem_mb=4000,
        runtime=720,
        gres=config["gres"],
        gpu_jobs=GPU_JOBS,
    params:
        folds=of_wildcards(NETWORKS.job_folds, "k"),
        features=or_none(NETWORKS.features, "network", "k"),
        sources=or_none(NETWORKS.sources, "network", "k"),
        settings=of_wildcards(NETWORKS.settings, "network"),
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
        train=RECORDINGS.fold_paths(["train"]),
        validation=RECORDINGS.fold_paths(["validation"]),
        stores=RECORDINGS.store_paths,
        features=of_wildcards(NETWORKS.feature_inputs, "network", "k"),
        sources=of_wildcards(NETWORKS.sources, "network", "k"),
        weights=of_wildcards(NETWORKS.weights, "network"),
        backbone_choice=ancient(of_wildcards(NETWORKS.backbone_choice, "network")),
        fold_choice=ancient(of_wildcards(NETWORKS.fold_choice, "network")),
        consistency="results/consistency.json",
        classes=ancient(rules.check_classes.output.table),
    output:
        models=expand("results/models/{{network}}/LOSOCV-{k}.keras", k=RECORDINGS.folds),
        histories=expand("results/models/{{network}}/LOSOCV-{k}.history.csv", k=RECORDINGS.folds),
        records=expand("results/models/{{network}}/LOSOCV-{k}.json", k=RECORDINGS.folds),
    log:
        "results/logs/train_heads/{network}.log",
    benchmark:
        "results/benchmarks/jobs/train_heads/{network}.tsv"
    wildcard_constraints:
        network=one_of(NETWORKS.trained_at_once),
    priority: 5
    message:
        "Training the heads of {wildcards.network} on all folds"


rule predict_images:
    input:
        models=expand("results/models/{{network}}/LOSOCV-{k}.keras", k=RECORDINGS.folds),
        folds=RECORDINGS.fold_paths(PREDICTED),
        stores=RECORDINGS.store_paths,
        features=of_wildcards(NETWORKS.feature_inputs, "network", "k"),
        backbone_choice=ancient(of_wildcards(NETWORKS.backbone_choice, "network")),
        fold_choice=ancient(of_wildcards(NETWORKS.fold_choice, "network")),
    output:
        predictions=prediction_paths("{network}", RECORDINGS.folds),
    log:
        "results/logs/predict_images/{network}.log",
    benchmark:
        "results/benchmarks/jobs/predict_images/{network}.tsv"
    wildcard_constraints:
        network=one_of(NETWORKS.on_all_folds),
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
        features=or_none(NETWORKS.features, "network", "k"),
        settings=of_wildcards(NETWORKS.settings, "network"),
        threads=config["threads"]["network"],
    message:
        "Predicting all folds with {wildcards.network}"
    script:
        "../scripts/networks/predict_images.py"


use rule predict_images as predict_fold with:
    input:
        models=["results/models/{network}/LOSOCV-{k}.keras"],
        folds=expand("results/datasets/LOSOCV-{{k}}-{subset}.h5", subset=PREDICTED),
        stores=RECORDINGS.store_paths,
        features=of_wildcards(NETWORKS.feature_inputs, "network", "k"),
        backbone_choice=ancient(of_wildcards(NETWORKS.backbone_choice, "network")),
        fold_choice=ancient(of_wildcards(NETWORKS.fold_choice, "network")),
    output:
        predictions=prediction_paths("{network}", ["{k}"]),
    log:
        "results/logs/predict_fold/{network}-LOSOCV-{k}.log",
    benchmark:
        "results/benchmarks/jobs/predict_fold/{network}-LOSOCV-{k}.tsv"
    wildcard_constraints:
        network=one_of(NETWORKS.on_some_folds),
    message:
        "Predicting fold {wildcards.k} with {wildcards.network}"


rule predict_constant:
    input:
        trains=RECORDINGS.fold_paths(["train"]),
        folds=RECORDINGS.fold_paths(PREDICTED),
        stores=RECORDINGS.store_paths,
    output:
        predictions=prediction_paths("{constant}", RECORDINGS.folds),
    log:
        "results/logs/predict_constant/{constant}.log",
    benchmark:
        "results/benchmarks/jobs/predict_constant/{constant}.tsv"
    wildcard_constraints:
        constant=one_of(NETWORKS.constants),
    conda:
        "../envs/video.yaml"
    resources:
        mem_mb=2000,
    params:
        settings=of_wildcards(NETWORKS.constants.get, "constant"),
    message:
        "Predicting all folds with {wildcards.constant}"
    script:
        "../scripts/networks/predict_constant.py"
