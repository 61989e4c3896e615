"""Draws how networks for patches agree with the expert (Kopaczka et al., Figure 5), and their errors side by side."""

import pandas as pd

from squint.files.result_tables import read_table
from squint.jobs.job import job
from squint.measures.agreement import limits_of_agreement
from squint.presentation.figures import BLUE, GREY, ORANGE, RED, plt, save_figure
from squint.regions.samples import K_FOLD, LEAVE_ONE_ANIMAL_OUT

WORDS = {K_FOLD: "over frames (an animal on both sides)", LEAVE_ONE_ANIMAL_OUT: "leave one animal out"}
COLOURS = {K_FOLD: ORANGE, LEAVE_ONE_ANIMAL_OUT: BLUE}


def draw_bland_altman(predictions: dict[str, pd.DataFrame], highest: float, path: str) -> None:
    """Write differences over means after Bland and Altman, a panel a scheme, with bias and limits of agreement."""
    figure, cells = plt.subplots(1, len(predictions), figsize=(5.2 * len(predictions), 4), sharey=True, squeeze=False)
    for axes, (scheme, table) in zip(cells[0], predictions.items(), strict=True):
        mean, difference = (table.prediction + table.score) / 2, table.prediction - table.score
        axes.plot(mean, difference, "o", ms=3.5, alpha=0.6, color=COLOURS[scheme], mec="none")
        for name, value in limits_of_agreement(table.score.to_numpy(), table.prediction.to_numpy()).items():
            axes.axhline(value, color="black", lw=0.9, ls="-" if name == "bias" else "--")
            where = {"xycoords": ("axes fraction", "data"), "ha": "right", "va": "bottom", "fontsize": 8}
            axes.annotate(f"{name} {value:+.2f}", (1.0, value), **where)
        axes.set(title=WORDS[scheme], xlabel="mean of prediction and score", xlim=(-0.03 * highest, 1.03 * highest))
    cells[0, 0].set_ylabel("prediction − score")
    save_figure(figure, path)


def draw_errors(table: pd.DataFrame, path: str) -> None:
    """Write the mean absolute error of each network with its interval, by scheme, beside that of a constant."""
    names = list(dict.fromkeys(table.network))
    figure, axes = plt.subplots(figsize=(7, 0.5 * len(names) + 1.4))
    for number, (scheme, ours) in enumerate(table.groupby("scheme", sort=False)):
        rows = [names.index(name) + 0.16 * (2 * number - 1) for name in ours.network]
        ends = [ours.MAE - ours["MAE low"], ours["MAE high"] - ours.MAE]
        axes.errorbar(ours.MAE, rows, xerr=ends, fmt="o", ms=5, color=COLOURS[str(scheme)], label=WORDS[str(scheme)])
        axes.plot(ours["constant MAE"], rows, "|", ms=10, mew=1.6, color=RED if number else GREY)
    axes.plot([], [], "|", ms=10, mew=1.6, color=GREY, label="a constant")
    axes.set(yticks=range(len(names)), yticklabels=names, xlabel="mean absolute error", xlim=(0, None))
    axes.invert_yaxis()
    axes.grid(axis="x", lw=0.4, alpha=0.5)
    axes.legend(fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        params, made = snakemake.params, snakemake.output
        draw_bland_altman(
            predictions={scheme: pd.read_parquet(path) for scheme, path in params.predictions.items()},
            highest=params.highest,
            path=made.agreement,
        )
        draw_errors(read_table(snakemake.input.table), made.errors)
