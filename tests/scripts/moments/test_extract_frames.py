"""The frames of selected moments are written once each under their camera and number."""

import pandas as pd
import pytest

from scripts.moments import extract_frames as module
from scripts.moments.extract_frames import extract_frames
from squint.errors import InputError
from squint.files.images import read_image
from squint.files.video import index_frames
from tests.videos import CAMERAS, SIZE, write_video

FRAMES = 30
# What each camera shows: its own brightness, and more with each frame.
LEVELS = {camera: [20 + 20 * number + 4 * frame for frame in range(FRAMES)] for number, camera in enumerate(CAMERAS)}


@pytest.fixture(scope="module")
def videos(tmp_path_factory):
    """Six videos and their indexes."""
    folder = tmp_path_factory.mktemp("videos")
    paths = {camera: str(write_video(folder / f"{camera}.mp4", levels)) for camera, levels in LEVELS.items()}
    for camera, path in paths.items():
        index_frames(path).to_parquet(folder / f"{camera}.frames.parquet", index=False)
    return paths, [str(folder / f"{camera}.frames.parquet") for camera in CAMERAS]


@pytest.fixture
def extract(videos, tmp_path):
    """Extracts the frames of some moments (camera and number); gives the folder."""

    def run(*moments):
        pd.DataFrame(moments, columns=["camera", "frame_num"]).to_parquet(tmp_path / "moments.parquet")
        extract_frames(str(tmp_path / "moments.parquet"), *videos, str(tmp_path / "deep" / "frames"), 1)
        return tmp_path / "deep" / "frames"

    return run


def test_each_frame_is_the_one_that_its_name_says(extract):
    moments = [(camera, frame) for frame in (21, 0, 8) for camera in CAMERAS]
    folder = extract(*moments)
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{c}-F{f:06d}.jpg" for c, f in moments)
    for camera, frame in moments:
        picture = read_image(folder / f"{camera}-F{frame:06d}.jpg")
        assert picture.shape == (SIZE[1], SIZE[0], 3)
        # Frames differ by four levels.
        assert picture.mean() == pytest.approx(LEVELS[camera][frame], abs=2)


def test_a_frame_that_two_items_show_is_written_once(extract, monkeypatch):
    written = []
    monkeypatch.setattr(module, "write_image", lambda path, picture: written.append(path.name))
    extract(("C2", 5), ("C2", 3), ("C2", 5))
    assert written == ["C2-F000003.jpg", "C2-F000005.jpg"]


def test_a_moment_that_a_camera_has_no_frame_of_is_left_out(extract):
    assert [path.name for path in extract(("C1", -1), ("C3", 29)).iterdir()] == ["C3-F000029.jpg"]


def test_a_frame_that_a_video_does_not_have_is_an_input_error(extract):
    with pytest.raises(InputError, match=r"(?s)C4\.mp4.*expected: a frame 30.*found:    30 frames"):
        extract(("C4", 30))


@pytest.mark.parametrize("cameras", [("front",), ("top_2", "C10", "left"), tuple(f"side_{n}" for n in range(8))])
def test_each_camera_of_any_rig_gives_its_own_frames(videos, tmp_path, cameras):
    paths, indexes = videos
    shown = dict(zip(cameras, [*CAMERAS, *CAMERAS], strict=False))
    pd.DataFrame({"camera": cameras, "frame_num": 7}).to_parquet(tmp_path / "moments.parquet")
    films = {camera: paths[other] for camera, other in shown.items()}
    ours = [indexes[CAMERAS.index(other)] for other in shown.values()]
    extract_frames(str(tmp_path / "moments.parquet"), films, ours, str(tmp_path / "frames"), 1)
    assert len(list((tmp_path / "frames").iterdir())) == len(cameras)
    for camera, other in shown.items():
        picture = read_image(tmp_path / "frames" / f"{camera}-F000007.jpg")
        assert picture.mean() == pytest.approx(LEVELS[other][7], abs=2)
