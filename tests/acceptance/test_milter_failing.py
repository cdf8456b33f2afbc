"""Restarts, a crash and a store that is away: no mail is lost, and whether it waits or goes is the operator's choice."""

import contextlib
import smtplib
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from programs.mailing import mailing, until_accepted
from programs.ours import Ours
from programs.parts import free_port, postfix
from programs.peers import Peer

pytestmark = [pytest.mark.real("postfix"), pytest.mark.timeout(240)]

READERS = [f"reader{number:03}@example.org" for number in range(120)]
CLIENTS = 6


@contextlib.contextmanager
def running_daemon(folder: Path, fails: str = "closed") -> Iterator[Ours]:
    """Our daemon with a milter that comes back on the same port, as it does when systemd holds it."""
    milter = f'listen = ["127.0.0.1:{free_port()}"]\nfails = "{fails}"'
    with Ours(folder, milter=milter, store="busy_seconds = 0.2") as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example", "--sender", "acme.example")
        yield ours


@contextlib.contextmanager
def locked(ours: Ours) -> Iterator[None]:
    """Keep everybody else from writing into the store."""
    with contextlib.closing(sqlite3.connect(ours.folder / "bouncer.db", isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        yield
        holder.execute("ROLLBACK")


def counted(ours: Ours) -> int:
    return sum(int(row["sent"]) for row in ours.rows("sends", "report"))


def signed_for(peer: Peer) -> dict[str, str]:
    """Give the recipients whose letters came, each with the envelope sender of its letter."""
    return {recipient: letter.reverse_path for letter in peer.letters() for recipient in letter.recipients}


@pytest.mark.parametrize("how", ["restarted", "killed"])
def test_a_restart_in_the_middle_of_a_mailing_loses_no_mail(tmp_path: Path, how: str):
    """Clients that come again after 4yz, as all mail servers do, get every mail through, each signed and counted."""
    with Peer("mx.example.org") as peer, running_daemon(tmp_path) as ours:
        routes = {"example.org": peer.port}
        half = threading.Event()

        def send(number: int) -> int:
            if number == len(READERS) // 2:
                half.set()
            return until_accepted(server.port, READERS[number], "spring")

        with (
            postfix(routes, listeners={"milter": ours.listeners["milter"]}) as server,
            ThreadPoolExecutor(CLIENTS) as clients,
        ):
            tries = [clients.submit(send, number) for number in range(len(READERS))]
            half.wait()
            if how == "restarted":
                assert ours.stop() == 0
            else:
                ours.kill()
            ours.start()
            total = sum(attempt.result() for attempt in tries)
            ours.until(lambda: signed_for(peer).keys() == set(READERS))

        assert all(path.startswith("acme-") for path in signed_for(peer).values())
        assert total > len(READERS), "the restart was not noticed: nothing was tried"
        assert counted(ours) >= len(READERS)
        assert how == "killed" or counted(ours) <= total


def test_closed_means_that_mail_waits_while_the_store_cannot_count(tmp_path: Path):
    with Peer("mx.example.org") as peer, running_daemon(tmp_path) as ours:
        with postfix({"example.org": peer.port}, listeners={"milter": ours.listeners["milter"]}) as server:
            with locked(ours), pytest.raises(smtplib.SMTPDataError) as refused:
                mailing(server.port, READERS[:1], "spring")
            assert refused.value.smtp_code == 451
            assert b"4.3.0" in refused.value.smtp_error
            assert until_accepted(server.port, READERS[0], "spring") == 1
            ours.until(lambda: signed_for(peer).keys() == {READERS[0]})
        assert counted(ours) == 1


def test_open_means_that_mail_goes_signed_and_uncounted(tmp_path: Path):
    with Peer("mx.example.org") as peer, running_daemon(tmp_path, "open") as ours:
        with postfix({"example.org": peer.port}, listeners={"milter": ours.listeners["milter"]}) as server:
            with locked(ours):
                assert mailing(server.port, READERS[:1], "spring") == {}
            ours.until(lambda: signed_for(peer).keys() == {READERS[0]})
        assert signed_for(peer)[READERS[0]].startswith("acme-")
        assert ours.rows("sends", "report") == []


def test_without_us_postfix_has_its_clients_come_again(tmp_path: Path):
    """milter_default_action is tempfail unless the operator says otherwise (postconf(5))."""
    with Peer("mx.example.org") as peer, running_daemon(tmp_path) as ours:
        ours.stop()
        with (
            postfix({"example.org": peer.port}, listeners={"milter": ours.listeners["milter"]}) as server,
            pytest.raises(smtplib.SMTPResponseException) as refused,
        ):
            mailing(server.port, READERS[:1], "spring")

    assert refused.value.smtp_code == 451
    assert peer.letters() == ()
