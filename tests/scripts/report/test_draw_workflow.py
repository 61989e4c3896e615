"""The picture of the workflow shows the stages that there are, in their order."""

import re

from matplotlib.colors import to_hex
from matplotlib.patches import FancyBboxPatch
from matplotlib.text import Annotation

from scripts.report.draw_workflow import STAGES, draw_workflow
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
    assert [name for name in included if name not in ("common", "report")] == [stage for stage, *_ in STAGES]


def test_each_stage_is_named_in_its_box_with_what_it_makes():
    axes = drawn()
    assert len(boxes(axes)) == len(STAGES)
    for box, (stage, makes, _) in zip(boxes(axes), STAGES, strict=True):
        middle = box.get_x() + box.get_width() / 2
        inside = [
            text.get_text()
            for text in axes.texts
            if text.get_text() and text.get_position()[0] == middle and text.get_position()[1] < box.get_height()
        ]
        assert inside == [stage, makes]


def test_boxes_stand_apart_from_left_to_right_within_the_picture():
    axes = drawn()
    edges = [edge for box in boxes(axes) for edge in (box.get_x() - 0.04, box.get_x() + box.get_width() + 0.04)]
    assert edges == sorted(edges)
    assert axes.get_xlim()[0] < edges[0] and edges[-1] < axes.get_xlim()[1]


def test_arrows_lead_from_each_box_to_the_next_and_from_who_takes_part():
    axes = drawn()
    arrows = [text for text in axes.texts if isinstance(text, Annotation)]
    level = [arrow for arrow in arrows if arrow.xy[1] == arrow.xyann[1]]
    assert len(level) == len(STAGES) - 1
    for arrow, one, other in zip(level, boxes(axes), boxes(axes)[1:], strict=False):
        assert one.get_x() + one.get_width() < arrow.xyann[0] < arrow.xy[0] < other.get_x()
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
