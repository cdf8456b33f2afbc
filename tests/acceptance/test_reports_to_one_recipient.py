"""Reports as mail systems send them to a path that was signed for one recipient: each is about that recipient, whomever it names.

Every shape goes the way of a letter: asked at RCPT, kept, read, decided on and recorded, in a store. Run with -s for the table.
"""

import dataclasses
import datetime as dt
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from acceptance.heard_reports import (
    ALIAS,
    DOMAIN,
    FULL,
    GMAIL,
    JANE,
    KEY,
    LISTED,
    MOST_RECORDED,
    NOW,
    ROLE,
    TAGGED,
    TODAY,
    Installation,
    arf,
    block,
    dsn,
    in_words,
    open_installation,
    path,
    registered,
    returning,
)

from bouncer.errors import Refused
from bouncer.mail.returnpath import sign
from bouncer.policy.history import DAILY_FAILURES
from bouncer.policy.records import ChangeSource, Release, Suppression
from bouncer.ports.erasures import ErasureOrder
from bouncer.ports.letters import BounceFilter, LetterFilter, Page
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.sends import SendFilter, Sent

OTHER = "j.private@inner.example"


def wrapped(before: str) -> str:
    return before + path()


@dataclass(frozen=True)
class Shape:
    """One form of report, and what must come of it."""

    text: str
    outcome: str = "suppressed"  # or counted
    failed: str = JANE
    came_to: str | None = None  # where that is not the plain path
    sent: Sent | None = None  # the message as it was registered


BY_REFERENCE = path(reference="r1")
REWRITTEN = "<20261122.7@smarthost.example>"
COUNTED = "counted"
HIDDEN = returning("undisclosed-recipients:;")
LONG = "Your order for the spring season"

