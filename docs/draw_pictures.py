"""Draws the README's pictures from a finished default run: `make docs`."""

import shutil

from scripts.figures.draw_moments import draw_moments
from scripts.report.draw_workflow import draw_workflow
from scripts.timelines.draw_timeline import draw_timeline

if __name__ == "__main__":
    draw_workflow("docs/workflow.png")
    draw_moments(
        "results/moments/EXP1.parquet", "results/labels/EXP1.parquet", "results/frames/EXP1", "docs/moments.png", 0.8
    )
    draw_timeline(
        "results/timelines/NEW1.csv",
        "docs/timeline.png",
        "NEW1 (simulated, scored by networks that never saw it)",
        window_s=5,
        coverage=0.9,
        cameras=[f"C{number}" for number in range(1, 7)],
        highest=2,
    )
    shutil.copy("results/figures/detected_faces.png", "docs/detected_faces.png")
