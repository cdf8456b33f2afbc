"""The facts of a mail, taken from a delivery job."""

import json
from collections.abc import Sequence

from bouncer.compose.notice import Earlier, Notice, NoticeRecipient
from bouncer.compose.operator import ForwardedMail
from bouncer.ndr.reading import Action, Kind
from bouncer.notify.serialize import to_plain
from bouncer.policy.preferences import zone_of
from bouncer.policy.records import Belief, Counted, Effect
from bouncer.ports.letters import BounceRow, KeptLetter
from bouncer.ports.outbox import DeliveryJob, OutboxEntry
from bouncer.verdict.verdict import Reason

MAX_ROWS = 1000
"""Bounces of one report that are attached as JSON at most; the store has all."""


def make_notice(job: DeliveryJob) -> Notice:
    """Give the facts of one report for one owner, as the owner's preferences want them."""
    row, letter, preferences = job.row, job.letter, job.preferences
    first = job.bounces[0] if job.bounces else None
    return Notice(
        to=row.to,
        message_id=row.message_id,
        made_at=row.created_at,
        kind=Kind(job.kind or (first.kind if first else Kind.OTHER)),
        recipients=tuple(notice_recipient(bounce, job.earlier.get(bounce.recipient)) for bounce in job.bounces),
        account=row.account,
        report=row.report,
        arrived_at=letter.received.received_at if letter else first.at if first else None,
        reporting_mta=first.reporting_mta if first else None,
        subject=first.subject if first else None,
        sender=first.original_from if first else None,
        original_message_id=first.message_id if first else None,
        letter=letter.received.raw if letter else None,
        campaign=first.campaign if first else None,
        language=preferences.language,
        zone=zone_of(preferences),
        contact=preferences.contact,
        attach=preferences.attach,
        data=_data(job.bounces) if preferences.json else None,
    )


def forwarded_mail(row: OutboxEntry, letter: KeptLetter, language: str) -> ForwardedMail:
    """Give the facts of a mail that is passed on to the operator, who reads *language*."""
    received = letter.received
    return ForwardedMail(
        to=row.to,
        message_id=row.message_id,
        made_at=row.created_at,
        came_to=received.return_path.address,
        reverse_path=received.reverse_path,
        peer=received.peer,
        arrived_at=received.received_at,
        report=row.report,
        letter=received.raw,
        language=language,
    )


def _data(bounces: Sequence[BounceRow]) -> bytes:
    """Give the bounces as a JSON list, in the form of ``bouncer bounces --json``."""
    return json.dumps([to_plain(bounce) for bounce in bounces[:MAX_ROWS]], indent=1).encode()


def notice_recipient(bounce: BounceRow, earlier: Earlier | None = None) -> NoticeRecipient:
    """Give the facts of one recipient's outcome, as notices and pages put them into words."""
    return NoticeRecipient(
        recipient=bounce.recipient,
        action=Action(bounce.action),
        reason=Reason.from_record(bounce.reason),
        status=bounce.status,
        reply_code=bounce.reply_code,
        diagnostic_code=bounce.diagnostic_code,
        remote_mta=bounce.remote_mta,
        belief=Belief(bounce.belief),
        belief_why=bounce.belief_why,
        suppressed=bounce.suppressed,
        suppressed_until=bounce.suppressed_until,
        effect=_effect(bounce.effect),
        counted=_read_counted(bounce),
        earlier=earlier,
        reported=bounce.reported,
        rule=bounce.rule,
    )


def _effect(effect: str | None) -> Effect | None:
    """Read a recorded effect; None in older rows, and for an effect of a later version."""
    return Effect(effect) if effect in set(Effect) else None


def _read_counted(bounce: BounceRow) -> Counted | None:
    day, needed, window = bounce.counted_day, bounce.counted_needed, bounce.counted_window
    return None if day is None or needed is None or window is None else Counted(day, needed, window)


def response_lines(bounces: Sequence[BounceRow]) -> tuple[str, ...]:
    """Give the servers' responses in reports."""
    return tuple(bounce.diagnostic_code for bounce in bounces if bounce.diagnostic_code)


def are_all_proven(bounces: Sequence[BounceRow]) -> bool:
    """Whether there are reports, and each is proven."""
    return bool(bounces) and all(bounce.belief == Belief.PROVEN for bounce in bounces)
