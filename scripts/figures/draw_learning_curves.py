"""Draws how the loss of a network fell while it was trained, one panel a fold."""

import json
from pathlib import Path

from squint.files.result_tables import read_table
from squint.jobs.job import job
from squint.presentation.figures import BLUE, ORANGE, RED, plt, save_figure

COLUMNS = 3


def draw_learning_curves(histories: list[str], records: list[str], subjects: list[str], path: str) -> None:
    """Write training and validation loss by epoch, and the epoch whose weights were kept; in the folds' order.

    Epoch 0 is the network that training started from.
    """
    columns = min(COLUMNS, len(histories))
    rows = -(-len(histories) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(2.7 * columns, 2.1 * rows + 0.4), sharex=True, sharey=True, squeeze=False
    )
    for fold, (cell, history, record) in enumerate(zip(axes.flat, histories, records, strict=False), start=1):
        curve = read_table(history)
        best = json.loads(Path(record).read_text())["best_epoch"]
        epochs = curve.epoch + 1
        cell.plot(epochs, curve.loss, "o-", ms=3, lw=1, color=BLUE, label="training")
        cell.plot(epochs, curve.val_loss, "o-", ms=3, lw=1, color=ORANGE, label="validation")
        cell.axvline(best + 1, color=RED, lw=0.8, ls="--", label="weights that were kept")
        cell.set_title(f"fold {fold}, {subjects[fold - 1]}")
    for cell in axes.flat[len(histories) :]:
        cell.set_visible(False)
    axes[0, 0].xaxis.get_major_locator().set_params(integer=True)
    figure.supxlabel("epoch")
    figure.supylabel("loss")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize=8)
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        draw_learning_curves(
            histories=snakemake.input.histories,
            records=snakemake.input.records,
            subjects=snakemake.params.subjects,
            path=snakemake.output.figure,
        )
