"""Turns an expert's scores into the labels of accepted moments (thesis, section 5.2)."""

import pandas as pd

from squint.domain.scale import Scale, make_scale
from squint.errors import InputError
from squint.files.score_sheets import drop_duplicates, read_coders, score_moments
from squint.jobs.job import job


def accept_labels(
    scores_paths: list[str], sheet_path: str, moments_path: str, labels_path: str, scored_path: str, scale: Scale
) -> None:
    """Write the labels of accepted moments, and all scored items for the coders' consistency and agreement."""
    moments = pd.read_parquet(moments_path)
    scores = read_coders(scores_paths, sheet_path, scale)
    scored = score_moments(scores, moments, scale)
    labels = drop_duplicates(scored, list(scores.coder.unique())).sort_values("item", ignore_index=True)
    if labels.empty:
        raise InputError(
            ", ".join(scores_paths),
            f"at least one moment that is not bad and has {scale.least_observed} units observed",
            f"none among {len(scored)} scored items",
            "score more items",
        )
    labels.drop(columns=["accepted", "bad_image", "done"]).to_parquet(labels_path, index=False)
    scored.to_parquet(scored_path, index=False)


if __name__ == "__main__":
    with job(snakemake):
        accept_labels(
            scores_paths=snakemake.params.scores,
            sheet_path=snakemake.input.sheet,
            moments_path=snakemake.input.moments,
            labels_path=snakemake.output.labels,
            scored_path=snakemake.output.scored,
            scale=make_scale(snakemake.params.scale),
        )
