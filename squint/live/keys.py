"""Keys of the scoring server and its clients (CURVE, RFC 26 of ZeroMQ), without which it is this machine's alone."""

from pathlib import Path

import zmq
import zmq.auth

from squint.errors import InputError

SERVER, CLIENT = "server", "client"
CLIENTS = "clients"  # folder of the public keys of clients that are let in


def make_keys(folder: Path) -> None:
    """Write the keys of a server and of one client into `folder`. Raises InputError where there are some already.

    The client's machine gets `client.key_secret` and `server.key`; `server.key_secret` stays.
    """
    there = [name for name in (SERVER, CLIENT) if (folder / f"{name}.key_secret").exists()]
    if there:
        remedy = "name another folder, or delete them: clients that have the old ones are shut out then"
        raise InputError(folder, "a folder without keys", f"{there[0]}.key_secret", remedy)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / CLIENTS).mkdir(exist_ok=True)
    for name in (SERVER, CLIENT):
        zmq.auth.create_certificates(folder, name)
        (folder / f"{name}.key_secret").chmod(0o600)
    (folder / CLIENTS / f"{CLIENT}.key").write_bytes((folder / f"{CLIENT}.key").read_bytes())


def load_keys(path: Path, secret: bool) -> tuple[bytes, bytes | None]:
    """The public key of a file, and the secret one. Raises InputError for a file that has none."""
    remedy = "make keys (python -m squint serve --make-keys FOLDER), and copy them to the client's machine"
    try:
        public, hidden = zmq.auth.load_certificate(path)
    except (OSError, ValueError) as error:
        raise InputError(path, "a key of ZeroMQ", str(error) or type(error).__name__, remedy) from error
    if secret and hidden is None:
        raise InputError(path, "a secret key", "a public one", remedy)
    return public, hidden


def secure_server(socket: zmq.Socket, folder: Path) -> None:
    """Let a server's socket speak with clients whose public keys are in `folder`/clients alone."""
    public, secret = load_keys(folder / f"{SERVER}.key_secret", secret=True)
    if not list((folder / CLIENTS).glob("*.key")):
        remedy = f"put the public keys of clients into {folder / CLIENTS}"
        raise InputError(folder / CLIENTS, "public keys of clients", "none", remedy)
    socket.curve_publickey, socket.curve_secretkey, socket.curve_server = public, secret, True


def secure_client(socket: zmq.Socket, folder: Path) -> None:
    """Let a client's socket speak with the server whose public key is in `folder`."""
    public, secret = load_keys(folder / f"{CLIENT}.key_secret", secret=True)
    server, _ = load_keys(folder / f"{SERVER}.key", secret=False)
    socket.curve_publickey, socket.curve_secretkey, socket.curve_serverkey = public, secret, server
