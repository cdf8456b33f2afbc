"""The facts that a notice tells: what came, about whom, how far it is believed, what was done."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from bouncer.ndr.reading import Action, Kind
from bouncer.policy.preferences import Attach
from bouncer.policy.records import Belief, Counted, Effect
from bouncer.verdict.verdict import Reason

MAX_ATTACHED = 2 * 1024 * 1024
"""Octets of a report that goes along whole; a large one is still in the store."""
MAX_BEGINNING = 64 * 1024
"""Octets of the beginning that goes along of a larger one."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """Reports that came before on the same address."""

    count: int
    first: dt.datetime
    last: dt.datetime


@dataclass(frozen=True, slots=True)
class NoticeRecipient:
    """One recipient's outcome."""

    recipient: str
    action: Action
    reason: Reason | None = None  # None for one that did not fail
    status: str | None = None
    reply_code: int | None = None
    diagnostic_code: str | None = None
    remote_mta: str | None = None
    belief: Belief = Belief.UNPROVEN
    belief_why: str = ""
    suppressed: bool = False
    suppressed_until: dt.datetime | None = None  # None: until somebody lifts it
    effect: Effect | None = None  # None where that is not known
    counted: Counted | None = None
    earlier: Earlier | None = None
    reported: str | None = (
        None  # the address that failed as the report names it, where that is another; a stranger's word
    )
    rule: str | None = None  # that decided on the reason, by its id in verdict.rules


@dataclass(frozen=True, slots=True)
class Notice:
    """One report, told to one owner. Times are aware."""

    to: str
    message_id: str  # stable over every try, without angle brackets
    made_at: dt.datetime
    kind: Kind
    recipients: tuple[NoticeRecipient, ...]
    account: str | None = None
    report: str = ""  # the letter's id as people see it
    arrived_at: dt.datetime | None = None
    reporting_mta: str | None = None
    subject: str | None = None  # the returned message's own
    sender: str | None = None  # its From
    original_message_id: str | None = None
    letter: bytes | None = field(default=None, repr=False)  # None when it is already retired
    campaign: str | None = None
    language: str = "en"
    zone: dt.tzinfo = dt.UTC  # of the owner, in which all times are told
    contact: str = ""  # whom the owner can ask, in the account's own words
    attach: Attach = Attach.HEADERS
    data: bytes | None = field(default=None, repr=False)  # the same for machines, as JSON


def in_question(notice: Notice) -> Sequence[NoticeRecipient]:
    """The recipients that the notice is about, those that failed first; others of the report only where there are none."""
    wanted = {Kind.BOUNCE: Action.FAILED, Kind.DELAY: Action.DELAYED}.get(notice.kind)
    about = [one for one in notice.recipients if one.action is wanted]
    return about or notice.recipients
