"""The miniature run of the whole workflow, output by output."""

import hashlib
import json
import re

import h5py
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from squint.app.recording import read_recording
from squint.config.settings import SHIPPED_DETECTOR
from squint.detection.detector import CELL_OUTPUTS, FaceDetector, ScanPicture
from squint.domain.boxes import overlap
from squint.domain.rig import TIMELINE_COLUMNS
from squint.files.crop_names import decode, frame_name
from squint.files.frames import picture
from squint.files.images import read_image
from squint.files.score_sheets import sheet_columns
from squint.files.stores import open_fold, read_columns, store_columns
from squint.files.video import Video
from squint.learning.training import BEFORE_TRAINING
from squint.samples.predictions import ALL_VIEWS
from tests.conftest import ROOT
from tests.lab import configure
from tests.outputs import differences, files_of
from tests.scales import MGS, UNITS

ROTATING = ["EXP1", "EXP2"]
SCORED = [*ROTATING, "EXP7", "BAS2"]
# By recording: the rig of the config, and those of the sample sheet's column `cameras`.
CAMERAS = {experiment: ["C1", "C2", "C3", "C4"] for experiment in [*ROTATING, "EXP7"]}
CAMERAS |= {"BAS2": ["front"], "NEW1": ["left", "right"]}
VIDEOS = [(experiment, camera) for experiment, cameras in CAMERAS.items() for camera in cameras]
SYNCHRONISED = [experiment for experiment, cameras in CAMERAS.items() if len(cameras) > 1]
NETWORKS = ["compact_units", "compact_views", "lite_binary"]
CONTROLS = ["compact_units_shuffled", "lite_binary_shuffled"]
STUDY = "lite_backbones"
VARIANTS = [f"{STUDY}/backbone~EfficientNetLite0", f"{STUDY}/backbone~EfficientNetLite0Middle"]
SUBSETS = ["validation", "test_orgn", "test_corr"]
MIN_PROB = 0.5  # tests/miniature/config.yaml


def truth(place, experiment, camera):
    return pd.read_parquet(place.results / "simulated" / experiment / f"{camera}.truth.parquet")


@pytest.mark.parametrize("experiment", SYNCHRONISED)
def test_sync_frames_are_the_simulated_truth(miniature, experiment):
    found = pd.read_csv(miniature.results / "sync" / f"{experiment}.csv", index_col="camera")
    assert found.index.tolist() == CAMERAS[experiment]
    assert set(found.method) == {"light"}
    assert (found.end_error_frames == 0.5).all()
    for camera in CAMERAS[experiment]:
        light = truth(miniature, experiment, camera).set_index("frame_num").light
        # The first frame that was lit for half of its exposure; the measured half may be a little off.
        assert light[found.sync_frame[camera]] > 0.45
        assert light[found.sync_frame[camera] - 1] < 0.55


def test_a_camera_alone_needs_no_light(miniature):
    found = pd.read_csv(miniature.results / "sync" / "BAS2.csv")
    assert found.camera.tolist() == ["front"] and found.method.tolist() == ["first frame"]
    assert found.sync_frame.tolist() == [0] and found.clock_ppm.isna().all()


@pytest.mark.parametrize("experiment", ["EXP1", "NEW1", "BAS2"])
def test_the_frames_of_a_moment_were_taken_within_a_frames_time(miniature, experiment):
    taken = []
    for camera in CAMERAS[experiment]:
        frames = pd.read_parquet(miniature.results / "detections" / experiment / f"{camera}.parquet").frame_num
        times = truth(miniature, experiment, camera).set_index("frame_num").time_s.reindex(frames)
        taken.append(times.to_numpy()[:60])
    spread = (np.max(taken, axis=0) - np.min(taken, axis=0)) * 10
    assert np.nanmax(spread) < 1 - 1 / len(taken) + 0.05


