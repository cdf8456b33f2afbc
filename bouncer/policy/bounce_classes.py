"""SendGrid's classification of failures, by our reasons. Pure."""

from collections.abc import Mapping

UNCLASSIFIED = "Unclassified"
BOUNCE_CLASSES: Mapping[str, str] = {
    "invalid-recipient": "Invalid Address",
    "bad-domain": "Invalid Address",
    "address-error": "Invalid Address",
    "closed-account": "Invalid Address",
    "recipient-moved": "Invalid Address",
    "domain-takes-no-mail": "Invalid Address",
    "relaying-denied": "Technical Failure",
    "spam-content": "Content",
    "virus": "Content",
    "bad-reputation": "Reputation",
    "authentication-failed": "Reputation",
    "sender-rejected": "Reputation",
    "policy": "Reputation",
    "rate-limited": "Frequency or Volume Too High",
}
"""The classes of hard failures and of blocks; those of all other reasons are in ``class_of``."""
_OF_OTHERS: Mapping[str, str] = {
    **dict.fromkeys(("mailbox-full", "account-inactive", "mailbox-unavailable"), "Mailbox Unavailable"),
    "message-too-large": "Content",
    **dict.fromkeys(
        (
            *("server-busy", "network-error", "dns-error", "tls-error", "expired"),
            *("receiver-error", "format-error", "routing-loop"),
        ),
        "Technical Failure",
    ),
}
CLASS_NAMES = tuple(sorted({*BOUNCE_CLASSES.values(), *_OF_OTHERS.values(), UNCLASSIFIED}))
"""All seven names."""


def class_of(reason: str) -> str:
    """Give SendGrid's class of a failure with *reason*, of whatever category."""
    return BOUNCE_CLASSES.get(reason) or _OF_OTHERS.get(reason, UNCLASSIFIED)
