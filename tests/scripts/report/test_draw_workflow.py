"""The picture of the workflow shows the stages that there are, in their order."""

import math
import re
from itertools import pairwise

from matplotlib.colors import to_hex
from matplotlib.patches import FancyBboxPatch
from matplotlib.text import Annotation

from scripts.report.draw_workflow import COLUMNS, PAD, STAGES, draw_workflow
from squint.presentation.figures import GREEN, ORANGE
from tests.conftest import ROOT
from tests.shown import figure_of, run_script


def drawn():
    (axes,) = figure_of(draw_workflow, "x.svg").axes
    return axes


def boxes(axes):
    return [patch for patch in axes.patches if isinstance(patch, FancyBboxPatch)]


def test_the_stages_are_those_of_the_rules():
    included = re.findall(r'include: "rules/(\w+)\.smk"', (ROOT / "Snakefile").read_text())
    # What is drawn is a run of faces; one of regions has no other stage.
    others = ("common", "report", "regions")
    assert [name for name in included if name not in others] == [stage for stage, *_ in STAGES]


def test_each_stage_is_named_in_its_box_with_what_it_makes():
    axes = drawn()
    assert len(boxes(axes)) == len(STAGES)
    for box, (stage, makes, _) in zip(boxes(axes), STAGES, strict=True):
        middle = box.get_x() + box.get_width() / 2
        inside = [
            text.get_text()
            for text in axes.texts
            if text.get_text()
            and text.get_position()[0] == middle
            and 0 < text.get_position()[1] - box.get_y() < box.get_height()
        ]
        assert inside == [stage, makes]


def test_boxes_stand_apart_in_rows_from_left_to_right_within_the_picture():
    axes = drawn()
    rows = [boxes(axes)[start : start + COLUMNS] for start in range(0, len(STAGES), COLUMNS)]
    for row in rows:
        edges = [edge for box in row for edge in (box.get_x() - PAD, box.get_x() + box.get_width() + PAD)]
        assert edges == sorted(edges) and len({box.get_y() for box in row}) == 1
        assert axes.get_xlim()[0] < edges[0] and edges[-1] < axes.get_xlim()[1]
    for above, below in pairwise(rows):
        assert below[0].get_y() + below[0].get_height() < above[0].get_y()
    assert axes.get_ylim()[0] < rows[-1][0].get_y()


def test_arrows_lead_from_each_box_to_the_next_and_from_who_takes_part():
    axes = drawn()
    arrows = [text for text in axes.texts if isinstance(text, Annotation)]
    level = [arrow for arrow in arrows if arrow.xy[1] == arrow.xyann[1]]
    assert len(level) == len(STAGES) - 1
    for arrow, (one, other) in zip(level, pairwise(boxes(axes)), strict=True):
        assert arrow.xyann[0] < arrow.xy[0] < other.get_x()
        assert other.get_y() < arrow.xy[1] < other.get_y() + other.get_height()
        if one.get_y() == other.get_y():
            assert one.get_x() + one.get_width() < arrow.xyann[0]
    assert len(axes.lines) == math.ceil(len(STAGES) / COLUMNS) - 1
    down = [arrow for arrow in arrows if arrow.xy[0] == arrow.xyann[0]]
    assert len(down) == len([taken for *_, taken in STAGES if taken]) == len(arrows) - len(level)
    assert all(arrow.xyann[1] > arrow.xy[1] for arrow in down)


def test_people_have_another_colour_than_files():
    colours = {text.get_text(): to_hex(text.get_color()).upper() for text in drawn().texts}
    for *_, taken in STAGES:
        if taken:
            assert colours[taken] == (ORANGE if "expert" in taken or "annotated" in taken else GREEN)
    assert colours["an expert's scores"] == ORANGE and colours["videos of all cameras"] == GREEN


def test_the_job_draws_where_it_is_told():
    assert list(run_script("report/draw_workflow.py", output={"figure": "w.svg"})) == ["w.svg"]
