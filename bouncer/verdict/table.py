"""The table of verdicts: the combined meaning of stage, subject, words and codes. The first matching row decides.

A hard verdict needs a positive statement about the recipient or its domain, made where the recipient was known: a row of words,
or one of five codes that no word contradicts. Codes support; a reply code alone is never hard, a 4yz answer only with NXDOMAIN.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from bouncer.verdict.facts import CodesMeaning, Facts, Length, WordsMeaning
from bouncer.verdict.stage import BEFORE_RECIPIENT, Stage
from bouncer.verdict.subject import Subject
from bouncer.verdict.verdict import Reason


class Takes(StrEnum):
    """The source of a row's reason, where the row does not name one itself."""

    WORDS = "as the words say"
    CODE = "as the code says"
    DOUBT = "as the word of doubt says"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: the values of each fact that it matches (empty for any), and its result."""

    id: str
    result: Reason | Takes
    why: str
    stages: frozenset[Stage] = frozenset()
    words: frozenset[WordsMeaning] = frozenset()
    codes: frozenset[CodesMeaning] = frozenset()
    length: Length | None = None
    subject: Subject | None = None
    is_late: bool | None = None
    is_doubted: bool | None = None

    def fits(self, facts: Facts) -> bool:
        """Whether the facts match this row."""
        return (
            (not self.words or facts.words in self.words)
            and (not self.stages or facts.stage in self.stages)
            and (not self.codes or facts.codes in self.codes)
            and self.length in (None, facts.length)
            and self.subject in (None, facts.subject)
            and self.is_late in (None, facts.is_late)
            and self.is_doubted in (None, facts.is_doubted)
        )


def _any(*values: WordsMeaning) -> frozenset[WordsMeaning]:
    return frozenset(values)


_NO_DOMAIN = _any(WordsMeaning.DOMAIN, WordsMeaning.NXDOMAIN)
_NO_USER = _any(WordsMeaning.GONE, WordsMeaning.BARE, WordsMeaning.CARRIER)
_OPEN = _any(WordsMeaning.OPEN)
_UNKNOWN_USER = _any(WordsMeaning.BARE, WordsMeaning.CARRIER)
_OF_MAILBOX = _any(WordsMeaning.MAILBOX, WordsMeaning.VAGUE_MAILBOX)
_NOTHING = _any(WordsMeaning.NOTHING)
_AFTER_RCPT = frozenset({Stage.DATA, Stage.ACCEPTED})
_NOT_AT_RCPT = frozenset({Stage.UNKNOWN, *_AFTER_RCPT})
_NOT_OF_ADDRESS = frozenset(CodesMeaning) - {CodesMeaning.RECIPIENT, CodesMeaning.ADDRESS, CodesMeaning.DOMAIN}
_OF_RECIPIENT = frozenset({CodesMeaning.RECIPIENT})
_OF_DOMAIN = frozenset({CodesMeaning.DOMAIN})

ROWS: tuple[TableRow, ...] = (
    TableRow(
        "sender-code",
        Reason.SENDER_REJECTED,
        "RFC 3463 X.1.7 and X.1.8 name the sender, whatever the words say",
        codes=frozenset({CodesMeaning.SENDER}),
    ),
    TableRow(
        "before-auth",
        Reason.AUTHENTICATION_FAILED,
        "AUTH was refused: the user or the account that is not found is the sender's own login",
        stages=frozenset({Stage.AUTH}),
        words=_NO_USER | _NO_DOMAIN | _OPEN | _OF_MAILBOX | _NOTHING | _any(WordsMeaning.VAGUE_REFUSAL),
    ),
    TableRow(
        "closed-group",
        Reason.SENDER_REJECTED,
        "Exchange's 5.7.12x and 5.7.13x: only members, or senders on a list, may write to this group",
        stages=frozenset(Stage) - {Stage.AUTH},
        codes=frozenset({CodesMeaning.GROUP}),
    ),
    TableRow(
        "before-tls",
        Reason.TLS_ERROR,
        "STARTTLS was refused, and the words name no other cause",
        stages=frozenset({Stage.STARTTLS}),
        words=_NOTHING | _any(WordsMeaning.VAGUE_REFUSAL),
    ),
    TableRow(
        "before-quota",
        Reason.RATE_LIMITED,
        "an allowance that is used up before any recipient was named is the sender's",
        stages=BEFORE_RECIPIENT,
        words=_any(WordsMeaning.FULL),
    ),
    TableRow(
        "before-recipient",
        Reason.SENDER_REJECTED,
        "no recipient had been named when the server spoke: it is the sender, or his domain, that is not there",
        stages=BEFORE_RECIPIENT,
        words=_NO_USER | _NO_DOMAIN | _OF_MAILBOX,
    ),
    TableRow(
        "before-words",
        Takes.WORDS,
        "a refusal of the sender, or a fault of the servers, before any recipient was named",
        stages=BEFORE_RECIPIENT,
        words=_any(WordsMeaning.SIZE, WordsMeaning.SERVER, WordsMeaning.BLOCK, WordsMeaning.VAGUE_REFUSAL),
    ),
    TableRow(
        "before-code",
        Takes.CODE,
        "nothing is understood but a code that names a cause; one that speaks of a mailbox is not looked at here",
        stages=BEFORE_RECIPIENT,
        codes=frozenset({CodesMeaning.CAUSE, CodesMeaning.POLICY}),
    ),
    TableRow(
        "before-for-now",
        Reason.SERVER_BUSY,
        "not understood, 4yz: the server takes nothing from this client now",
        stages=BEFORE_RECIPIENT,
        length=Length.FOR_NOW,
    ),
    TableRow(
        "before-mail",
        Reason.SENDER_REJECTED,
        "not understood, in answer to MAIL: about the sender",
        stages=frozenset({Stage.MAIL}),
    ),
    TableRow(
        "before",
        Reason.POLICY,
        "not understood, in answer to the greeting or EHLO: about the sending host",
        stages=BEFORE_RECIPIENT,
    ),
    TableRow(
        "names-sender",
        Reason.SENDER_REJECTED,
        "the answer names the sender, or his domain, and not the recipient: he is not found, as in a sender verification",
        words=_NO_USER | _NO_DOMAIN | _OF_MAILBOX | _any(WordsMeaning.FULL),
        subject=Subject.SENDER,
    ),
    TableRow(
        "names-message",
        Reason.POLICY,
        "it is a link, a header field or another part of the message that is unknown or invalid",
        words=_NO_USER | _NO_DOMAIN,
        subject=Subject.MESSAGE,
    ),
    TableRow(
        "names-server",
        Reason.RECEIVER_ERROR,
        "it is a server, a database or a route on the way that is not there",
        words=_NO_USER,
        subject=Subject.SERVER,
    ),
    TableRow(
        "names-hop",
        Reason.DNS_ERROR,
        "it is a relay or a mail server on the way whose name is not found",
        words=_NO_DOMAIN,
        subject=Subject.SERVER,
    ),
    TableRow(
        "late-domain",
        Reason.DNS_ERROR,
        "a domain that is not found while the server still tries",
        words=_NO_DOMAIN,
        is_late=True,
    ),
    TableRow(
        "late-recipient",
        Reason.MAILBOX_UNAVAILABLE,
        "a mailbox that is refused while the server still tries",
        words=_NO_USER | _OPEN,
        is_late=True,
    ),
    TableRow(
        "nxdomain",
        Takes.WORDS,
        "DNS says that the recipient's domain does not exist (RFC 1035, RFC 8020), and the server has given up",
        words=_any(WordsMeaning.NXDOMAIN),
    ),
    TableRow(
        "domain-for-now",
        Reason.DNS_ERROR,
        "a domain that is not found, 4yz or only for now by the words: it may be found tomorrow",
        words=_any(WordsMeaning.DOMAIN),
        length=Length.FOR_NOW,
    ),
    TableRow(
        "recipient-for-now",
        Reason.MAILBOX_UNAVAILABLE,
        "a 4yz answer about the recipient, or one that tells a time, proves nothing, though the sending server gave up",
        words=_NO_USER | _OPEN,
        length=Length.FOR_NOW,
    ),
    TableRow(
        "left-open",
        Reason.GENERAL_PERMANENT,
        "the answer offers another cause beside the absence, says that it may be so, or says it of a thing that is no mailbox",
        words=_OPEN,
    ),
    TableRow(
        "bare-against-policy",
        Reason.MAILBOX_UNAVAILABLE,
        "two bare words beside X.7.z, which says that a policy spoke",
        stages=_NOT_AT_RCPT,
        words=_UNKNOWN_USER,
        codes=frozenset({CodesMeaning.POLICY}),
    ),
    TableRow(
        "bare-against-disabled",
        Reason.ACCOUNT_INACTIVE,
        "two bare words beside X.2.1, which says that the mailbox exists",
        stages=_NOT_AT_RCPT,
        words=_UNKNOWN_USER,
        codes=frozenset({CodesMeaning.DISABLED}),
    ),
    TableRow(
        "filter-after-data",
        Reason.MAILBOX_UNAVAILABLE,
        "two bare words after the message was sent: the user's own filter",
        stages=_AFTER_RCPT,
        words=_UNKNOWN_USER,
        codes=_NOT_OF_ADDRESS,
    ),
    TableRow(
        "filter-of-carrier",
        Reason.MAILBOX_UNAVAILABLE,
        "mobile carriers say so for their users' filters, unless in answer to RCPT",
        stages=_NOT_AT_RCPT,
        words=_any(WordsMeaning.CARRIER),
        codes=_NOT_OF_ADDRESS,
    ),
    TableRow(
        "recipient",
        Takes.WORDS,
        "the words say of the recipient that it is not there, at a stage where it was known",
        words=_NO_USER,
    ),
    TableRow(
        "domain",
        Takes.WORDS,
        "the words say of the recipient's domain that it is not there",
        words=_any(WordsMeaning.DOMAIN),
    ),
    TableRow(
        "refused-by-policy",
        Reason.POLICY,
        "a recipient is refused, no word says why, and X.7.z says that a policy spoke",
        words=_any(WordsMeaning.VAGUE_MAILBOX),
        codes=frozenset({CodesMeaning.POLICY}),
    ),
    TableRow(
        "words",
        Takes.WORDS,
        "the words name a cause, whatever the codes say",
        words=frozenset(WordsMeaning) - _NOTHING,
    ),
    TableRow(
        "code-doubted",
        Takes.DOUBT,
        "a code that names the recipient, beside words of policy, of the sender, of a quota or of time, or that are not understood",
        codes=_OF_RECIPIENT | _OF_DOMAIN,
        is_doubted=True,
    ),
    TableRow(
        "code-late-domain",
        Reason.DNS_ERROR,
        "X.1.2 or X.1.10 while the server still tries",
        codes=_OF_DOMAIN,
        is_late=True,
    ),
    TableRow(
        "code-late",
        Reason.MAILBOX_UNAVAILABLE,
        "such a code while the server still tries",
        codes=_OF_RECIPIENT,
        is_late=True,
    ),
    TableRow(
        "code-for-now-domain",
        Reason.DNS_ERROR,
        "4.1.2 or 4.1.10: it may be found tomorrow",
        codes=_OF_DOMAIN,
        length=Length.FOR_NOW,
    ),
    TableRow(
        "code-for-now",
        Reason.MAILBOX_UNAVAILABLE,
        "4.1.1 and its kind: no proof",
        codes=_OF_RECIPIENT,
        length=Length.FOR_NOW,
    ),
    TableRow(
        "code-of-recipient",
        Takes.CODE,
        "5.1.1, 5.1.2, 5.1.3, 5.1.6 or 5.1.10, and no word speaks against it",
        codes=_OF_RECIPIENT | _OF_DOMAIN,
    ),
    TableRow("code", Takes.CODE, "no word is understood: the code decides, never hard"),
)
"""Tried in this order."""


@cache
def row_for(facts: Facts) -> TableRow:
    """Give the first matching row; the last one matches everything. Cached: the facts have few values."""
    return next(row for row in ROWS if row.fits(facts))
