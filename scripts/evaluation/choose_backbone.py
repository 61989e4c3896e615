"""Chooses the backbone that `best` means, from the study that varies it."""

import json
from pathlib import Path

from squint.jobs.job import job
from squint.measures.metric_tables import read_metrics
from squint.measures.ranking import rank_networks


def choose_backbone(metrics: list[str], backbones: dict[str, str], choice_path: str) -> None:
    """Write the backbone of the best network, and the values of all. `backbones` maps networks to backbones."""
    ranks = rank_networks(read_metrics(metrics))
    record = {
        "backbone": backbones[ranks.index[0]],
        "errors": {backbones[name]: value for name, value in ranks.items()},
    }
    Path(choice_path).write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    with job(snakemake):
        choose_backbone(
            metrics=snakemake.input.metrics, backbones=snakemake.params.backbones, choice_path=snakemake.output.choice
        )
