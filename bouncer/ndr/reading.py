"""A letter's report: the values that reading gives (RFC 3464, RFC 5965, RFC 3834, RFC 8098).

A status or reply code is None unless the letter says it: never invented.
"""

from dataclasses import dataclass
from enum import StrEnum

from bouncer.mail.status import EnhancedStatus


class Kind(StrEnum):
    """The kind of a letter."""

    BOUNCE = "bounce"
    DELAY = "delay"
    SUCCESS = "success"  # delivered, relayed, expanded
    COMPLAINT = "complaint"  # RFC 5965
    AUTO_REPLY = "auto-reply"  # RFC 3834
    CHALLENGE = "challenge"
    RECEIPT = "receipt"  # RFC 8098
    UNSUBSCRIBE = "unsubscribe"
    OTHER = "other"  # mail of another kind
    UNREADABLE = "unreadable"  # no dialect can read the letter


class Action(StrEnum):
    """The action of a recipient: failed, delayed and so on (RFC 3464 section 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


@dataclass(frozen=True, slots=True)
class Envelope:
    """The facts of a letter's SMTP envelope (RFC 5321 section 2.3.1)."""

    return_path: str | None = None  # of ours, to which the letter came; None for a letter from a file
    reverse_path: str | None = None  # of the letter, empty for the null one; None where it is not known


NO_ENVELOPE = Envelope()


@dataclass(frozen=True, slots=True)
class Original:
    """The returned message's headers, as far as the letter returns them."""

    message_id: str | None = None
    subject: str | None = None
    from_: str | None = None
    to: tuple[str, ...] = ()
    date: str | None = None
    return_path: str | None = None  # in our signed header field, else in Return-Path; not verified
    custom_args: tuple[tuple[str, str], ...] = ()  # names and values that the sender's program wrote there for itself


NO_ORIGINAL = Original()


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient that the letter reports on (RFC 3464 section 2.3)."""

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
    own_lines: tuple[str, ...] = ()  # the letter's own lines about this recipient: the words for classification
    will_retry_until: str | None = None
    dialogue: str | None = None  # normalized text that may name the answered command; empty: no text names it
    actual_recipient: str | None = (
        None  # whom the answer, or Sendmail's own field, names as failed, where that is another
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """The report in one letter, and the dialect that read it."""

    kind: Kind
    dialect: str | None = None
    reporting_mta: str | None = None
    arrival_date: str | None = None
    original_envelope_id: str | None = None
    original: Original = NO_ORIGINAL
    return_path: str | None = None  # of ours, in the letter's envelope; None for a letter from a file
    addressed_to: tuple[str, ...] = ()  # fields with the report's addressee: the message's sender
    recipients: tuple[Recipient, ...] = ()
    why: str | None = None  # for letters that are no bounce: the sign by which the kind was recognized
    mishaps: tuple[str, ...] = ()  # dialects that raised, "rfc3464: KeyError('x')"; for the operator


@dataclass(frozen=True, slots=True)
class Written:
    """The parts of a letter that a person sees in a list; all of it is a stranger's text."""

    sender: str = ""  # From, a name and an address
    subject: str = ""
    lines: tuple[str, ...] = ()  # of its own text, without blank lines and quotations
    by_person: bool = True  # no sign of a machine is known
    answers: bool = False  # it refers to an earlier mail
