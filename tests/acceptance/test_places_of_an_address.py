"""A reader who has a good path of her own and wants somebody else silenced: wherever a letter may have an address, hers names him.

Her own address is chosen for it, too: it holds his, looks like it, or becomes it for a system that respells addresses.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance.heard_reports import ALIAS, NOW, arf, block, dsn, in_words, open_installation, path, returning

from bouncer.mail.address import comparable
from bouncer.ports.scope import OPERATOR
from bouncer.ports.sends import Sent

VICTIM = "victim@example.net"
BETWEEN = dt.timedelta(hours=3)
"""Between two letters: no path is used more often than it may be."""
OWN_ADDRESSES = (
    "mallory@evil.example",
    "victim%example.net@evil.example",
    "victim=example.net@evil.example",
    '"victim@example.net"@evil.example',
    "example.net!victim@evil.example",
    "imceasmtp-victim+40example+2enet@evil.example",
    "victim_example.net#ext#@evil.example",
    "victim@example.net.evil.example",
    "victim@sub.example.net",
    "victim@local",
    "victim@ex\u0430mple.net",
    "v\u0131ctim@example.net",
    "victim\u200b@example.net",
)
SPELLINGS = (
    VICTIM,
    "VICTIM@EXAMPLE.NET.",
    '"vic\\tim"@example.net',
    "@evil.example:victim@example.net",
    "victim@example.net (mallory@evil.example)",
    "mallory@evil.example: victim@example.net;",
    '"mallory@evil.example" <victim@example.net>',
    "mallory@evil.example, victim@example.net",
    "=?utf-8?q?mallory=40evil.example?= <victim@example.net>",
    "victim%example.net@evil.example",
    "victim+40example.net",
    "vic\u200btim@example.net",
    "\uff56ictim@example\u3002net",
    "acme+victim=example.net@rp.example.com",
)
RETURNED_FIELDS = (
    *("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Rcpt-To", "X-Forwarded-To", "Resent-To"),
    *("Apparently-To", "X-HmXmrOriginalRecipient", "List-Unsubscribe", "X-Failed-Recipients"),
)


def letters(stranger: str, own: str, mark: str) -> Iterator[str]:
    """Letters that name *stranger*, one for each place; what they return has *mark*, fields of a header of hers."""
    returned = f"{returning('readers@acme.example')}{mark}"
    yield dsn(block(stranger), returned=returned)
    yield dsn(block(stranger, stranger), returned=f"{returning(stranger)}{mark}")
    yield dsn(block(own, stranger), returned=returned)
    yield dsn(block(own), block(stranger), returned=returned)
    yield dsn(block(stranger, answer="550 5.1.2 example.net: no such domain"), returned=returned)
    yield dsn(f"Final-Recipient: rfc822;{own}\n{block(stranger)}", returned=returned)
    for field in RETURNED_FIELDS:
        yield dsn(block(), returned=f"{returned}\n{field}: {stranger}")
    yield dsn(block(), returned=f"Received: from a by b for <{stranger}>; Sun, 22 Nov 2026 10:00:00 +0000\n{returned}")
    yield in_words(f"<{stranger}>: host mx said: 550 5.1.1 User unknown", returned=returned)
    yield in_words(f"<{own}>: sent", f"<{stranger}>: host mx said: 550 5.1.1 User unknown", returned=returned)
    yield f"X-Failed-Recipients: {stranger}\n" + in_words("550 5.1.1 User unknown", returned=returned)
    yield f"X-Failed-Recipients: {own}, {stranger}\n" + in_words("550 5.1.1 User unknown", returned=returned)
    yield arf(f"Original-Rcpt-To: {stranger}\nRemoved-Recipient: {stranger}", returned)
    yield arf("Source-IP: 192.0.2.1", f"{returned}\nDelivered-To: {stranger}")
    yield f"From: {stranger}\nTo: {ALIAS}\nSubject: unsubscribe\n\nunsubscribe {stranger}\n"
    yield (
        "From: MAILER-DAEMON@mx.example.net\nSubject: Fwd: Undelivered\nContent-Type: multipart/mixed; boundary=q\n\n"
        f"--q\nContent-Type: message/rfc822\n\n{dsn(block(stranger, stranger), returned=returned)}\n--q--\n"
    )


@pytest.mark.parametrize("own", OWN_ADDRESSES)
async def test_nobody_but_the_holder_of_a_path_is_silenced_wherever_a_letter_names_another(own: str, tmp_path: Path):
    """By her path, by its header in what returns to the alias, and by the path of a mail to them both."""
    both = Sent("acme", NOW, (VICTIM, own), message_id="<m1@acme.example>", subject="Your order", reference="r1")
    ways = ((path(own), ""), (ALIAS, f"\nX-Bouncer-Return-Path: <{path(own)}>"), (path(None, reference="r1"), ""))
    count = 0
    (folder := tmp_path / "store").mkdir()
    async for installation in open_installation(folder):
        await installation.store.count(OPERATOR, [both])
        for place in range(len([*letters(VICTIM, own, "")])):
            for way, (came_to, mark) in enumerate(ways):
                stranger = SPELLINGS[(place + 5 * way + len(own)) % len(SPELLINGS)]
                for row in await installation.hear(came_to, [*letters(stranger, own, mark)][place]):
                    about_her = comparable(row.recipient or "") == comparable(own)
                    assert about_her or row.belief != "proven", (stranger, place, came_to, row)
                count += 1
                installation.now += BETWEEN
        assert {comparable(address) for address in await installation.suppressed()} <= {comparable(own)}
    assert count > 80
