"""Draws what the segmentation says of animals that it never saw, class by class and together (Kopaczka, Figure 2)."""

import numpy as np

from squint.domain.regions import ANIMAL, EARS, EYES
from squint.jobs.job import job
from squint.presentation.figures import BLUE, GREEN, ORANGE, plt, save_figure
from squint.regions.store import RegionStore, read_found

SHOWN = 5  # animals
ROWS = (("ears", EARS), ("eyes", EYES), ("whole body", ANIMAL))
COLOURS = {ANIMAL: BLUE, EARS: ORANGE, EYES: GREEN}


def choose_pictures(store: RegionStore) -> list[int]:
    """One row of each of some animals of all the sheet: the middle one of those in which most of its eyes show."""
    animals = list(dict.fromkeys(store.table.animal))
    chosen = [animals[index] for index in np.unique(np.linspace(0, len(animals) - 1, SHOWN).round().astype(int))]
    rows = []
    for animal in chosen:
        ours = np.flatnonzero(store.table.animal == animal)
        px = (store.masks[ours] == EYES).sum(axis=(1, 2))
        best = ours[np.argsort(-px, kind="stable")[: max(1, len(ours) // 4)]]
        rows.append(int(np.sort(best)[len(best) // 2]))
    return rows


def whole_class(labels: np.ndarray, value: int) -> np.ndarray:
    """Where a class is; the whole body holds ears and eyes."""
    return labels >= ANIMAL if value == ANIMAL else labels == value


def outline(axes, picture: np.ndarray, mask: np.ndarray, colour: str, filled: bool, style: str = "-") -> None:
    """Draw the outline of a mask over a picture that may be larger."""
    if not mask.any():
        return
    step_y, step_x = picture.shape[0] / mask.shape[0], picture.shape[1] / mask.shape[1]
    x = (np.arange(mask.shape[1]) + 0.5) * step_x - 0.5
    y = (np.arange(mask.shape[0]) + 0.5) * step_y - 0.5
    if filled:
        axes.contourf(x, y, mask, [0.5, 1.5], colors=[colour], alpha=0.35)
    axes.contour(x, y, mask, [0.5], colors=[colour], linewidths=0.9, linestyles=style)


def draw_segmentation(store: RegionStore, found: np.ndarray, path: str) -> None:
    """Write the figure: a column an animal; marked outlines are dotted, found ones are filled."""
    rows = choose_pictures(store)
    figure, cells = plt.subplots(len(ROWS) + 1, len(rows), figsize=(2.5 * len(rows), 8), squeeze=False)
    for column, row in enumerate(rows):
        picture = store.pictures[row]
        for line, (name, values) in enumerate(
            [*((name, [value]) for name, value in ROWS), ("all classes", [ANIMAL, EARS, EYES])]
        ):
            axes = cells[line, column]
            axes.imshow(picture, cmap="gray", vmin=0, vmax=255)
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
            for value in values:
                outline(axes, picture, whole_class(found[row], value), COLOURS[value], filled=True)
                if len(values) == 1:
                    outline(axes, picture, whole_class(store.masks[row], value), "white", filled=False, style=":")
            if not column:
                axes.set_ylabel(name)
            if not line:
                axes.set_title(store.table.animal[row])
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        stored, found = read_found(
            stores=snakemake.input.stores, labels=snakemake.input.labels, held_out=snakemake.params.held_out
        )
        draw_segmentation(store=stored, found=found, path=snakemake.output.figure)
