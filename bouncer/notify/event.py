"""An event in the form for programs: a JSON object on one line, with a stable id. All channels for programs use this form."""

import json
from collections.abc import Iterator
from typing import Any

from bouncer.notify.serialize import to_plain
from bouncer.policy.blocking import Blocked, Blocking
from bouncer.policy.records import EntryKind
from bouncer.ports.letters import BounceRow
from bouncer.ports.outbox import DeliveryJob

MAX_ROWS = 1000
"""Recipients of one event at most; the store has all."""
MAX_OCTETS = 256 * 1024
"""Octets of the recipients of one event: a limit for reports of thousands, each with a long reply."""


def event(job: DeliveryJob) -> dict[str, Any]:
    """Give the event of *job* as a JSON object; a retry gives the same.

    The key ``event`` is a stable id, the same for every destination: a reader drops an event whose id it has seen. A recipient has
    the keys of ``bouncer bounces --json``; ``left_out`` is the number of recipients that are not in the event.
    """
    row = job.row
    recipients = list(_recipients(job.bounces))
    first = job.bounces[0] if job.bounces else None
    return {
        "event": row.event,
        "type": row.kind.value,
        "account": row.account,
        "created_at": to_plain(row)["created_at"],
        "report": row.report or None,
        "kind": job.kind,
        "message_id": first.message_id if first else None,
        "subject": first.subject if first else None,
        "recipients": recipients,
        "left_out": len(job.bounces) - len(recipients),
        **_facts_of_kind(job),
    }


def event_line(job: DeliveryJob) -> bytes:
    """Give the event as one line of ASCII: JSON escapes line ends, so that no text of a stranger ends the line."""
    return json.dumps(event(job), separators=(",", ":")).encode("ascii") + b"\n"


def _recipients(bounces: tuple[BounceRow, ...]) -> Iterator[dict[str, Any]]:
    room = MAX_OCTETS
    for bounce in bounces[:MAX_ROWS]:
        facts = to_plain(bounce)
        room -= len(json.dumps(facts))
        if room < 0:
            return
        yield facts


def _block_fields(block: Blocked) -> dict[str, Any]:
    return {"provider": block.provider, "count": block.count, "day": block.day.isoformat() if block.day else None}


def _facts_of_kind(job: DeliveryJob) -> dict[str, Any]:
    """Give the keys of special kinds: the blocks that a warning counts, the letters that a person has to see."""
    if job.row.kind is EntryKind.WARNING:
        blocking = Blocking.parse(job.row.about or "")
        return {"blocked": [_block_fields(block) for block in blocking.blocked], "more_blocked": blocking.omitted}
    if job.unread is not None:
        return {"unread": [to_plain(letter) for letter in job.unread.letters]}
    return {}
