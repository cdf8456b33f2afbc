"""A courier that leads back to ourselves is refused at the start: we would refuse each notice as a stranger's mail."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bouncer.courier.loops import address_of_ours

SETTINGS = """
[smtp]
listen = ["{listen}"]
[store]
url = "sqlite:///{folder}/bouncer.db"
[forward]
courier = "{courier}"
routes = [{routes}]
"""


@pytest.fixture
def port() -> Iterator[int]:
    """A port that nobody else gets meanwhile."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener.getsockname()[1]


def served(
    folder: Path, listen: str, courier: str, routes: str = "", *before: str, listener: socket.socket | None = None
) -> "subprocess.CompletedProcess[str]":
    file = folder / "bouncer.toml"
    file.write_text(SETTINGS.format(folder=folder, listen=listen, courier=courier, routes=routes))
    words = [*before, sys.executable, "-m", "bouncer", "--settings", str(file), "serve"]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("BOUNCER_")}
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60, env=plain, stdin=listener)


@pytest.mark.parametrize(
    ("listen", "courier"),
    [
        ("127.0.0.1:{port}", "smtp://127.0.0.1:{port}"),
        ("0.0.0.0:{port}", "smtp://127.0.0.1:{port}"),
        ("0.0.0.0:{port}", "smtp://localhost:{port}"),
        ("[::]:{port}", "smtp://[::1]:{port}"),
        (":{port}", "smtp://127.0.0.2:{port}"),
        ("localhost:{port}", "smtp://127.0.0.1:{port}"),
        ("127.0.0.1:{port}", "smtp://0.0.0.0:{port}"),
        ("127.0.0.1:{port}", "smtp://us@localhost:{port}"),
        ("0.0.0.0:25", "smtp://localhost"),
        ("0.0.0.0:465", "smtps://localhost"),
    ],
)
def test_each_way_to_name_ourselves_is_seen(port: int, listen: str, courier: str):
    assert address_of_ours(courier.format(port=port), [listen.format(port=port)]) == listen.format(port=port)


@pytest.mark.parametrize(
    ("listen", "courier"),
    [
        ("127.0.0.1:{port}", "smtp://127.0.0.2:{port}"),
        ("127.0.0.1:{port}", "smtp://127.0.0.1:587"),
        ("0.0.0.0:{port}", "smtp://192.0.2.1:{port}"),
        ("0.0.0.0:{port}", "smtp://nobody.invalid:{port}"),
        ("0.0.0.0:{port}", "maildir:/var/mail/{port}"),
        ("0.0.0.0:{port}", "smtp://[::1:{port}"),
        ("/run/bouncer/smtp", "smtp://127.0.0.1:{port}"),
    ],
)
def test_other_servers_are_not_taken_for_ourselves(port: int, listen: str, courier: str):
    assert address_of_ours(courier.format(port=port), [listen.format(port=port)]) is None


def test_the_name_of_this_host_is_resolved(port: int, monkeypatch: pytest.MonkeyPatch):
    addresses = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.9", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: addresses)

    assert address_of_ours(f"smtp://mx.example.com:{port}", [f"0.0.0.0:{port}"]) == f"0.0.0.0:{port}"


def test_the_daemon_does_not_start_with_itself_as_its_smarthost(tmp_path: Path, port: int):
    result = served(tmp_path, f"0.0.0.0:{port}", f"smtp://localhost:{port}")

    assert result.returncode == 78
    assert (
        f"[forward] courier: smtp://localhost:{port} leads to ourselves, we listen on 0.0.0.0:{port}" in result.stderr
    )
    assert "name another mail server" in result.stderr
    assert not (tmp_path / "bouncer.db").exists()


def test_a_route_to_ourselves_is_seen_too(tmp_path: Path, port: int):
    route = f'"acme.example smtp://127.0.0.1:{port}"'
    result = served(tmp_path, f"127.0.0.1:{port}", f"maildir:{tmp_path}/forwarded", route)

    assert result.returncode == 78
    assert f"smtp://127.0.0.1:{port} leads to ourselves" in result.stderr


def test_the_socket_that_was_handed_over_counts_and_not_the_setting(tmp_path: Path, port: int):
    """As a socket unit does it: the settings say nothing of where we listen then."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = listener.getsockname()[1]
        activated = ("sh", "-c", 'LISTEN_FDS=1 LISTEN_PID=$$ LISTEN_FDNAMES=smtp exec "$@" 3<&0', "sh")
        result = served(tmp_path, f"127.0.0.1:{port}", f"smtp://127.0.0.1:{ours}", "", *activated, listener=listener)

    assert result.returncode == 78
    assert f"we listen on 127.0.0.1:{ours}" in result.stderr
