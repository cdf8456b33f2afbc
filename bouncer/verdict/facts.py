"""The four facts about one failure that the table of verdicts takes: stage, subject, words, codes.

Each fact has one of a few values, so that the table can be printed and every row of it tested.
"""

from enum import StrEnum
from typing import NamedTuple

from bouncer.verdict.stage import Stage
from bouncer.verdict.subject import Subject
from bouncer.verdict.verdict import Reason


class WordsMeaning(StrEnum):
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


class CodesMeaning(StrEnum):
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
    words: WordsMeaning
    codes: CodesMeaning
    length: Length
    is_late: bool  # the sending server still tries
    is_doubted: bool  # beside a code that names the recipient are words against it, or words that are not understood


HARD_BY_WORDS = {
    Reason.INVALID_RECIPIENT: WordsMeaning.GONE,
    Reason.ADDRESS_ERROR: WordsMeaning.GONE,
    Reason.CLOSED_ACCOUNT: WordsMeaning.GONE,
    Reason.RECIPIENT_MOVED: WordsMeaning.GONE,
    Reason.BAD_DOMAIN: WordsMeaning.DOMAIN,
    Reason.DOMAIN_TAKES_NO_MAIL: WordsMeaning.DOMAIN,
}
_SOFT_BY_WORDS = {
    Reason.MAILBOX_FULL: WordsMeaning.FULL,
    Reason.MESSAGE_TOO_LARGE: WordsMeaning.SIZE,
    Reason.ACCOUNT_INACTIVE: WordsMeaning.MAILBOX,
    Reason.MAILBOX_UNAVAILABLE: WordsMeaning.MAILBOX,
}
_BY_RULE = {
    "unknown-user-bare": WordsMeaning.BARE,
    "unknown-user-loose": WordsMeaning.BARE,
    "carrier-unknown-user": WordsMeaning.CARRIER,
    "domain-nxdomain": WordsMeaning.NXDOMAIN,
    "address-ambiguous": WordsMeaning.OPEN,
    "vague-mailbox": WordsMeaning.VAGUE_MAILBOX,
    "vague-refusal": WordsMeaning.VAGUE_REFUSAL,
    "vague-refusal-european": WordsMeaning.VAGUE_REFUSAL,
}
_BY_CATEGORY = {"technical": WordsMeaning.SERVER, "block": WordsMeaning.BLOCK}
_BY_REASON = {**HARD_BY_WORDS, **_SOFT_BY_WORDS}


def meaning_of(rule: str, reason: Reason) -> WordsMeaning:
    """Give the meaning of a matched text rule, by its id and its reason."""
    return _BY_RULE.get(rule) or _BY_REASON.get(reason) or _BY_CATEGORY.get(reason.category, WordsMeaning.NOTHING)
