"""Facts that an enhanced status code adds to the reason; nothing where the code says the same, less, or something else.

Servers combine any code with any words. So a code is explained only under a reason that it fits, and only where it says more than
the reason: 5.7.23 under a sender that could not be verified names SPF; under a full mailbox it is just a number.
Meanings: IANA's registry "SMTP Enhanced Status Codes" (RFC 3463, RFC 5248, RFC 7293, RFC 7372).
"""

from bouncer.mail.status import EnhancedStatus
from bouncer.verdict.verdict import Reason

_CHECKS = {
    (7, 20): "no valid DKIM signature",
    (7, 21): "no acceptable DKIM signature",
    (7, 22): "no valid DKIM signature of the author's domain",
    (7, 23): "the SPF check failed",
    (7, 24): "the SPF check ended with an error",
    (7, 25): "the sending server's name in reverse DNS is wrong",
    (7, 26): "several checks of the sender failed",
    (7, 27): "the sender's domain does not accept mail (null MX)",
    (7, 29): "the ARC check failed",
}
_ON_THE_WAY = {
    (4, 1): "the server did not answer",
    (4, 2): "the connection was lost",
}
_CONTENT = {
    (6, 1): "this kind of content is not accepted",
    (6, 2): "the content needs a conversion that is not allowed",
    (6, 3): "the content needs a conversion that is not possible",
    (6, 4): "the content lost something in a conversion",
    (6, 5): "the content could not be converted",
    (6, 6): "the message's content is not available",
    (6, 7): "addresses beyond ASCII are not accepted",
}
_EXPLANATIONS: dict[Reason, dict[tuple[int, int], str]] = {
    Reason.AUTHENTICATION_FAILED: _CHECKS,
    Reason.BAD_REPUTATION: {(7, 25): _CHECKS[7, 25]},
    Reason.SENDER_REJECTED: _CHECKS,
    Reason.TLS_ERROR: {
        (7, 4): "a security feature is not supported",
        (7, 5): "the encryption or its certificate failed",
        (7, 10): "encryption is required",
        (7, 11): "encryption is required for this login method",
        (7, 30): "encryption is required all the way",
    },
    Reason.NETWORK_ERROR: _ON_THE_WAY,
    Reason.EXPIRED: _ON_THE_WAY,
    Reason.DNS_ERROR: {(4, 3): "a name server failed", (4, 4): "no route to the server is known"},
    Reason.RECEIVER_ERROR: {(2, 4): "the mailing list could not be expanded"},
    Reason.FORMAT_ERROR: _CONTENT,
    Reason.GENERAL_PERMANENT: {(1, 4): "the address fits more than one mailbox"},
    Reason.ACCOUNT_INACTIVE: {(7, 13): "the user's account is disabled"},
    Reason.MAILBOX_UNAVAILABLE: {
        (7, 17): "the mailbox has a new owner",
        (7, 18): "the domain has a new owner",
        (7, 19): "whether the mailbox has a new owner cannot be checked",
    },
    Reason.RATE_LIMITED: {(5, 3): "too many recipients"},
}
"""By reason, and by subject and detail of the code: the reason already tells the class, that is, how long the failure lasts."""


def explanation(status: str, reason: Reason | None) -> str:
    """Give the explanation that the code *status* adds to *reason*; empty where it adds nothing, or is no code."""
    code = EnhancedStatus.parse(status)
    return _EXPLANATIONS.get(reason, {}).get((code.subject, code.detail), "") if code and reason else ""


def is_bare(status: str) -> bool:
    """Whether the code *status* says no more than that delivery failed: X.0.0, or no code at all."""
    code = EnhancedStatus.parse(status)
    return code is None or (code.subject, code.detail) == (0, 0)


def texts() -> tuple[str, ...]:
    """Give every text of this module, for translators."""
    return tuple(dict.fromkeys(text for added in _EXPLANATIONS.values() for text in added.values()))
