"""Letters of the security review, each through the running daemon, as a stranger would send it."""

import asyncio
import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance.world_outside import World, failure
from programs.ours import DOMAIN, Ours

from bouncer.mail.returnpath import sign
from bouncer.ports.scope import OPERATOR
from bouncer.ports.sends import Sent
from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import open_store

ANN = "ann@acme.example"
PAUL = "paul@example.org"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Ours(tmp_path) as daemon:
        daemon.command("account", "add", "acme", "--owner", ANN)
        yield World(daemon)


@pytest.mark.parametrize(
    "returned",
    [
        "Message-ID: <65f1a2b3c4d5e.12345@acme.example>\r\n",
        "Message-ID: <065f1a2b3c4d5.12345@mx.example.com>\r\n",
        "X-Bouncer-Notice: 065f1a2b3c4d5.1@mx.other.example\r\nMessage-ID: <065f1a2b3c4d5.1@mx.other.example>\r\n",
        "X-Bouncer-Notice: hello\r\n",
    ],
    ids=["of PHP's uniqid", "under our host name", "a notice of another installation", "the field alone"],
)
def test_mail_with_message_ids_like_ours_is_not_taken_for_ours(world: World, returned: str):
    world.send(world.path(PAUL), failure(PAUL, returned))

    (row,) = world.settled()

    assert (row["belief"], row["effect"]) == ("proven", "suppressed")
    assert world.suppressed() == {PAUL}
    assert [str(notice["To"]) for notice in world.ours.notices()] == [ANN]


def test_a_notice_that_left_here_is_ours_under_its_whole_id_alone(world: World):
    """A notice with the same number under another host name is another mail."""
    world.send(f"acme@{DOMAIN}", failure("kim@example.org"))
    world.settled()
    (notice,) = world.ours.notices()
    own = str(notice["Message-ID"])

    world.send(f"acme@{DOMAIN}", failure(ANN, f"Message-ID: {own.upper()}\r\n"))
    world.settled()
    assert len(world.ours.notices()) == 1

    world.send(f"acme@{DOMAIN}", failure(ANN, f"Message-ID: {own.partition('@')[0]}@mx.other.example>\r\n"))
    world.settled()
    assert len(world.ours.notices()) == 2


def count(ours: Ours, *sends: Sent) -> None:
    """Write what the milter writes for these messages."""

    async def written() -> None:
        store = await open_store(StoreSettings(f"sqlite:///{ours.folder}/bouncer.db"), hostname="mx.example.com")
        await store.count(OPERATOR, sends)
        await store.close()

    asyncio.run(written())


@pytest.mark.parametrize("mails", [30, 80], ids=["all looked at", "more than are looked at"])
def test_a_reader_of_a_campaign_silences_no_other_reader(world: World, mails: int):
    """The campaign's mails went out one by one and carry one path: whoever got one of them holds it."""
    at = dt.datetime.now(dt.UTC)
    ladies = [f"lady{n}@example.org" for n in range(mails)]
    count(world.ours, *(Sent("acme", at, (lady,), subject="Sale", reference="sale") for lady in ladies))

    world.send(world.path(None, reference="sale"), failure(ladies[-1], "Subject: Sale\r\n"))

    (row,) = world.settled()
    assert row["belief"] == "plausible"
    assert world.suppressed() == set()


def test_a_path_that_outlives_what_is_remembered_proves_nothing(tmp_path: Path):
    """A recipient of an earlier message holds the path; that message is forgotten after as many days as the settings say."""
    with Ours(tmp_path, log="[retention]\nmessages_days = 14") as ours:
        ours.command("account", "add", "acme", "--owner", ANN)
        world, today = World(ours), int(time.time()) // 86_400
        count(ours, Sent("acme", dt.datetime.now(dt.UTC), (PAUL,), subject="Sale", reference="sale"))
        old = sign("acme", None, domain=DOMAIN, key=world.key, today=today, days=15, reference="sale")
        world.send(old, failure(PAUL, "Subject: Sale\r\n"))
        first = [row["belief"] for row in world.settled()]
        suppressed = world.suppressed()
        world.send(world.path(None, reference="sale"), failure(PAUL, "Subject: Sale\r\n"))
        both = {row["belief"] for row in world.settled()}

    assert (first, suppressed) == (["plausible"], set())
    assert both == {"plausible", "proven"}


def test_a_path_of_one_message_to_one_still_proves(world: World):
    """Even where its program sent it twice, as after an answer that got lost."""
    once = Sent("acme", dt.datetime.now(dt.UTC), (PAUL,), subject="Order", reference="order7")
    count(world.ours, once, once)

    world.send(world.path(None, reference="order7"), failure(PAUL, "Subject: Order\r\n"))

    assert [row["belief"] for row in world.settled()] == ["proven"]
    assert world.suppressed() == {PAUL}


