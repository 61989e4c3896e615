# regions: a video of some boxes with an animal in each, masks and scores -> segmentation, patches around eyes, networks
# that score them, a scorer for live use, and the curves of new animals (Kopaczka et al.).
# Takes the sheet `regions: sheet` of the config; a run that has one is of regions alone. Assumes boxes that stand still.

SIZE, STEP = REGIONS.values["size"], REGIONS.values["segmentation"]["step"]
LEARNING_STORES = expand("results/regions/{rack}.h5", rack=REGIONS.learning)
HELD_OUT = [REGIONS.held_out(fold) for fold in REGIONS.segmentation_folds]
FOLDS = REGIONS.segmentation_folds
EYES, CURVES = REGIONS.values["eyes"], REGIONS.values["curves"]
BOOTSTRAP = {
    "draws": config["evaluation"]["bootstrap_draws"],
    "confidence": config["evaluation"]["confidence"],
    "seed": config["seed"],
}


wildcard_constraints:
    rack=one_of(list(REGIONS.racks)),
    fold=one_of([*FOLDS, ALL]),
    eye_network=one_of(REGIONS.trained),
    scheme=one_of([*SCHEMES, ALL]),
    source="digits|cifar10",
    channels="[1-4]",


def region_product(name):
    """A table or figure that the report shows, by its key in REGION_PRODUCTS."""
    return shown(f"results/{name}", REGION_PRODUCTS[name])


rule simulate_rack:
    output:
        video="results/simulated/racks/{rack}.mp4",
        truth="results/simulated/racks/{rack}.truth.parquet",
        masks=directory("results/simulated/racks/{rack}.masks"),
    log:
        "results/logs/simulate_rack/{rack}.log",
    benchmark:
        "results/benchmarks/jobs/simulate_rack/{rack}.tsv"
    conda:
        "../envs/video.yaml"
    resources:
        runtime=720,
    params:
        simulation=of_wildcards(REGIONS.simulation, "rack"),
    message:
        "Rendering the simulated rack {wildcards.rack}"
    script:
        "../scripts/regions/simulate_rack.py"


rule simulate_region_scores:
    input:
        truth=rules.simulate_rack.output.truth,
    output:
        scores="results/simulated/racks/{rack}.scores.csv",
    log:
        "results/logs/simulate_region_scores/{rack}.log",
    benchmark:
        "results/benchmarks/jobs/simulate_region_scores/{rack}.tsv"
    conda:
        "../envs/video.yaml"
    params:
        frames=REGIONS.values["simulation"]["scores"],
        highest=REGIONS.scale.highest,
        seed=config["seed"],
    message:
        "Scoring frames of the simulated rack {wildcards.rack}"
    script:
        "../scripts/regions/simulate_region_scores.py"


rule place_regions:
    input:
        video=of_wildcards(REGIONS.existing_video, "rack"),
    output:
        table="results/regions/{rack}.csv",
        index="results/regions/{rack}.frames.parquet",
        figure="results/figures/regions/{rack}.png",
    log:
        "results/logs/place_regions/{rack}.log",
    benchmark:
        "results/benchmarks/jobs/place_regions/{rack}.tsv"
    conda:
        "../envs/video.yaml"
    params:
        video=of_wildcards(REGIONS.video, "rack"),
        places=of_wildcards(REGIONS.places, "rack"),
    message:
        "Placing the regions of {wildcards.rack}"
    script:
        "../scripts/regions/place_regions.py"


rule store_regions:
    input:
        video=of_wildcards(REGIONS.existing_video, "rack"),
        marks=of_wildcards(REGIONS.existing_marks, "rack"),
        table=rules.place_regions.output.table,
        index=rules.place_regions.output.index,
    output:
        store="results/regions/{rack}.h5",
        eyes="results/regions/{rack}.eyes.parquet",
    log:
        "results/logs/store_regions/{rack}.log",
    benchmark:
        "results/benchmarks/jobs/store_regions/{rack}.tsv"
    conda:
        "../envs/video.yaml"
    resources:
        mem_mb=4000,
    params:
        video=of_wildcards(REGIONS.video, "rack"),
        masks=of_wildcards(REGIONS.masks, "rack"),
        scores=of_wildcards(REGIONS.scores, "rack"),
        size=SIZE,
        step=STEP,
        channel=REGIONS.values["channel"],
        highest=REGIONS.scale.highest,
    message:
        "Storing marked and scored frames of {wildcards.rack}"
    script:
        "../scripts/regions/store_regions.py"


