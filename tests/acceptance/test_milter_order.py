"""Beside OpenDKIM, in the order that the manual tells: what leaves is well signed, and whoever changes mail does so before."""

import re
import smtplib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from programs.opendkim import make_key, signer, signing_milter, verdict
from programs.ours import LISTENERS, Ours
from programs.parts import postfix
from programs.peers import Collected, Peer

from bouncer.notify.dkim import Signer

pytestmark = [pytest.mark.real("postfix", "opendkim"), pytest.mark.timeout(240)]

JANE, JOE, GONE = "jane@example.org", "joe@example.org", "gone@example.org"
NEWS = "news@acme.example"
MAIL = f"From: {NEWS}\r\nTo: {JANE}\r\nSubject: We open\r\nDate: Tue, 3 Mar 2026 11:10:00 +0100\r\nMessage-ID: <1@acme.example>\r\n"
FORGED = "X-Bouncer-Return-Path: <mine@rp.example.com>\r\n"


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    with Ours(tmp_path, milter=LISTENERS) as daemon:
        daemon.command("account", "add", "acme", "--owner", "a@acme.example", "--sender", "acme.example")
        daemon.command("suppressions", "add", "--account", "acme", GONE)
        yield daemon


@pytest.fixture
def world() -> Iterator[Peer]:
    with Peer("mx.example.org") as peer:
        yield peer


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> tuple[Signer, Path]:
    """The domain's signature as the DNS publishes it, and its key."""
    key = make_key(tmp_path_factory.mktemp("dkim") / "acme.pem")
    return signer(NEWS, key), key


def hand_in(port: int, recipients: Sequence[str], fields: str = "") -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        return client.sendmail(NEWS, list(recipients), f"{MAIL}{fields}\r\nOn Monday.\r\n".encode())


def delivered(
    ours: Ours, world: Peer, acme: tuple[Signer, Path], folder: Path, *, last: bool = False
) -> tuple[dict[str, tuple[int, bytes]], list[Collected]]:
    """Three mails through both milters, ours first or *last*: to one, to several, and to several with a mark of somebody's."""
    published, key = acme
    with signing_milter("acme.example", published.name.partition(".")[0], key, folder) as port:
        milters = [f"inet:127.0.0.1:{ours.listeners['milter']}", f"inet:127.0.0.1:{port}"]
        order = ", ".join(reversed(milters) if last else milters)
        with postfix({"example.org": world.port}, listeners={"milter": order}) as server:
            refused = hand_in(server.port, [JANE, GONE])
            world.wait_for(lambda letter: letter.recipients == (JANE,))
            hand_in(server.port, [JANE, JOE])
            ours.until(lambda: len(world.letters()) == 2)
            hand_in(server.port, [JANE, JOE], FORGED)
            ours.until(lambda: len(world.letters()) == 3)
    return refused, list(world.letters())


def signed_fields(letter: Collected) -> list[str]:
    signed_fields = re.search(rb"DKIM-Signature:.*?\bh=([^;]*);", letter.octets, re.DOTALL)
    assert signed_fields is not None, letter.octets
    return "".join(signed_fields[1].decode().split()).lower().split(":")


def test_mail_that_leaves_in_the_told_order_is_well_signed(
    ours: Ours, world: Peer, acme: tuple[Signer, Path], tmp_path: Path
):
    """Our header is there before the signature, and so can be signed; what is forged is gone before it."""
    refused, letters = delivered(ours, world, acme, tmp_path)

    assert [*refused] == [GONE]
    for letter in letters:
        assert letter.reverse_path.startswith("acme-")
        assert "dkim=pass" in verdict(letter.octets, acme[0], tmp_path), letter.octets
    assert [b"X-Bouncer-Return-Path: <acme-" in letter.octets for letter in letters] == [False, True, True]
    assert ["x-bouncer-return-path" in signed_fields(letter) for letter in letters] == [False, True, True]
    assert all(b"<mine@" not in letter.octets for letter in letters)


def test_in_the_other_order_a_forged_mark_breaks_the_signature(
    ours: Ours, world: Peer, acme: tuple[Signer, Path], tmp_path: Path
):
    """The manual's order prevents this: a field that was signed is taken away, and ours stands unsigned."""
    _, letters = delivered(ours, world, acme, tmp_path, last=True)
    verdicts = [verdict(letter.octets, acme[0], tmp_path) for letter in letters]

    assert ["dkim=pass" in judgement for judgement in verdicts] == [True, True, False]
    assert "x-bouncer-return-path" not in signed_fields(letters[1])
