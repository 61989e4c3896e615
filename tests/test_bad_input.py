"""Each mistake in what a lab gives ends in one clear message and no traceback."""

import re
import shutil

import av
import numpy as np
import pandas as pd
import pytest
import yaml

from scripts.crop_names import decode
from tests.videos import write_pictures, write_video

LIT, DARK = [120], [4]
GOOD = LIT * 8 + DARK * 14 + LIT * 80
SHEET = "experiment\tsubject\tcondition\trole\tvideos\tscores\n"


def refused(place, *arguments: str, file: str, found: str) -> str:
    """Run Snakemake, which must fail with one message that names `file` and what was `found`."""
    code, output = place.snakemake("--cores", "2", *arguments)
    assert code != 0, output
    assert "Traceback" not in output
    messages = re.findall(
        r"Squint cannot go on with what it was given\.\n"
        r" +file: +(.*)\n +expected: +(.*)\n +found: +(.*)\n +to do: +(.*)",
        output,
    )
    assert len(messages) == 1, output
    assert file in messages[0][0], messages
    assert found in messages[0][2], messages
    return " ".join(messages[0])


def configure(place, **changes):
    path = place.folder / "config.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | changes))


def edit_sheet(place, old: str, new: str):
    path = place.folder / "experiments.tsv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def own_videos(place, levels=GOOD, fps=None, missing=()):
    """A sample sheet whose first recording has six video files."""
    (place.folder / "videos").mkdir()
    for number in range(1, 7):
        if number not in missing:
            rate = (fps or {}).get(number, 25)
            write_video(place.folder / "videos" / f"C{number}.mp4", levels, rate)
    edit_sheet(place, "rotate\tsimulated\tsimulated\tsimulated", "rotate\tvideos/{camera}.mp4\tscores/EXP1.csv\t")


def test_an_unknown_config_key(workplace):
    configure(workplace, momments={})
    assert "did you mean 'moments'" in refused(workplace, file="config", found="an unknown key 'momments'")


def test_an_unknown_role(workplace):
    edit_sheet(workplace, "\trotate\t", "\trotates\t")
    refused(workplace, file="EXP1", found="'rotates' (did you mean 'rotate'?)")


def test_a_misspelt_column(workplace):
    edit_sheet(workplace, "\tsubject\t", "\tsubjet\t")
    refused(workplace, file="experiments.tsv", found="unknown column 'subjet' (did you mean 'subject'?)")


def test_a_subject_on_both_sides(workplace):
    edit_sheet(workplace, "mouse9\tbasal\ttrain", "mouse1\tbasal\ttrain")
    refused(workplace, file="BAS2", found="subject 'mouse1'")


def test_a_scored_role_without_scores(workplace):
    edit_sheet(workplace, "rotate\tsimulated\tsimulated", "rotate\tsimulated\t")
    message = refused(workplace, file="EXP1", found="an empty cell in column `scores`")
    assert "snakemake --cores all results/sheets/EXP1.csv" in message


def test_a_missing_camera_file(workplace):
    own_videos(workplace, missing=[4])
    refused(workplace, "results/sync/EXP1.csv", file="videos/C4.mp4", found="no such file")


def test_an_unreadable_video(workplace):
    own_videos(workplace)
    (workplace.folder / "videos" / "C2.mp4").write_bytes(b"not a video" * 100)
    refused(workplace, "results/sync/EXP1.csv", file="videos/C2.mp4", found="InvalidDataError")


def test_a_truncated_video(workplace):
    own_videos(workplace)
    pictures = [np.full((48, 64), level, np.uint8) for level in GOOD]
    path = workplace.folder / "videos" / "C2.mp4"
    write_pictures(path, pictures, container_options={"movflags": "faststart"})  # the header comes first
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 4])
    refused(workplace, "results/sync/EXP1.csv", file="videos/C2.mp4", found="the file is cut")


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
    config = yaml.safe_load((finished.folder / "config.yaml").read_text())
    configure(finished, faces=config["faces"] | {"weights": "detector.tflite"})
    refused(finished, target, file="videos/C2.mp4", found="can't be read")
    configure(finished, recordings=config["recordings"] | {"allow_damaged": True})
    code, output = finished.snakemake("--cores", "2", target)
    assert code == 0, output
    assert "can't be read" in output and "Going on with what can be read" in output
    table = pd.read_parquet(finished.folder / target)
    assert (table.frame_num == -1).any() and (table.frame_num >= 0).any()


