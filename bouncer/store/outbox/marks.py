"""Marks: the outcomes of leased outbox entries, written many at a time."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bouncer.policy.records import EntryState
from bouncer.store.engine.rows import write_rows
from bouncer.store.tables import outbox

_ENTRY = outbox.c.id == sa.bindparam("entry")
_WAITING_ENTRY = sa.and_(_ENTRY, outbox.c.state == EntryState.WAITING)
_SENT = (
    sa.update(outbox)
    .where(_ENTRY)
    .values(state=EntryState.SENT.value, ended_at=sa.bindparam("at"), said=sa.bindparam("words"), last_error=sa.null())
)
_GIVEN_UP = (
    sa.update(outbox)
    .where(_WAITING_ENTRY)
    .values(state=EntryState.GIVEN_UP.value, ended_at=sa.bindparam("at"), last_error=sa.bindparam("words"))
)
_LATER = (
    sa.update(outbox)
    .where(_WAITING_ENTRY)
    .values(due=sa.bindparam("at"), turn=sa.bindparam("at"), leased_until=sa.null(), last_error=sa.bindparam("words"))
)


@dataclass(frozen=True, slots=True)
class Mark:
    """The outcome of one entry: an UPDATE, and its values."""

    statement: sa.Update
    values: Mapping[str, Any]


def mark_sent(entry: int, *, now: dt.datetime, reply: str) -> Mark:
    """Mark an entry as sent, in any state."""
    return Mark(_SENT, {"entry": entry, "at": now, "words": reply})


def mark_given_up(entry: int, *, now: dt.datetime, reply: str) -> Mark:
    """Give up a waiting entry; an entry in another state stays as it is."""
    return Mark(_GIVEN_UP, {"entry": entry, "at": now, "words": reply})


def mark_deferred(entry: int, *, due: dt.datetime, reply: str) -> Mark:
    """Defer a waiting entry to a retry at *due*; an entry in another state stays as it is."""
    return Mark(_LATER, {"entry": entry, "at": due, "words": reply})


def write(connection: sa.Connection, marks: Sequence[Mark]) -> None:
    """Write the marks, one statement for each kind. If two marks of an entry differ, sent or given up wins over a retry."""
    for statement in (_SENT, _GIVEN_UP, _LATER):
        write_rows(connection, statement, [mark.values for mark in marks if mark.statement is statement])