SHAPES: dict[str, Shape] = {
    # the recipient is named as it was written to
    "Postfix, both fields": Shape(dsn(block(JANE, JANE), returned=returning())),
    "Sendmail, final only": Shape(dsn(block("JANE@Example.ORG"), returned=returning())),
    "Exchange, nothing returned": Shape(dsn(block(JANE))),
    "Bcc, named all the same": Shape(dsn(block(JANE), returned=HIDDEN)),
    "mailbox full": Shape(dsn(block(JANE, answer=FULL)), COUNTED),
    "qmail": Shape(
        in_words(
            "Hi. This is the qmail-send program at mx.example.net.",
            "I'm afraid I wasn't able to deliver your message to the following addresses.",
            "This is a permanent error; I've given up. Sorry it didn't work out.",
            "",
            f"<{JANE}>:",
            "Sorry, no mailbox here by that name. (#5.1.1)",
        )
    ),
    "Exim in words": Shape(
        in_words(
            "This message was created automatically by mail delivery software.",
            "",
            "A message that you sent could not be delivered to one or more of its",
            "recipients. This is a permanent error. The following address(es) failed:",
            "",
            f"  {JANE}",
            "    host mx.example.org [192.0.2.1]",
            f"    SMTP error from remote mail server after RCPT TO:<{JANE}>:",
            "    550 5.1.1 User unknown",
            returned=returning(),
        )
    ),
    "OpenSMTPD": Shape(
        in_words(
            "    Hi!",
            "",
            "    This is the MAILER-DAEMON, please DO NOT REPLY to this email.",
            "",
            "    An error has occurred while attempting to deliver a message for",
            "    the following list of recipients:",
            "",
            f"{JANE}: 550 5.1.1 User unknown",
            subject="Delivery status notification: error",
        )
    ),
    "complaint that names the reader": Shape(arf(f"Original-Rcpt-To: {JANE}", returning())),
    "path in upper case": Shape(dsn(block(JANE)), came_to=path().upper()),
    "path with prvs=": Shape(dsn(block(JANE)), came_to=wrapped("prvs=1234abcdef=")),
    "path with SRS0": Shape(dsn(block(JANE)), came_to=wrapped("SRS0=HHHH=TT=rp.example.com=")),
    "address with a source route": Shape(dsn(block(f"@mx.example.net:{JANE}"))),
    "address in quotes": Shape(dsn(block('"jane"@example.org'))),
    "Message-ID as PHP makes it": Shape(
        dsn(block(JANE), returned=returning(message_id="<65f1a2b3c4d5e.12345@acme.example>"))
    ),
    "Message-ID rewritten, subject as sent": Shape(
        dsn(block(JANE), returned=returning(message_id=REWRITTEN, subject=LONG)),
        came_to=BY_REFERENCE,
        sent=registered(),
    ),
    "subject tagged, Message-ID as sent": Shape(
        dsn(block(JANE), returned=returning(subject=f"[EXTERNAL] {LONG}")), came_to=BY_REFERENCE, sent=registered()
    ),
    # somebody else is named: she has her mail sent on, and it fails there
    "forwarded, her address in To": Shape(dsn(block(OTHER), returned=returning()), COUNTED),
    "forwarded, a list in To": Shape(dsn(block(OTHER), returned=LISTED), COUNTED),
    "forwarded, Bcc": Shape(dsn(block(OTHER), returned=HIDDEN), COUNTED),
    "forwarded, nothing returned": Shape(dsn(block(OTHER)), COUNTED),
    "forwarded, mailbox full there": Shape(dsn(block(OTHER, answer=FULL), returned=LISTED), COUNTED),
    "forwarded, both addresses": Shape(dsn(block(OTHER, JANE), returned=returning()), COUNTED),
    "forwarded, qmail": Shape(in_words(f"<{OTHER}>:", "Sorry, no mailbox here by that name. (#5.1.1)"), COUNTED),
    "Exim, generated from": Shape(
        dsn(
            block(OTHER),
            returned=LISTED,
            words=f"The following address(es) failed:\n\n  {OTHER}\n    (generated from {JANE})\n    550 5.1.1 User unknown",
        ),
        COUNTED,
    ),
    "two dead targets, the alias in To": Shape(
        dsn(block(OTHER), block("k@inner.example"), returned=returning(ROLE)), COUNTED, ROLE
    ),
    "two dead targets, a list in To": Shape(
        dsn(block(OTHER), block("k@inner.example"), returned=LISTED), COUNTED, ROLE
    ),
    "one dead target, the other got it": Shape(
        dsn(block(OTHER), block("k@inner.example", answer="250 2.0.0 ok", action="delivered"), returned=LISTED),
        COUNTED,
        ROLE,
    ),
    "domain alias": Shape(dsn(block("jane@example.net"), returned=LISTED), COUNTED),
    # she is named in another spelling
    "mailbox host": Shape(dsn(block("jane@mail.example.org"), returned=LISTED)),
    "Gmail without dots": Shape(dsn(block("janedoe@gmail.com"), returned=LISTED), failed=GMAIL),
    "googlemail for gmail": Shape(dsn(block("jane.doe@googlemail.com"), returned=LISTED), failed=GMAIL),
    "tag stripped": Shape(
        dsn(block(JANE), returned=LISTED),
        failed=TAGGED,
        came_to=path(TAGGED, reference="r1"),
        sent=dataclasses.replace(registered(), recipients=(TAGGED,)),
    ),
    "tag in xtext, twice encoded": Shape(dsn(block(JANE, "jane+2B2Bnews@example.org"), returned=LISTED), failed=TAGGED),
    "tag in xtext, in the final field": Shape(dsn(block("jane+2Bnews@example.org"), returned=LISTED), failed=TAGGED),
    "local part alone": Shape(dsn(block("jane"), returned=LISTED)),
    "percent and gateway": Shape(dsn(block("jane%example.org@gateway.example"), returned=LISTED)),
    "Exchange, IMCEAEX": Shape(
        dsn(
            block(
                "IMCEAEX-_O=FIRST+20ORGANIZATION_OU=EXCHANGE+20ADMINISTRATIVE+20GROUP_CN=RECIPIENTS_CN=jane@example.org"
            ),
            returned=LISTED,
        )
    ),
    # nobody is named
    "words that name nobody": Shape(in_words("The mailbox that you wrote to does not exist. 550 5.1.1")),
    "words with a local name": Shape(in_words("Recipient jdoe: 550 5.1.1 no such mailbox here.")),
    "German words that name nobody": Shape(
        in_words(
            "Ihre Nachricht konnte nicht zugestellt werden.", "550 5.1.1 Empfänger unbekannt", subject="Unzustellbar"
        )
    ),
    "fields without a recipient": Shape(dsn(block(), returned=LISTED)),
    "recipient withheld": Shape(dsn(block("<>"), returned=HIDDEN)),
    "the sender in the final field": Shape(dsn(block("news@acme.example"), returned=LISTED)),
    # the message came back changed
    "Message-ID rewritten, subject tagged": Shape(
        dsn(block(JANE), returned=returning(message_id=REWRITTEN, subject=f"[SPAM?] {LONG}")),
        came_to=BY_REFERENCE,
        sent=registered(),
    ),
    "Message-ID rewritten, subject cut": Shape(
        dsn(block(JANE), returned=returning(message_id=REWRITTEN, subject="Your order for the spr...")),
        came_to=BY_REFERENCE,
        sent=registered(),
    ),
    "Message-ID rewritten, subject absent": Shape(
        dsn(block(JANE), returned=returning(message_id=REWRITTEN, subject=None)),
        came_to=BY_REFERENCE,
        sent=registered(),
    ),
    "Message-ID rewritten, subject refolded": Shape(
        dsn(block(JANE), returned=returning(message_id=REWRITTEN, subject="Your order for the\n\t spring sea\n son")),
        came_to=BY_REFERENCE,
        sent=registered(),
    ),
    # complaints, and paths that somebody wrapped
    "complaint, the reader withheld": Shape(arf("Original-Rcpt-To: redacted@isp.example", returning("x@isp.example"))),
    "complaint to the alias by its Original-Mail-From": Shape(
        arf(f"Original-Mail-From: <{path()}>\nOriginal-Rcpt-To: redacted", returning("undisclosed-recipients:;")),
        came_to=ALIAS,
    ),
    "path with btv1": Shape(dsn(block(JANE)), came_to=wrapped("btv1==1234abcdef==")),
    "path with SRS1": Shape(dsn(block(JANE)), came_to=wrapped("SRS1=GGGG=relay.example==HHHH=TT=rp.example.com=")),
}


