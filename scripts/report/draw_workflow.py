"""Draws the workflow: its stages, what passes between them, and where people come in."""

from matplotlib.patches import FancyBboxPatch

from squint.jobs.job import job
from squint.presentation.figures import BLUE, GREEN, GREY, ORANGE, plt, save_figure

# Stage, what it makes, who or what else takes part in it.
STAGES = [
    ("recordings", "probe records,\nsync frames", "videos of all cameras"),
    ("faces", "face detector,\ndetections", "annotated frames"),
    ("moments", "selected moments,\nblinded sheets, labels", "an expert's scores"),
    ("crops", "ORGN, CORR,\nSYMM, AUGM", "an expert's corrections"),
    ("pictures", "labelled pictures\nas images", "pictures and their sheet"),
    ("datasets", "image stores,\nLOSOCV folds", ""),
    ("networks", "features, models,\npredictions", "networks and studies\nin the config"),
    ("evaluation", "metrics, choices,\nintervals, agreement", ""),
    ("scorers", "calibration,\none file to take away", ""),
    ("tables", "one rule\na table", ""),
    ("figures", "one rule a figure,\nthe report", ""),
    ("timelines", "curves of\nnew recordings", "a scorer from elsewhere"),
]
WIDTH, HEIGHT, STEP = 1.62, 1.0, 1.95


def draw_workflow(path: str) -> None:
    """Write the picture of the workflow."""
    figure, axes = plt.subplots(figsize=(1.5 * len(STAGES), 2.5))
    for index, (stage, makes, taken) in enumerate(STAGES):
        left = index * STEP
        axes.add_patch(
            FancyBboxPatch(
                (left, 0), WIDTH, HEIGHT, boxstyle="round,pad=0.04,rounding_size=0.12", fc="white", ec=BLUE, lw=1.4
            )
        )
        axes.text(left + WIDTH / 2, 0.8, stage, ha="center", va="center", weight="bold", color=BLUE, fontsize=10)
        axes.text(left + WIDTH / 2, 0.34, makes, ha="center", va="center", fontsize=8)
        if index + 1 < len(STAGES):
            axes.annotate(
                "",
                (left + STEP - 0.06, 0.5),
                (left + WIDTH + 0.07, 0.5),
                arrowprops={"arrowstyle": "-|>", "color": GREY},
            )
        if taken:
            colour = ORANGE if "expert" in taken or "annotated" in taken else GREEN
            axes.text(left + WIDTH / 2, 1.72, taken, ha="center", va="center", fontsize=8, color=colour, weight="bold")
            axes.annotate(
                "", (left + WIDTH / 2, 1.08), (left + WIDTH / 2, 1.6), arrowprops={"arrowstyle": "-|>", "color": colour}
            )
    axes.set_xlim(-0.2, STEP * len(STAGES) - 0.1)
    axes.set_ylim(-0.15, 1.9)
    axes.axis("off")
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        draw_workflow(snakemake.output.figure)
