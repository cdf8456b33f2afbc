"""A mail to thousands, all recipients sent ahead in one breath, to the milter of a real daemon: others are answered meanwhile."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs.ours import LISTENERS, Ours
from wire.milter_client import CONNECT, HEADER, HEADERS, MAIL, NEWS, RCPT, Answered, MailServer, frame

MANY = 2_000
EACH = 50
"""Every so many of the recipients is suppressed."""
JANE = "jane@example.org"
DEAREST = "\u00e9." * 120 + "example"
"""Labels of the dearest sort, within the length of a domain."""
REFUSED, GOES_ON = b"y", b"c"


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    with Ours(tmp_path, milter=LISTENERS) as daemon:
        daemon.command("account", "add", "acme", "--owner", "a@acme.example", "--sender", "acme.example")
        yield daemon


def suppress(ours: Ours, addresses: list[str]) -> None:
    listed = ours.folder / "gone.csv"
    listed.write_text("address\n" + "".join(f"{address}\n" for address in addresses))
    ours.command("suppressions", "import", "--account", "acme", str(listed))


async def server(ours: Ours) -> MailServer:
    """A mail server whose clients are ours."""
    server = await MailServer.connect(f"127.0.0.1:{ours.listeners['milter']}")
    await server.negotiate()
    await server.tell(CONNECT, b"host.example\0" + b"4\x9c\x40127.0.0.1\0")
    return server


async def sent_ahead(ours: Ours, recipients: list[str]) -> tuple[list[bytes], Answered]:
    """Say every recipient of one mail at once, then the rest of it; give the answer to each, and what the mail came to."""
    client, answered = await server(ours), Answered()
    assert (await client.tell(MAIL, f"<{NEWS}>\0".encode()))[0] == GOES_ON
    client.send(b"".join(frame(RCPT, f"<{address}>".encode() + b"\0") for address in recipients))
    answers_in_order = [(await client.hear())[0] for _ in recipients]
    for name, value in HEADERS:
        await client.tell(HEADER, name.encode() + b"\0" + value.encode() + b"\0")
    client.send(frame(b"E"))
    command, rest = await client.hear()
    while command in (b"+", b"-", b"m", b"h", b"i", b"e", b"b"):
        answered.edits.append((command, rest))
        command, rest = await client.hear()
    answered.last = command
    client.writer.close()
    return answers_in_order, answered


async def play_small_mails(ours: Ours, over: asyncio.Event) -> list[bytes]:
    """Play small mails to one through, one after the other, until it is *over*; give what each came to."""
    client, answers_to_small = await server(ours), list[bytes]()
    while not over.is_set():
        answers_to_small.append((await client.message([JANE])).last)
    client.writer.close()
    return answers_to_small


async def beside(ours: Ours, recipients: list[str]) -> tuple[list[bytes], Answered, list[bytes]]:
    over = asyncio.Event()
    small = asyncio.create_task(play_small_mails(ours, over))
    try:
        replies, answered = await sent_ahead(ours, recipients)
    finally:
        over.set()
    return replies, answered, await small


@pytest.mark.timeout(300)
def test_thousands_of_recipients_sent_ahead_are_answered_in_order_and_nobody_waits_for_them(ours: Ours):
    recipients = [f"r{n}@example.org" for n in range(MANY)]
    suppress(ours, recipients[::EACH])

    replies, answered, small = asyncio.run(beside(ours, recipients))

    assert replies == [GOES_ON if number % EACH else REFUSED for number in range(MANY)]
    assert answered.last == GOES_ON
    assert len(answered.edits_by(b"e")) == 1, "signed, once for all"
    assert set(small) == {GOES_ON}
    assert len(small) > MANY / 100, "a small mail for each hundred recipients at least"


@pytest.mark.timeout(300)
def test_a_thousand_recipients_in_the_dearest_domains_hold_nobody_up_either(ours: Ours):
    recipients = [f"r{n}@{DEAREST}" for n in range(1000)]
    suppress(ours, [JANE])

    replies, answered, small = asyncio.run(beside(ours, [*recipients, JANE]))

    assert replies == [*[GOES_ON] * 1000, REFUSED]
    assert answered.last == GOES_ON
    assert set(small) == {REFUSED}
    assert len(small) > 10


def test_a_recipient_of_a_quarter_of_a_million_octets_is_answered_like_any(ours: Ours):
    replies, answered, small = asyncio.run(
        beside(ours, [JANE, "kim@" + "\u00e9." * 83_000 + "example", "joe@example.org"])
    )

    assert replies == [GOES_ON] * 3
    assert answered.last == GOES_ON
    assert set(small) <= {GOES_ON}
