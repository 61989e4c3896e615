# tables: metrics, counts and records -> tables as CSV; and of all tables the pages that the report shows.
# What they are called and which there are stands in squint/config/products.py. On a cluster they run where Snakemake
# does: each takes a second or two, less than sending it would.


# The tables of a network are made by one job. Which there are depends on its output, and a rule's outputs are fixed:
# one rule for each set of tables.
for table_set, names in NETWORKS.table_sets().items():

    rule:
        name:
            f"tabulate_{table_set}"
        input:
            metrics=of_wildcards(NETWORKS.metrics_beside, "network"),
        output:
            tables=expand("results/tables/{{network}}/{name}.csv", name=names),
        log:
            f"results/logs/tabulate_{table_set}/{{network}}.log",
        benchmark:
            f"results/benchmarks/jobs/tabulate_{table_set}/{{network}}.tsv"
        wildcard_constraints:
            network=one_of(NETWORKS.networks_with(table_set)),
        localrule: True
        conda:
            "../envs/video.yaml"
        params:
            shown=names,
            discarded=of_wildcards(NETWORKS.discarded, "network"),
        message:
            "Tabulating {wildcards.network}"
        script:
            "../scripts/tables/tabulate_network.py"


rule tabulate_study:
    input:
        metrics=of_wildcards(NETWORKS.study_metrics, "study"),
        backbone_choice=ancient(of_wildcards(NETWORKS.study_backbone_choice, "study")),
        fold_choice=ancient(of_wildcards(NETWORKS.study_fold_choice, "study")),
    output:
        table="results/tables/studies/{study}.csv",
    log:
        "results/logs/tabulate_study/{study}.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_study/{study}.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        variants=of_wildcards(NETWORKS.variant_rows, "study"),
        folds=of_wildcards(NETWORKS.study_folds, "study"),
        references=of_wildcards(NETWORKS.study_references, "study"),
    message:
        "Tabulating the study {wildcards.study}"
    script:
        "../scripts/tables/tabulate_study.py"


rule tabulate_proximity:
    input:
        metrics=of_wildcards(NETWORKS.best_of_study),
    output:
        table="results/tables/proximity.csv",
    log:
        "results/logs/tabulate_proximity.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_proximity.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        fixed=config["choices"]["fold"],
    message:
        "Tabulating how near each fold is to the mean"
    script:
        "../scripts/tables/tabulate_proximity.py"


rule tabulate_comparison:
    input:
        metrics=list(map(metrics_path, NETWORKS.compared)),
    output:
        tables=expand("results/tables/comparison_{compared}.csv", compared=COMPARED),
    log:
        "results/logs/tabulate_comparison.log",
    benchmark:
        "results/benchmarks/jobs/tabulate_comparison.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        metrics=[metric for metric, _ in COMPARED.values()],
    message:
        "Tabulating the final comparison"
    script:
        "../scripts/tables/tabulate_comparison.py"


rule count_moments:
    input:
        moments=expand("results/moments/{experiment}.parquet", experiment=RECORDINGS.scored),
        scored=expand("results/labels/{experiment}.scored.parquet", experiment=RECORDINGS.scored),
        labels=expand("results/labels/{experiment}.parquet", experiment=RECORDINGS.scored),
        corrections=of_wildcards(RECORDINGS.all_corrections),
    output:
        table="results/tables/moments.csv",
        groups="results/tables/groups.csv",
    log:
        "results/logs/count_moments.log",
    benchmark:
        "results/benchmarks/jobs/count_moments.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        experiments=RECORDINGS.scored,
        scale=SCALE,
        corrections=list(map(RECORDINGS.corrections, RECORDINGS.scored)),
        min_probs=list(map(RECORDINGS.min_prob, RECORDINGS.scored)),
    message:
        "Counting moments, by group and score too"
    script:
        "../scripts/tables/count_moments.py"


rule count_images:
    input:
        stores=RECORDINGS.store_paths,
        folds=RECORDINGS.fold_paths(SUBSETS),
    output:
        table="results/tables/images.csv",
        sizes="results/tables/dataset_sizes.csv",
    log:
        "results/logs/count_images.log",
    benchmark:
        "results/benchmarks/jobs/count_images.tsv"
    localrule: True
    conda:
        "../envs/video.yaml"
    params:
        experiments=RECORDINGS.labelled,
        folds=RECORDINGS.folds,
        subsets=list(SUBSETS),
    message:
        "Counting images, and what they take on disk"
    script:
        "../scripts/tables/count_images.py"
