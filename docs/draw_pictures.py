"""Draws the README's pictures from a finished default run: `make docs`."""

import shutil
from pathlib import Path

import yaml

from scripts.figures.draw_moments import draw_moments
from scripts.report.draw_workflow import draw_workflow
from scripts.timelines.draw_timeline import draw_timeline

if __name__ == "__main__":
    draw_workflow("docs/workflow.png")
    min_prob = yaml.safe_load(Path("config.yaml").read_text())["moments"]["defaults"]["min_prob"]
    moments, labels = "results/moments/EXP1.parquet", "results/labels/EXP1.parquet"
    draw_moments(moments, labels, "results/frames/EXP1", "docs/moments.png", min_prob)
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