def test_probe_records_say_what_was_rendered(miniature):
    record = json.loads((miniature.results / "recordings" / "EXP1" / "C1.json").read_text())
    assert (record["codec"], record["width"], record["height"], record["fps"]) == ("h264", 320, 180, 10.0)
    assert record["frames"] == len(truth(miniature, "EXP1", "C1"))
    assert record["constant_rate"] and not record["interlaced"] and not record["missing"]
    index = pd.read_parquet(miniature.results / "recordings" / "EXP1" / "C1.frames.parquet")
    assert len(index) == record["frames"]


@pytest.mark.parametrize(("experiment", "camera"), [video for video in VIDEOS if video[0] in ("EXP1", "BAS2", "NEW1")])
def test_detections_sample_every_fifth_frame_from_the_sync_frame_on(miniature, experiment, camera):
    path = miniature.results / "detections" / experiment / f"{camera}.parquet"
    table = pd.read_parquet(path)
    metadata = {key.decode(): value.decode() for key, value in pq.read_schema(path).metadata.items()}
    sync = int(metadata["synch_frame"])
    assert table.sync_index.tolist() == list(range(0, 5 * len(table), 5))
    table = table[table.frame_num >= 0]
    assert len(table) >= (int(metadata["frame_length"]) - sync) // 5 - 1
    # To be nearer to the other cameras' frames, a camera may take the next one.
    assert (table.frame_num - sync - table.sync_index).isin([0, 1]).all()
    assert table.time_s.to_numpy() == pytest.approx(table.frame_num / 10)
    assert table.det_prb.between(0, 1).all()
    assert ((table.box_size > 0) == (table.det_lbl == 1)).all()
    assert (table.det_trd + table.det_trf <= 1).all()
    assert metadata["name"] == f"{camera}.mp4"


def test_the_detectors_recall_is_the_share_of_true_faces_that_were_found(miniature):
    table = pd.read_csv(miniature.results / "tables" / "detection.csv")
    assert table.scope.value_counts().to_dict() == {"camera": 7, "recording": 5, "all": 1, "reference": 1}
    assert table.name[table.scope == "camera"].tolist() == list(dict.fromkeys(camera for _, camera in VIDEOS))
    hits, faces = 0, 0
    for camera in CAMERAS["EXP1"]:
        found = pd.read_parquet(miniature.results / "detections" / "EXP1" / f"{camera}.parquet")
        found = found[found.frame_num >= 0].reset_index(drop=True)
        seen = truth(miniature, "EXP1", camera).set_index("frame_num").loc[found.frame_num].reset_index(drop=True)
        right = (found.det_lbl == 1) & (found.det_prb >= MIN_PROB) & (overlap(found, seen) >= 0.5)
        faces += seen.face.sum()
        hits += (seen.face & right).sum()
    row = table[table.name == "EXP1"].iloc[0]
    assert row.faces == faces > 0
    assert row.recall == pytest.approx(hits / faces, abs=1e-4)
    assert (table.ap50_low.dropna() <= table.ap50_high.dropna()).all()
    assert table.faces[table.scope == "camera"].sum() == table.faces[table.scope == "recording"].sum()


def test_a_detector_can_be_trained(miniature):
    """Its frames are searched by the shipped one; that a trained one is taken instead, a plan shows."""
    history = pd.read_csv(miniature.results / "faces" / "detector.history.csv")
    assert len(history) == 1 and np.isfinite(history.loss).all()  # a hundred steps
    grid = FaceDetector(str(miniature.results / "faces" / "detector.tflite")).scan(
        ScanPicture(np.zeros((184, 320, 3), np.uint8), 320, 180)
    )
    assert grid.shape == (23, 40, CELL_OUTPUTS) and ((grid[..., 0] >= 0) & (grid[..., 0] <= 1)).all()


def test_every_video_is_in_the_table_of_recordings(miniature):
    table = pd.read_csv(miniature.results / "tables" / "recordings.csv")
    assert list(zip(table.experiment, table.camera, strict=True)) == VIDEOS
    assert (table.unreadable_samples == 0).all()
    assert (table.clock_ppm.notna() == table.experiment.isin(SYNCHRONISED)).all()
    assert (table["size"] == "320x180").all()


