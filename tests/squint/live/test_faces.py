"""Needs the miniature's scorer."""

import numpy as np
import pytest

from squint.files.frames import picture
from squint.files.video import Video
from squint.live.messages import BadPicture
from squint.live.scorers import load_scorer


@pytest.fixture(scope="module")
def live(miniature):
    return load_scorer(str(next((miniature.results / "scorer").glob("*.squint"))), 1)


@pytest.fixture(scope="module")
def pictures(miniature) -> list[np.ndarray]:
    path = next((miniature.results / "simulated").glob("*/C1.mp4"))
    with Video(str(path)) as video:
        return [picture(frame) for _, frame in video.read(range(0, len(video), 25))]


def test_a_scorer_of_faces_says_what_it_takes(live):
    assert (live.welcome.kind, live.welcome.size, live.welcome.channel) == ("faces", None, "rgb")
    with pytest.raises(BadPicture, match="takes colours"):
        live.check(20, 20, 1)
    with pytest.raises(BadPicture, match="px at most"):
        live.check(4096, 4096, 3)


def test_regions_are_scored_alike_alone_and_together(live, pictures):
    names = [str(number) for number in range(len(pictures))]
    together = live.score(names, pictures, [False] * len(pictures))
    assert [said.region for said in together] == names
    assert any(said.box for said in together), "some faces are found"
    for name, shown, said in zip(names, pictures, together, strict=True):
        (alone,) = live.score([name], [shown], [False])
        assert (alone.box, alone.abstained) == (said.box, said.abstained)
        for one, other in ((alone.score, said.score), (alone.low, said.low)):
            assert (one is None) == (other is None) and (one is None or abs(one - other) < 1e-3)


def test_a_picture_without_a_face_is_not_scored(live):
    (said,) = live.score(["a"], [np.full((90, 160, 3), 90, np.uint8)], [False])
    assert said.score is None and said.abstained and said.mask is None
