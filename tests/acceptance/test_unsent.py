"""Nothing is dropped unseen: the log, the report of sends and a mail to the owner tell of it; refusals are counted beside."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from programs.ours import LISTENERS, Ours
from wire.milter_client import HEADERS, MailServer

JANE, GONE, FULL = "jane@example.org", "gone@example.org", "full@example.org"
SPRING = (*HEADERS, ("X-Campaign", "spring"), ("X-Stream", "news"))


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    with Ours(tmp_path, milter=LISTENERS) as daemon:
        for name in ("acme", "zoo"):
            daemon.command("account", "add", name, "--owner", f"ann@{name}.example", "--sender", f"{name}.example")
            daemon.command("suppressions", "add", "--account", name, "--days", "90", GONE, FULL)
        yield daemon


async def handed_in(ours: Ours, recipients: list[str], *, sender: str, port: int = 40_000) -> bytes:
    """The mail server's part of one mail; the answer at its end. Port 0: Postfix plays what came by sendmail(1)."""
    server = await MailServer.connect(f"127.0.0.1:{ours.listeners['milter']}")
    try:
        await server.negotiate()
        await server.tell(b"C", b"host.example\0" + b"4" + port.to_bytes(2) + b"127.0.0.1\0")
        return (await server.message(recipients, sender=sender, headers=SPRING)).last
    finally:
        server.close()


def mails_of_dropped(ours: Ours) -> list[EmailMessage]:
    """The mails about what was dropped, let go before their morning comes."""
    for row in ours.rows("queue", "list", "--state", "held"):
        ours.command("queue", "retry", row["id"])
    ours.until(lambda: not ours.rows("queue", "list", "--state", "waiting"))
    return ours.notices()


def report(ours: Ours, *by: str) -> dict[str, tuple[int, int, int]]:
    rows = ours.rows("sends", "report", *(word for name in by for word in ("--by", name)))
    return {f"{row['account']} {row['of']}".strip(): (row["sent"], row["dropped"], row["refused"]) for row in rows}


async def test_a_dropped_recipient_is_in_log_report_and_mail(ours: Ours):
    ours.command("account", "set", "acme", "--suppressed", "drop")
    assert await handed_in(ours, [GONE], sender="news@acme.example") == b"d", "discarded"
    assert await handed_in(ours, [JANE, GONE, FULL], sender="news@acme.example") == b"c"
    assert await handed_in(ours, [GONE], sender="news@zoo.example") == b"y", "refused"
    (mail,) = mails_of_dropped(ours)

    assert ours.lines("dropped") == [
        f"dropped account=acme recipient='{address}' cause='by hand' queue_id='4XyZ' message_id='<1@acme.example>'"
        for address in (GONE, GONE, FULL)
    ]
    assert report(ours, "campaign", "stream") == {
        "acme spring · news": (1, 3, 0),
        "zoo no campaign · no stream": (0, 0, 1),
    }
    assert report(ours, "provider") == {"acme example.org": (1, 3, 0), "zoo example.org": (0, 0, 1)}
    assert (mail["To"], mail["Subject"]) == (
        "ann@acme.example",
        "3 messages were not sent: their addresses are suppressed",
    )
    text = mail.get_content()
    assert text.index(GONE) < text.index(FULL)
    assert "We open" in text, "the subject of the last one"
    assert "zoo" not in text
    assert "bouncer account set acme --suppressed refuse" in " ".join(text.split())


async def test_a_recipient_that_no_client_can_be_refused_is_told_too(ours: Ours):
    """Mail that a program submits by sendmail(1) has no client that could hear a refusal."""
    assert await handed_in(ours, [JANE, GONE], sender="news@zoo.example", port=0) == b"c"
    assert await handed_in(ours, [GONE], sender="news@zoo.example", port=0) == b"d"
    (mail,) = mails_of_dropped(ours)

    assert report(ours) == {"zoo": (1, 2, 0)}
    assert (mail["To"], mail["Subject"]) == (
        "ann@zoo.example",
        "2 messages were not sent: their addresses are suppressed",
    )


async def test_an_owner_may_prefer_not_to_be_told(ours: Ours):
    refused = ours.command("account", "set", "zoo", "--prefer", "dropped=at-once", check=False)
    ours.command("account", "set", "zoo", "--prefer", "dropped=off")
    assert await handed_in(ours, [GONE], sender="news@zoo.example", port=0) == b"d"

    assert "must be one of hourly, daily, weekly, off" in refused.stderr
    assert report(ours) == {"zoo": (0, 1, 0)}
    assert ours.rows("queue", "list") == []


async def test_the_command_that_counts_sends_tells_of_refusals_too(ours: Ours):
    """By the policy service and the table, with no milter beside."""
    policy = await MailServer.connect(f"127.0.0.1:{ours.listeners['policy']}")
    policy.send(
        f"request=smtpd_access_policy\nsender=news@acme.example\nrecipient={GONE}\nclient_address=127.0.0.1\n"
        "queue_id=4XyZ\n\n".encode()
    )
    assert (await policy.reader.readuntil(b"\n\n")).startswith(
        b"action=550 5.7.1 not sent, reason: by hand (suppressed until "
    )
    table = await MailServer.connect(f"127.0.0.1:{ours.listeners['socketmap']}")
    question = f"zoo {FULL}"
    table.send(f"{len(question)}:{question},".encode())
    assert b"OK 550 5.7.1 not sent, reason: by hand" in await table.reader.readuntil(b"org,")
    policy.close()
    table.close()

    assert report(ours) == {"acme": (0, 0, 1), "zoo": (0, 0, 1)}
    assert ours.lines("refused") == [
        f"refused account=acme recipient='{GONE}' cause='by hand' queue_id='4XyZ'",
        f"refused account=zoo recipient='{FULL}' cause='by hand'",
    ]
