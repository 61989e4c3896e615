import stat

import pytest
import zmq

from squint.errors import InputError
from squint.live.keys import load_keys, make_keys, secure_client, secure_server


def test_keys_are_made_once_and_secret_ones_are_their_owners_alone(tmp_path):
    make_keys(tmp_path / "keys")
    for name in ("server", "client"):
        mode = (tmp_path / "keys" / f"{name}.key_secret").stat().st_mode
        assert stat.S_IMODE(mode) == 0o600
    with pytest.raises(InputError, match="a folder without keys"):
        make_keys(tmp_path / "keys")


def test_a_secret_key_is_asked_for_where_one_is_needed(tmp_path):
    make_keys(tmp_path)
    assert load_keys(tmp_path / "server.key_secret", secret=True)[1] is not None
    with pytest.raises(InputError, match="a secret key"):
        load_keys(tmp_path / "server.key", secret=True)


def test_keys_that_are_missing_are_told(tmp_path):
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        with pytest.raises(InputError, match="a key of ZeroMQ"):
            secure_client(socket, tmp_path)
        make_keys(tmp_path)
        (tmp_path / "clients" / "client.key").unlink()
        with pytest.raises(InputError, match="public keys of clients"):
            secure_server(socket, tmp_path)