def test_detections_are_exported_for_other_tools(miniature):
    for experiment, cameras in CAMERAS.items():
        content = json.loads((miniature.results / "detections" / f"{experiment}.coco.json").read_text())
        tables = [pd.read_parquet(miniature.results / "detections" / experiment / f"{c}.parquet") for c in cameras]
        assert len(content["annotations"]) == sum(int((table.det_lbl == 1).sum()) for table in tables)


@pytest.mark.parametrize("experiment", SCORED)
def test_moments_have_a_frame_of_each_camera_and_blinded_sheets(miniature, experiment):
    moments = pd.read_parquet(miniature.results / "moments" / f"{experiment}.parquet")
    assert moments.groupby("item").camera.apply(list).map(lambda c: c == CAMERAS[experiment]).all()
    assert (moments.groupby("item").sync_index.nunique() == 1).all()
    frames = miniature.results / "frames" / experiment
    assert {path.name for path in frames.glob("*.jpg")} == {
        frame_name(m.camera, m.frame_num) for m in moments.itertuples()
    }
    sheet = pd.read_csv(miniature.results / "sheets" / f"{experiment}.csv")
    assert sheet.columns.tolist() == sheet_columns(UNITS)
    assert sheet["item"].tolist() == sorted(moments["item"].unique())
    assert sheet.drop(columns=["item", "key"]).isna().all(axis=None)
    items = miniature.results / "items" / experiment
    assert {path.name for path in items.glob("*.jpg")} == {f"I{item:04d}.jpg" for item in sheet["item"]}


@pytest.mark.parametrize("experiment", SCORED)
def test_faces_of_a_moment_are_seen_by_half_of_its_cameras(miniature, experiment):
    moments = pd.read_parquet(miniature.results / "moments" / f"{experiment}.parquet")
    seen = moments.assign(face=(moments.det_lbl == 1) & (moments.det_prb >= MIN_PROB)).groupby("item").face.sum()
    assert seen.min() >= {1: 1, 4: 2}[len(CAMERAS[experiment])]


@pytest.mark.parametrize(("experiment", "camera"), [("EXP1", "C2"), ("BAS2", "front")])
def test_frames_are_those_of_the_video(miniature, experiment, camera):
    moments = pd.read_parquet(miniature.results / "moments" / f"{experiment}.parquet")
    video = miniature.results / "simulated" / experiment / f"{camera}.mp4"
    with Video(video) as film:
        for number, frame in film.read(sorted(set(moments.frame_num[moments.camera == camera]))):
            stored = read_image(miniature.results / "frames" / experiment / frame_name(camera, number))
            assert np.abs(stored.astype(int) - picture(frame)).mean() < 3


@pytest.mark.parametrize("experiment", SCORED)
def test_the_app_can_open_what_was_made(miniature, experiment):
    recording = read_recording(miniature.results, experiment)
    assert recording.scale == MGS and recording.cameras == len(CAMERAS[experiment])


@pytest.mark.parametrize("experiment", SCORED)
def test_labels_are_accepted_moments_once_each(miniature, experiment):
    labels = pd.read_parquet(miniature.results / "labels" / f"{experiment}.parquet")
    units = labels[UNITS]
    assert labels.sync_index.is_unique
    assert (labels.observed == units.notna().sum(axis=1)).all() and (labels.observed >= 3).all()
    assert labels.score.to_numpy() == pytest.approx(units.mean(axis=1).to_numpy())


def test_consistency_names_the_loss(miniature):
    record = json.loads((miniature.results / "consistency.json").read_text())
    pairs = [pd.read_parquet(miniature.results / "moments" / f"{name}.parquet") for name in SCORED]
    assert record["pairs"] <= sum(table["item"][table.duplicate_of > 0].nunique() for table in pairs)
    assert record["loss"] == ("mse" if record["ratio"] is not None and record["ratio"] < 1.375 else "mae")


