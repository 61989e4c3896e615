"""What a table came from, by the records of the jobs that made it."""

import json
import zipfile

import h5py
import numpy as np
import pytest
from snakemake.io import IOFile
from snakemake.persistence import MetadataRecord
from snakemake.persistence.file import FilePersistence

from scripts.report.record_provenance import Sources, record_provenance
from squint.provenance.digests import digest_of, values_digest, weights_digest
from tests.conftest import ROOT

TABLE = "results/tables/scores.csv"
MADE_FROM = {
    "results/recordings/EXP1/C1.json": ["videos/C1.mp4"],
    "results/faces/detector.tflite": ["faces.csv"],
    "results/detections/EXP1/C1.parquet": ["results/recordings/EXP1/C1.json", "results/faces/detector.tflite"],
    "results/models/units/LOSOCV-1.keras": ["results/detections/EXP1/C1.parquet", "scores.csv"],
    TABLE: ["results/models/units/LOSOCV-1.keras"],
    "results/tables/durations.csv": ["results/recordings/EXP1/C1.json"],
}


def write_network(path, value: float) -> None:
    """A file like Keras's, with one weight."""
    with h5py.File(path.with_suffix(".h5"), "w") as file:
        file["layers/dense/vars/0"] = np.full(3, value)
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(path.with_suffix(".h5"), "model.weights.h5")


@pytest.fixture
def folder(tmp_path):
    """A working directory with the records of a small study, as Snakemake leaves them."""
    for name in (*MADE_FROM, "videos/C1.mp4", "faces.csv", "scores.csv"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    record = {"path": "videos/C1.mp4", "bytes": 13, "digest": "0123456789abcdef"}
    (tmp_path / "results/recordings/EXP1/C1.json").write_text(json.dumps(record))
    write_network(tmp_path / "results/models/units/LOSOCV-1.keras", 1.5)
    records = FilePersistence(nolock=True, path=tmp_path / ".snakemake")
    for output, inputs in MADE_FROM.items():
        records._write_record(records._get_key(IOFile(output)), MetadataRecord(rule="x", input=inputs))
    return tmp_path


def test_a_table_goes_back_to_videos_files_detector_and_networks(folder):
    found = Sources(folder).of(TABLE)
    assert found["videos"] == {"videos/C1.mp4": {"bytes": 13, "digest": "0123456789abcdef"}}
    assert set(found["files"]) == {"faces.csv", "scores.csv"}
    assert found["detector"] == {"results/faces/detector.tflite": digest_of(folder / "results/faces/detector.tflite")}
    assert list(found["networks"]) == ["results/models/units/LOSOCV-1.keras"]


@pytest.mark.parametrize("camera", ["front", "top_2", "C10", "1"])
def test_a_camera_of_any_name_has_its_video(folder, camera):
    record = f"results/recordings/EXP1/{camera}.json"
    (folder / record).write_text(json.dumps({"path": "videos/other.mp4", "bytes": 5, "digest": "fedc"}))
    records = FilePersistence(nolock=True, path=folder / ".snakemake")
    for output, inputs in ((record, ["videos/other.mp4"]), ("results/tables/durations.csv", [record])):
        records._write_record(records._get_key(IOFile(output)), MetadataRecord(rule="x", input=inputs))
    found = Sources(folder).of("results/tables/durations.csv")
    assert found["videos"] == {"videos/other.mp4": {"bytes": 5, "digest": "fedc"}} and not found["files"]


def test_a_detector_that_was_given_is_told_as_one(folder):
    detector = folder / "shipped.tflite"
    detector.write_text("shipped")
    records = FilePersistence(nolock=True, path=folder / ".snakemake")
    record = MetadataRecord(rule="x", input=["results/recordings/EXP1/C1.json", str(detector)])
    records._write_record(records._get_key(IOFile("results/detections/EXP1/C1.parquet")), record)
    assert Sources(folder).of(TABLE)["detector"] == {str(detector): digest_of(detector)}


def test_a_table_names_nothing_that_it_was_not_made_from(folder):
    found = Sources(folder).of("results/tables/durations.csv")
    assert list(found["videos"]) == ["videos/C1.mp4"]
    assert not found["files"] and not found["detector"] and not found["networks"]


def test_sidecars_and_the_study_say_the_same(folder):
    tables = [TABLE, "results/tables/durations.csv"]
    sidecars = [table.replace(".csv", ".provenance.json") for table in tables]
    (folder / "experiments.tsv").write_text(
        "experiment\tsubject\tcondition\trole\tvideos\nEXP1\tm1\tpain\tscore\tv/{camera}.mp4\n"
    )
    record_provenance(folder, ROOT, tables, sidecars, "results/provenance.json", {"seed": 1}, "experiments.tsv")
    study = json.loads((folder / "results/provenance.json").read_text())
    sidecar = json.loads((folder / "results/tables/scores.provenance.json").read_text())
    assert sidecar["digest"] == study["tables"][TABLE]["digest"] == digest_of(folder / TABLE)
    assert sidecar["config"] == study["config"] == values_digest({"seed": 1})
    assert sidecar["lock"] == digest_of(ROOT / "requirements.lock")
    assert study["experiments"]["EXP1"]["condition"] == "pain"
    assert study["values"] == {"seed": 1} and study["machine"]["packages"]["numpy"]
    assert sidecar["videos"] == study["videos"] and not sidecar["test_bed"]
    assert sorted(study["tables"][TABLE]["files"]) == ["faces.csv", "scores.csv"]


def test_a_video_is_not_read_again(folder):
    (folder / "videos/C1.mp4").unlink()
    assert Sources(folder).of(TABLE)["videos"]


def test_a_detector_that_a_lab_gave_is_named_as_one(folder):
    records = FilePersistence(nolock=True, path=folder / ".snakemake")
    records._delete_record("results/faces/detector.tflite")
    (folder / "results/faces/detector.tflite").rename(folder / "mine.tflite")
    inputs = ["results/recordings/EXP1/C1.json", "mine.tflite"]
    records._write_record("results/detections/EXP1/C1.parquet", MetadataRecord(rule="x", input=inputs))
    found = Sources(folder).of(TABLE)
    assert list(found["detector"]) == ["mine.tflite"] and "mine.tflite" not in found["files"]


def test_a_result_whose_making_is_not_on_record_is_told(folder):
    FilePersistence(nolock=True, path=folder / ".snakemake")._delete_record("results/detections/EXP1/C1.parquet")
    assert list(Sources(folder).of(TABLE)["unrecorded"]) == ["results/detections/EXP1/C1.parquet"]


def test_the_digest_of_weights_leaves_the_time_out(tmp_path):
    for name, value in (("one", 1.0), ("same", 1.0), ("other", 2.0)):
        write_network(tmp_path / f"{name}.keras", value)
    one, same, other = (weights_digest(tmp_path / f"{name}.keras") for name in ("one", "same", "other"))
    assert one == same != other


def test_the_order_of_a_configs_keys_means_nothing():
    assert values_digest({"a": 1, "b": {"c": 2, "d": 3}}) == values_digest({"b": {"d": 3, "c": 2}, "a": 1})
