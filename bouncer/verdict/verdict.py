"""Categories, reasons and verdicts: whose fault a failure is, and what went wrong.

The table of reasons joins the bounce classes of SendGrid, Amazon SES, Postmark and Bird; docs/suppression.md lists them.
"""

from dataclasses import dataclass
from enum import StrEnum

from bouncer.ndr.reading import Reading


class Category(StrEnum):
    """The party at fault for a failure; it decides the consequences."""

    HARD = "hard"  # the address will never work
    SOFT = "soft"  # the mailbox cannot take this mail now
    TECHNICAL = "technical"  # a temporary fault between the servers
    BLOCK = "block"  # refused because of the sender or the message
    OTHER = "other"  # the report says too little


class Reason(StrEnum):
    """The cause of a failure; each reason belongs to one category."""

    INVALID_RECIPIENT = "invalid-recipient"
    BAD_DOMAIN = "bad-domain"
    ADDRESS_ERROR = "address-error"
    CLOSED_ACCOUNT = "closed-account"
    RECIPIENT_MOVED = "recipient-moved"
    DOMAIN_TAKES_NO_MAIL = "domain-takes-no-mail"
    GENERAL_PERMANENT = "general-permanent"
    MAILBOX_FULL = "mailbox-full"
    ACCOUNT_INACTIVE = "account-inactive"
    MESSAGE_TOO_LARGE = "message-too-large"
    MAILBOX_UNAVAILABLE = "mailbox-unavailable"
    SERVER_BUSY = "server-busy"
    NETWORK_ERROR = "network-error"
    DNS_ERROR = "dns-error"
    TLS_ERROR = "tls-error"
    EXPIRED = "expired"
    RECEIVER_ERROR = "receiver-error"
    FORMAT_ERROR = "format-error"
    ROUTING_LOOP = "routing-loop"
    RELAYING_DENIED = "relaying-denied"
    SPAM_CONTENT = "spam-content"
    VIRUS = "virus"
    BAD_REPUTATION = "bad-reputation"
    AUTHENTICATION_FAILED = "authentication-failed"
    SENDER_REJECTED = "sender-rejected"
    POLICY = "policy"
    RATE_LIMITED = "rate-limited"
    UNKNOWN = "unknown"

    @classmethod
    def from_record(cls, text: str | None) -> "Reason | None":
        """Parse a recorded reason; UNKNOWN for one that a later version wrote."""
        if text is None:
            return None
        return cls(text) if text in set(cls) else cls.UNKNOWN

    @property
    def category(self) -> Category:
        """The one category that this reason belongs to."""
        return _CATEGORY_OF[self]


_REASONS_OF: dict[Category, tuple[Reason, ...]] = {
    Category.HARD: (
        Reason.INVALID_RECIPIENT,
        Reason.BAD_DOMAIN,
        Reason.ADDRESS_ERROR,
        Reason.CLOSED_ACCOUNT,
        Reason.RECIPIENT_MOVED,
        Reason.DOMAIN_TAKES_NO_MAIL,
    ),
    Category.SOFT: (
        Reason.MAILBOX_FULL,
        Reason.ACCOUNT_INACTIVE,
        Reason.MESSAGE_TOO_LARGE,
        Reason.MAILBOX_UNAVAILABLE,
    ),
    Category.TECHNICAL: (
        Reason.SERVER_BUSY,
        Reason.NETWORK_ERROR,
        Reason.DNS_ERROR,
        Reason.TLS_ERROR,
        Reason.EXPIRED,
        Reason.RECEIVER_ERROR,
        Reason.FORMAT_ERROR,
        Reason.ROUTING_LOOP,
    ),
    Category.BLOCK: (
        Reason.RELAYING_DENIED,
        Reason.SPAM_CONTENT,
        Reason.VIRUS,
        Reason.BAD_REPUTATION,
        Reason.AUTHENTICATION_FAILED,
        Reason.SENDER_REJECTED,
        Reason.POLICY,
        Reason.RATE_LIMITED,
    ),
    Category.OTHER: (Reason.GENERAL_PERMANENT, Reason.UNKNOWN),
}
_CATEGORY_OF = {reason: category for category, reasons in _REASONS_OF.items() for reason in reasons}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result for one recipient's failure, with its grounds: the witness, the line that contains it, and the facts joined."""

    reason: Reason
    rule: str  # the text rule or code that matched
    evidence: str  # the line of the letter that it matched in
    row: str = ""  # of the table of verdicts
    stage: str = "unknown"  # of the SMTP dialogue, a ``stage.Stage``
    subject: str = "unknown"  # of the answer, a ``subject.Subject``

    @property
    def category(self) -> Category:
        """The category of the reason."""
        return self.reason.category


@dataclass(frozen=True, slots=True)
class Judgement:
    """A Reading with a verdict for each of its recipients; None for a recipient that did not fail."""

    reading: Reading
    verdicts: tuple[Verdict | None, ...]