@pytest.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    async for here in open_installation(tmp_path):
        yield here


async def outcome(installation: Installation, shape: Shape) -> str:
    """Give the effect of the report for its recipient, in a word."""
    if shape.sent:
        await installation.store.count(OPERATOR, [shape.sent])
    try:
        rows = await installation.hear(shape.came_to or path(shape.failed), shape.text)
    except Refused:
        return "refused"
    suppressed = await installation.suppressed()
    if suppressed:
        return "suppressed" if suppressed == {shape.failed} else f"suppressed {suppressed}"
    if any(row.recipient == shape.failed and row.effect == "counted" for row in rows):
        return COUNTED
    return f"recorded as {', '.join(sorted({row.belief for row in rows}))}" if rows else "recorded for nobody"


async def test_reports_to_the_path_of_one_recipient_are_acted_on(tmp_path: Path):
    outcomes = {}
    for number, (name, shape) in enumerate(SHAPES.items()):
        (folder := tmp_path / str(number)).mkdir()
        async for installation in open_installation(folder):
            outcomes[name] = await outcome(installation, shape)

    print()  # noqa: T201 -- the table, with -s
    for name, shape in SHAPES.items():
        print(f"{name:50} {shape.outcome:11} {outcomes[name]}")  # noqa: T201 -- as above
    acted = sum(result in ("suppressed", COUNTED) for result in outcomes.values())
    print(f"{acted} of {len(SHAPES)} are acted on")  # noqa: T201 -- as above
    assert len(SHAPES) == 52
    assert outcomes == {name: shape.outcome for name, shape in SHAPES.items()}