@pytest.mark.parametrize("experiment", ROTATING)
def test_crop_folders_hold_their_kinds(miniature, experiment):
    crops = {
        kind: [decode(path.name) for path in (miniature.results / "crops" / f"{experiment}_{kind}").glob("*.jpg")]
        for kind in ("ORGN", "CORR", "SYMM", "AUGM")
    }
    assert len(crops["CORR"]) == len(crops["SYMM"]) > 0
    assert len(crops["AUGM"]) == 8 * len(crops["CORR"])
    assert all(name.kind == kind and name.experiment == experiment for kind, names in crops.items() for name in names)
    boxes = {kind: {(n.camera, n.frame_num, n.box_x, n.box_y) for n in names} for kind, names in crops.items()}
    assert boxes["CORR"] == boxes["SYMM"] == boxes["AUGM"]
    sync = pd.read_csv(miniature.results / "sync" / f"{experiment}.csv", index_col="camera").sync_frame
    assert all(n.frame_num - n.sync_index - sync[n.camera] in (0, 1) for n in crops["ORGN"])


@pytest.mark.parametrize("fold", [1, 2])
def test_folds_are_composed_by_role(miniature, fold):
    folder = miniature.results / "datasets"
    tables = {
        name: open_fold(folder / f"LOSOCV-{fold}-{name}.h5").table
        for name in ("train", "validation", "test_orgn", "test_corr")
    }
    held_out, other = ROTATING[fold - 1], ROTATING[2 - fold]
    kinds = {
        name: set(table.experiment_creation.str.replace(r"A\d\d.$", "AUGM", regex=True))
        for name, table in tables.items()
    }
    assert kinds["train"] == {f"{e}_{k}" for e in (other, "BAS2") for k in ("CORR", "SYMM", "AUGM")}
    assert kinds["validation"] == {"EXP7_CORR"}
    assert kinds["test_orgn"] == {f"{held_out}_ORGN"}
    assert kinds["test_corr"] == {f"{held_out}_CORR"}
    assert all(set(store_columns(UNITS)) <= set(table.columns) for table in tables.values())
    assert set(tables["train"].camera) == {*CAMERAS[other], "front"}


def test_images_of_folds_are_not_copied(miniature):
    for path in (miniature.results / "datasets").iterdir():
        with h5py.File(path) as file:
            assert file["img"].is_virtual and file["img"].id.get_storage_size() == 0
    with h5py.File(miniature.results / "datasets" / "LOSOCV-1-train.h5") as file:
        assert file["img"][-1].any()
        assert file["img"].shape == (len(read_columns(file.filename)), 40, 40, 3)


@pytest.mark.parametrize("network", [*NETWORKS, *CONTROLS, *VARIANTS])
def test_networks_have_weights_curves_records_and_predictions(miniature, network):
    for fold in (1, 2):
        models = miniature.results / "models" / network
        history = pd.read_csv(models / f"LOSOCV-{fold}.history.csv")
        assert 1 <= len(history) <= 4
        assert {"loss", "val_loss"} <= set(history.columns)
        record = json.loads((models / f"LOSOCV-{fold}.json").read_text())
        first = 0 if record["settings"]["weights"] == "none" else BEFORE_TRAINING
        assert first <= record["best_epoch"] < record["epochs"] == len(history)
        assert record["settings"]["shuffled_labels"] == network.endswith("_shuffled")
        assert record["versions"]["keras"] and record["seed"] == 1
        folds = miniature.results / "datasets"
        assert record["data"]["train"] == open_fold(folds / f"LOSOCV-{fold}-train.h5").digest()
        for subset in SUBSETS:
            table = pd.read_parquet(miniature.results / "predictions" / network / f"LOSOCV-{fold}-{subset}.parquet")
            images = open_fold(folds / f"LOSOCV-{fold}-{subset}.h5").table
            views = table[table.camera != ALL_VIEWS]
            assert len(views) == len(images)
            assert views.score.tolist() == images.score.tolist()
            assert views.camera.tolist() == images.camera.tolist()
            moments = table[table.camera == ALL_VIEWS]
            assert len(moments) == (images["item"].nunique() if network == "compact_views" else 0)
            assert np.isfinite(table.prediction).all()
            if network == "lite_binary":
                assert table.prediction.between(0, 1).all()


