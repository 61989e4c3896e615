"""Draws how the scores of duplicated moments differ (thesis, Figure 5.9)."""

import numpy as np
import pandas as pd

from squint.jobs.job import job
from squint.measures.consistency import choose_loss, duplicate_differences
from squint.presentation.figures import BLUE, plt, save_figure


def draw_coder_consistency(scored: list[str], path: str) -> None:
    """Write a histogram of the differences of mean scores over all recordings."""
    differences = np.concatenate([duplicate_differences(pd.read_parquet(table)) for table in scored])
    summary = choose_loss(differences)
    figure, axes = plt.subplots(figsize=(5, 3))
    reach = max(1.0, *np.ceil(10 * np.abs(differences)) / 10) if len(differences) else 1.0
    axes.hist(differences, bins=np.arange(-reach - 0.05, reach + 0.1, 0.1), color=BLUE, ec="white")  # pyright: ignore[reportArgumentType]
    axes.set_xlabel("second score − first score of the same moment")
    axes.set_ylabel("duplicated moments")
    if summary["pairs"]:
        ratio = "undefined" if summary["ratio"] is None else f"{summary['ratio']:.2f}"
        axes.set_title(
            f"{summary['pairs']} pairs: MAE {summary['mae']:.3f}, RMSE {summary['rmse']:.3f}, "
            f"ratio {ratio} → loss {summary['loss'].upper()}"
        )
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        draw_coder_consistency(scored=snakemake.input.scored, path=snakemake.output.figure)