async def test_a_report_of_another_address_is_recorded_with_both(installation: Installation):
    (row,) = await installation.hear(
        path("lena@example.org"), dsn(block("lena@inner.example", answer="550 5.7.1 blocked"), returned=LISTED)
    )
    (worse,) = await installation.hear(path("lena@example.org"), dsn(block("l.x@inner.example"), returned=LISTED))
    (nameless,) = await installation.hear(path("olga@example.org"), SHAPES["words that name nobody"].text)

    assert (row.recipient, row.reported, row.effect) == ("lena@example.org", "lena@inner.example", "never")
    assert (worse.recipient, worse.reported, worse.effect) == ("lena@example.org", "l.x@inner.example", "counted")
    assert (nameless.recipient, nameless.reported, nameless.effect) == ("olga@example.org", None, "suppressed")
    assert await installation.notices() == 3


async def test_one_dead_member_of_a_role_address_suppresses_it_on_the_third_day_and_himself_never(
    installation: Installation,
):
    """The report has both fields, and returns the message: it was proven and suppressed the role at once."""
    left = "anna@customer.example"
    for day in range(3):
        installation.now = NOW + dt.timedelta(days=day)
        assert await installation.suppressed() == set()
        (row,) = await installation.hear(path(ROLE), dsn(block(left, ROLE), returned=returning(ROLE)))
        (again,) = await installation.hear(
            path(ROLE), dsn(block("AnnA@customer.example", ROLE), returned=returning(ROLE))
        )

    assert await installation.suppressed() == {ROLE}
    assert (row.counted_day, row.effect, again.effect) == (None, "suppressed", "already-suppressed")
    (suppression,) = [
        entry
        for _, entry in await installation.store.suppressions(
            AccountScope("acme"), now=installation.now, page=MOST_RECORDED
        )
    ]
    assert suppression.until == installation.now + dt.timedelta(
        days=14
    )  # as after soft failures: the others may still be there
    assert suppression.reason == "invalid-recipient"


MEMBER = "anna@customer.example"
BY_MEMBER = {
    "the answer names her": dsn(block(ROLE, answer=f"550 5.1.1 <{MEMBER}>: Recipient address rejected: User unknown")),
    "Sendmail's own field": dsn(
        block(ROLE).rstrip() + f"\nX-Actual-Recipient: RFC822; {MEMBER}\n", returned=returning(ROLE)
    ),
    "Exim in words": in_words(
        "A message that you sent could not be delivered to one or more of its recipients.",
        "The following address(es) failed:",
        "",
        f"  {MEMBER}",
        f"    (generated from {ROLE})",
        "    550 5.1.1 User unknown",
    ),
    "Postfix in words": in_words(
        f"<{MEMBER}> (expanded from <{ROLE}>): host mx said: 550 5.1.1 User unknown (in reply to RCPT TO command)"
    ),
    "qmail's alias": in_words(
        f"<{ROLE}>:", f"Remote host said: 550 5.1.1 <{MEMBER}>: Recipient address rejected: User unknown"
    ),
    "the role as expanded": dsn(block(ROLE, answer="250 2.0.0 ok", action="expanded"), block(MEMBER)),
}


@pytest.mark.parametrize("form", BY_MEMBER)
async def test_a_role_address_does_not_die_with_one_member_in_whatever_form_she_is_named(
    installation: Installation, form: str
):
    rows = await installation.hear(path(ROLE), BY_MEMBER[form])
    failed = [row for row in rows if row.action == "failed"]

    assert await installation.suppressed() == set()
    assert [(row.recipient, row.reported, row.effect) for row in failed] == [(ROLE, MEMBER, "counted")]


@pytest.mark.parametrize(
    "answer", [f"550 5.1.1 <{ROLE}>: User unknown", "550 5.1.1 User unknown, see postmaster@customer.example"]
)
async def test_a_role_address_that_is_gone_itself_is_suppressed_at_once(installation: Installation, answer: str):
    await installation.hear(path(ROLE), dsn(block(ROLE, answer=answer), returned=LISTED))

    assert await installation.suppressed() == {ROLE}


