# What all stages share: the plan of the run (squint/config), and the few functions that stand between it and rules.
import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd
from snakemake.exceptions import WorkflowError
from snakemake.logging import logger
from snakemake.utils import Paramspace

ROOT = Path(workflow.basedir)
sys.path.insert(0, str(ROOT))
# Jobs run side by side; OpenCV in each would start a thread for every core.
os.environ.setdefault("OPENCV_FOR_THREADS_NUM", "1")
# A picture or a batch is some MB. glibc would take the memory of each from the system and give it back at once, on which
# training spent a third of its computing time (page faults). Jobs keep what they had instead.
os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(32 << 20))
os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(1 << 30))
os.environ.setdefault("MALLOC_TOP_PAD_", str(64 << 20))

from squint.config.network_plan import metrics_path, one_of, prediction_paths
from squint.config.plan import make_plan, remarks
from squint.config.products import COMPARED, COUNTS, FIGURES, REGION_PRODUCTS
from squint.config.recording_plan import PREDICTED, SUBSETS
from squint.config.recordings import existing_inputs
from squint.config.region_plan import ALL, SCHEMES, make_region_plan
from squint.config.settings import SCORERS_DETECTOR, SHIPPED_DETECTOR
from squint.errors import InputError
from squint.files.lab_tables import expand_home
from squint.jobs.run_record import record_run
from squint.jobs.snakemake_internals import quiet_scheduler, watch_code


def shipped(path):
    """`path`; where nothing is there and something beside the Snakefile, that."""
    here, there = Path(expand_home(path)), ROOT / path
    return str(there if there.exists() and not (here.exists() or here.is_symlink()) else here)


def sheet_path(path):
    """The sample sheet, as `shipped`; empty for none."""
    return shipped(path) if path else ""


def named_sheet(section):
    """The sheet of `pictures` or `regions` that the config names, as `sheet_path`."""
    values = config.get(section)
    return sheet_path(str(values.get("sheet", ""))) if isinstance(values, dict) else ""


def name_instances(rows):
    """Names of a study's variants, by Snakemake's Paramspace: `head~256-256`, `learning_rate~0.001__slope~0.1`.

    Not with commas: Snakemake 9.27 hands a cluster's jobs their wildcards in a list with commas between.
    """
    return list(
        Paramspace(pd.DataFrame(rows), filename_params="*", filename_sep="__").instance_patterns
    )


def choice_file(what):
    """Path of the choice of `backbone` or `fold`; what asks for it waits for its checkpoint."""
    return str(getattr(checkpoints, f"choose_{what}").get().output.choice)


FILES = [path for path in workflow.configfiles if Path(path).is_file()]
# A run is of faces on recordings and pictures, or of regions.
PLAN = REGIONS = None
try:
    if named_sheet("regions"):
        REGIONS = make_region_plan(config, FILES, named_sheet("regions"))
    else:
        PLAN = make_plan(
            config,
            files=FILES,
            sheet=sheet_path(str(config.get("experiments", ""))),  # what it is, is checked there
            picture_sheet=named_sheet("pictures"),
            detector=shipped(SHIPPED_DETECTOR),
            name_instances=name_instances,
            choice_file=choice_file,
        )
except InputError as error:
    raise WorkflowError(str(error)) from None

if PLAN:
    for sentence in remarks(PLAN):
        logger.warning(sentence)
    RECORDINGS, NETWORKS = PLAN.recordings, PLAN.networks
    SCALE, UNITS = PLAN.scale.values, list(PLAN.scale.units)
# Jobs of learning hold one each where there is a GPU; a workstation has one (profiles/default).
GPU_JOBS = int(bool(config["gres"]))


def of_wildcards(function, *names):
    """Input or param function: `function` of the named wildcards; a job of all folds has no `k`."""

    def value(wildcards):
        return function(
            *(wildcards[name] for name in names if name != "k" or "k" in wildcards.keys())
        )

    return value


def or_none(function, *names):
    """Param function: what `function` of a job's wildcards gives; None where that is empty."""

    def value(wildcards):
        return of_wildcards(function, *names)(wildcards) or None

    return value


def first_or_none(function, *names):
    """Param function: the first of the paths that `function` of a job's wildcards gives, or None."""

    def value(wildcards):
        return next(iter(of_wildcards(function, *names)(wildcards)), None)

    return value


def if_there(path, made):
    """`path` as an input of what runs without it too; `made` tells whether a run makes it."""
    return path if made else []


def shown(path, product):
    """An output that the report shows: a table's page, a figure or a timeline."""
    return report(
        path,
        caption=f"../report/{product.caption}.rst",
        category=product.category,
        labels={"what": product.title},
    )


def figure(name, **values):
    """A figure or timeline that the report shows, by its key in FIGURES; `values` fill placeholders of it."""
    product = FIGURES[name]
    for key, value in values.items():
        name, title = (text.replace(f"{{{key}}}", str(value)) for text in (name, product.title))
        product = replace(product, title=title)
    return shown(f"results/{name}", product)
