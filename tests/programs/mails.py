"""Every kind of mail that leaves, in every language, as it would be sent: for judges, browsers, terminals and mailboxes."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

from bouncer.compose.block_warning import BlockWarning, compose_warning
from bouncer.compose.digest import Digest
from bouncer.compose.headers import OutgoingEnvelope
from bouncer.compose.language import LANGUAGES
from bouncer.compose.listing import ListedMail, Listing, compose_listing
from bouncer.compose.notice import Earlier, Notice, NoticeRecipient
from bouncer.compose.operator import (
    FailingOwnerMail,
    ForwardedMail,
    compose_failing,
    compose_forwarded,
)
from bouncer.compose.owner_mails import compose, compose_digest
from bouncer.compose.tally import DigestRow, DigestTally
from bouncer.compose.unsent import compose_unsent
from bouncer.mail.outgoing import OutgoingMail
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.blocking import Blocked, Blocking
from bouncer.policy.preferences import Attach
from bouncer.policy.records import Belief, Effect
from bouncer.policy.unsent import Unsent, UnsentTo
from bouncer.verdict.verdict import Reason

AT = dt.datetime(2026, 3, 3, 10, 12, tzinfo=dt.UTC)
FROM = "Mail delivery <bounces@example.com>"
OWNER = "ann@acme.example"
LETTER = (
    b"From: MAILER-DAEMON@mx.example.net\r\nSubject: Undelivered Mail\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nSorry.\r\n"
    b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
    b"Final-Recipient: rfc822; jane@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    b"\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
    b"Received: from app.acme.example by mx.acme.example; Tue, 3 Mar 2026 11:10:01 +0100\r\n"
    b"From: News <news@acme.example>\r\nTo: jane@example.org\r\n"
    b"Subject: =?utf-8?q?Our_caf=C3=A9_opens_on_Monday?=\r\nDate: Tue, 3 Mar 2026 11:10:00 +0100\r\n"
    b"Message-ID: <1@acme.example>\r\n\r\nWe open on Monday.\r\n\r\n--b--\r\n"
)
ASKED = (
    b"From: Jo <jo@example.net>\r\nTo: postmaster@rp.example.com\r\nSubject: Your mail server\r\n"
    b"Date: Tue, 3 Mar 2026 11:10:00 +0100\r\nMessage-ID: <2@example.net>\r\n\r\nWho runs it, please?\r\n"
)
JANE = NoticeRecipient(
    "jane@example.org",
    Action.FAILED,
    Reason.INVALID_RECIPIENT,
    status="5.1.1",
    reply_code=550,
    diagnostic_code="550 5.1.1 <jane@example.org>: Recipient address rejected: User unknown in virtual mailbox table",
    remote_mta="mx.example.org",
    belief=Belief.PROVEN,
    suppressed=True,
    suppressed_until=AT + dt.timedelta(days=365),
    effect=Effect.SUPPRESSED,
    earlier=Earlier(3, AT - dt.timedelta(days=90), AT - dt.timedelta(days=7)),
)


def notice(code: str, *recipients: NoticeRecipient, at: dt.datetime = AT) -> Notice:
    """Give a notice with everything in it."""
    return Notice(
        to=OWNER,
        message_id="38g0n6damk02s.1@mx.example.com",
        made_at=at,
        kind=Kind.BOUNCE,
        recipients=recipients or (JANE,),
        account="acme",
        report="38g0n6damk02s",
        arrived_at=at,
        reporting_mta="mx.example.net",
        subject="Our café opens on Monday",
        original_message_id="<1@acme.example>",
        letter=LETTER,
        campaign="spring-2026",
        language=code,
        contact="Bea Admin, bea@acme.example",
    )


def digest(code: str, at: dt.datetime = AT) -> Digest:
    """Give a storm with two causes, and a few mails that are late."""
    tally = DigestTally()
    answer = (
        "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Part of their network is on our block list"
    )
    for n in range(1180):
        whom = f"user{n}@hotmail.com"
        tally.add(DigestRow(at, whom, Kind.BOUNCE, Action.FAILED, Reason.BAD_REPUTATION, "5.7.1", 550, None, answer))
    for n in range(60):
        late, whom = at + dt.timedelta(minutes=n), f"gone{n}@example.org"
        tally.add(DigestRow(late, whom, Kind.BOUNCE, Action.FAILED, Reason.INVALID_RECIPIENT, suppressed=True))
    for n in range(5):
        tally.add(DigestRow(at, f"late{n}@example.org", Kind.DELAY, Action.DELAYED, Reason.SERVER_BUSY))
    return Digest(OWNER, "38g0n6damk02s.2@mx.example.com", at, tally, "acme", code)


def stress(code: str, at: dt.datetime = AT) -> Notice:
    """Give a notice of what is hard to draw: long texts without blanks, and writing that runs from right to left."""
    link = f"https://support.example.org/{'mail-refused/' * 12}?id={'0123456789abcdef' * 12}"
    long = replace(
        JANE,
        recipient=f"{'very.long.local.part.' * 3}x@{'sub.' * 30}example.org",
        diagnostic_code=f"550 5.7.1 {link} \u05e9\u05dc\u05d5\u05dd 5.7.1",
    )
    hebrew = "\u05d9\u05d5\u05e1\u05d9@\u05d3\u05d5\u05d2\u05de\u05d4.example"
    right_to_left = replace(JANE, recipient=hebrew, reason=Reason.MAILBOX_FULL, remote_mta=f"{'mx.' * 60}example.org")
    content = notice(code, long, right_to_left, at=at)
    subject = f"\u202e{'Donaudampfschifffahrtsgesellschaft' * 5}"
    return replace(content, subject=subject, contact=f"https://example.com/{'help/' * 40}")


def html(mail: OutgoingMail) -> str:
    """Give the HTML part."""
    return body_of(mail.octets, "html")


def text(mail: OutgoingMail) -> str:
    """Give the text part."""
    return body_of(mail.octets, "plain")


def body_of(octets: bytes, kind: str = "plain") -> str:
    """Give the text or the HTML of a mail, as its program shows it; empty where there is none."""
    return next((text for content_type, text in texts_of(octets) if content_type == f"text/{kind}"), "")


def texts_of(octets: bytes) -> Iterator[tuple[str, str]]:
    """Give each part of a mail that is shown as text, with its type; what has a file's name is no such part.

    With the policy that parses each header field as it comes, this would take ten times the time of composing the mail.
    """
    for part in message_from_bytes(octets).walk():
        if part.get_content_type() in ("text/plain", "text/html") and not part.get_filename():
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            yield part.get_content_type(), payload.decode(part.get_content_charset("ascii"), "replace")


def subject_of(octets: bytes) -> str:
    """Give the subject of a mail, as its program shows it."""
    header, _, _ = octets.partition(b"\r\n\r\n")
    field = next(field for field in re.split(rb"\r\n(?![ \t])", header) if field.startswith(b"Subject: "))
    return str(default.header_fetch_parse("Subject", field.decode("ascii").removeprefix("Subject: ")))  # type: ignore[attr-defined]


def every(at: dt.datetime = AT, from_: str = FROM) -> Iterator[tuple[str, str, OutgoingMail]]:
    """Give every kind of mail in every language that it is written in: (language, kind, mail)."""
    for code in LANGUAGES:
        for kind, content in _notices(code, at):
            yield code, kind, compose(content, from_=from_, reverse_path="")
        yield code, "digest", compose_digest(digest(code, at), from_=from_, reverse_path="")
        for kind, mail in _beside(code, at, from_):
            yield code, kind, mail


def _notices(code: str, at: dt.datetime) -> Iterator[tuple[str, Notice]]:
    for reason in Reason:
        yield reason.value, notice(code, replace(JANE, reason=reason), at=at)
    whole = notice(code, at=at)
    late = replace(JANE, action=Action.DELAYED, reason=None)
    yield "delay", replace(whole, kind=Kind.DELAY, recipients=(late,))
    yield "complaint", replace(whole, kind=Kind.COMPLAINT, recipients=(replace(JANE, reason=None),))
    yield (
        "not proven",
        replace(whole, recipients=(replace(JANE, belief=Belief.UNPROVEN, belief_why="it came to an alias"),)),
    )
    yield "beyond ASCII", replace(whole, recipients=(replace(JANE, recipient="jörg@müller.example"),))
    many = tuple(replace(JANE, recipient=f"user{n}@example.org", reason=reason) for n in range(30) for reason in Reason)
    yield "many recipients", replace(whole, recipients=many)
    yield "hard to draw", stress(code, at)
    data = json.dumps([{"recipient": "jane@example.org"}]).encode()
    yield "report attached", replace(whole, attach=Attach.FULL, data=data)
    eight_bits = LETTER.replace(b"=?utf-8?q?Our_caf=C3=A9_opens_on_Monday?=", "Our café opens on Monday".encode())
    yield "report of 8 bits attached", replace(whole, letter=eight_bits, attach=Attach.FULL)
    yield "nothing attached", replace(whole, attach=Attach.NONE)
    yield "for programs", replace(whole, attach=Attach.REPORT)
    closed = replace(JANE, reason=Reason.SENDER_REJECTED, status="5.7.133", suppressed=False, suppressed_until=None)
    yield "closed group", notice(code, closed, at=at)
    yield "forwarded", notice(code, replace(JANE, reported="j@inner.example"), at=at)


def _beside(code: str, at: dt.datetime, from_: str) -> Iterator[tuple[str, OutgoingMail]]:
    answers = ("550 5.7.1 Our system has detected that this message is likely unsolicited mail.",)
    warning = BlockWarning(
        OWNER, "3.1@mx.example.com", at, "acme", Blocking((Blocked("Microsoft", 10),)), answers, code
    )
    yield "warning", compose_warning(warning, from_=from_, reverse_path="")
    blocked = tuple(Blocked(name, 10, "acme", at.date()) for name in ("Microsoft", "Gmail", "x.example"))
    several = BlockWarning(OWNER, "3.4@mx.example.com", at, "acme", Blocking(blocked, omitted=2), answers, code)
    yield "warning of several", compose_warning(several, from_=from_, reverse_path="")
    unsent = Unsent((UnsentTo("jane@example.org", 2, "invalid-recipient", at + dt.timedelta(days=365), "Our news"),), 7)
    envelope = OutgoingEnvelope(OWNER, "3.5@mx.example.com", at, from_, "")
    yield "mails that were dropped", compose_unsent(unsent, "acme", envelope, code)
    failing = FailingOwnerMail(
        "op@example.com", "3.2@mx.example.com", at, ("acme",), OWNER, ("550 5.1.1 User unknown",), code
    )
    yield "owner's mail comes back", compose_failing(failing, from_=from_, reverse_path="")
    received = ("postmaster@rp.example.com", "jo@example.net", "192.0.2.77", at, "38g0n6damk02s", ASKED)
    forwarded = ForwardedMail("op@example.com", "3.3@mx.example.com", at, *received, code)
    yield "passed on", compose_forwarded(forwarded, from_=from_, reverse_path="")
    mail = ListedMail("38g0n6damk02s", received[0], received[1], received[2], at, len(ASKED), ASKED)
    envelope = OutgoingEnvelope("op@example.com", "3.5@mx.example.com", at, from_, "")
    yield "listed", compose_listing(Listing(99, (mail,) * 50), envelope, code)