rule train_segmentation:
    input:
        stores=LEARNING_STORES,
    output:
        model="results/segmentation/{fold}.tflite",
        history="results/segmentation/{fold}.history.csv",
        record="results/segmentation/{fold}.json",
    log:
        "results/logs/train_segmentation/{fold}.log",
    benchmark:
        "results/benchmarks/jobs/train_segmentation/{fold}.tsv"
    conda:
        "../envs/learning.yaml"
    threads: config["threads"]["network"]
    resources:
        mem_mb=4000,
        runtime=240,
        gres=config["gres"],
        gpu_jobs=GPU_JOBS,
    params:
        held_out=of_wildcards(REGIONS.held_out, "fold"),
        settings=REGIONS.values["segmentation"],
        size=SIZE,
        seed=config["seed"],
        threads=config["threads"]["network"],
    message:
        "Training the segmentation, fold {wildcards.fold}"
    script:
        "../scripts/regions/train_segmentation.py"


rule segment_regions:
    input:
        stores=LEARNING_STORES,
        model=rules.train_segmentation.output.model,
    output:
        labels="results/segmentation/{fold}.labels.h5",
        spots="results/segmentation/{fold}.spots.parquet",
    log:
        "results/logs/segment_regions/{fold}.log",
    benchmark:
        "results/benchmarks/jobs/segment_regions/{fold}.tsv"
    conda:
        "../envs/video.yaml"
    params:
        held_out=of_wildcards(REGIONS.held_out, "fold"),
        size=SIZE,
        step=STEP,
    message:
        "Segmenting the animals that fold {wildcards.fold} never saw"
    script:
        "../scripts/regions/segment_regions.py"


rule measure_segmentation:
    input:
        stores=LEARNING_STORES,
        labels=expand(rules.segment_regions.output.labels, fold=FOLDS),
        spots=expand(rules.segment_regions.output.spots, fold=FOLDS),
        eyes=expand(rules.store_regions.output.eyes, rack=REGIONS.learning),
    output:
        classes=region_product("tables/segmentation.csv"),
        eyes=region_product("tables/eye_centres.csv"),
    log:
        "results/logs/measure_segmentation.log",
    benchmark:
        "results/benchmarks/jobs/measure_segmentation.tsv"
    conda:
        "../envs/video.yaml"
    params:
        **BOOTSTRAP,
        held_out=HELD_OUT,
        coats=REGIONS.coats,
    message:
        "Measuring the segmentation on animals that it never saw"
    script:
        "../scripts/regions/measure_segmentation.py"


rule draw_segmentation:
    input:
        stores=LEARNING_STORES,
        labels=expand(rules.segment_regions.output.labels, fold=FOLDS),
    output:
        figure=region_product("figures/segmentation.png"),
    log:
        "results/logs/draw_segmentation.log",
    benchmark:
        "results/benchmarks/jobs/draw_segmentation.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        held_out=HELD_OUT,
    message:
        "Drawing the segmentation"
    script:
        "../scripts/regions/draw_segmentation.py"


rule cut_patches:
    input:
        stores=LEARNING_STORES,
        spots=expand(rules.segment_regions.output.spots, fold=FOLDS),
    output:
        table="results/eyes/patches.parquet",
        patches="results/eyes/patches.h5",
    log:
        "results/logs/cut_patches.log",
    benchmark:
        "results/benchmarks/jobs/cut_patches.tsv"
    conda:
        "../envs/video.yaml"
    message:
        "Cutting patches around eyes"
    script:
        "../scripts/regions/cut_patches.py"


