"""The contract of every courier, each for real: a folder, a program, an SMTP server on loopback."""

# ruff: noqa: N802, ARG002 -- aiosmtpd calls its hooks by these names, with these arguments
import asyncio
import contextlib
import os
import stat
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from bouncer.courier.maildir import Maildir
from bouncer.courier.sendmail import Sendmail
from bouncer.courier.smtp import Smarthost, Smtp
from bouncer.mail.outgoing import OutgoingMail
from bouncer.ports.delivery import Courier, Outcome

BODY = b"Subject: Not delivered\r\nMessage-ID: <one@mx>\r\n\r\nHello\r\n"
PROGRAM = """#!/bin/sh
# A sendmail that keeps its arguments and what it is fed.
cat > '{folder}'/mail.$$ && for argument in "$@"; do printf '%s\\n' "$argument"; done > '{folder}'/arguments.$$
"""


def mail(octets: bytes = BODY, to: str = "owner@acme.example", reverse_path: str = "") -> OutgoingMail:
    return OutgoingMail(reverse_path, to, "one@mx", octets)


@dataclass(frozen=True, slots=True)
class Way:
    """A courier, and how to see what arrived: (reverse-path, forward-path, mail with LF)."""

    courier: Courier
    arrived: Callable[[], list[tuple[str, str, bytes]]]
    broken: Courier  # one of the kind whose other end is not there


@contextlib.asynccontextmanager
async def into_a_maildir(tmp_path: Path) -> AsyncIterator[Way]:
    def arrived() -> list[tuple[str, str, bytes]]:
        return [_with_envelope(file.read_bytes()) for file in (tmp_path / "box" / "new").iterdir()]

    (tmp_path / "a-file").touch()
    yield Way(Maildir(tmp_path / "box"), arrived, Maildir(tmp_path / "a-file" / "box"))


def _with_envelope(octets: bytes) -> tuple[str, str, bytes]:
    return_path, delivered_to, rest = octets.split(b"\n", 2)
    reverse_path = return_path.removeprefix(b"Return-Path: <").removesuffix(b">").decode()
    return reverse_path, delivered_to.removeprefix(b"Delivered-To: ").decode(), rest


@contextlib.asynccontextmanager
async def through_a_program(tmp_path: Path) -> AsyncIterator[Way]:
    program = tmp_path / "sendmail"
    program.write_text(PROGRAM.format(folder=tmp_path))
    program.chmod(0o700)

    def arrived() -> list[tuple[str, str, bytes]]:
        mails = []
        for file in tmp_path.glob("arguments.*"):
            dash_i, dash_f, reverse_path, dashes, forward_path = file.read_text().splitlines()
            assert (dash_i, dash_f, dashes) == ("-i", "-f", "--")
            mails.append((reverse_path.strip("<>"), forward_path, file.with_name(f"mail{file.suffix}").read_bytes()))
        return mails

    yield Way(Sendmail(program), arrived, Sendmail(tmp_path / "no-such-program"))


