# Squint: from recordings of an animal by some cameras to grimace scores and the evidence for them.
# The stages follow one another down this list; each has its rules, its scripts and its tests under its name.
from snakemake.utils import min_version

min_version("9.27")


configfile: workflow.source_path("config.yaml")


report: "report/workflow.rst"


include: "rules/common.smk"


if REGIONS:

    include: "rules/regions.smk"

    rule live_study:
        default_target: True
        input:
            [f"results/{name}" for name in REGION_PRODUCTS if "{rack}" not in name],
            expand("results/figures/curves/{rack}.svg", rack=REGIONS.unscored),
            rules.pack_region_scorer.output.scorer,
        message:
            "The scorer for live use is results/scorer/regions.squint"

else:

    include: "rules/recordings.smk"
    include: "rules/faces.smk"

    # With a scorer that was made elsewhere nothing is learnt.
    if PLAN.trains:

        include: "rules/moments.smk"
        include: "rules/crops.smk"
        include: "rules/pictures.smk"
        include: "rules/datasets.smk"
        include: "rules/networks.smk"
        include: "rules/evaluation.smk"

        if NETWORKS.packs:

            include: "rules/scorers.smk"
        include: "rules/tables.smk"
        include: "rules/figures.smk"
    include: "rules/timelines.smk"
    include: "rules/report.smk"

    rule all:
        default_target: True
        input:
            rules.summarise_study.output,
            rules.make_report.output,
            rules.record_provenance.output,
            if_there("results/scale.json", bool(PLAN.trains and RECORDINGS.scored)),  # for the app


onstart:
    quiet_scheduler(workflow.scheduler)


onsuccess:
    record_run(workflow.scheduler.finished_jobs)


onerror:
    record_run(workflow.scheduler.finished_jobs)


# A change of a script or of a module reruns the rules that run its code, where it changes what that does.
watch_code(workflow.rules, ROOT)
