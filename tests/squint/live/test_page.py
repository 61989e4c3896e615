import asyncio
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.domain.regions import SMALLEST, Region
from squint.live.page import events, read_drawn
from tests.squint.live.fakes import serving
from tests.squint.live.test_desk import REGIONS, desk


def test_drawn_regions_are_read_and_kept_within_the_frame():
    drawn = [["1", 10, 20, 100.4, 50], ["left", -30, -10, 60, 40], ["3", 600, 300, 500, 500]]
    assert read_drawn(drawn, 640, 360) == {
        "1": Region(10, 20, 100, 50),
        "left": Region(0, 0, 30, 30),
        "3": Region(600, 300, 40, 60),
    }


@pytest.mark.parametrize(
    "drawn",
    [
        None,
        "text",
        [["1", 0, 0, 5, 50]],
        [["../x", 0, 0, 50, 50]],
        [["1", "0", 0, 50, 50]],
        [["1", 0, 0, float("nan"), 50]],
        [["1", 0, 0, 1e9, 50]],
        [["1", 0, 0, 50]],
        [[{}, 0, 0, 50, 50]],
    ],
)
def test_what_is_no_region_is_left_out(drawn):
    assert read_drawn(drawn, 640, 360) == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5), lambda part: st.lists(part, max_size=6)
)


@given(st.lists(st.lists(st.one_of(st.floats(-1e4, 1e4), st.text(max_size=3)), min_size=4, max_size=6)) | JSON)
def test_whatever_a_page_says_is_no_trouble(drawn):
    for region in read_drawn(drawn, 640, 360).values():
        assert region.fault(640, 360) == "" and min(region.width, region.height) >= SMALLEST


def test_no_more_than_four_are_taken():
    assert len(read_drawn([[str(number), 0, 0, 50, 50] for number in range(9)], 640, 360)) == 4


def test_events_tell_each_score_once_and_all_anew_after_another_start(tmp_path):
    async def listen(ours, scores: int) -> list[dict]:
        told = []
        async for event in events(ours):
            assert event.startswith(b"data: ") and event.endswith(b"\n\n")
            told.append(json.loads(event[6:]))
            if sum(len(news["curves"].get("left", {}).get("raw", [])) for news in told) >= scores:
                return told
        raise AssertionError("the events ended")

    with serving() as server:
        ours = desk(tmp_path, server)
        ours.start(dict(REGIONS))
        told = asyncio.run(asyncio.wait_for(listen(ours, 12), 30))
        times = [point[0] for news in told for point in news["curves"]["left"]["raw"]]
        assert times == sorted(set(times)) and times[0] == 0
        assert np.allclose(np.diff(times), 1 / 30, atol=0.002)
        ours.close()
