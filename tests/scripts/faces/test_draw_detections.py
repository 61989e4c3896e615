"""When each camera found a face: shares of sampled frames, and grey where a camera has no frame."""

import numpy as np
import pandas as pd
import pytest

from scripts.faces.draw_detections import COLUMNS, draw_detections, shares
from tests.shown import figure_of, run_script, ticks
from tests.videos import CAMERAS


def detections(faces, step_s=0.2, start_s=3.0, prob=0.99):
    """Detections of sampled frames: 1 with a face, 0 without, None where the camera has no frame."""
    there = [face is not None for face in faces]
    return pd.DataFrame(
        {
            "frame_num": [5 * n if has else -1 for n, has in enumerate(there)],
            "time_s": [start_s + step_s * n if has else np.nan for n, has in enumerate(there)],
            "det_lbl": [int(bool(face)) for face in faces],
            "det_prb": [prob if face else 0.1 for face in faces],
        }
    )


def videos(folder, recordings, min_prob=0.95, rigs=None):
    """The rule's list of videos; `recordings` gives the tables of each, `rigs` its cameras where they are others."""
    rows = []
    for experiment, tables in recordings.items():
        for camera, table in zip((rigs or {}).get(experiment, CAMERAS), tables, strict=True):
            path = folder / f"{experiment}{camera}.parquet"
            table.to_parquet(path)
            about = {"experiment": experiment, "camera": camera, "detections": str(path), "min_prob": min_prob}
            rows.append(about)
    return rows


def test_a_short_recording_shows_each_sampled_frame():
    image = shares([detections([1, 0, 1]), detections([0, 0, 1])], 0.95)
    assert image.tolist() == [[1, 0, 1], [0, 0, 1]]


def test_frames_that_a_camera_does_not_have_are_no_frames_without_a_face():
    image = shares([detections([1, None, 0]), detections([1])], 0.95)
    assert np.isnan(image).tolist() == [[False, True, False], [False, True, True]]
    assert image[0, [0, 2]].tolist() == [1, 0] and image[1, 0] == 1


def test_faces_count_from_the_recordings_certainty_on():
    table = detections([1, 1], prob=0.9)
    assert shares([table], 0.9).tolist() == [[1, 1]]
    assert shares([table], 0.91).tolist() == [[0, 0]]


def test_a_long_recording_shows_shares_in_as_many_columns_as_fit():
    faces = [1, 1, 0, 1] * COLUMNS
    image = shares([detections(faces)], 0.95)
    assert image.shape == (1, COLUMNS)
    assert image[0].tolist() == [0.75] * COLUMNS


def test_shares_are_of_the_frames_that_are_there():
    faces = [1, None, None, 0] * COLUMNS
    assert shares([detections(faces)], 0.95)[0].tolist() == [0.5] * COLUMNS
    assert np.isnan(shares([detections([None] * 4 * COLUMNS)], 0.95)).all()