MALLORY, LADY = "mallory@evil.example", "lady@example.org"


@pytest.mark.parametrize("campaign", [False, True], ids=["one mail to two", "two mails with one path"])
def test_a_reader_whose_address_was_erased_silences_no_other_reader(world: World, campaign: bool):
    """The reader still holds the path, though no record tells of it."""
    at, words = dt.datetime.now(dt.UTC), {"subject": "Sale", "reference": "sale"}
    mails = [(MALLORY,), (LADY,)] if campaign else [(MALLORY, LADY)]
    count(world.ours, *(Sent("acme", at, recipients, **words) for recipients in mails))
    world.ours.command("erase", "--yes", MALLORY)

    world.send(world.path(None, reference="sale"), failure(LADY, "Subject: Sale\r\n"))

    assert [row["belief"] for row in world.settled()] == ["plausible"]
    assert world.suppressed() == set()


NAMELESS = {
    "olga@example.org": b"From: MAILER-DAEMON@example.org\r\nSubject: Undelivered Mail Returned to Sender\r\n\r\n"
    b"The mailbox that you wrote to does not exist. 550 5.1.1\r\n",
    "berta@example.org": failure("<>"),
    "rosa@example.org": failure("news@acme.example", "From: News <news@acme.example>\r\nTo: undisclosed:;\r\n"),
    "news@acme.example": failure("news@acme.example", "From: news@acme.example\r\nTo: news@acme.example\r\n"),
}
"""Reports by whom they came to: words, a recipient withheld, the sender alone named, and a mail that the sender wrote to itself."""


def test_a_report_that_names_nobody_is_about_the_recipient_of_its_path(world: World):
    """The report was told to nobody."""
    for recipient, raw in NAMELESS.items():
        world.send(world.path(recipient), raw)

    rows = {row["recipient"]: (row["reported"], row["belief"], row["effect"]) for row in world.settled()}

    assert rows == dict.fromkeys(NAMELESS, (None, "proven", "suppressed"))
    assert world.suppressed() == set(NAMELESS)


def test_a_report_that_names_nobody_is_told_though_its_path_hides_the_recipient(world: World):
    """As paths for several do: it suppresses nobody."""
    raw = NAMELESS["olga@example.org"]
    world.send(world.path("olga@example.org", hashed=True), raw)
    world.send(world.path(None), raw)
    world.settled()

    assert world.suppressed() == set()
    assert len(world.ours.notices()) == 2


def test_a_failure_where_mail_is_sent_on_to_is_shown_with_both_addresses(world: World):
    world.send(world.path("lena@example.org"), failure("lena@inner.example", "To: readers@acme.example\r\n"))

    (row,) = world.settled()
    (notice,) = world.ours.notices()
    body = notice.get_body(("plain",))

    assert (row["recipient"], row["reported"]) == ("lena@example.org", "lena@inner.example")
    assert row["effect"] == "counted"
    assert world.suppressed() == set()
    assert body is not None
    words = " ".join(body.get_content().split())
    assert "lena@example.org" in words
    assert "lena@inner.example" in words


WORD = "\u00e9" * 35_000
IN_WORDS = "Subject: failure notice\r\n\r\nfailed\r\n"
LONG = {
    "blanks in an address": failure("a@x" + " " * 45_000 + "b"),
    "tabs before a comment": failure("a@x" + "\t(" * 22_000 + "b"),
    **{
        f"one word in {field}": f"From: MAILER-DAEMON@mx.example.net\r\n{field}: {WORD}\r\n{IN_WORDS}".encode()
        for field in ("X-Failed-Recipients", "To", "Cc", "X-Original-To", "Received", "Auto-Submitted")
    },
    "one word in a report": failure(WORD),
    "one word in the returned To": failure("kim@example.org", f"To: {WORD}\r\n"),
    "words with two dashes": f"From: MAILER-DAEMON@mx.example.net\r\nSubject: failure notice\r\n\r\n{'--' * 35_000}\r\n".encode(),
}
"""Fields of tens of thousands of octets, which took ten seconds each."""


def test_fields_of_tens_of_kilobytes_are_read_and_keep_no_bounce_waiting(world: World):
    for raw in LONG.values():
        for _ in range(4):
            world.send(f"acme@{DOMAIN}", raw)
    world.send(world.path(PAUL), failure(PAUL))

    rows = world.settled()
    log = world.ours.log.read_text()

    assert [row["effect"] for row in rows if row["recipient"] == PAUL] == ["suppressed"]
    assert "longer than" not in log
    assert "more memory" not in log
    assert len(world.ours.rows("letters", "--limit", "200")) == 4 * len(LONG) + 1
