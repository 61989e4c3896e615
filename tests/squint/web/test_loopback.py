import pytest

from squint.web.loopback import is_loopback


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("localhost", True)]
    + [(host, False) for host in ("0.0.0.0", "::", "192.168.1.2", "example.org", "localhost.example.org", "")],
)
def test_this_machines_own_addresses_are_known(host, own):
    assert is_loopback(host) == own
