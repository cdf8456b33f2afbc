"""An account with wishes by stream, whose mail goes out through a real Postfix: readers forge reports to the paths that they hold.

A reader who holds a path speaks about that reader alone, and about the stream of the mail that brought the path.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from acceptance.handing_in import hand_in
from acceptance.world_outside import failure
from programs.ours import DOMAIN, LISTENERS, Ours
from programs.parts import postfix
from programs.peers import Collected, Peer

pytestmark = [pytest.mark.real("postfix"), pytest.mark.timeout(240)]

MALLORY, LADY = "mallory@example.org", "lady@example.org"
NEWS = "news@acme.example"
STREAMS = ("news", "receipts")


def report(kind: str, recipient: str, returned: str) -> bytes:
    """A report of a failure or a complaint (RFC 5965), or a wish to be taken off, that returns these header fields."""
    if kind == "failure":
        return failure(recipient, returned)
    if kind == "wish":
        return f"From: {recipient}\r\nTo: {NEWS}\r\nSubject: unsubscribe\r\n{returned}\r\nunsubscribe\r\n".encode()
    return (
        "From: fbl@isp.example\r\nSubject: complaint\r\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=B\r\n\r\n--B\r\n"
        "Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: fbl/1\r\nVersion: 1\r\n"
        f"Original-Rcpt-To: {recipient}\r\n\r\n--B\r\nContent-Type: text/rfc822-headers\r\n\r\n{returned}\r\n--B--\r\n"
    ).encode()


@dataclass(frozen=True, slots=True)
class Mailed:
    """Ours, and all mail that reached its readers."""

    ours: Ours
    letters: tuple[Collected, ...]

    def to(self, *recipients: str) -> dict[str, str]:
        """The path of the mail to just these, by its stream."""
        letters = [letter for letter in self.letters if set(letter.recipients) == set(recipients)]
        return {
            next(name for name in STREAMS if f"<{name}-".encode() in letter.octets): letter.reverse_path
            for letter in letters
        }

    def suppressed(self) -> set[tuple[str, str]]:
        """Addresses and streams that get no mail, when all letters are read."""
        self.ours.until(lambda: not self.ours.rows("letters", "--state", "kept"))
        return {(row["address"], row["stream"]) for row in self.ours.rows("suppressions", "list")}


@pytest.fixture(params=["plain paths", "hashed paths"])
def mailed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Mailed]:
    hashing = ("--hash-paths",) if request.param == "hashed paths" else ()
    groups = ((MALLORY,), (LADY,), (MALLORY, LADY))
    with Ours(tmp_path, milter=LISTENERS) as ours, Peer("mx.example.org") as world:
        ours.command(
            "account", "add", "acme", "--owner", "a@acme.example", "--sender", "acme.example", "--by-stream", *hashing
        )
        with postfix({"example.org": world.port}, listeners={"milter": ours.listeners["milter"]}) as server:
            for stream in STREAMS:
                for number, group in enumerate(groups):
                    fields = (f"X-Stream: {stream}", f"Message-ID: <{stream}-{number}@acme.example>")
                    assert set(hand_in(server.port, NEWS, group, *fields)) == {250}
            ours.until(lambda: len(world.letters()) == len(STREAMS) * len(groups))
            yield Mailed(ours, world.letters())


def test_no_reader_silences_another_in_any_stream(mailed: Mailed):
    """By each path that he holds, in each form, in the words of his own mails and of hers."""
    paths = [*mailed.to(MALLORY).values(), *mailed.to(MALLORY, LADY).values()]
    assert len(paths) == 4
    returns = [f"Message-ID: <{stream}-{n}@acme.example>\r\nTo: {LADY}\r\n" for stream in STREAMS for n in range(3)]
    for path in paths:
        for returned in [*returns, *(f"X-Bouncer-Return-Path: <{other}>\r\nTo: {LADY}\r\n" for other in paths)]:
            for kind in ("failure", "complaint", "wish"):
                assert mailed.ours.send(path, report(kind, LADY, returned)).startswith("250")
                mailed.ours.send(f"acme@{DOMAIN}", report(kind, LADY, returned))

    assert {address for address, _ in mailed.suppressed()} <= {MALLORY}


@pytest.mark.parametrize("stream", STREAMS)
def test_a_wish_holds_for_the_stream_of_its_path_whatever_mail_it_names(mailed: Mailed, stream: str):
    other = next(name for name in STREAMS if name != stream)
    returned = f"Message-ID: <{other}-0@acme.example>\r\nTo: {MALLORY}\r\nX-Stream: {other}\r\nSubject: Your order\r\n"

    assert mailed.ours.send(mailed.to(MALLORY)[stream], report("complaint", MALLORY, returned)).startswith("250")

    assert mailed.suppressed() == {(MALLORY, stream)}


def test_a_dead_address_is_dead_for_every_stream(mailed: Mailed):
    mailed.ours.send(mailed.to(MALLORY)["news"], failure(MALLORY))

    assert mailed.suppressed() == {(MALLORY, "")}
