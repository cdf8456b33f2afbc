"""Doubts: when a hard verdict is not proven after all.

A hard verdict ends mail to an address, so each doubt turns it into the milder reason that the same facts allow. They
are asked in the order of DOUBTS; the first that applies decides. The rule and the line that decided stay named.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bouncer.mail.address import split
from bouncer.ndr.phrases import says
from bouncer.ndr.reading import Action, Original, Recipient
from bouncer.verdict.verdict import Category, Reason, Verdict
from bouncer.verdict.words import bounded

_OF_THE_DOMAIN = (Reason.BAD_DOMAIN, Reason.DOMAIN_TAKES_NO_MAIL)
_BARE = ("unknown-user-bare", "carrier-unknown-user", "unknown-user-loose")
_AT_MAIL = (
    *(
        "in reply to mail",
        "in reply to helo",
        "in reply to ehlo",
        "after mail",
        "after helo",
        "after ehlo",
        "after initial",
    ),
    *(
        ">>> mail",
        ">>> helo",
        ">>> ehlo",
        " our mail from",
        " our helo",
        " our ehlo",
        "[mail_from]",
        "my name was rejected",
    ),
)
_AT_RCPT = ("rcpt to", "rcpt_to", "does not like recipient")
_AT_DATA = ("end of data", ">>> data", ">>> .", "final data", "after data")
_TRANSIENT_REPLIES = range(400, 500)  # RFC 5321 section 4.2.1: 4yz
_ADDRESS_SUBJECT = 1  # RFC 3463 section 3.2: X.1.z speaks of the address
_POLICY_SUBJECT = 7  # RFC 3463 section 3.8
_DISABLED = (2, 1)  # RFC 3463 section 3.3: X.2.1, mailbox disabled
_PUNCTUATION = "<>()[]\"'.,:;"
_NO_MAIL_BY_STATUS = "registry-x.3.2"  # system not accepting network messages (RFC 3463 section 3.4)


@dataclass(frozen=True, slots=True)
class Case:
    """A hard verdict, and what it is weighed against."""

    verdict: Verdict
    recipient: Recipient
    original: Original
    words: str  # all that the letter says about this recipient, in lower case


Doubt = Callable[[Case], Reason | None]


def reconsider(verdict: Verdict, recipient: Recipient, original: Original) -> Verdict:
    """Give the verdict that stands after all doubts."""
    if verdict.category is not Category.HARD:
        return verdict
    words = bounded((recipient.diagnostic_code or "", *recipient.said)).lower()
    case = Case(verdict, recipient, original, words)
    milder = next(filter(None, (doubt(case) for doubt in DOUBTS)), None)
    return replace(verdict, reason=milder) if milder else verdict


def late(case: Case) -> Reason | None:
    """A message that is only late may yet arrive."""
    if case.recipient.action is not Action.DELAYED:
        return None
    return Reason.DNS_ERROR if case.verdict.reason in _OF_THE_DOMAIN else Reason.MAILBOX_UNAVAILABLE


def domain_for_now(case: Case) -> Reason | None:
    """A domain that DNS could not find just now may be found tomorrow, and a server that is closing opens again (4.3.2).

    An unknown user behind a 4yz reply that the sending server gave up on stays unknown: some servers answer so on
    principle (Postfix with soft_bounce or unknown_local_recipient_reject_code 450).
    """
    if not _transient(case.recipient) or case.verdict.reason not in _OF_THE_DOMAIN:
        return None
    return Reason.SERVER_BUSY if case.verdict.rule == _NO_MAIL_BY_STATUS else Reason.DNS_ERROR


def before_the_recipient(case: Case) -> Reason | None:
    """What was refused at HELO or MAIL, before any recipient was named, is the sender: "no such domain" is the sender's."""
    at_mail = says(_AT_MAIL, case.words) and not says(_AT_RCPT, case.words) and not says(_AT_DATA, case.words)
    return Reason.SENDER_REJECTED if at_mail else None


def names_the_sender(case: Case) -> Reason | None:
    """The line that decided names the sender, and nothing names the recipient: it is the sender who was not found.

    "550 <news@example.com>: user unknown" in answer to a message from news@example.com is a callout's result (Exim's
    sender verification, Postfix reject_unverified_sender); "example.com does not exist" is a check of the sender's domain.
    """
    recipient = case.recipient
    theirs = (recipient.recipient, recipient.original_recipient, recipient.final_recipient)
    if says(tuple(part for address in theirs if address for part in split(address.lower()) if part), case.words):
        return None
    evidence = case.verdict.evidence.lower()
    ours = [_bare(address) for address in (case.original.from_, case.original.return_path) if address]
    named = any("@" in address and address in evidence for address in ours)
    if case.verdict.reason in _OF_THE_DOMAIN:
        words = {word.strip(_PUNCTUATION) for word in evidence.split()}
        named = named or any(split(address)[1] in words for address in ours if "@" in address)
    return Reason.SENDER_REJECTED if named else None


def _bare(mailbox: str) -> str:
    """Give the address out of a From field (RFC 5322 section 3.4)."""
    return mailbox[mailbox.rfind("<") + 1 :].partition(">")[0].strip().lower()


def _transient(recipient: Recipient) -> bool:
    return not recipient.status.permanent if recipient.status else recipient.reply_code in _TRANSIENT_REPLIES


def contradicted_by_status(case: Case) -> Reason | None:
    """The two words "user unknown" beside a status of another kind are believed only where RCPT was refused.

    X.2.1 says that the mailbox exists and is disabled, X.7.z that a policy spoke.
    """
    status = case.recipient.status
    if case.verdict.rule not in _BARE or not status or (says(_AT_RCPT, case.words) and not says(_AT_DATA, case.words)):
        return None
    if status.subject == _POLICY_SUBJECT:
        return Reason.MAILBOX_UNAVAILABLE
    return Reason.ACCOUNT_INACTIVE if (status.subject, status.detail) == _DISABLED else None


def refused_by_a_filter(case: Case) -> Reason | None:
    """Mobile carriers say "user unknown" too when the user's own filter refuses the sender, then after DATA.

    A status of the address (X.1.z) settles it: the sending server saw RCPT refused.
    """
    status, rule = case.recipient.status, case.verdict.rule
    if rule not in _BARE or (status and status.subject == _ADDRESS_SUBJECT):
        return None
    if says(_AT_DATA, case.words) or (rule == "carrier-unknown-user" and not says(_AT_RCPT, case.words)):
        return Reason.MAILBOX_UNAVAILABLE
    return None


DOUBTS: tuple[Doubt, ...] = (
    before_the_recipient,
    names_the_sender,
    late,
    domain_for_now,
    contradicted_by_status,
    refused_by_a_filter,
)