def test_each_image_has_its_features_once(miniature):
    folder = miniature.results / "features"
    for path in (miniature.results / "images").iterdir():
        with h5py.File(path) as images:
            count = len(images["img"])
        for name in ("EfficientNetLite0-imagenet-none", "EfficientNetLite0Middle-imagenet-none"):
            with h5py.File(folder / name / path.name) as features:
                assert len(features["features"]) == count
    # A backbone that was trained on a fold gives the features of that fold's images alone.
    for fold, held_out in ((1, "EXP1"), (2, "EXP2")):
        names = {path.stem for path in (folder / "compact_units" / f"LOSOCV-{fold}").iterdir()}
        assert f"{held_out}_CORR" in names and f"{held_out}_AUGM" not in names and "BAS2_AUGM" in names


def test_a_set_network_starts_from_the_network_that_gives_its_features(miniature):
    record = json.loads((miniature.results / "models" / "compact_views" / "LOSOCV-1.json").read_text())
    assert record["settings"]["weights"] == "compact_units"
    assert record["settings"]["views"] == "all"


def test_choices_are_made_from_the_study_on_all_folds(miniature):
    backbone = json.loads((miniature.results / "choices" / "backbone.json").read_text())
    errors = {
        name: pd.read_csv(miniature.results / "metrics" / STUDY / f"backbone~{name}.csv", dtype={"fold": str})
        for name in ("EfficientNetLite0", "EfficientNetLite0Middle")
    }
    for name, table in errors.items():
        rows = table.query("test == 'VALIDATION' and balanced and view == 'single' and metric == 'mae'")
        assert backbone["errors"][name] == pytest.approx(rows[rows.fold != "mean"].value.mean(), abs=1e-5)
    assert backbone["errors"][backbone["backbone"]] == min(backbone["errors"].values())
    fold = json.loads((miniature.results / "choices" / "fold.json").read_text())
    # Of two folds both are as far from their mean.
    assert fold == {"fold": 1, "tied": [1, 2]}
    study = pd.read_csv(miniature.results / "tables" / "studies" / "lite_heads.csv", dtype=str)
    assert set(study.fold) == {"1"}
    assert study["head"].tolist()[:2] == ["16", "8-8"]


def test_a_variant_with_the_settings_of_another_network_is_that_network(miniature):
    # The study of heads varies the best backbone; one of its variants is in no other study, but both have one model.
    assert sorted(path.name for path in (miniature.results / "models" / "lite_heads").iterdir()) == [
        "head~16__slope~0.1",
        "head~8-8__slope~0.1",
    ]


def test_every_network_stands_beside_its_references(miniature):
    tables = [miniature.results / "metrics" / f"{name}.csv" for name in [*NETWORKS, *CONTROLS]]
    metrics = pd.concat([pd.read_csv(path, dtype={"fold": str}) for path in tables])
    assert set(metrics.fold) == {"1", "2", "mean", "all"}
    scores = metrics[metrics.network == "compact_units"]
    seen = set(zip(scores["view"], scores.metric, scores.test, scores.balanced, strict=True))
    for view in ("single", "multi"):
        for metric in ("mae", "accuracy"):
            for test in ("VALIDATION", "ORGN", "CORR"):
                assert {(view, metric, test, False), (view, metric, test, True)} <= seen
    assert {("multi", "r", "ORGN", False), ("multi", "r", "CORR", False)} <= seen
    assert (metrics.low.isna() == metrics.high.isna()).all()
    assert (metrics.low.dropna() <= metrics.high.dropna()).all()
    folder = miniature.results / "tables"
    for network in NETWORKS:
        for shown in ("single_view", "multi_camera", "correlation"):
            table = pd.read_csv(folder / network / f"{shown}.csv", dtype={"fold": str})
            extra = ["all"] if shown == "correlation" else []
            assert table.fold.tolist()[: 3 + len(extra)] in (["1", "2", "mean"], ["1", "2", "all", "mean"])
            assert table.fold.tolist()[-1] == "constant" and table.fold.iloc[-2].startswith("mean of ")
    assert len(pd.read_csv(folder / "lite_binary" / "multi_camera_discarded.csv"))
    for name in ("comparison_scores", "comparison_correlations", "comparison_labels", "intervals", "coder_agreement"):
        assert len(pd.read_csv(folder / f"{name}.csv"))


