"""Failures with a particular cause within their reason, which need other words and other advice than the reason.

A group that only members may write to refuses the sender, although nothing is wrong with the sender's server: checking SPF or
asking for delisting would be wasted time. Such failures are recognized by the matching rule, by the codes, and by a few words.
"""

import re
from dataclasses import dataclass

from bouncer.compose.reasons import KEEP, OWN_SERVER, ReasonText
from bouncer.mail.status import EnhancedStatus
from bouncer.verdict.verdict import Reason

_REFUSED = frozenset({Reason.SENDER_REJECTED, Reason.POLICY})
_NO_MAILBOX = frozenset({Reason.INVALID_RECIPIENT, Reason.CLOSED_ACCOUNT, Reason.BAD_DOMAIN, Reason.RECIPIENT_MOVED})

_GROUPS = frozenset({(7, 2), (7, 12), (7, 193), *((7, detail) for detail in range(120, 140))})
"""Codes of groups and mailboxes that are closed to outsiders: 5.7.2 (RFC 3463), the others Exchange's (Microsoft, "Email
non-delivery reports and SMTP errors in Exchange Online")."""
_CHECKS = frozenset((7, detail) for detail in range(20, 30))
"""Codes of checks that the sender failed: beside one of them, words about permitted senders mean SPF's."""
_SENDERS_ADDRESS = frozenset({(1, 7), (1, 8), (7, 27)})
_REVERSE_DNS = (7, 25)
_LOGIN = (7, 8)
_LOGIN_REPLIES = frozenset({534, 535, 538})
"""Replies to AUTH only (RFC 4954 section 6)."""
_VERIFIED = re.compile(r"verif|call(?:back|out)", re.IGNORECASE)
"""Words of a server that verified the sender's address; the same rule matches block lists of recipients."""
_GREETING = re.compile(r"\b(?:helo|ehlo)\b", re.IGNORECASE)
"""Words of a server that rejects the name in the greeting."""
_SENDERS_ACCOUNT = re.compile(r"outbound sender", re.IGNORECASE)
"""Words of Microsoft's 5.1.8, about an account of its own that may no longer send."""
_BEYOND_ASCII = frozenset({(6, 7), (6, 8), (6, 9), (6, 10)})

CLOSED = ReasonText(
    "only certain senders may write to this address",
    "The address belongs to a group or mailbox that accepts mail only from its own organisation or from senders on its list.",
    (
        KEEP,
        "Ask the owner of the group or mailbox, or their administrator, to allow your address.",
    ),
)
GREYLISTED = ReasonText(
    "server asked to try again later",
    "The recipient's mail server does not know the sender yet and asked for the message to be sent again a little later.",
    (
        "The address is fine. Send the message again in an hour.",
        "Ask whoever runs your mail server to let it keep trying for several days.",
    ),
)
REVERSE_DNS = ReasonText(
    "your mail server's name could not be verified",
    "The recipient's mail server refuses servers whose IP address has no matching name in DNS (reverse DNS).",
    (
        KEEP,
        "Ask whoever runs your mail server to set up reverse DNS: its IP address needs a name that points back to it.",
    ),
)
SENDERS_ADDRESS = ReasonText(
    "sender address is refused",
    "The recipient's mail server checked the message's sender address and did not accept it: the address or its domain does not "
    "exist or cannot receive mail.",
    (
        KEEP,
        "Ask whoever runs your mail server to check that the sender address exists and that DNS has its domain.",
    ),
)
SERVERS_NAME = ReasonText(
    "your mail server's name is refused",
    "The recipient's mail server does not accept the name by which your mail server introduces itself (HELO).",
    (KEEP, "Ask whoever runs your mail server to give it a full host name that DNS knows."),
)
LOGIN = ReasonText(
    "login failed",
    "A mail server did not accept the user name or password of the program or server that sent the message.",
    ("Check the user name and password in your mail program.", OWN_SERVER),
)
BEYOND_ASCII = ReasonText(
    "characters in the address are not supported",
    "The recipient's address or yours has characters beyond ASCII, and a mail server on the way does not support them.",
    ("Use an address without accents and other special characters, if there is one.",),
)
FORWARDED = ReasonText(
    "mail is forwarded to an address that does not exist",
    "Mail to this address is forwarded to another address, and that one does not exist.",
    (
        "Tell the recipient some other way that their forwarding leads nowhere, or ask for another address.",
        "You do not need to look for a typo: the address that you wrote to accepts mail.",
    ),
)
FORWARDING_AND_SPF = "Forwarding breaks SPF, but a DKIM signature survives it: have your mail signed with DKIM."
"""Advice for a sender whom the server behind a forwarding could not verify."""


