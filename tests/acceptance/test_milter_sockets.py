"""Inherited sockets go to the servers of their names (sd_listen_fds_with_names(3)), as the socket units hand them over."""

import asyncio
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs.ours import Ours
from wire.milter_client import MailServer

HAND_OVER = """
import os, sys
for place, number in enumerate(sys.argv[1:3], 3):
    os.dup2(int(number), place)
names = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "2", "LISTEN_FDNAMES": "milter:smtp"}
os.execve(sys.argv[3], sys.argv[3:], os.environ | names)
"""
"""A process that becomes the daemon, with the two sockets where systemd would put them."""
SECONDS = 60


@pytest.fixture
def listening() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The milter's socket and the SMTP server's."""
    with socket.create_server(("127.0.0.1", 0)) as milter, socket.create_server(("127.0.0.1", 0)) as smtp:
        yield milter, smtp


def handing_over(ours: Ours, numbers: list[int]) -> list[str]:
    """The words that start the daemon with the sockets of those *numbers*."""
    return [sys.executable, "-c", HAND_OVER, *map(str, numbers), *ours.arguments("serve")]


def greeted(port: int) -> int:
    """Greet the SMTP server; give its reply code."""
    with smtplib.SMTP("127.0.0.1", port, timeout=SECONDS) as client:
        return client.ehlo("client.example")[0]


async def test_each_socket_goes_to_the_server_of_its_name(
    tmp_path: Path, listening: tuple[socket.socket, socket.socket]
):
    """Nothing of [milter] is set: the socket alone opens the server. A client that connects early waits in its queue."""
    ours = Ours(tmp_path)
    ours.command("account", "add", "acme", "--owner", "a@acme.example", "--sender", "acme.example")
    milter, smtp = (listener.getsockname()[1] for listener in listening)
    server = await MailServer.connect(f"127.0.0.1:{milter}")
    numbers = [listener.fileno() for listener in listening]
    daemon = await asyncio.create_subprocess_exec(*handing_over(ours, numbers), pass_fds=numbers)
    try:
        await server.negotiate()
        await server.tell(b"C", b"host.example\0" + b"4\x9c\x40127.0.0.1\0")
        answered = await server.message(["jane@example.org"])
        greeting = await asyncio.to_thread(greeted, smtp)
    finally:
        server.close()
        daemon.terminate()
    assert await daemon.wait() == 0
    assert greeting == 250

    (path,) = answered.edits_by(b"e")
    assert path.startswith(b"<acme-")


async def test_a_socket_at_a_path_is_taken_over_and_left_where_it_is(tmp_path: Path):
    """ListenStream=/run/bouncer/milter: the file is the socket unit's, which holds it while the service restarts."""
    ours = Ours(tmp_path)
    ours.command("account", "add", "acme", "--owner", "a@acme.example", "--sender", "acme.example")
    path = tmp_path / "milter"
    with socket.socket(socket.AF_UNIX) as milter, socket.create_server(("127.0.0.1", 0)) as smtp:
        milter.bind(str(path))
        milter.listen()
        numbers = [milter.fileno(), smtp.fileno()]
        server = MailServer(*await asyncio.open_unix_connection(path))
        daemon = await asyncio.create_subprocess_exec(*handing_over(ours, numbers), pass_fds=numbers)
        try:
            await server.negotiate()
            await server.tell(b"C", b"host.example\0" + b"4\x9c\x40127.0.0.1\0")
            answered = await server.message(["jane@example.org"])
        finally:
            server.close()
            daemon.terminate()
        assert await daemon.wait() == 0

    assert answered.edits_by(b"e")[0].startswith(b"<acme-")
    assert path.is_socket()


def test_a_milter_without_a_key_ends_with_78(tmp_path: Path, listening: tuple[socket.socket, socket.socket]):
    ours = Ours(tmp_path)
    ours.settings.write_text(ours.settings.read_text().replace(f'keys = ["{tmp_path}/2026.key"]', "keys = []"))
    numbers = [listener.fileno() for listener in listening]
    result = subprocess.run(
        handing_over(ours, numbers),
        pass_fds=numbers,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert result.returncode == 78
    assert "signing needs a key" in result.stderr