async def test_the_holder_of_a_path_silences_nobody_but_himself(installation: Installation):
    """On every day of the path's life he names others, alone and by the hundred, in every field, as failures and complaints."""
    mallory, victims = "mallory@example.net", [f"victim{n}@example.org" for n in range(60)]
    for day in range(6):
        installation.now = NOW + dt.timedelta(days=day)
        for victim in victims[:4]:
            await installation.hear(path(mallory), dsn(block(victim, victim), returned=returning(victim)))
        await installation.hear(
            path(mallory), dsn(*(block(victim) for victim in victims), returned=returning(", ".join(victims)))
        )
        await installation.hear(path(mallory), arf(f"Original-Rcpt-To: {victims[0]}", returning(victims[0])))

    assert await installation.suppressed() == {mallory}
    for victim in victims:
        assert await installation.store.bounces(OPERATOR, BounceFilter(recipient=victim), MOST_RECORDED) == []


async def test_a_hundred_named_addresses_count_as_one_failure(installation: Installation):
    await installation.hear(path(), dsn(*(block(f"t{n}@inner.example") for n in range(100))))

    counts = await installation.store.counts(OPERATOR, SendFilter(), ())
    assert [(count.event, count.count) for count in counts] == [("invalid-recipient", 1)]


async def test_ten_failures_of_a_day_count_however_many_paths_somebody_holds(
    installation: Installation, tmp_path: Path
):
    """All that count were loaded for each letter about her: beside a few thousand every commit took a tenth of a second."""
    mallory, effects = "mallory@example.net", list[list[str]]()
    for day in range(3):
        installation.now = NOW + dt.timedelta(days=day)
        paths = [path(mallory, reference=f"mail{day}x{n}") for n in range(14)]
        effects.append([row.effect for address in paths for row in await installation.hear(address, dsn(block(OTHER)))])

    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection:
        counting = connection.execute("SELECT count(*) FROM bounces WHERE counts GROUP BY at ORDER BY at").fetchall()
    assert counting == [(DAILY_FAILURES,)] * 3
    assert [set(of_day) for of_day in effects[:2]] == [{COUNTED}] * 2
    assert effects[2] == ["suppressed", *["already-suppressed"] * 13]


async def test_a_day_counts_again_after_a_release(installation: Installation, tmp_path: Path):
    for n in range(14):
        await installation.hear(path(reference=f"mail{n}"), dsn(block(OTHER)))
    installation.now += dt.timedelta(hours=1)
    await installation.store.suppress(
        OPERATOR, Suppression("acme", JANE, "manual", ChangeSource.COMMAND, None, installation.now, until=None)
    )
    await installation.store.release(
        OPERATOR, Release("acme", JANE, ChangeSource.COMMAND, None, installation.now, "by command of ann")
    )
    installation.now += dt.timedelta(hours=1)
    (row,) = await installation.hear(path(reference="another"), dsn(block(OTHER)))

    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection:
        (counting,) = connection.execute("SELECT count(*) FROM bounces WHERE counts").fetchone()
    assert (row.effect, row.counted_day, counting) == (COUNTED, 1, DAILY_FAILURES + 1)


@pytest.mark.parametrize("shape", ["Gmail without dots", "forwarded, a list in To", "words that name nobody"])
async def test_a_path_that_hides_the_address_is_of_whom_the_registered_message_went_to(
    installation: Installation, shape: str
):
    """The milter makes such a path for each recipient, and remembers the message; before it did, nobody could say."""
    failed = SHAPES[shape].failed
    hidden = path(failed, hashed=True, reference="r1")
    before = await installation.hear(hidden, SHAPES[shape].text)
    await installation.store.count(OPERATOR, [dataclasses.replace(registered(), recipients=(failed,))])
    (after,) = await installation.hear(hidden, SHAPES[shape].text)

    assert {row.belief_why for row in before} <= {
        "its return path was signed for one recipient, and nothing says for whom"
    }
    assert (after.recipient, after.belief) == (failed, "proven")
    assert after.effect == SHAPES[shape].outcome
    assert await installation.notices() == 2