@dataclass(frozen=True, slots=True)
class FailureSigns:
    """The signs of a failure's particular cause: its reason, and other facts."""

    reason: Reason | None
    status: str | None = None
    reply_code: int | None = None
    rule: str | None = None  # the id of the rule that matched
    reply: str = ""  # the server's words
    is_forwarded: bool = False  # the failed address is not the one that was written to


def find_particular_cause(grounds: FailureSigns) -> ReasonText | None:
    """Give the words for a particular cause; None where the reason's own words are the best."""
    reason, code = grounds.reason, _code(grounds.status)
    if grounds.is_forwarded and reason in _NO_MAILBOX:
        return FORWARDED
    if reason is Reason.RATE_LIMITED:
        return GREYLISTED if grounds.rule == "rate-greylisted" else None
    if reason is Reason.FORMAT_ERROR:
        return BEYOND_ASCII if code in _BEYOND_ASCII else None
    if _is_login(grounds, code):
        return LOGIN
    if reason is Reason.AUTHENTICATION_FAILED:
        return (
            REVERSE_DNS
            if grounds.rule == "authentication-reverse-dns" or _is_told_by_code(grounds, _REVERSE_DNS)
            else None
        )
    return _cause_at_sender(grounds, code) if reason in _REFUSED else None


def _cause_at_sender(grounds: FailureSigns, code: tuple[int, int] | None) -> ReasonText | None:
    verified = grounds.rule == "sender-verification" and _VERIFIED.search(grounds.reply)
    if verified or (code in _SENDERS_ADDRESS and not _SENDERS_ACCOUNT.search(grounds.reply)):
        return SENDERS_ADDRESS
    if _GREETING.search(grounds.reply):
        return SERVERS_NAME
    closed = grounds.rule in ("sender-not-member", "doubt-sender") and code not in _CHECKS
    return CLOSED if closed or code in _GROUPS else None


def _is_login(grounds: FailureSigns, code: tuple[int, int] | None) -> bool:
    refused = (*_REFUSED, Reason.AUTHENTICATION_FAILED, Reason.RELAYING_DENIED)
    is_login = grounds.reply_code in _LOGIN_REPLIES or (code == _LOGIN and grounds.rule in (None, "registry-x.7.8"))
    return is_login and grounds.reason in refused


def _is_told_by_code(grounds: FailureSigns, code: tuple[int, int]) -> bool:
    """Whether the code alone tells the cause: no rule matched words that contradict it."""
    rule = f"registry-x.{code[0]}.{code[1]}"
    return _code(grounds.status) == code and grounds.rule in (None, rule)


def _code(status: str | None) -> tuple[int, int] | None:
    code = EnhancedStatus.parse(status) if status else None
    return (code.subject, code.detail) if code else None


def texts() -> tuple[str, ...]:
    """Give every text of this module, for translators."""
    every = (CLOSED, GREYLISTED, REVERSE_DNS, SENDERS_ADDRESS, SERVERS_NAME, LOGIN, BEYOND_ASCII, FORWARDED)
    sentences = (text for words in every for text in (words.title, words.why, *words.advice))
    return tuple(dict.fromkeys((*sentences, FORWARDING_AND_SPF)))