def test_counts_agree_with_each_other(miniature):
    folder = miniature.results / "tables"
    moments = pd.read_csv(folder / "moments.csv", index_col="experiment")
    images = pd.read_csv(folder / "images.csv", index_col="experiment")
    groups = pd.read_csv(folder / "groups.csv")
    for experiment in SCORED:
        ours = groups[groups.experiment == experiment].set_index(["counted", "grouping", "name"])["count"].sort_index()
        items = moments.loc[experiment]
        assert ours["moments", "group"].sum() == items["selected moments"] + items["duplicates"]
        assert ours["moments", "group", "accepted"] == ours["moments", "score"].sum() == items["accepted moments"]
        assert ours["images_corr", "score"].sum() == images.loc[experiment, "CORR"]
    rotating = groups[groups.experiment.isin(ROTATING) & (groups.counted == "images_orgn")]
    assert rotating[rotating.grouping == "score"]["count"].sum() == images.loc[ROTATING, "ORGN"].sum()
    durations = pd.read_csv(folder / "durations.csv", index_col="experiment")
    assert durations.columns.tolist() == list(dict.fromkeys(camera for _, camera in VIDEOS))
    record = json.loads((miniature.results / "recordings" / "EXP1" / "C3.json").read_text())
    assert durations.loc["EXP1", "C3"].endswith(f"({record['frames']})")
    sizes = pd.read_csv(folder / "dataset_sizes.csv", index_col="fold")
    subsets = [column for column in sizes if column.endswith(" as copies")]
    assert sizes.loc["1", subsets].sum() == pytest.approx(sizes.loc["1", "as copies"], abs=0.03)
    assert sizes.loc["total", "on disk"] == pytest.approx(sizes["on disk"].drop("total").sum(), abs=0.03)


def test_classes_are_counted_before_training(miniature):
    table = pd.read_csv(miniature.results / "tables" / "classes.csv")
    assert table.fold.tolist() == [f"LOSOCV-{k}-{subset}" for k in (1, 2) for subset in ("train", "validation")]
    assert (table.drop(columns=["fold", "moments"]).sum(axis=1) == table.moments).all()


def test_a_timeline_covers_the_recording(miniature):
    table = pd.read_csv(miniature.results / "timelines" / "NEW1.csv")
    cameras = CAMERAS["NEW1"]
    assert table.columns.tolist() == [*TIMELINE_COLUMNS[:3], *cameras, *TIMELINE_COLUMNS[3:]]
    assert table.time_s.is_monotonic_increasing
    assert table.time_s.max() > 20
    assert (table.faces == table[cameras].notna().sum(axis=1)).all()
    # The network that scores here sees all views at once: with one face only that is what it says of the face.
    alone = table[table.faces == 1]
    assert alone.fused.to_numpy() == pytest.approx(alone[cameras].mean(axis=1).to_numpy(), abs=1e-4)
    scored = table[table.abstained.isna()]
    assert len(scored) and (scored.faces >= 1).all() and (scored.spread >= 0).all()
    # Which moments are too unsure to be scored depends on a processor's rounding.
    unsure = table[table.abstained.notna()]
    assert (unsure.faces == 0).all() and unsure[["fused", "spread", "low", "high", *cameras]].isna().all().all()


