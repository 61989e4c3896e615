"""What is read of a recording, and the blinded orders."""

import pandas as pd
import pytest

from squint.app.recording import APART, nearest_repeat, read_recording, recordings_in
from squint.errors import InputError
from tests.scales import MGS, MGS_GUIDE, ORBITAL, ORBITAL_GUIDE, WHOLE_ORBITAL
from tests.squint.app.conftest import NAME
from tests.squint.app.recordings import make_recording


def test_items_have_the_sheets_keys_and_six_views(recording, folder):
    sheet = pd.read_csv(folder / "results" / "sheets" / f"{NAME}.csv", dtype=str)
    assert [item.key for item in recording.items] == sheet.key.tolist()
    assert [item.number for item in recording.items] == list(range(1, 15))
    assert all([view.camera for view in item.views] == ["C1", "C2", "C3", "C4", "C5", "C6"] for item in recording.items)
    assert (recording.items[0].views[0].size, recording.cameras) == ((320, 180), 6)


@pytest.mark.parametrize("cameras", [1, 2, 4, 8, 12])
def test_items_have_a_view_of_each_camera_in_the_rigs_order(open_session, cameras):
    names = ["left", "Right", "C10", "C2", "top", "7", "a", "B", "cam_9", "z", "y", "x"][:cameras]
    recording = open_session(cameras=names).recording
    assert recording.cameras == cameras
    assert all([view.camera for view in item.views] == names for item in recording.items)
    assert len({item.key for item in recording.items}) == len(recording.items) == 14


def test_what_is_scored_stands_beside_the_sheets(recording, open_session):
    assert (recording.scale, recording.guide) == (MGS, MGS_GUIDE)
    other = open_session(scale=WHOLE_ORBITAL).recording
    assert (other.scale, other.guide) == (ORBITAL, ORBITAL_GUIDE)


@pytest.mark.parametrize("text", [None, "", "{", "\x00", "{}", "null"])
def test_a_missing_or_broken_scale_is_told(folder, text):
    path = folder / "results" / "scale.json"
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises(InputError, match=r"scale\.json(.|\n)*the scale that is scored on(.|\n)*snakemake"):
        read_recording(folder / "results", NAME)


def test_boxes_are_those_that_count_as_faces(recording):
    first, lonely = recording.items[0], recording.items[1]
    assert [view.detected is not None for view in first.views] == [True, True, True, False, False, False]
    assert [view.detected is not None for view in lonely.views] == [True, False, False, False, False, False]
    assert first.views[0].detected == (160, 60, 36)


def test_a_camera_without_a_frame_has_no_picture(recording):
    assert recording.items[0].views[5].path is None
    assert all(view.path.is_file() for item in recording.items[1:12] for view in item.views)


def test_each_person_has_an_order_of_their_own_that_stays(recording):
    ayse, berk = recording.order("ayse"), recording.order("berk")
    assert ayse == recording.order("ayse") != berk
    assert sorted(item.number for item in ayse) == sorted(item.number for item in berk) == list(range(1, 15))
    assert ayse != sorted(ayse, key=lambda item: item.number)


def test_moments_come_once_for_correction_in_another_order(recording):
    once = [item.number for item in recording.moments_once("ayse")]
    assert sorted(once) == list(range(1, 13))
    assert once != [item.number for item in recording.order("ayse") if item.number <= 12]


@pytest.mark.parametrize("person", ["ayse", "berk", "cem", "didem", "emre"])
def test_a_moment_that_comes_again_comes_much_later(tmp_path, person):
    picture = tmp_path / "picture.jpg"
    picture.write_bytes(b"")
    make_recording(tmp_path, "LONG", 120, 5, (320, 180), lambda moment, camera: picture)
    order = read_recording(tmp_path / "results", "LONG").order(person)
    indices = {}
    for index, item in enumerate(order):
        indices.setdefault(item.first, []).append(index)
    pairs = [pair for pair in indices.values() if len(pair) == 2]
    assert len(pairs) == 5 and nearest_repeat(order) == min(later - sooner for sooner, later in pairs) >= APART


def test_a_recording_without_a_sheet_is_told_with_those_that_have_one(folder):
    assert recordings_in(folder / "results") == [NAME]
    with pytest.raises(InputError, match=r"there are REC1 \(did you mean 'REC1'\?\)(.|\n)*snakemake"):
        read_recording(folder / "results", "REC2")


def test_a_sheet_of_other_moments_is_told(folder):
    path = folder / "results" / "sheets" / f"{NAME}.csv"
    lines = path.read_text().splitlines()
    lines[1], lines[2] = lines[2].replace("2,", "1,", 1), lines[1].replace("1,", "2,", 1)
    path.write_text("\n".join(lines))
    with pytest.raises(InputError, match="another one's items or keys"):
        read_recording(folder / "results", NAME)


@pytest.mark.parametrize("broken", ["", "no,columns\n1,2\n", "item,key\n1,a\n1,b\n"])
def test_a_broken_sheet_is_told(folder, broken):
    (folder / "results" / "sheets" / f"{NAME}.csv").write_text(broken)
    with pytest.raises(InputError):
        read_recording(folder / "results", NAME)


def test_broken_moments_are_told(folder):
    (folder / "results" / "moments" / f"{NAME}.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(InputError, match="ArrowInvalid"):
        read_recording(folder / "results", NAME)


def test_a_missing_frame_is_told(folder):
    next((folder / "results" / "frames" / NAME).glob("C3*.jpg")).unlink()
    with pytest.raises(InputError, match="1 such frames missing"):
        read_recording(folder / "results", NAME)


def test_moments_of_an_older_workflow_are_told(folder):
    path = folder / "results" / "moments" / f"{NAME}.parquet"
    pd.read_parquet(path).to_parquet(path)
    with pytest.raises(InputError, match="an older table"):
        read_recording(folder / "results", NAME)
