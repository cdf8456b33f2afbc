"""What a letter reports: the values that reading gives (RFC 3464, RFC 5965, RFC 3834, RFC 8098).

A status or reply code is None unless the letter says it: never invented.
"""

from dataclasses import dataclass
from enum import StrEnum

from bouncer.mail.status import EnhancedStatus


class Kind(StrEnum):
    """What a letter is."""

    BOUNCE = "bounce"
    DELAY = "delay"
    SUCCESS = "success"  # delivered, relayed, expanded
    COMPLAINT = "complaint"  # RFC 5965
    AUTO_REPLY = "auto-reply"  # RFC 3834
    CHALLENGE = "challenge"
    RECEIPT = "receipt"  # RFC 8098
    UNSUBSCRIBE = "unsubscribe"
    OTHER = "other"  # mail of another kind
    UNREADABLE = "unreadable"  # no dialect knows this handwriting


class Action(StrEnum):
    """What became of a recipient (RFC 3464 section 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the SMTP envelope of a letter tells beside its octets (RFC 5321 section 2.3.1)."""

    return_path: str | None = None  # of ours, that the letter came to; None for a letter out of a file
    reverse_path: str | None = None  # that it came from, empty for the null one; None where it is not known


NO_ENVELOPE = Envelope()


@dataclass(frozen=True, slots=True)
class Original:
    """The returned message's headers, as far as the letter returns them."""

    message_id: str | None = None
    subject: str | None = None
    from_: str | None = None
    to: tuple[str, ...] = ()
    date: str | None = None
    return_path: str | None = None  # of our signed header, else of its Return-Path; nothing is proven by it yet


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient that the letter speaks of (RFC 3464 section 2.3)."""

    recipient: (
        str  # the address the mailing was sent to, as well as it can be known; empty where at most the path tells it
    )
    action: Action
    original_recipient: str | None = None
    final_recipient: str | None = None
    status: EnhancedStatus | None = None
    reply_code: int | None = None
    remote_mta: str | None = None
    diagnostic_code: str | None = None
    said: tuple[str, ...] = ()  # the letter's own lines about this recipient: what classification may judge by
    will_retry_until: str | None = None
    around: str | None = None  # flat text that may tell which command was answered; empty: nothing tells it
    actual_recipient: str | None = (
        None  # whom the answer, or Sendmail's own field, names as failed, where that is another
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """What one letter reports, and which dialect read it."""

    kind: Kind
    dialect: str | None = None
    reporting_mta: str | None = None
    arrival_date: str | None = None
    original_envelope_id: str | None = None
    original: Original = Original()
    return_path: str | None = None  # of ours, by the letter's envelope; None for a letter out of a file
    addressed_to: tuple[str, ...] = ()  # fields that tell whom the report was sent to: the message's sender
    recipients: tuple[Recipient, ...] = ()
    why: str | None = None  # for what is no bounce: how that was seen
    mishaps: tuple[str, ...] = ()  # dialects that stumbled, "rfc3464: KeyError('x')"; for the operator


@dataclass(frozen=True, slots=True)
class Written:
    """A letter as a person would see it in a list; all of it is a stranger's text."""

    sender: str = ""  # From, a name and an address
    subject: str = ""
    lines: tuple[str, ...] = ()  # of its own text, without blank ones and what it quotes
    by_person: bool = True  # as far as can be told: no sign of a machine
    answers: bool = False  # it refers to an earlier mail
