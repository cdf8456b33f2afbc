"""Strangers at the servers of a real daemon: connections that are kept in silence, and octets by the hundred megabytes."""

import asyncio
import contextlib
import datetime as dt
import smtplib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs.ours import DOMAIN, LISTENERS, Ours

from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import open_store

SOON = 5.0
"""Seconds of a wait: well below the five minutes that a silent client may stay in a house that is not crowded."""
MB = 1_000_000


@pytest.fixture
def silent() -> Iterator[contextlib.ExitStack]:
    """Connections that are open as long as the test."""
    with contextlib.ExitStack() as stack:
        yield stack


def connected(silent: contextlib.ExitStack, port: int, source: str) -> socket.socket:
    return silent.enter_context(socket.create_connection(("127.0.0.1", port), 60, (source, 0)))


def greeted(port: int, source: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 60, (source, 0)) as client:
        return client.recv(100)[:4]


def test_twenty_silent_addresses_with_all_connections_that_they_may_have_shut_nobody_out(
    tmp_path: Path, silent: contextlib.ExitStack
):
    with Ours(tmp_path) as ours:
        for n in range(20):
            for _ in range(50):
                connected(silent, ours.port, f"127.0.1.{1 + n}")
        begun = time.monotonic()
        others = [greeted(ours.port, f"127.0.2.{1 + n}") for n in range(50)]
        took = time.monotonic() - begun
        again = [greeted(ours.port, f"127.0.1.{1 + n}") for n in range(20)]

    assert set(others) == {b"220 "}
    assert took < SOON
    assert set(again) == {b"421 "}


def test_a_thousand_silent_connections_to_a_server_for_outgoing_mail_are_gone_in_seconds(
    tmp_path: Path, silent: contextlib.ExitStack
):
    question = b"10:acme x@y.z,"
    with Ours(tmp_path, milter=LISTENERS) as ours:
        port = ours.listeners["socketmap"]
        for _ in range(1000):
            connected(silent, port, "127.0.0.1")

        def answer() -> bytes:
            with socket.create_connection(("127.0.0.1", port), 60) as client, contextlib.suppress(ConnectionError):
                client.sendall(question)
                return client.recv(100)
            return b""

        first = answer()
        last = ours.until(answer, seconds=30)

    assert first == b""
    assert last == b"9:NOTFOUND ,"


def sent(ours: Ours, to: str, octets: int, source: str = "127.0.0.1") -> tuple[int, bytes]:
    """Send a letter of so many octets; gives the reply to RCPT, or to the letter."""
    with smtplib.SMTP("127.0.0.1", ours.port, timeout=60, source_address=(source, 0)) as client:
        client.ehlo("client.example.net")
        client.mail("")
        answer = client.rcpt(to)
        return (
            answer if answer[0] != 250 else client.data(b"Subject: x\r\n\r\n" + (b"x" * 76 + b"\r\n") * (octets // 78))
        )


TOO_MUCH_FROM = (452, b"4.7.0 Too much mail from you today, try tomorrow")
TOO_MUCH_FOR = (452, b"4.7.0 Too much mail for this return path today, try tomorrow")


def test_the_daily_bound_of_what_a_stranger_may_have_kept_outlives_a_start(tmp_path: Path):
    """Six letters of 19.9 MB to an alias; with bounds of 50 MB for a client and 100 MB for the alias."""
    alias = f"acme@{DOMAIN}"
    bounds = "client_daily_octets = 50_000_000\nalias_daily_octets = 100_000_000"
    with Ours(tmp_path, smtp=bounds) as ours:
        ours.command("account", "add", "acme")
        first = [sent(ours, alias, 19_900_000)[0] for _ in range(6)]
        refused = sent(ours, alias, 100)
        ours.kill()
        ours.start()
        ours.until(lambda: sent(ours, alias, 100) == TOO_MUCH_FROM)
        another = [sent(ours, alias, 19_900_000, "127.0.0.2")[0] for _ in range(3)]
        full = [sent(ours, to, 100, "127.0.0.3") for to in (alias, f"acme+jane=example.org@{DOMAIN}")]
        signed = ours.command("token", "sign", "acme", "jane@example.org").stdout.strip()
        of_jane = sent(ours, signed, 1000)[0]

    assert first == [250] * 3 + [452] * 3
    assert refused == TOO_MUCH_FROM
    assert another == [250] * 3
    assert full == [TOO_MUCH_FOR] * 2
    assert of_jane == 250, "an honest report to a signed path is kept all the same"


def test_a_signed_path_in_the_hands_of_its_recipient_is_bounded_from_anywhere(tmp_path: Path):
    with Ours(tmp_path, smtp="path_daily_octets = 5_000_000") as ours:
        ours.command("account", "add", "acme")
        mallory = ours.command("token", "sign", "acme", "mallory@evil.example").stdout.strip()
        joe = ours.command("token", "sign", "acme", "joe@example.org").stdout.strip()
        spelt = [mallory, mallory.upper(), f"prvs=1234abcdef={mallory}"]
        codes = [sent(ours, spelt[n % 3], 2 * MB, f"127.0.3.{1 + n}") for n in range(9)]
        other = sent(ours, joe, 2 * MB)[0]

    assert [code for code, _ in codes] == [250] * 3 + [452] * 6
    assert set(codes[3:]) == {TOO_MUCH_FOR}
    assert other == 250


def test_a_letter_that_was_cut_says_so(tmp_path: Path):
    """After a week, which is moved here: the setting is of days, and the letter's day is in its number."""
    with Ours(tmp_path) as ours:
        ours.command("account", "add", "acme", "--no-forward")  # nobody is told of it, and a letter waits for that
        sent(ours, f"acme@{DOMAIN}", 3 * MB)
        (before,) = ours.until(lambda: [row for row in ours.rows("letters") if row["state"] != "kept"])
        ours.stop()
        _cut(tmp_path / "bouncer.db")
        (after,) = ours.rows("letters")
        raw = ours.command("letters", "--raw", after["letter_id"])

    assert (before["left_octets"], after["left_octets"]) == (None, 65_536)
    assert after["octets"] == before["octets"]
    assert len(raw.stdout.replace("\n", "\r\n")) == 65_536
    assert raw.stderr == f"It was cut: these are the first 65536 of its {after['octets']} octets.\n"


def _cut(path: Path) -> None:
    async def cut() -> None:
        store = await open_store(StoreSettings(f"sqlite:///{path}"))
        while await store.cut(before=dt.datetime.now(dt.UTC), count=9):
            pass
        await store.close()

    asyncio.run(cut())
