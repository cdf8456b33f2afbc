"""Retiring: raw letters and old records are forgotten, a bounded number at a time so that no keeper waits long.

How old a letter is stands in its number. A kept letter stays whatever its age, and so does one whose parcel waits,
with what was recorded of it.
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from bouncer.policy.records import LetterState, ParcelState
from bouncer.store.engine.ids import least_id
from bouncer.store.letters import chunks, unread
from bouncer.store.letters.letters import within
from bouncer.store.outbox import unsent
from bouncer.store.suppressions import trail
from bouncer.store.tables import bounces, letters, outbox, raw_letters

MOST = 5000
"""Rows of one commit, whatever is asked."""
MOST_OCTETS = 64 << 20
"""Octets of raw letters of one commit: a large one costs its pages."""

_HAS_BOUNCES = sa.exists().where(bounces.c.letter_id == letters.c.id).correlate(letters)


def parcel_waits(letter_id: Any) -> sa.Exists:
    """Whether a parcel of the letter has not left yet."""
    waits = outbox.c.state.in_((ParcelState.WAITING, ParcelState.HELD))
    return sa.exists().where(outbox.c.letter_id == letter_id, waits).correlate(letter_id.table)


def retire(
    connection: sa.Connection, *, letters_before: dt.datetime, records_before: dt.datetime, count: int
) -> tuple[int, int]:
    """Forget up to *count* raw letters and *count* records: bounces, the rows of retired letters that have none left, the trail."""
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
        .where(letters.c.state == state, letters.c.id < least_id(before), ~parcel_waits(letters.c.id))
        .order_by(letters.c.id)
        .limit(count)
    )
    ids = within(MOST_OCTETS, sized)
    if ids:
        those = letters.c.id.in_(ids)
        raw_ids = connection.scalars(sa.select(letters.c.raw_id).where(those)).all()
        connection.execute(
            sa.update(letters)
            .where(those)
            .values(state=LetterState.RETIRED.value, raw_id=None, left_octets=0, **unread.FORGOTTEN)
        )
        shared = sa.exists().where(letters.c.raw_id == raw_letters.c.id).correlate(raw_letters)
        connection.execute(sa.delete(raw_letters).where(raw_letters.c.id.in_(raw_ids), ~shared))
        chunks.forget(connection, raw_ids)
    return len(ids)


def _forget_bounces(connection: sa.Connection, before: dt.datetime, count: int) -> int:
    is_old = bounces.c.letter_id < least_id(before)
    old = sa.select(bounces.c.id).where(is_old, ~parcel_waits(bounces.c.letter_id)).order_by(bounces.c.letter_id)
    return connection.execute(sa.delete(bounces).where(bounces.c.id.in_(old.limit(count)))).rowcount


def _forget_letters(connection: sa.Connection, before: dt.datetime, count: int) -> int:
    old = sa.select(letters.c.id).where(
        letters.c.state == LetterState.RETIRED,
        letters.c.id < least_id(before),
        ~_HAS_BOUNCES,
        ~parcel_waits(letters.c.id),
    )
    # its parcels, all sent or given up, go with it
    return connection.execute(
        sa.delete(letters).where(letters.c.id.in_(old.order_by(letters.c.id).limit(count)))
    ).rowcount
