import pytest

from squint.config.racks import read_racks
from squint.domain.regions import Region
from squint.errors import InputError
from tests.conftest import ROOT

COLUMNS = ["rack", "region", "animal", "role", "video", "left", "top", "width", "height", "masks", "scores", "coat"]


def sheet(tmp_path, *rows: dict) -> str:
    path = tmp_path / "racks.tsv"
    lines = [COLUMNS, *([str(row.get(column, "")) for column in COLUMNS] for row in rows)]
    path.write_text("".join("\t".join(line) + "\n" for line in lines))
    return str(path)


def row(region: int = 1, rack: str = "R1", role: str = "learn", **values) -> dict:
    learnt = {"masks": "masks.json", "scores": "scores.csv"} if role == "learn" else {}
    about = {"rack": rack, "region": region, "animal": f"{rack}m{region}", "role": role, "video": f"{rack}.mp4"}
    return about | learnt | values


def test_the_shipped_sheet_is_read():
    racks = read_racks(str(ROOT / "configs" / "live.tsv"))
    assert [rack.role for rack in racks.values()] == ["learn"] * 3 + ["score"]
    assert all(rack.simulated and len(rack.regions) == 4 for rack in racks.values())
    animals = [animal for rack in racks.values() for animal in rack.animals]
    assert len(set(animals)) == 16
    coats = {(region.coat, region.condition) for rack in racks.values() for region in rack.regions}
    assert coats == {(coat, condition) for coat in ("white", "black") for condition in ("pain", "basal")}


def test_places_are_those_of_the_sheet_or_are_to_be_found(tmp_path):
    placed = row(left=10, top=20, width=300, height=200)
    racks = read_racks(sheet(tmp_path, placed, row(1, "R2")))
    assert racks["R1"].regions[0].place == Region(10, 20, 300, 200)
    assert racks["R2"].regions[0].place is None


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "no row"),
        ([row(number) for number in range(5)], "at most 4 regions"),
        ([row(), row(2, video="other.mp4")], "one value of 'video'"),
        ([row(), row(2, role="score")], "one value of 'role'"),
        ([row(), row(1, animal="other")], "each region once"),
        ([row(), row(2, animal="R1m1")], "each animal once"),
        ([row(), row(1, "R2", animal="r1M1 ")], "told apart"),
        ([row(left=1)], "left, top, width and height, or none"),
        ([row(left=1, top=1, width=99, height=99), row(2)], "all regions of a rack given, or none"),
        ([row(left="x", top=1, width=99, height=99)], "left"),
        ([row(role="test")], "learn"),
        ([row(rack="R 1")], "rack"),
        ([row(masks="")], "masks of some rack of role learn"),
        ([row(scores="")], "scores of some rack of role learn"),
        ([row(), row(1, "R2", role="score", scores="s.csv")], "no scores of a rack of role score"),
        ([row(masks="simulated")], "of a simulated video"),
        ([row(), row(1, "R2", video="R1.mp4")], "a video of its own"),
        ([row(coat="grey")], "coat"),
    ],
)
def test_mistakes_are_told(tmp_path, rows, words):
    with pytest.raises(InputError) as caught:
        read_racks(sheet(tmp_path, *rows))
    assert words in str(caught.value)
