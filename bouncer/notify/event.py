"""An event as programs read it: one JSON object, on one line, with a stable id. Every channel for programs writes this form."""

import json
from collections.abc import Iterator
from typing import Any

from bouncer.notify.serialize import plain
from bouncer.policy.blocking import Blocked, Blocking
from bouncer.policy.records import ParcelKind
from bouncer.ports.letters import BounceRow
from bouncer.ports.outbox import DeliveryJob

MAX_ROWS = 1000
"""Recipients that one event names; the store has them all."""
MAX_OCTETS = 256 * 1024
"""Of the recipients of one event: a report of thousands, each with a long reply, is no larger than this."""


def event(job: DeliveryJob) -> dict[str, Any]:
    """Give the event that *job* tells of; the same, whenever it is sent again.

    ``event`` is the same for every destination: who got one twice drops the second. A recipient has the keys of ``bouncer bounces
    --json``; ``left_out`` says how many are not named.
    """
    row = job.row
    recipients = list(_recipients(job.bounces))
    first = job.bounces[0] if job.bounces else None
    return {
        "event": row.event,
        "type": row.kind.value,
        "account": row.account,
        "created_at": plain(row)["created_at"],
        "report": row.report or None,
        "kind": job.kind,
        "message_id": first.message_id if first else None,
        "subject": first.subject if first else None,
        "recipients": recipients,
        "left_out": len(job.bounces) - len(recipients),
        **_more(job),
    }


def line(job: DeliveryJob) -> bytes:
    """Give the event as one line, in ASCII: nothing that a stranger wrote can end it or begin another."""
    return json.dumps(event(job), separators=(",", ":")).encode("ascii") + b"\n"


def _recipients(bounces: tuple[BounceRow, ...]) -> Iterator[dict[str, Any]]:
    room = MAX_OCTETS
    for bounce in bounces[:MAX_ROWS]:
        facts = plain(bounce)
        room -= len(json.dumps(facts))
        if room < 0:
            return
        yield facts


def _blocked(block: Blocked) -> dict[str, Any]:
    return {"provider": block.provider, "count": block.count, "day": block.day.isoformat() if block.day else None}


def _more(job: DeliveryJob) -> dict[str, Any]:
    """Give what is special to a kind: what a warning counts, the letter that a person has to see."""
    if job.row.kind is ParcelKind.WARNING:
        blocking = Blocking.parse(job.row.about or "")
        return {"blocked": [_blocked(block) for block in blocking.blocked], "more_blocked": blocking.more}
    if job.unread is not None:
        return {"unread": [plain(letter) for letter in job.unread.letters]}
    return {}