rule pretrain_eye_network:
    input:
        archive=existing_inputs(EYES["pretraining_archive"]),
    output:
        weights="results/eyes/pretrained/{source}-{channels}.weights.h5",
    log:
        "results/logs/pretrain_eye_network/{source}-{channels}.log",
    benchmark:
        "results/benchmarks/jobs/pretrain_eye_network/{source}-{channels}.tsv"
    conda:
        "../envs/learning.yaml"
    threads: config["threads"]["network"]
    resources:
        mem_mb=4000,
        runtime=240,
        gres=config["gres"],
        gpu_jobs=GPU_JOBS,
    params:
        archive=EYES["pretraining_archive"],
        channel=REGIONS.values["channel"],
        epochs=EYES["pretraining_epochs"],
        batch_size=EYES["batch_size"],
        seed=config["seed"],
        threads=config["threads"]["network"],
    message:
        "Pre-training on {wildcards.source}"
    script:
        "../scripts/regions/pretrain_eye_network.py"


rule train_eye_network:
    input:
        table=rules.cut_patches.output.table,
        patches=rules.cut_patches.output.patches,
        start=of_wildcards(REGIONS.start_weights, "eye_network"),
    output:
        predictions="results/eyes/{eye_network}/{scheme}.parquet",
        weights="results/eyes/{eye_network}/{scheme}.weights.h5",
    log:
        "results/logs/train_eye_network/{eye_network}-{scheme}.log",
    benchmark:
        "results/benchmarks/jobs/train_eye_network/{eye_network}-{scheme}.tsv"
    conda:
        "../envs/learning.yaml"
    threads: config["threads"]["network"]
    resources:
        mem_mb=4000,
        runtime=240,
        gres=config["gres"],
        gpu_jobs=GPU_JOBS,
    params:
        network=of_wildcards(REGIONS.network, "eye_network"),
        shuffled=of_wildcards(REGIONS.is_control, "eye_network"),
        folds=EYES["folds"],
        settings=REGIONS.training(),
        highest=REGIONS.scale.highest,
        seed=config["seed"],
        threads=config["threads"]["network"],
    message:
        "Training {wildcards.eye_network}, {wildcards.scheme}"
    script:
        "../scripts/regions/train_eye_network.py"


rule score_held_out_regions:
    input:
        video=of_wildcards(REGIONS.existing_video, "rack"),
        table=rules.place_regions.output.table,
        index=rules.place_regions.output.index,
        models=of_wildcards(REGIONS.held_out_models, "rack"),
        weights=f"results/eyes/{EYES['scorer']}/leave_one_animal_out.weights.h5",
    output:
        raw="results/curves/held_out/{rack}.parquet",
    log:
        "results/logs/score_held_out_regions/{rack}.log",
    benchmark:
        "results/benchmarks/jobs/score_held_out_regions/{rack}.tsv"
    conda:
        "../envs/learning.yaml"
    threads: config["threads"]["network"]
    resources:
        mem_mb=4000,
        runtime=240,
        gres=config["gres"],
        gpu_jobs=GPU_JOBS,
    params:
        video=of_wildcards(REGIONS.video, "rack"),
        network=REGIONS.network(EYES["scorer"]),
        size=SIZE,
        step=STEP,
        channel=REGIONS.values["channel"],
        highest=REGIONS.scale.highest,
        threads=config["threads"]["network"],
    message:
        "Scoring each frame of {wildcards.rack} by networks that never saw its animals"
    script:
        "../scripts/regions/score_held_out_regions.py"


rule calibrate_curves:
    input:
        raws=expand(rules.score_held_out_regions.output.raw, rack=REGIONS.scored),
        scores=REGIONS.score_paths(),
    output:
        margins="results/curves/margins.json",
        judged="results/curves/judged.parquet",
        table=region_product("tables/region_curve.csv"),
    log:
        "results/logs/calibrate_curves.log",
    benchmark:
        "results/benchmarks/jobs/calibrate_curves.tsv"
    conda:
        "../envs/video.yaml"
    params:
        **BOOTSTRAP,
        racks=REGIONS.scored,
        manner=REGIONS.manner(),
        coverage=config["evaluation"]["coverage"],
    message:
        "Calibrating the intervals of curves"
    script:
        "../scripts/regions/calibrate_curves.py"


