"""A thousand connections at the servers that a real Postfix asks: its mail waits for seconds, and then goes as it should."""

import contextlib
import smtplib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance.handing_in import hand_in
from programs.ours import LISTENERS, Ours
from programs.parts import postfix
from programs.peers import Peer

pytestmark = [pytest.mark.real("postfix"), pytest.mark.timeout(300)]

NEWS, JANE, GONE = "news@acme.example", "jane@example.org", "gone@example.org"
MANY = 1000
BEGINNINGS = {
    "milter": b"\0\0\0\x0dO\0\0\0\x06",
    "policy": b"request=smtpd_access_policy\nrecipient=gone@example.org\n",
}
"""Questions that do not end, by the server that is asked."""


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    with Ours(tmp_path, milter=LISTENERS) as daemon:
        daemon.command("account", "add", "acme", "--owner", "a@acme.example", "--sender", "acme.example")
        daemon.command("suppressions", "add", "--account", "acme", GONE)
        yield daemon


@contextlib.contextmanager
def crowded(port: int, beginning: bytes, trickle: bytes = b"") -> Iterator[None]:
    """Hold as many connections as the server takes, which begin a question, and go on by *trickle* each second."""
    stop = threading.Event()
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(socket.create_connection(("127.0.0.1", port), 60)) for _ in range(MANY)]
        for client in connections:
            with contextlib.suppress(OSError):
                client.sendall(beginning)

        def go_on() -> None:
            while trickle and not stop.wait(1):
                for client in connections:
                    with contextlib.suppress(OSError):
                        client.sendall(trickle)

        dripping = threading.Thread(target=go_on)
        dripping.start()
        try:
            yield
        finally:
            stop.set()
            dripping.join()


@pytest.mark.parametrize(
    ("door", "way"), [("milter", "silent"), ("milter", "an octet a second"), ("policy", "half a question")]
)
def test_a_thousand_connections_hold_a_real_servers_mail_up_for_seconds_and_change_nothing(
    ours: Ours, door: str, way: str
):
    beginning = b"" if way == "silent" else BEGINNINGS[door]
    port = ours.listeners[door]
    with Peer("mx.example.org") as world, postfix({"example.org": world.port}, listeners={door: port}) as server:

        def answered() -> list[int]:
            with contextlib.suppress(smtplib.SMTPException, AssertionError):
                codes = hand_in(server.port, NEWS, [GONE, JANE])
                return [] if 451 in codes else codes  # Postfix could not ask for this recipient yet
            return []

        with crowded(port, beginning, b"x" if way == "an octet a second" else b""):
            codes = ours.until(answered, seconds=60)
        ours.until(lambda: any(letter.recipients == (JANE,) for letter in world.letters()))

    assert codes == [550, 250]
    assert {letter.recipients for letter in world.letters()} == {(JANE,)}
    signed = {letter.reverse_path.startswith("acme-") for letter in world.letters()}
    assert signed == {door == "milter"}