class Kept:
    """Takes everything, and keeps it."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str, bytes]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        reverse_path = (envelope.mail_from or "").strip("<>")
        self.mails += [(reverse_path, to, envelope.content.replace(b"\r\n", b"\n")) for to in envelope.rcpt_tos]
        return "250 2.0.0 Taken"


@contextlib.asynccontextmanager
async def over_smtp(_tmp_path: Path) -> AsyncIterator[Way]:
    receiver, loop = Kept(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(receiver, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0)
    nobody = await loop.create_server(asyncio.Protocol, "127.0.0.1", 0)
    nobodys_port = nobody.sockets[0].getsockname()[1]
    nobody.close()
    courier = Smtp(Smarthost("127.0.0.1", server.sockets[0].getsockname()[1]), hostname="mx.example")
    try:
        yield Way(courier, lambda: receiver.mails, Smtp(Smarthost("127.0.0.1", nobodys_port), hostname="mx.example"))
    finally:
        await courier.close()
        server.close()


@pytest.fixture(params=[into_a_maildir, through_a_program, over_smtp], ids=["maildir", "sendmail", "smtp"])
async def way(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Way]:
    async with request.param(tmp_path) as open_way:
        yield open_way


async def test_a_mail_arrives_whole_with_its_envelope(way: Way) -> None:
    handed = await way.courier.deliver(mail(reverse_path="bouncer-x@rp.example"))

    assert handed.outcome is Outcome.SENT
    assert way.arrived() == [("bouncer-x@rp.example", "owner@acme.example", BODY.replace(b"\r\n", b"\n"))]


async def test_the_null_reverse_path_stays_null(way: Way) -> None:
    await way.courier.deliver(mail())

    assert [reverse_path for reverse_path, _, _ in way.arrived()] == [""]


@pytest.mark.parametrize(
    "line",
    [b".", b"..", b".leading", b"From here", "Grüße".encode(), b"x" * 900],
    ids=["dot", "two dots", "leading dot", "From", "8bit", "long"],
)
async def test_no_line_is_altered(way: Way, line: bytes) -> None:
    await way.courier.deliver(mail(BODY + line + b"\r\nlast\r\n"))

    assert [octets.split(b"\n")[-3] for _, _, octets in way.arrived()] == [line]


async def test_a_mail_of_megabytes_arrives(way: Way) -> None:
    body = BODY + b"0123456789abcdef" * 4 + b"\r\n" + b"line\r\n" * 700_000

    await way.courier.deliver(mail(body))

    assert [octets for _, _, octets in way.arrived()] == [body.replace(b"\r\n", b"\n")]


async def test_the_same_mail_twice_arrives_twice(way: Way) -> None:
    """At least once: it is the Message-ID that tells the receiver."""
    await way.courier.deliver(mail())
    await way.courier.deliver(mail())

    assert len(way.arrived()) == 2


async def test_many_mails_at_a_time_all_arrive(way: Way) -> None:
    owners = {f"owner{n}@acme.example" for n in range(30)}

    handed = await asyncio.gather(*(way.courier.deliver(mail(to=owner)) for owner in owners))

    assert {result.outcome for result in handed} == {Outcome.SENT}
    assert {to for _, to, _ in way.arrived()} == owners


async def test_an_address_beyond_ascii_arrives(way: Way) -> None:
    await way.courier.deliver(mail(to="jürgen@bücher.example"))

    assert [to for _, to, _ in way.arrived()] == ["jürgen@xn--bcher-kva.example"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b.example\r\nRCPT TO:<victim@example.org>",
        "a@b.example> SIZE=1",
        "a@b.example,victim@example.org",
        "-oQ/tmp@b.example",
        "a b@c.example",
        "a@b.example\0",
        "(victim@example.org)a@b.example",
        "@relay.example:a@b.example",
        "|/bin/true@b.example; x",
    ],
)
async def test_an_address_that_is_more_than_one_is_refused(way: Way, address: str) -> None:
    handed = await way.courier.deliver(mail(to=address))

    assert handed.outcome is Outcome.REFUSED


async def test_a_courier_that_reaches_nothing_cannot_hand_mail_over_now(way: Way) -> None:
    handed = await way.broken.deliver(mail())

    assert handed.outcome is Outcome.UNAVAILABLE
    assert handed.reply


async def test_a_courier_can_be_closed_twice_and_used_again(way: Way) -> None:
    await way.courier.deliver(mail())
    await way.courier.close()
    await way.courier.close()

    assert (await way.courier.deliver(mail())).outcome is Outcome.SENT


async def test_a_mail_in_a_maildir_is_its_owners_alone(tmp_path: Path):
    """The mail is the owner's alone with any umask, and in a folder that somebody made before, open to others."""
    for folder in ("tmp", "new", "cur"):
        (tmp_path / "box" / folder).mkdir(parents=True, mode=0o755)
    before = os.umask(0)
    try:
        handed = await Maildir(tmp_path / "box").deliver(mail())
    finally:
        os.umask(before)

    assert handed.outcome is Outcome.SENT
    (arrived,) = (tmp_path / "box/new").iterdir()
    assert mode_of(arrived) == 0o600


def mode_of(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)
