# Squint: from recordings of an animal by some cameras to grimace scores and the evidence for them.
# The stages follow one another down this list; each has its rules, its scripts and its tests under its name.
from snakemake.utils import min_version

min_version("9.27")


configfile: workflow.source_path("config.yaml")


report: "report/workflow.rst"


include: "rules/common.smk"
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


wildcard_constraints:
    experiment="[A-Za-z0-9_]+",
    camera=one_of(RECORDINGS.all_cameras),
    kind="ORGN|CORR|SYMM|AUGM",
    network=r"[a-z][a-z0-9_.-]*(/[A-Za-z0-9_.~-]+)?",
    features=r"[A-Za-z0-9_.-]+(/LOSOCV-\d+)?",
    study="[a-z][a-z0-9_]*",
    k=r"\d+",


rule all:
    default_target: True
    input:
        rules.summarise_study.output,
        rules.make_report.output,
        rules.record_provenance.output,
        if_there("results/scale.json", bool(PLAN.trains and RECORDINGS.scored)),  # for the app


rule coco:
    input:
        expand("results/detections/{experiment}.coco.json", experiment=RECORDINGS.names),
    message:
        "The detections as COCO JSON are in results/detections"


onstart:
    quiet_scheduler(workflow.scheduler)


onsuccess:
    record_run(workflow.scheduler.finished_jobs)


onerror:
    record_run(workflow.scheduler.finished_jobs)


# A change of a script or of a module reruns the rules that run its code, where it changes what that does.
watch_code(workflow.rules, ROOT)