async def test_a_path_for_several_that_went_to_one_alone_knows_who_failed_too(installation: Installation):
    await installation.store.count(OPERATOR, [registered()])
    (row,) = await installation.hear(path(None, reference="r1"), dsn(block(OTHER), returned=LISTED))
    await installation.store.count(OPERATOR, [dataclasses.replace(registered(), recipients=("joe@example.org",))])
    (shared,) = await installation.hear(path(None, reference="r1"), dsn(block("k@inner.example"), returned=LISTED))

    assert (row.recipient, row.reported, row.belief, row.effect) == (JANE, OTHER, "proven", "counted")
    assert (shared.recipient, shared.belief) == ("k@inner.example", "contradicted")


async def test_the_message_id_that_a_report_returns_makes_no_path_for_several_one_of_its_recipient(
    installation: Installation,
):
    """All mail of a day has one such path: whoever holds it can return the Message-ID of anybody's message."""
    await installation.store.count(OPERATOR, [dataclasses.replace(registered(), reference=None)])
    (row,) = await installation.hear(path(None), dsn(block(JANE), returned=returning()))
    (other,) = await installation.hear(path(None), dsn(block(OTHER), returned=returning()))

    assert (row.recipient, row.belief, row.effect) == (JANE, "plausible", "doubted")
    assert (other.recipient, other.effect) == (OTHER, "doubted")
    assert await installation.suppressed() == set()


@pytest.mark.parametrize("erased", [("joe@example.org",), ("joe@example.org", "ann@example.org")])
@pytest.mark.parametrize("mails", [1, 2], ids=["one mail to all", "one mail to each"])
async def test_a_recipient_who_had_herself_erased_still_holds_the_path(
    installation: Installation, erased: tuple[str, ...], mails: int
):
    """Her address is forgotten; that she got the message, and can write to its path, is not."""
    sent = [(JANE, *erased)] if mails == 1 else [(JANE,), *((address,) for address in erased)]
    await installation.store.count(
        OPERATOR, [dataclasses.replace(registered(), recipients=recipients) for recipients in sent]
    )
    for address in erased:
        order = ErasureOrder((address,), ChangeSource.COMMAND, "by command of ann", NOW)
        assert (await installation.store.erase(OPERATOR, order)).messages == 1
        assert (await installation.store.erase(OPERATOR, order)).messages == 0
    forged = await installation.hear(path(None, reference="r1"), dsn(block(JANE), returned=returning()))
    of_nobody = await installation.hear(
        path(None, reference="r1"), dsn(block(erased[0]), returned=returning(erased[0]))
    )

    assert [(row.recipient, row.belief) for row in forged] == [(JANE, "plausible")]
    assert [row.belief for row in of_nobody] == ["contradicted"]
    assert await installation.suppressed() == set()


@pytest.mark.parametrize(
    ("days_left", "outliving_days", "belief"),
    [
        (30, 0, "proven"),
        (1, 0, "proven"),
        (0, 0, "plausible"),
        (16, 16, "plausible"),
        (17, 16, "proven"),
        (0, -1, "proven"),
    ],
)
async def test_a_path_proves_nothing_of_the_one_message_that_is_left_where_others_may_be_forgotten(
    installation: Installation, days_left: int, outliving_days: int, belief: str
):
    """A message of the path's first day may have gone to somebody else, who holds the path as long as it is good."""
    installation.outliving_days = outliving_days
    await installation.store.count(OPERATOR, [registered()])
    lasting = sign("acme", None, domain=DOMAIN, key=KEY, today=TODAY, days=days_left, reference="r1")
    (row,) = await installation.hear(lasting, dsn(block(JANE), returned=returning()))

    assert row.belief == belief
    assert await installation.suppressed() == ({JANE} if belief == "proven" else set())


NO_FAILURES = {
    "delivered elsewhere": dsn(block(OTHER, answer="250 2.0.0 ok", action="delivered"), returned=LISTED),
    "relayed": dsn(block(OTHER, answer="250 2.0.0 ok", action="relayed")),
    "expanded": dsn(block(JANE, answer="250 2.0.0 ok", action="expanded")),
    "late": dsn(block(OTHER, answer="451 4.4.1 timeout", action="delayed"), returned=LISTED),
    "late, in words": in_words(
        "Your message has not been delivered yet: 451 4.4.1 timeout.",
        "It will be retried.",
        subject="Warning: message delayed",
    ),
    "delivered, in words": in_words(
        "Your message was successfully delivered to the mailbox.", subject="Delivery report"
    ),
    "vacation": "From: jane@example.org\nAuto-Submitted: auto-replied\nSubject: Away\n\nMail to bob was lost: 550 5.1.1 unknown\n",
    "challenge": in_words(
        "Your message to me is held until you click the link below to confirm: http://x.example/",
        subject="Please confirm",
    ),
    "a person": "From: Jane <jane@example.org>\nSubject: Re: Your order\n\nOur postmaster says 550 5.1.1 user unknown?\n",
}


