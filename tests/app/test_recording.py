"""What is read of a recording, and the blinded orders."""

import pandas as pd
import pytest

from scripts.app.recording import read_recording, recordings_in
from scripts.job import InputError
from tests.app.conftest import NAME


def test_items_have_the_sheets_keys_and_six_views(recording, folder):
    sheet = pd.read_csv(folder / "results" / "sheets" / f"{NAME}.csv", dtype=str)
    assert [item.key for item in recording.items] == sheet.key.tolist()
    assert [item.number for item in recording.items] == list(range(1, 15))
    assert all([view.camera for view in item.views] == ["C1", "C2", "C3", "C4", "C5", "C6"] for item in recording.items)
    assert (recording.width, recording.height) == (320, 180)


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


def test_moments_come_once_for_correction(recording):
    assert sorted(item.number for item in recording.order("ayse", moments_once=True)) == list(range(1, 13))


def test_a_recording_without_a_sheet_is_told_with_those_that_have_one(folder):
    assert recordings_in(folder / "results") == [NAME]
    with pytest.raises(InputError, match=r"recordings with one: REC1(.|\n)*snakemake"):
        read_recording(folder / "results", "REC2")


def test_a_missing_frame_is_told(folder):
    next((folder / "results" / "frames" / NAME).glob("C3*.jpg")).unlink()
    with pytest.raises(InputError, match="1 such frames missing"):
        read_recording(folder / "results", NAME)


def test_moments_of_an_older_workflow_are_told(folder):
    path = folder / "results" / "moments" / f"{NAME}.parquet"
    pd.read_parquet(path).to_parquet(path)
    with pytest.raises(InputError, match="an older table"):
        read_recording(folder / "results", NAME)
