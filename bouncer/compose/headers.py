"""The header fields of every mail of ours (RFC 5322, RFC 3834).

There is no field ``Precedence``: it is no standard, RFC 3834 section 3.1.8 makes it optional, and filters sort out mail with it.
``Auto-Submitted``, the null reverse-path and Exchange's ``X-Auto-Response-Suppress`` ([MS-OXCMAIL] 2.2.3.2.14) prevent
automatic answers.
"""

import datetime as dt
from dataclasses import dataclass
from email.utils import format_datetime, parseaddr

from bouncer.compose import mime
from bouncer.compose.language import Language, language
from bouncer.compose.plain_text import line
from bouncer.mail.outgoing import OutgoingMail
from bouncer.policy.languages import ENGLISH
from bouncer.policy.own_mail import NOTICE_FIELD

MAX_FIELD = 400
"""Characters of one of our header fields, before encoding and folding."""


@dataclass(frozen=True, slots=True)
class OutgoingEnvelope:
    """Sender, recipient, time and Message-ID (without angle brackets) of a mail."""

    to: str
    message_id: str
    made_at: dt.datetime
    from_: str  # an address, with or without a name
    reverse_path: str
    language: str = ENGLISH


def make_mail(
    envelope: OutgoingEnvelope, subject: str, extra: tuple[str, ...], body: mime.OutgoingPart
) -> OutgoingMail:
    """Make the mail; *extra* are the header fields of its kind."""
    message_id = line(envelope.message_id, MAX_FIELD)
    fields = (
        f"Date: {format_datetime(envelope.made_at)}",
        mime.address("From", line(sender(envelope.from_, language(envelope.language)), MAX_FIELD)),
        mime.address("To", line(envelope.to, MAX_FIELD)),
        mime.header("Subject", line(subject, MAX_FIELD)),
        f"Message-ID: <{message_id}>",
        *extra,
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        f"{NOTICE_FIELD}: {message_id}",
        "MIME-Version: 1.0",
        *body.fields,
    )
    return OutgoingMail(
        envelope.reverse_path, envelope.to, envelope.message_id, mime.OutgoingPart(fields, body.body).octets()
    )


def sender(from_: str, speech: Language) -> str:
    """Give *from_* with a display name that readers understand, unless it has a name already."""
    name, mailbox = parseaddr(from_)
    if name or not mailbox:
        return from_
    name = speech.say("Mail delivery at {domain}", domain=mailbox.rpartition("@")[2])
    return f'"{name}" <{mailbox}>'
