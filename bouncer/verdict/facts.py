"""The four facts about one failure that the table of verdicts takes: stage, subject, words, codes.

Each fact has one of a few values, so that the table can be printed and every row of it tested.
"""

from enum import StrEnum
from typing import NamedTuple

from bouncer.verdict.stage import Stage
from bouncer.verdict.subject import Subject
from bouncer.verdict.verdict import Reason


class Heard(StrEnum):
    """The meaning of an answer's words."""

    NOTHING = "nothing"
    GONE = "no such mailbox"
    BARE = "unknown user"  # two bare words, which some servers also use for their users' filters
    CARRIER = "unknown user (carrier)"  # a carrier that uses the words for a filter, except at RCPT
    DOMAIN = "no such domain"
    NXDOMAIN = "NXDOMAIN"
    OPEN = "absence, or something else"  # an absence as one of several causes, or only perhaps
    FULL = "mailbox full"
    MAILBOX = "mailbox closed for now"
    SIZE = "message too large"
    SERVER = "fault between servers"
    BLOCK = "sender or message refused"
    VAGUE_MAILBOX = "mailbox refused without cause"
    VAGUE_REFUSAL = "refused without cause"


class Coded(StrEnum):
    """The meaning of an answer's codes: its enhanced status (RFC 3463), else its reply code (RFC 5321)."""

    NOTHING = "none"
    SENDER = "X.1.7, X.1.8"
    GROUP = "5.7.12x, 5.7.13x"  # Exchange: only members, or listed senders, may write to the address
    RECIPIENT = "X.1.1, X.1.3, X.1.6"
    DOMAIN = "X.1.2, X.1.10"
    DISABLED = "X.2.1"
    POLICY = "X.7.z"
    ADDRESS = "other X.1.z"
    CAUSE = "code with one cause"
    REGION = "code with a region"
    REPLY = "reply code only"


class Length(StrEnum):
    """The duration of a failure, by the class of its codes."""

    FINAL = "5yz"
    FOR_NOW = "4yz"
    UNSAID = "no code"


class Facts(NamedTuple):
    """The input of the table of verdicts."""

    stage: Stage
    subject: Subject  # where the words show that it is not the recipient; else UNKNOWN
    heard: Heard
    coded: Coded
    length: Length
    late: bool  # the sending server still tries
    doubt: bool  # a word of policy, sender, quota or time stands beside a code that names the recipient


HARD_BY_WORDS = {
    Reason.INVALID_RECIPIENT: Heard.GONE,
    Reason.ADDRESS_ERROR: Heard.GONE,
    Reason.CLOSED_ACCOUNT: Heard.GONE,
    Reason.RECIPIENT_MOVED: Heard.GONE,
    Reason.BAD_DOMAIN: Heard.DOMAIN,
    Reason.DOMAIN_TAKES_NO_MAIL: Heard.DOMAIN,
}
_SOFT_BY_WORDS = {
    Reason.MAILBOX_FULL: Heard.FULL,
    Reason.MESSAGE_TOO_LARGE: Heard.SIZE,
    Reason.ACCOUNT_INACTIVE: Heard.MAILBOX,
    Reason.MAILBOX_UNAVAILABLE: Heard.MAILBOX,
}
_BY_RULE = {
    "unknown-user-bare": Heard.BARE,
    "unknown-user-loose": Heard.BARE,
    "carrier-unknown-user": Heard.CARRIER,
    "domain-nxdomain": Heard.NXDOMAIN,
    "vague-mailbox": Heard.VAGUE_MAILBOX,
    "vague-refusal": Heard.VAGUE_REFUSAL,
    "vague-refusal-european": Heard.VAGUE_REFUSAL,
}
_BY_CATEGORY = {"technical": Heard.SERVER, "block": Heard.BLOCK}
_BY_REASON = {**HARD_BY_WORDS, **_SOFT_BY_WORDS}


def heard(rule: str, reason: Reason) -> Heard:
    """Give the meaning of a matched text rule, by its id and its reason."""
    return _BY_RULE.get(rule) or _BY_REASON.get(reason) or _BY_CATEGORY.get(reason.category, Heard.NOTHING)
