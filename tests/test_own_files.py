"""What a lab gives is taken: damaged videos where the config allows it, own scores and corrections, several coders."""

import shutil

import av
import numpy as np
import pandas as pd
import pytest

from scripts.crop_names import decode
from tests.conftest import Workplace
from tests.lab import configure, edit_sheet, own_videos


def own_scores(place: Workplace) -> None:
    """The simulated expert's scores of EXP1 as a file of the lab."""
    edit_sheet(place, "rotate\tsimulated\tsimulated\tsimulated", "rotate\tsimulated\tscores/EXP1.csv\t")
    (place.folder / "scores").mkdir()
    shutil.copy(place.results / "simulated" / "EXP1" / "scores.csv", place.folder / "scores" / "EXP1.csv")


def test_a_broken_video_is_gone_on_with_where_the_config_allows_it(finished):
    own_videos(finished)
    path = finished.folder / "videos" / "C2.mp4"
    with av.open(str(path)) as container:
        packet = [packet for packet in container.demux(video=0) if packet.size][60]
    content = bytearray(path.read_bytes())
    content[packet.pos + 8 : packet.pos + packet.size] = b"\x5b" * (packet.size - 8)
    path.write_bytes(content)
    target = "results/detections/EXP1/C2.parquet"
    shutil.copy(finished.results / "faces" / "detector.tflite", finished.folder / "detector.tflite")
    configure(finished, faces={"weights": "detector.tflite"})
    code, output = finished.snakemake("--cores", "2", target)
    assert code != 0 and "videos/C2.mp4" in output and "can't be read" in output, output
    configure(finished, recordings={"allow_damaged": True})
    code, output = finished.snakemake("--cores", "2", target)
    assert code == 0, output
    assert "can't be read" in output and "Going on with what can be read" in output
    table = pd.read_parquet(finished.folder / target)
    assert (table.frame_num == -1).any() and (table.frame_num >= 0).any()


def test_a_labs_own_scores_and_corrections_are_taken(finished):
    corrections = pd.read_csv(finished.results / "simulated" / "EXP1" / "corrections.csv")
    moments = pd.read_parquet(finished.results / "moments" / "EXP1.parquet")
    labels = pd.read_parquet(finished.results / "labels" / "EXP1.parquet")
    frame = moments[moments["item"] == labels["item"][0]].iloc[0]
    corrections = corrections[(corrections.camera != frame.camera) | (corrections.frame_num != frame.frame_num)]
    corrections.loc[-1] = [frame.camera, frame.frame_num, 30, 40, 50]
    corrections.to_csv(finished.folder / "corrected.csv", index=False)
    own_scores(finished)
    edit_sheet(finished, "scores/EXP1.csv\t", "scores/EXP1.csv\tcorrected.csv")
    code, output = finished.snakemake("--cores", "2", "results/crops/EXP1_CORR", "results/crops/EXP1_ORGN")
    assert code == 0, output
    crops = [decode(path.name) for path in (finished.results / "crops" / "EXP1_CORR").glob("*.jpg")]
    mine = [name for name in crops if (name.camera, name.frame_num) == (frame.camera, frame.frame_num)]
    assert [(name.box_x, name.box_y, name.box_size) for name in mine] == [(30, 40, 50)]


def test_two_coders_of_one_recording_are_compared(finished):
    own_scores(finished)
    second = pd.read_csv(finished.folder / "scores" / "EXP1.csv", dtype=str).assign(coder="second", eye="1")
    second.to_csv(finished.folder / "scores" / "EXP1.second.csv", index=False)
    edit_sheet(finished, "scores/EXP1.csv", "scores/EXP1.csv, scores/EXP1.second.csv")
    code, output = finished.snakemake(
        "--cores", "2", "results/tables/coder_agreement.csv", "results/tables/moments.csv"
    )
    assert code == 0, output
    table = pd.read_csv(finished.results / "tables" / "coder_agreement.csv")
    ours = table[(table.between == "second and simulated") & (table.condition == "all")].set_index("unit")
    assert ours.loc["ear position", "icc"] == pytest.approx(1) or np.isnan(ours.loc["ear position", "icc"])
    assert ours.loc["orbital tightening", "bias"] != 0 or ours.loc["orbital tightening", "icc"] < 1
    moments = pd.read_csv(finished.results / "tables" / "moments.csv", index_col="experiment")
    assert moments.loc["EXP1", "coders"] == "simulated and second"