def test_the_report_holds_every_figure_and_table(miniature):
    report = (miniature.results / "report.html").read_text()
    for name in (
        "workflow",
        "action_units",
        "comparison",
        "bland_altman",
        "predicted_scores",
        "coder_consistency",
        "detections",
        *(f"{part}{counted}" for part in ("", "overall_") for counted in ("moments_by_group", "images_corr_by_score")),
    ):
        assert f"/{name}.svg" in report, name
    for name in (
        "recordings",
        "durations",
        "detection",
        "moments",
        "images",
        "dataset_sizes",
        "coder_consistency",
        "coder_agreement",
        "scorer_agreement",
        "comparison_scores",
        "intervals",
        "compact_views/multi_camera",
        "lite_binary/single_view_discarded",
        "studies/lite_heads",
        "proximity",
    ):
        assert f"/{name}.html" in report, name
        table = (miniature.results / "tables" / f"{name}.csv").read_text()
        page = (miniature.results / "tables" / f"{name}.html").read_text()
        assert page.count("<tr") == table.count("\n"), name
    for caption in ("Final", "Bland and Altman", "constant predictor", "test bed", "split conformal", "5.11 and 5.13"):
        assert caption.lower() in report.lower(), caption


def test_the_scorer_is_measured_beside_its_references(miniature):
    table = pd.read_csv(miniature.results / "tables" / "scorer_agreement.csv", index_col="who")
    assert table.index.tolist() == ["scorer", "expert again", "shuffled control", "constant"]
    assert table.network["scorer"] == "compact_views" and table.network["constant"] == "constant_regression"
    for who in ("scorer", "shuffled control"):
        metrics = pd.read_csv(miniature.results / "metrics" / f"{table.network[who]}.csv", dtype={"fold": str})
        rows = metrics.query("test == 'CORR' and view == 'multi' and not balanced and discarded.isna()")
        all_folds = rows.query("metric == 'r' and fold == 'all'").iloc[0]
        assert (table.r[who], table.moments[who]) == (pytest.approx(all_folds.value, abs=6e-4), all_folds.moments)
        errors = rows.query("metric == 'mae' and fold in ('1', '2')")
        assert table.mae[who] == pytest.approx(np.average(errors.value, weights=errors.moments), abs=6e-4)
    consistency = json.loads((miniature.results / "consistency.json").read_text())
    assert table.moments["expert again"] == consistency["pairs"]
    assert table.mae["expert again"] == pytest.approx(consistency["mae"], abs=6e-4)


def test_the_summary_holds_the_scorers_figures_and_names_the_test_bed(miniature):
    page = (miniature.results / "summary.html").read_text()
    table = pd.read_csv(miniature.results / "tables" / "scorer_agreement.csv", index_col="who")
    for value in table[["r", "mae", "icc"]].to_numpy().ravel():
        if not np.isnan(value):
            assert f"{value:z.2f} (".replace("-", "−") in page, value
    assert "All 5 recordings are simulated" in page and "no number from them is a result about animals" in page
    accepted = sum(len(pd.read_parquet(miniature.results / "labels" / f"{name}.parquet")) for name in SCORED)
    assert f"<b>{accepted}</b>" in page
    assert page.count("data:image/svg+xml;base64,") >= 8 and "data:image/png;base64," in page
    assert "NEW1 (simulated mouse10, pain)" in page
    assert str(miniature.folder) not in page and str(miniature.project) not in page
    for link in re.findall(r'href="([^"#]+)"', page):
        assert (miniature.results / link).is_file(), link
    assert 'href=\\"summary.html\\"' in (miniature.results / "report.html").read_text()


def test_results_of_the_report_have_one_label():
    """With two, Snakemake 9.27 makes a toggle of one, and a page goes blank where a combination is missing."""
    rules = "".join(path.read_text() for path in (ROOT / "rules").glob("*.smk"))
    assert re.findall(r"\blabels=(\{.*\}),", rules) == ['{"what": product.title}']


