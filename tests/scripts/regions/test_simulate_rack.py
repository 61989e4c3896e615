"""The job is a call of `squint.simulation.rack`, which is tested under its own name; its plain data are tested here."""

from scripts.regions import simulate_rack as job_script
from squint.config.racks import read_racks
from squint.simulation.rack import make_boxes, simulate_rack
from tests.conftest import ROOT
from tests.squint.config.test_region_plan import plan


def test_a_rack_of_the_sheet_becomes_boxes_with_its_animals():
    values = plan().simulation("RACK2")
    boxes = make_boxes(values["boxes"], values["width"], values["height"])
    rows = read_racks(str(ROOT / "configs" / "live.tsv"))["RACK2"].regions
    assert [(box.animal, box.coat, box.condition) for box in boxes] == [(r.animal, r.coat, r.condition) for r in rows]
    assert job_script.simulate_rack is simulate_rack and set(values) == {
        *("rack", "boxes", "seed", "width", "height", "fps", "seconds", "mask_every"),
    }
