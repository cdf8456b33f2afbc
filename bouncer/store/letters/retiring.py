"""Retiring: raw letters and old records are deleted step by step, so that no other writer waits long.

The age of a letter follows from its id. A kept letter is never deleted, nor one whose outbox entry waits, with its records. Each
step has two parts: the next rows are found beside the writers, and deleted in a short transaction that checks them again. Raw
letters, the largest part, are deleted by a range of ids.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from bouncer.policy.records import EntryState, LetterState
from bouncer.store.engine.columns import microseconds
from bouncer.store.engine.ids import least_id
from bouncer.store.letters import chunks, unread
from bouncer.store.letters.leasing import first_within
from bouncer.store.outbox import unsent
from bouncer.store.suppressions import trail
from bouncer.store.tables import bounces, letters, outbox, raw_letters

MAX_OCTETS = 16 << 20
"""Octets of raw letters of one step: SQLite reads each page of a large one, some ten milliseconds for so many."""

Place = tuple[int, int]
"""The last row of a step in the order of its index: the values of the index and the row's id."""
START: Place = (-1, -1)
"""The place before the first row."""


@dataclass(frozen=True, slots=True)
class RetirementStep:
    """The rows that are deleted in one step, by id and in order; never empty."""

    ids: Sequence[int]
    place: Place


@dataclass(frozen=True, slots=True)
class Retirement:
    """One kind of rows that are deleted.

    *find* gives the next step: up to a number of rows that are older than a moment and come after a place, or None. It only reads.
    *delete* deletes these rows, except those that have to stay by now, and gives their number.
    """

    find: Callable[[sa.Connection, dt.datetime, Place, int], RetirementStep | None]
    delete: Callable[[sa.Connection, RetirementStep], int]


def has_waiting_entry(letter_id: Any) -> sa.Exists:
    """Whether an outbox entry of the letter has yet to leave."""
    waits = outbox.c.state.in_((EntryState.WAITING, EntryState.HELD))
    return sa.exists().where(outbox.c.letter_id == letter_id, waits).correlate(letter_id.table)


def _find_octets(
    state: LetterState, connection: sa.Connection, before: dt.datetime, after: Place, count: int
) -> RetirementStep | None:
    """Find letters; those that have to stay are among them, so that a step reads no more rows than *count*."""
    in_range = sa.and_(letters.c.state == state, letters.c.id > after[0], letters.c.id < least_id(before))
    sized = sa.select(letters.c.id, letters.c.octets).where(in_range).order_by(letters.c.id).limit(count)
    ids = first_within(MAX_OCTETS, ((row.id, row.octets) for row in connection.execute(sized)))
    return RetirementStep(ids, (ids[-1], 0)) if ids else None


def _delete_octets(state: LetterState, connection: sa.Connection, step: RetirementStep) -> int:
    in_range = sa.and_(letters.c.state == state, letters.c.id.between(step.ids[0], step.ids[-1]))
    retiring = sa.and_(in_range, ~has_waiting_entry(letters.c.id))
    raws = connection.execute(sa.select(letters.c.raw_id, letters.c.octets).where(retiring)).all()
    if not raws:
        return 0
    change = {"state": LetterState.RETIRED.value, "raw_id": None, "left_octets": 0, **unread.FORGOTTEN}
    connection.execute(sa.update(letters).where(retiring).values(change))
    # a letter that stays may have its octets in the range, too, or share those of one that does not
    first, last = min(row.raw_id for row in raws), max(row.raw_id for row in raws)
    # the range once more, or PostgreSQL reads all letters where it is a long one
    needing = letters.c.raw_id == raw_letters.c.id, letters.c.raw_id.between(first, last)
    is_needed = sa.exists().where(*needing).correlate(raw_letters)
    connection.execute(sa.delete(raw_letters).where(raw_letters.c.id.between(first, last), ~is_needed))
    if large := [row.raw_id for row in raws if row.octets > chunks.CHUNK_OCTETS]:
        chunks.delete_chunks(connection, large)
    return len(raws)


def _find_bounces(connection: sa.Connection, before: dt.datetime, after: Place, count: int) -> RetirementStep | None:
    order = (bounces.c.letter_id, bounces.c.id)
    old = sa.select(*order).where(sa.tuple_(*order) > sa.tuple_(*after), bounces.c.letter_id < least_id(before))
    old = old.where(~has_waiting_entry(bounces.c.letter_id)).order_by(*order).limit(count)
    return _step(connection.execute(old).all())


def _delete_bounces(connection: sa.Connection, step: RetirementStep) -> int:
    where = sa.and_(bounces.c.id.in_(step.ids), ~has_waiting_entry(bounces.c.letter_id))
    return connection.execute(sa.delete(bounces).where(where)).rowcount


def _is_finished() -> sa.ColumnElement[bool]:
    """Whether a letter has neither octets nor bounces, nor an outbox entry that waits."""
    has_bounces = sa.exists().where(bounces.c.letter_id == letters.c.id).correlate(letters)
    return sa.and_(letters.c.state == LetterState.RETIRED, ~has_bounces, ~has_waiting_entry(letters.c.id))


def _find_letters(connection: sa.Connection, before: dt.datetime, after: Place, count: int) -> RetirementStep | None:
    in_range = sa.and_(letters.c.id > after[0], letters.c.id < least_id(before))
    old = sa.select(letters.c.id, letters.c.id.label("same")).where(_is_finished(), in_range)
    return _step(connection.execute(old.order_by(letters.c.id).limit(count)).all())


def _delete_letters(connection: sa.Connection, step: RetirementStep) -> int:
    # its outbox entries, all sent or given up, are deleted with it
    return connection.execute(sa.delete(letters).where(letters.c.id.in_(step.ids), _is_finished())).rowcount


def _find_changes(connection: sa.Connection, before: dt.datetime, after: Place, count: int) -> RetirementStep | None:
    return _step([(microseconds(at), number) for at, number in trail.find_old(connection, before, after, count)])


def _delete_changes(connection: sa.Connection, step: RetirementStep) -> int:
    return trail.delete_changes(connection, step.ids)


def _find_unsent(connection: sa.Connection, before: dt.datetime, after: Place, count: int) -> RetirementStep | None:
    return _step([(number, number) for number in unsent.find_old(connection, before, after[0], count)])


def _delete_unsent(connection: sa.Connection, step: RetirementStep) -> int:
    return unsent.delete_unsent(connection, step.ids)


def _step(rows: Sequence[Any]) -> RetirementStep | None:
    """Make the step of *rows*, which are in order and have two columns: the value of the index, and the id."""
    return RetirementStep([row[1] for row in rows], (rows[-1][0], rows[-1][1])) if rows else None


OCTETS = tuple(
    Retirement(partial(_find_octets, state), partial(_delete_octets, state))
    for state in (LetterState.READ, LetterState.SHUNTED)
)
"""The raw letters."""
RECORDS = (
    Retirement(_find_bounces, _delete_bounces),
    Retirement(_find_letters, _delete_letters),
    Retirement(_find_changes, _delete_changes),
    Retirement(_find_unsent, _delete_unsent),
)
"""Bounces, rows of retired letters without bounces, the trail, and entries of the outbox without a letter."""