def test_every_job_has_a_log_and_a_benchmark(miniature):
    logs = {
        path.relative_to(miniature.results / "logs").with_suffix("")
        for path in (miniature.results / "logs").rglob("*.log")
    }
    jobs = miniature.results / "benchmarks" / "jobs"
    assert logs == {path.relative_to(jobs).with_suffix("") for path in jobs.rglob("*.tsv")}
    run = pd.read_csv(miniature.results / "benchmarks" / "runs.csv")
    # The targets `all` and `coco` are jobs without a script.
    assert run.jobs.tolist() == [len(logs) + 2]


def test_one_core_and_two_give_the_same_bytes(miniature, one_core):
    two, one = files_of(miniature.results), files_of(one_core.results)
    assert {name.split("/")[0] for name in one} > {"detections", "labels", "images", "features", "models"}
    assert differences(one, two) == []


def test_each_table_and_timeline_says_what_it_came_from(miniature):
    tables = [*(miniature.results / "tables").rglob("*.csv"), *(miniature.results / "timelines").glob("*.csv")]
    study = json.loads((miniature.results / "provenance.json").read_text())
    assert {str(path.relative_to(miniature.folder)) for path in tables} == set(study["tables"])
    for path in tables:
        record = json.loads(path.with_suffix(".provenance.json").read_text())
        assert record["table"] == str(path.relative_to(miniature.folder))
        assert record["digest"] == hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        assert record["config"] and record["code"]["digest"] and record["lock"]
        # All that is shown goes back to videos, but the counts of what is to be drawn.
        assert record["videos"] and record["test_bed"], path
        assert all(video["bytes"] > 0 and len(video["digest"]) == 16 for video in record["videos"].values())
    timeline = json.loads((miniature.results / "timelines" / "NEW1.provenance.json").read_text())
    assert list(timeline["detector"]) == [str(miniature.project / SHIPPED_DETECTOR)]
    assert {f"results/models/compact_views/LOSOCV-{k}.keras" for k in (1, 2)} <= set(timeline["networks"])
    durations = json.loads((miniature.results / "tables" / "durations.provenance.json").read_text())
    assert len(durations["videos"]) == len(VIDEOS)
    assert not durations["networks"]


def crops_as_pictures(place, sheet):
    """A sheet of pictures of all crops of a run, with what the sample sheet and their names tell of them."""
    samples = pd.read_csv(place.folder / "experiments.tsv", sep="\t", index_col="experiment")
    rows = []
    for experiment in SCORED:
        for path in sorted((place.results / "crops").glob(f"{experiment}_*/*.jpg")):
            name = decode(path.name)
            units = ("" if unit is None else unit for unit in name.units)
            about = (samples.subject[experiment], samples.condition[experiment], experiment, samples.role[experiment])
            how = (name.creation, name.item, name.camera)
            rows.append((f"{path.parent.name}/{path.name}", *about, *how, *units))
    columns = ["file", "subject", "group", "recording", "role", "kind", "moment", "camera", *UNITS]
    pd.DataFrame(rows, columns=columns).to_csv(sheet, index=False)


def test_crops_that_come_back_as_pictures_train_the_same_network(miniature, workplace):
    crops_as_pictures(miniature, workplace.folder / "pictures.csv")
    loss = json.loads((miniature.results / "consistency.json").read_text())["loss"]  # without a coder there is none
    configure(
        workplace,
        experiments="",
        pictures={"sheet": "pictures.csv", "folder": str(miniature.results / "crops")},
        networks={"compact_units": {"loss": loss}},
        choices={"study": ""},
        evaluation={
            "networks": ["compact_units"],
            "controls": ["compact_units"],
            "studies": [],
            "timeline_network": "compact_units",
        },
    )
    code, output = workplace.snakemake("--cores", "2", "results/metrics/compact_units.csv")
    assert code == 0, output
    tables = [pd.read_csv(place.results / "metrics" / "compact_units.csv") for place in (miniature, workplace)]
    pd.testing.assert_frame_equal(*tables, rtol=0, atol=1e-4)