def test_a_camera_that_ends_early_ends_at_its_place():
    long, short = detections([1] * 2 * COLUMNS), detections([1] * COLUMNS)
    image = shares([long, short], 0.95)
    assert (image[0] == 1).all()
    assert (image[1, : COLUMNS // 2] == 1).all() and np.isnan(image[1, COLUMNS // 2 :]).all()


@pytest.mark.parametrize("columns", [COLUMNS - 1, COLUMNS, COLUMNS + 1])
def test_every_column_has_a_frame_whatever_the_length(columns):
    assert not np.isnan(shares([detections([1] * columns)], 0.95)).any()


def test_each_recording_has_a_panel_of_its_own_faces_and_a_line_a_camera(tmp_path):
    one = [detections([1] * n + [0] * (10 - n)) for n in range(6)]
    two = [detections([1, 0])] * 6
    figure = figure_of(draw_detections, videos(tmp_path, {"B": one, "A": two}), "x.svg")
    first, second = figure.axes
    assert first.images[0].get_array().sum(axis=1).tolist() == [0, 1, 2, 3, 4, 5]
    assert second.images[0].get_array().tolist() == [[1, 0]] * 6
    assert first.get_title(loc="left") == "B: a face in 25% of the sampled frames"
    assert second.get_title(loc="left") == "A: a face in 50% of the sampled frames"
    assert ticks(first.yaxis) == list(CAMERAS)
    assert first.get_xlabel() == "" and second.get_xlabel() == "time after the synchronisation frame in s"


def test_the_first_camera_is_the_topmost_line_and_its_name_stands_beside_it(tmp_path):
    axes = figure_of(draw_detections, videos(tmp_path, {"A": [detections([1, 0])] * 6}), "x.svg").axes[0]
    left, _, bottom, top = axes.images[0].get_extent()
    assert (left, bottom, top) == (0, 6, 0)
    assert axes.get_yticks().tolist() == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5]
    assert axes.get_ylim() == (6, 0)


def test_time_ends_with_the_camera_that_lasts_longest(tmp_path):
    tables = [detections([1] * 11, start_s=4.0), *[detections([1] * 6, start_s=1.0)] * 5]
    axes = figure_of(draw_detections, videos(tmp_path, {"A": tables}), "x.svg").axes[0]
    assert axes.images[0].get_extent()[1] == pytest.approx(2.0)


def test_a_camera_without_any_frame_is_grey_and_no_error(tmp_path):
    tables = [detections([None, None]), *[detections([1, 1])] * 5]
    axes = figure_of(draw_detections, videos(tmp_path, {"A": tables}), "x.svg").axes[0]
    shown = axes.images[0].get_array()
    assert np.ma.getmaskarray(shown)[0].all() and not np.ma.getmaskarray(shown)[1:].any()
    # A colour that neither no face nor a face has.
    assert axes.get_facecolor() not in (axes.images[0].cmap(0.0), axes.images[0].cmap(1.0))
    assert axes.get_title(loc="left") == "A: a face in 100% of the sampled frames"


def test_colours_mean_the_same_share_in_each_recording(tmp_path):
    recordings = {"A": [detections([0, 0])] * 6, "B": [detections([1, 1])] * 6}
    figure = figure_of(draw_detections, videos(tmp_path, recordings), "x.svg")
    assert [axes.images[0].get_clim() for axes in figure.axes] == [(0, 1), (0, 1)]


def test_each_recording_has_its_own_certainty(tmp_path):
    sure = videos(tmp_path, {"A": [detections([1, 1], prob=0.9)] * 6}, min_prob=0.95)
    lenient = videos(tmp_path, {"B": [detections([1, 1], prob=0.9)] * 6}, min_prob=0.8)
    figure = figure_of(draw_detections, [*sure, *lenient], "x.svg")
    assert [axes.images[0].get_array().min() for axes in figure.axes] == [0, 1]


def test_the_job_draws_all_its_videos(tmp_path):
    given = videos(tmp_path, {"A": [detections([1, 0])] * 6})
    figures = run_script("faces/draw_detections.py", params={"videos": given}, output={"figure": "x.svg"})
    assert len(figures["x.svg"].axes) == 1


def test_the_title_tells_the_share_of_frames_and_not_that_of_columns(tmp_path):
    """Of 600 frames in 400 columns some columns hold one frame and some two."""
    tables = [detections([1, 0, 0] * 200) for _ in CAMERAS]
    (axes,) = figure_of(draw_detections, videos(tmp_path, {"A": tables}), "x.svg").axes
    assert axes.get_title(loc="left") == "A: a face in 33% of the sampled frames"


def test_each_recording_has_a_line_for_each_of_its_own_cameras(tmp_path):
    rigs = {"one": ("front",), "four": ("left", "right", "top_2", "C10"), "eight": tuple(f"C{n}" for n in range(1, 9))}
    tables = {name: [detections([1] * n + [0] * (10 - n)) for n in range(len(rig))] for name, rig in rigs.items()}
    figure = figure_of(draw_detections, videos(tmp_path, tables, rigs=rigs), "x.svg")
    for axes, (name, rig) in zip(figure.axes, rigs.items(), strict=True):
        assert axes.images[0].get_array().sum(axis=1).tolist() == list(range(len(rig)))
        assert axes.images[0].get_extent()[2:] == [len(rig), 0] == list(axes.get_ylim())
        assert ticks(axes.yaxis) == list(rig)
        assert axes.get_title(loc="left").startswith(f"{name}: a face in ")


def test_a_line_is_as_high_in_each_recording(tmp_path):
    rigs = {"one": ("front",), "eight": tuple(f"C{n}" for n in range(1, 9))}
    tables = {name: [detections([1, 0])] * len(rig) for name, rig in rigs.items()}
    figure = figure_of(draw_detections, videos(tmp_path, tables, rigs=rigs), "x.svg")
    one, eight = figure.axes[0].get_gridspec().get_height_ratios()
    alone = figure_of(draw_detections, videos(tmp_path, {"one": tables["one"]}, rigs=rigs), "x.svg")
    assert one < eight < 8 * one
    assert figure.get_figheight() - alone.get_figheight() == pytest.approx(eight)