@pytest.mark.parametrize("name", NO_FAILURES)
async def test_a_report_of_no_failure_becomes_none_at_the_path_of_one_recipient(installation: Installation, name: str):
    rows = await installation.hear(path(), NO_FAILURES[name])

    assert await installation.suppressed() == set()
    assert {row.effect for row in rows} <= {"none"}


async def test_an_address_beside_her_own_failed_mailbox_is_not_hers(installation: Installation):
    own, other = await installation.hear(path(), dsn(block(JANE), block(OTHER), returned=returning()))

    assert (own.recipient, own.belief, own.effect) == (JANE, "proven", "suppressed")
    assert (other.recipient, other.belief, other.effect) == (OTHER, "contradicted", "doubted")


async def test_another_message_of_ours_contradicts(installation: Installation):
    other = dataclasses.replace(registered("An invoice"), message_id="<m2@acme.example>", reference="r2")
    await installation.store.count(OPERATOR, [registered(), other])
    returned = returning(message_id="<m2@acme.example>", subject="An invoice")
    (row,) = await installation.hear(BY_REFERENCE, dsn(block(JANE), returned=returned))

    assert (row.belief, row.effect) == ("contradicted", "doubted")


@pytest.mark.parametrize("reference", [None, "sale"])
async def test_reports_to_one_path_for_several_are_bounded_by_recipient_and_all_are_told(
    installation: Installation, reference: str | None
):
    """The eleventh report of a day was told to nobody, though each was of another recipient."""
    several = [f"reader{n}@example.org" for n in range(12)]
    shared = path(None, reference=reference)
    first = [row for to in several for row in await installation.hear(shared, dsn(block(to), returned=returning(to)))]
    again = [
        row
        for _ in range(10)
        for row in await installation.hear(shared, dsn(block(several[0]), returned=returning(several[0])))
    ]

    assert {row.belief for row in [*first, *again[:-1]]} == {"plausible"}
    assert (again[-1].belief, again[-1].belief_why) == (
        "unproven",
        "its return path has already told of this recipient 10 times today",
    )
    (next_one,) = await installation.hear(
        shared, dsn(block("reader99@example.org"), returned=returning("reader99@example.org"))
    )
    assert next_one.belief == "plausible"
    assert await installation.notices() == 23


async def test_a_path_of_one_that_was_used_too_often_is_still_told(installation: Installation):
    rows = [row for _ in range(12) for row in await installation.hear(path(), dsn(block(OTHER, answer=FULL)))]

    assert [row.belief for row in rows] == ["proven"] * 10 + ["unproven"] * 2
    assert {(row.recipient, row.reported) for row in rows} == {(JANE, OTHER)}
    assert await installation.notices() == 12


async def test_a_path_that_was_used_too_often_adds_nothing_to_the_counts(installation: Installation):
    """Else whoever holds it could make any number of unproven failures of an account's mail."""
    for _ in range(15):
        await installation.hear(path(), dsn(block(answer=FULL)))

    counts = await installation.store.counts(OPERATOR, SendFilter(), ())
    assert [(count.event, count.count) for count in counts] == [("mailbox-full", 10)]


async def test_a_failure_of_a_message_to_several_that_names_nobody_is_told(installation: Installation):
    rows = await installation.hear(path(None), SHAPES["words that name nobody"].text)
    (letter,) = await installation.store.letters(OPERATOR, LetterFilter(), Page(1))

    assert (rows, letter.kind, letter.state) == ([], "bounce", "read")
    assert await installation.notices() == 1
