"""Doubts: when a hard verdict is not proven after all.

A hard verdict ends mail to an address, so each doubt turns it into the milder reason that the same facts allow. They
are asked in the order of DOUBTS; the first that applies decides. The rule and the line that decided stay named.
"""

from collections.abc import Callable
from dataclasses import replace

from bouncer.ndr.phrases import says
from bouncer.ndr.reading import Action, Recipient
from bouncer.policy.verdict import Category, Reason, Verdict
from bouncer.policy.words import bounded

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

Doubt = Callable[[Verdict, Recipient, str], Reason | None]


def reconsider(verdict: Verdict, recipient: Recipient) -> Verdict:
    """Give the verdict that stands after all doubts."""
    if verdict.category is not Category.HARD:
        return verdict
    words = bounded((recipient.diagnostic_code or "", *recipient.said)).lower()
    milder = next(filter(None, (doubt(verdict, recipient, words) for doubt in DOUBTS)), None)
    return replace(verdict, reason=milder) if milder else verdict


def late(verdict: Verdict, recipient: Recipient, words: str) -> Reason | None:  # noqa: ARG001 -- every doubt is asked alike
    """A message that is only late may yet arrive."""
    if recipient.action is not Action.DELAYED:
        return None
    return Reason.DNS_ERROR if verdict.reason in _OF_THE_DOMAIN else Reason.MAILBOX_UNAVAILABLE


def domain_for_now(verdict: Verdict, recipient: Recipient, words: str) -> Reason | None:  # noqa: ARG001 -- as above
    """A domain that DNS could not find just now may be found tomorrow.

    An unknown user behind a 4yz reply that the sending server gave up on stays unknown: some servers answer so on
    principle (Postfix with soft_bounce or unknown_local_recipient_reject_code 450).
    """
    return Reason.DNS_ERROR if _transient(recipient) and verdict.reason in _OF_THE_DOMAIN else None


def before_the_recipient(verdict: Verdict, recipient: Recipient, words: str) -> Reason | None:  # noqa: ARG001 -- as above
    """What was refused at HELO or MAIL, before any recipient was named, is the sender: "no such domain" is the sender's."""
    at_mail = says(_AT_MAIL, words) and not says(_AT_RCPT, words) and not says(_AT_DATA, words)
    return Reason.SENDER_REJECTED if at_mail else None


def _transient(recipient: Recipient) -> bool:
    return not recipient.status.permanent if recipient.status else recipient.reply_code in _TRANSIENT_REPLIES


def contradicted_by_status(verdict: Verdict, recipient: Recipient, words: str) -> Reason | None:
    """The two words "user unknown" beside a status of another kind are believed only where RCPT was refused.

    X.2.1 says that the mailbox exists and is disabled, X.7.z that a policy spoke.
    """
    status = recipient.status
    if verdict.rule not in _BARE or not status or (says(_AT_RCPT, words) and not says(_AT_DATA, words)):
        return None
    if status.subject == _POLICY_SUBJECT:
        return Reason.MAILBOX_UNAVAILABLE
    return Reason.ACCOUNT_INACTIVE if (status.subject, status.detail) == _DISABLED else None


def refused_by_a_filter(verdict: Verdict, recipient: Recipient, words: str) -> Reason | None:
    """Mobile carriers say "user unknown" too when the user's own filter refuses the sender, then after DATA.

    A status of the address (X.1.z) settles it: the sending server saw RCPT refused.
    """
    if verdict.rule not in _BARE or (recipient.status and recipient.status.subject == _ADDRESS_SUBJECT):
        return None
    if says(_AT_DATA, words) or (verdict.rule == "carrier-unknown-user" and not says(_AT_RCPT, words)):
        return Reason.MAILBOX_UNAVAILABLE
    return None


DOUBTS: tuple[Doubt, ...] = (before_the_recipient, late, domain_for_now, contradicted_by_status, refused_by_a_filter)
