"""The meaning of an enhanced status code by itself (IANA registry "SMTP Enhanced Status Codes"; providers' published lists).

Subject and detail mean the same in class 4 and class 5; the class tells how long the failure lasts. Sources: RFC 3463,
3886, 4468, 4954, 5248, 6531 (X.6.7 to X.6.9), 6710, 7293 (X.7.17 to X.7.19), 7372 (X.7.20 to X.7.26), 7504 (X.3.2),
7505 (X.1.10, X.7.27), 8616, 8689.
A significant code decides before a vague phrase, a vague code (X.0.0, X.7.1 and the like) after it.
"""

from bouncer.mail.status import EnhancedStatus
from bouncer.verdict.facts import CodesMeaning
from bouncer.verdict.verdict import Reason

_NAMES_RECIPIENT = {
    (1, 1): CodesMeaning.RECIPIENT,
    (1, 3): CodesMeaning.RECIPIENT,
    (1, 6): CodesMeaning.RECIPIENT,
    (1, 351): CodesMeaning.RECIPIENT,
}
_NAMES_DOMAIN = {(1, 2): CodesMeaning.DOMAIN, (1, 10): CodesMeaning.DOMAIN, (4, 310): CodesMeaning.DOMAIN}
_GROUPS = frozenset({(7, 12), *((7, detail) for detail in range(120, 140))})
"""Exchange's refusals of its groups and restricted recipients (RESOLVER.RST): 5.7.12, 5.7.12x and 5.7.13x."""

OF_THE_SENDER: dict[tuple[int, int], Reason] = {
    (1, 7): Reason.SENDER_REJECTED,
    (1, 8): Reason.SENDER_REJECTED,
}
"""Codes that name the sender, whatever the text says of domains and mailboxes; asked before the text."""

TELLING: dict[tuple[int, int], Reason] = {
    (1, 1): Reason.INVALID_RECIPIENT,
    (1, 2): Reason.BAD_DOMAIN,
    (1, 3): Reason.ADDRESS_ERROR,
    (1, 4): Reason.GENERAL_PERMANENT,
    (1, 6): Reason.RECIPIENT_MOVED,
    (1, 9): Reason.RECEIVER_ERROR,
    (1, 10): Reason.DOMAIN_TAKES_NO_MAIL,
    (2, 1): Reason.ACCOUNT_INACTIVE,
    (2, 2): Reason.MAILBOX_FULL,
    (2, 3): Reason.MESSAGE_TOO_LARGE,
    (2, 4): Reason.RECEIVER_ERROR,
    (3, 1): Reason.SERVER_BUSY,
    (3, 3): Reason.FORMAT_ERROR,
    (3, 4): Reason.MESSAGE_TOO_LARGE,
    (3, 5): Reason.RECEIVER_ERROR,
    (4, 2): Reason.NETWORK_ERROR,
    (4, 3): Reason.DNS_ERROR,
    (4, 4): Reason.DNS_ERROR,
    (4, 5): Reason.SERVER_BUSY,
    (4, 6): Reason.ROUTING_LOOP,
    (4, 7): Reason.EXPIRED,
    (5, 3): Reason.RATE_LIMITED,
    (6, 1): Reason.FORMAT_ERROR,
    (6, 2): Reason.FORMAT_ERROR,
    (6, 3): Reason.FORMAT_ERROR,
    (6, 4): Reason.FORMAT_ERROR,
    (6, 5): Reason.FORMAT_ERROR,
    (6, 6): Reason.FORMAT_ERROR,
    (6, 7): Reason.FORMAT_ERROR,
    (6, 8): Reason.FORMAT_ERROR,
    (6, 9): Reason.FORMAT_ERROR,
    (7, 2): Reason.SENDER_REJECTED,
    (7, 8): Reason.AUTHENTICATION_FAILED,
    (7, 10): Reason.TLS_ERROR,
    (7, 11): Reason.TLS_ERROR,
    (7, 13): Reason.ACCOUNT_INACTIVE,
    (7, 17): Reason.MAILBOX_UNAVAILABLE,
    (7, 18): Reason.MAILBOX_UNAVAILABLE,
    (7, 19): Reason.MAILBOX_UNAVAILABLE,
    (7, 20): Reason.AUTHENTICATION_FAILED,
    (7, 21): Reason.AUTHENTICATION_FAILED,
    (7, 22): Reason.AUTHENTICATION_FAILED,
    (7, 23): Reason.AUTHENTICATION_FAILED,
    (7, 24): Reason.AUTHENTICATION_FAILED,
    (7, 25): Reason.AUTHENTICATION_FAILED,
    (7, 26): Reason.AUTHENTICATION_FAILED,
    (7, 27): Reason.AUTHENTICATION_FAILED,
    (7, 28): Reason.RATE_LIMITED,
    (7, 29): Reason.AUTHENTICATION_FAILED,
    (7, 30): Reason.AUTHENTICATION_FAILED,
}
"""The registry's codes that name one cause."""

VAGUE: dict[tuple[int, int], Reason] = {
    (3, 0): Reason.RECEIVER_ERROR,
    (4, 0): Reason.NETWORK_ERROR,
    (4, 1): Reason.NETWORK_ERROR,  # Exchange Online refuses recipients with it
    (5, 1): Reason.RECEIVER_ERROR,
    (5, 2): Reason.FORMAT_ERROR,
    (5, 4): Reason.FORMAT_ERROR,
    (5, 5): Reason.RECEIVER_ERROR,
    (3, 2): Reason.SERVER_BUSY,
}
"""The registry's codes that name a region, in which many servers put anything."""

