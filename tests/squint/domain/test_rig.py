"""Six cameras, numbered from one: crops and folds keep the number alone."""

from squint.domain.rig import CAMERAS


def test_cameras_are_numbered_from_one_in_their_order():
    assert [f"C{number}" for number in range(1, 7)] == list(CAMERAS)
