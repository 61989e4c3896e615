"""Draws the final comparison of networks and references (thesis, Tables 5.40 and 5.41)."""

from squint.jobs.job import job
from squint.measures.metric_tables import MEAN, read_metrics, with_means
from squint.measures.ranking import FOUR_TESTS
from squint.presentation.figures import BLUE, GREEN, ORANGE, SKY, plt, save_figure

COLOURS = dict(zip(FOUR_TESTS, (SKY, BLUE, ORANGE, GREEN), strict=True))
TITLES = {
    "mae": "mean absolute error (lower is better)",
    "r": "Pearson's r (higher is better)",
    "accuracy": "accuracy, pain or no pain",
}


def draw_comparison(paths: list[str], path: str, confidence: float) -> None:
    """Write one panel a metric: means over folds of multi-camera predictions, with their intervals."""
    metrics = with_means(read_metrics(paths))
    means = metrics[(metrics.fold == MEAN) & (metrics["view"] == "multi") & (metrics.discarded == "")]
    means = means.dropna(subset="value")
    panels = [metric for metric in TITLES if metric in set(means.metric)]
    counts = [means[means.metric == metric].network.nunique() for metric in panels]
    figure, axes = plt.subplots(
        len(panels), 1, figsize=(8, 0.5 * sum(counts) + 1.2 * len(panels)), height_ratios=counts, squeeze=False
    )
    for cell, metric in zip(axes.flat, panels, strict=True):
        ours = means[means.metric == metric]
        names = list(dict.fromkeys(ours.network))
        for index, test in enumerate(t for t in FOUR_TESTS if t in set(ours.test)):
            part = ours[ours.test == test]
            y = [names.index(name) + 0.17 * (index - 1.5) for name in part.network]
            cell.errorbar(
                part.value,
                y,
                # Metrics are rounded, so that a mean may be a little beyond its interval.
                xerr=[(part.value - part.low).clip(lower=0), (part.high - part.value).clip(lower=0)],
                fmt="o",
                ms=5,
                capsize=2,
                lw=1.2,
                color=COLOURS[test],
                label=test,
            )
        cell.set_yticks(range(len(names)), names)
        cell.set_ylim(len(names) - 0.5, -0.5)
        cell.set_title(TITLES[metric])
        cell.grid(axis="x", lw=0.4, alpha=0.5)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), ncols=4, loc="outside upper right")
    figure.supxlabel(f"mean over folds, multi-camera, with {100 * confidence:g} % intervals", fontsize=9)
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        draw_comparison(
            paths=snakemake.input.metrics, path=snakemake.output.figure, confidence=snakemake.params.confidence
        )