VAGUE_SUBJECT: dict[int, Reason] = {
    1: Reason.GENERAL_PERMANENT,
    2: Reason.MAILBOX_UNAVAILABLE,
    3: Reason.RECEIVER_ERROR,
    4: Reason.NETWORK_ERROR,
    5: Reason.GENERAL_PERMANENT,
    6: Reason.FORMAT_ERROR,
    7: Reason.POLICY,
}
"""The meaning of the subject alone (RFC 3463 section 3)."""

PUBLISHED: dict[tuple[int, int], Reason] = {
    # Microsoft publishes at learn.microsoft.com/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online
    (1, 20): Reason.FORMAT_ERROR,
    (1, 90): Reason.RATE_LIMITED,
    (1, 351): Reason.GENERAL_PERMANENT,
    (2, 121): Reason.RATE_LIMITED,
    (2, 122): Reason.RATE_LIMITED,
    (4, 11): Reason.ROUTING_LOOP,
    (4, 12): Reason.ROUTING_LOOP,
    (4, 14): Reason.ROUTING_LOOP,
    (4, 300): Reason.EXPIRED,
    (4, 310): Reason.DNS_ERROR,
    (4, 312): Reason.DNS_ERROR,
    (4, 316): Reason.NETWORK_ERROR,
    (4, 317): Reason.TLS_ERROR,
    (6, 11): Reason.FORMAT_ERROR,
    (7, 64): Reason.RELAYING_DENIED,
    (7, 232): Reason.RATE_LIMITED,
    (7, 233): Reason.RATE_LIMITED,
    (7, 321): Reason.TLS_ERROR,
    (7, 322): Reason.TLS_ERROR,
    (7, 323): Reason.TLS_ERROR,
    (7, 324): Reason.TLS_ERROR,
    (7, 325): Reason.TLS_ERROR,
    (7, 501): Reason.BAD_REPUTATION,
    (7, 502): Reason.BAD_REPUTATION,
    (7, 503): Reason.BAD_REPUTATION,
    (7, 506): Reason.SENDER_REJECTED,
    (7, 508): Reason.RATE_LIMITED,
    (7, 509): Reason.AUTHENTICATION_FAILED,
    (7, 511): Reason.BAD_REPUTATION,
    (7, 512): Reason.FORMAT_ERROR,
    (7, 515): Reason.AUTHENTICATION_FAILED,
    (7, 703): Reason.BAD_REPUTATION,
    (7, 705): Reason.RATE_LIMITED,
    (7, 708): Reason.BAD_REPUTATION,
    (7, 750): Reason.SENDER_REJECTED,
    # Gmail publishes at support.google.com/a/answer/3726730
    (7, 32): Reason.AUTHENTICATION_FAILED,
    (7, 40): Reason.AUTHENTICATION_FAILED,
}
"""Codes beyond the registry, as the providers that use them publish them."""

_PROVIDERS_OWN: dict[str, dict[tuple[int, int], Reason]] = {
    "Microsoft": {
        (1, 10): Reason.INVALID_RECIPIENT,
        (1, 351): Reason.INVALID_RECIPIENT,
        (4, 310): Reason.BAD_DOMAIN,
    },
}
"""The meaning of codes in answers of that provider (the same pages); from other servers such a code proves nothing."""

SPEAKING = OF_THE_SENDER.keys() | TELLING.keys() | PUBLISHED.keys() | _GROUPS
"""All codes that name one cause."""

KIND_OF_SUBJECT = {1: CodesMeaning.ADDRESS, 7: CodesMeaning.POLICY}
"""The meaning of a code by its subject alone, where it matters (RFC 3463 section 3)."""


def is_published(status: EnhancedStatus) -> bool:
    """Whether a code has a meaning that a provider publishes: then it matters who answered."""
    key = (status.subject, status.detail)
    return key in PUBLISHED or key in _PROVIDERS_OWN["Microsoft"]


def meaning(status: EnhancedStatus, providers: frozenset[str]) -> tuple[CodesMeaning, Reason | None]:
    """Say what a code means by itself, where one of *providers* gave it; None where it names no cause and no region."""
    key = (status.subject, status.detail)
    if key in OF_THE_SENDER:
        return CodesMeaning.SENDER, Reason.SENDER_REJECTED
    if key in _GROUPS:
        return CodesMeaning.GROUP, Reason.SENDER_REJECTED
    provider_meaning = next(
        (codes[key] for name, codes in _PROVIDERS_OWN.items() if key in codes and name in providers), None
    )
    if provider_meaning or key in TELLING:
        kind = _NAMES_RECIPIENT.get(key) or _NAMES_DOMAIN.get(key)
        telling = provider_meaning or TELLING[key]
        return kind or _KINDS.get(key, CodesMeaning.CAUSE), telling
    if key in PUBLISHED:
        return CodesMeaning.CAUSE, PUBLISHED[key]
    return CodesMeaning.REGION, VAGUE.get(key)


_KINDS = {(2, 1): CodesMeaning.DISABLED, (1, 4): CodesMeaning.ADDRESS}
