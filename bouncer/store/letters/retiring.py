"""Retiring: raw letters and old records are deleted, a bounded number at a time, so that keeping letters never waits long.

The age of a letter follows from its id. A kept letter is never deleted, nor one whose outbox entry waits, with its records.
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from bouncer.policy.records import LetterState, ParcelState
from bouncer.store.engine.ids import least_id
from bouncer.store.letters import chunks, unread
from bouncer.store.letters.leasing import first_within
from bouncer.store.outbox import unsent
from bouncer.store.suppressions import trail
from bouncer.store.tables import bounces, letters, outbox, raw_letters

MOST = 5000
"""Rows of one commit, whatever the caller asks for."""
MOST_OCTETS = 64 << 20
"""Octets of raw letters of one commit: each page of a large one takes time."""

_HAS_BOUNCES = sa.exists().where(bounces.c.letter_id == letters.c.id).correlate(letters)


def has_waiting_entry(letter_id: Any) -> sa.Exists:
    """Whether an outbox entry of the letter has yet to leave."""
    waits = outbox.c.state.in_((ParcelState.WAITING, ParcelState.HELD))
    return sa.exists().where(outbox.c.letter_id == letter_id, waits).correlate(letter_id.table)


def retire(
    connection: sa.Connection, *, letters_before: dt.datetime, records_before: dt.datetime, count: int
) -> tuple[int, int]:
    """Delete up to *count* raw letters and *count* records: bounces, rows of retired letters without bounces, the trail."""
    count = min(count, MOST)
    read = _forget_octets(connection, LetterState.READ, letters_before, count)
    shunted = _forget_octets(connection, LetterState.SHUNTED, letters_before, count - read)
    recorded = _forget_bounces(connection, records_before, count)
    retired = _forget_letters(connection, records_before, count - recorded)
    changes = trail.retire(connection, records_before, count)
    untold = unsent.forget(connection, records_before, count)
    return read + shunted, recorded + retired + changes + untold


def _forget_octets(connection: sa.Connection, state: LetterState, before: dt.datetime, count: int) -> int:
    sized = connection.execute(
        sa.select(letters.c.id, letters.c.octets)
        .where(letters.c.state == state, letters.c.id < least_id(before), ~has_waiting_entry(letters.c.id))
        .order_by(letters.c.id)
        .limit(count)
    )
    ids = first_within(MOST_OCTETS, sized)
    if ids:
        where = letters.c.id.in_(ids)
        raw_ids = connection.scalars(sa.select(letters.c.raw_id).where(where)).all()
        connection.execute(
            sa.update(letters)
            .where(where)
            .values(state=LetterState.RETIRED.value, raw_id=None, left_octets=0, **unread.FORGOTTEN)
        )
        shared = sa.exists().where(letters.c.raw_id == raw_letters.c.id).correlate(raw_letters)
        connection.execute(sa.delete(raw_letters).where(raw_letters.c.id.in_(raw_ids), ~shared))
        chunks.forget(connection, raw_ids)
    return len(ids)


def _forget_bounces(connection: sa.Connection, before: dt.datetime, count: int) -> int:
    is_old = bounces.c.letter_id < least_id(before)
    old = sa.select(bounces.c.id).where(is_old, ~has_waiting_entry(bounces.c.letter_id)).order_by(bounces.c.letter_id)
    return connection.execute(sa.delete(bounces).where(bounces.c.id.in_(old.limit(count)))).rowcount


def _forget_letters(connection: sa.Connection, before: dt.datetime, count: int) -> int:
    old = sa.select(letters.c.id).where(
        letters.c.state == LetterState.RETIRED,
        letters.c.id < least_id(before),
        ~_HAS_BOUNCES,
        ~has_waiting_entry(letters.c.id),
    )
    # its outbox entries, all sent or given up, are deleted with it
    return connection.execute(
        sa.delete(letters).where(letters.c.id.in_(old.order_by(letters.c.id).limit(count)))
    ).rowcount