rule measure_eye_networks:
    input:
        predictions=REGIONS.prediction_inputs(),
        judged=rules.calibrate_curves.output.judged,
    output:
        table=region_product("tables/eye_networks.csv"),
        bias=region_product("tables/eye_bias.csv"),
    log:
        "results/logs/measure_eye_networks.log",
    benchmark:
        "results/benchmarks/jobs/measure_eye_networks.tsv"
    conda:
        "../envs/video.yaml"
    params:
        **BOOTSTRAP,
        predictions=REGIONS.predictions(),
        scorer=EYES["scorer"],
    message:
        "Measuring networks for patches"
    script:
        "../scripts/regions/measure_eye_networks.py"


rule draw_eye_networks:
    input:
        table=rules.measure_eye_networks.output.table,
        predictions=list(REGIONS.predictions()[EYES["scorer"]].values()),
    output:
        agreement=region_product("figures/eye_agreement.svg"),
        errors=region_product("figures/eye_networks.svg"),
    log:
        "results/logs/draw_eye_networks.log",
    benchmark:
        "results/benchmarks/jobs/draw_eye_networks.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        predictions=REGIONS.predictions()[EYES["scorer"]],
        highest=REGIONS.scale.highest,
    message:
        "Drawing networks for patches"
    script:
        "../scripts/regions/draw_eye_networks.py"


rule pack_region_scorer:
    input:
        template=str(ROOT / "report" / "region_model_card.md.j2"),
        licence=str(ROOT / "LICENSE"),
        segmentation=f"results/segmentation/{ALL}.tflite",
        weights=f"results/eyes/{EYES['scorer']}/{ALL}.weights.h5",
        margins=rules.calibrate_curves.output.margins,
        judged=rules.calibrate_curves.output.judged,
        curves=rules.calibrate_curves.output.table,
        scores=rules.measure_eye_networks.output.table,
    output:
        scorer="results/scorer/regions.squint",
        card="results/scorer/regions.MODEL_CARD.md",
    log:
        "results/logs/pack_region_scorer.log",
    benchmark:
        "results/benchmarks/jobs/pack_region_scorer.tsv"
    conda:
        "../envs/learning.yaml"
    params:
        about=REGIONS.about_scorer(),
        threads=config["threads"]["network"],
    message:
        "Packing the scorer of regions"
    script:
        "../scripts/regions/pack_region_scorer.py"


rule score_rack:
    input:
        video=of_wildcards(REGIONS.existing_video, "rack"),
        table=rules.place_regions.output.table,
        index=rules.place_regions.output.index,
        scorer=rules.pack_region_scorer.output.scorer,
    output:
        curves="results/curves/{rack}.parquet",
    log:
        "results/logs/score_rack/{rack}.log",
    benchmark:
        "results/benchmarks/jobs/score_rack/{rack}.tsv"
    conda:
        "../envs/video.yaml"
    resources:
        runtime=240,
    params:
        video=of_wildcards(REGIONS.video, "rack"),
    message:
        "Scoring each frame of {wildcards.rack}"
    script:
        "../scripts/regions/score_rack.py"


rule measure_region_curves:
    input:
        scorer=rules.pack_region_scorer.output.scorer,
        curves=expand(rules.score_rack.output.curves, rack=REGIONS.unscored),
    output:
        table=region_product("tables/region_curves.csv"),
    log:
        "results/logs/measure_region_curves.log",
    benchmark:
        "results/benchmarks/jobs/measure_region_curves.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        **BOOTSTRAP,
        racks=REGIONS.unscored,
    message:
        "Measuring the curves of new animals"
    script:
        "../scripts/regions/measure_region_curves.py"


rule draw_region_curves:
    input:
        curves=rules.score_rack.output.curves,
    output:
        figure=region_product("figures/curves/{rack}.svg"),
    log:
        "results/logs/draw_region_curves/{rack}.log",
    benchmark:
        "results/benchmarks/jobs/draw_region_curves/{rack}.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        threshold=REGIONS.threshold,
        window_s=CURVES["window_s"],
        coverage=config["evaluation"]["coverage"],
        highest=REGIONS.scale.highest,
    message:
        "Drawing the curves of {wildcards.rack}"
    script:
        "../scripts/regions/draw_region_curves.py"
