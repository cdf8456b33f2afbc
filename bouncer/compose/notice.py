"""The facts in a notice: the report, its recipients, how far it is believed, the consequences."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from bouncer.ndr.reading import Action, Kind
from bouncer.policy.preferences import Attach
from bouncer.policy.records import Belief, Counted, Effect
from bouncer.verdict.verdict import Reason

MAX_ATTACHED = 2 * 1024 * 1024
"""Octets of a report that is attached whole; a larger one is still in the store."""
MAX_BEGINNING = 64 * 1024
"""Octets of the beginning of a larger report, which is attached instead."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """Earlier reports about the same address."""

    count: int
    first: dt.datetime
    last: dt.datetime


@dataclass(frozen=True, slots=True)
class NoticeRecipient:
    """One recipient's outcome."""

    recipient: str
    action: Action
    reason: Reason | None = None  # None for a recipient that did not fail
    status: str | None = None
    reply_code: int | None = None
    diagnostic_code: str | None = None
    remote_mta: str | None = None
    belief: Belief = Belief.UNPROVEN
    belief_why: str = ""
    suppressed: bool = False
    suppressed_until: dt.datetime | None = None  # None: until somebody removes the suppression
    effect: Effect | None = None  # None where it is not known
    counted: Counted | None = None
    earlier: Earlier | None = None
    reported: str | None = (
        None  # the address that failed as the report names it, where that is another; a stranger's word
    )
    rule: str | None = None  # the id of the rule in verdict.rules that decided on the reason


@dataclass(frozen=True, slots=True)
class Notice:
    """One report, in a mail to one owner. Times are aware."""

    to: str
    message_id: str  # the same in every delivery attempt, without angle brackets
    made_at: dt.datetime
    kind: Kind
    recipients: tuple[NoticeRecipient, ...]
    account: str | None = None
    report: str = ""  # the letter's id, spelled as in logs
    arrived_at: dt.datetime | None = None
    reporting_mta: str | None = None
    subject: str | None = None  # of the returned message
    sender: str | None = None  # its From
    original_message_id: str | None = None
    letter: bytes | None = field(default=None, repr=False)  # None where it is retired
    campaign: str | None = None
    language: str = "en"
    zone: dt.tzinfo = dt.UTC  # of the owner; all times are shown in it
    contact: str = ""  # the person that the owner can ask, in the account's own words
    attach: Attach = Attach.HEADERS
    data: bytes | None = field(default=None, repr=False)  # the report for programs, as JSON


def affected_recipients(notice: Notice) -> Sequence[NoticeRecipient]:
    """The recipients that the notice is about: failed ones first; the report's other recipients only where there are none."""
    action = {Kind.BOUNCE: Action.FAILED, Kind.DELAY: Action.DELAYED}.get(notice.kind)
    about = [recipient for recipient in notice.recipients if recipient.action is action]
    return about or notice.recipients