def test_a_camera_that_was_started_after_the_light(workplace):
    own_videos(workplace)
    write_video(workplace.folder / "videos" / "C3.mp4", LIT * 90)
    message = refused(workplace, "results/sync/EXP1.csv", file="videos/C3.mp4", found="started after it")
    assert "sync_frames" in message


def test_a_video_without_a_dark_fragment(workplace):
    own_videos(workplace, levels=LIT * 100)
    refused(workplace, "results/sync/EXP1.csv", file="videos/C1.mp4", found="no such dark fragment")


def test_cameras_with_different_frame_rates(workplace):
    own_videos(workplace, fps={5: 50})
    refused(workplace, "results/sync/EXP1.csv", file="videos/C1.mp4", found="C5: 50 fps")


def test_a_recording_with_too_few_faces(finished):
    configure(finished, moments={"defaults": {"fewest_moments": 5000}})
    refused(finished, "results/moments/EXP1.parquet", file="results/detections/EXP1", found="moments;")


def own_scores(place, change):
    """The simulated expert's scores as a file of the lab, changed by `change`; None for no file."""
    edit_sheet(place, "rotate\tsimulated\tsimulated\tsimulated", "rotate\tsimulated\tscores/EXP1.csv\t")
    (place.folder / "scores").mkdir()
    if change is not None:
        table = pd.read_csv(place.results / "simulated" / "EXP1" / "scores.csv", dtype=str)
        change(table).to_csv(place.folder / "scores" / "EXP1.csv", index=False)


def set_first(column, value):
    def change(table):
        table.loc[0, column] = value
        return table

    return change


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (None, "no such file"),
        (set_first("item", "4711"), "item '4711'"),
        (set_first("eye", "3"), "'3' for eye of item 1"),
        (lambda table: table.rename(columns={"nose": "noes"}), "unknown column 'noes' (did you mean 'nose'?)"),
    ],
    ids=["none at all", "unknown item", "outside 0 to 2", "misspelt column"],
)
def test_wrong_scores(finished, change, found):
    own_scores(finished, change)
    message = refused(finished, "results/labels/EXP1.parquet", file="scores/EXP1.csv", found=found)
    if change is None:
        assert "results/sheets/EXP1.csv" in message


def test_a_labs_own_scores_and_corrections_are_taken(finished):
    corrections = pd.read_csv(finished.results / "simulated" / "EXP1" / "corrections.csv")
    moments = pd.read_parquet(finished.results / "moments" / "EXP1.parquet")
    labels = pd.read_parquet(finished.results / "labels" / "EXP1.parquet")
    frame = moments[moments["item"] == labels["item"][0]].iloc[0]
    corrections = corrections[(corrections.camera != frame.camera) | (corrections.frame_num != frame.frame_num)]
    corrections.loc[-1] = [frame.camera, frame.frame_num, 30, 40, 50]
    corrections.to_csv(finished.folder / "corrected.csv", index=False)
    own_scores(finished, lambda table: table)
    edit_sheet(finished, "scores/EXP1.csv\t", "scores/EXP1.csv\tcorrected.csv")
    code, output = finished.snakemake("--cores", "2", "results/crops/EXP1_CORR", "results/crops/EXP1_ORGN")
    assert code == 0, output
    crops = [decode(path.name) for path in (finished.results / "crops" / "EXP1_CORR").glob("*.jpg")]
    mine = [name for name in crops if (name.camera, name.frame_num) == (frame.camera, frame.frame_num)]
    assert [(name.box_x, name.box_y, name.box_size) for name in mine] == [(30, 40, 50)]


def test_a_class_without_a_moment_is_told_before_anything_is_trained(finished):
    config = yaml.safe_load((finished.folder / "config.yaml").read_text())
    networks = config["networks"] | {"mobilenet_binary": {"gap": [0.0, 0.8]}}
    configure(finished, networks=networks)
    shutil.rmtree(finished.results / "models")
    message = refused(
        finished,
        "results/models/mobilenet_binary/LOSOCV-1.keras",
        file="for the network mobilenet_binary",
        found="none with a score below 0.0",
    )
    assert "LOSOCV-1-train.h5" in message
    assert not (finished.results / "models" / "mobilenet_binary").exists()


def test_a_misspelt_value_of_a_network(workplace):
    configure(workplace, networks={"compact_regression": {"dropuot": 0.5}})
    refused(workplace, file="config", found="'networks.compact_regression.dropuot' (did you mean 'dropout'?)")


def test_two_coders_of_one_recording_are_compared(finished):
    own_scores(finished, lambda table: table)
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
