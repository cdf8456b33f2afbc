"""Leasing letters: a leased letter is hidden from other leases until the lease is given back or runs out."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.policy.fair_queue import Waiting, sort_by_turn
from bouncer.policy.records import LetterState
from bouncer.store.tables import letters

EXAMINED_WAITING = 512
"""Letters at either end of the waiting ones that are sorted by turn: that takes some milliseconds, and only where many wait.
The newest are among them, so that nobody waits behind all of an earlier flood."""


def lease(connection: sa.Connection, *, now: dt.datetime, count: int, octets: int, until: dt.datetime) -> list[int]:
    """Lease letters in state kept until *until*, each client and path in its turn; give their ids. Leased letters are hidden."""
    oldest = _waiting(connection, now, letters.c.id, count + 1)
    if len(oldest) > count:  # more wait than the caller takes
        seen = {
            letter.id: letter
            for order in (letters.c.id, letters.c.id.desc())
            for letter in _waiting(connection, now, order, EXAMINED_WAITING)
        }
        oldest = sort_by_turn(seen[letter_id] for letter_id in sorted(seen))[:count]
    ids = first_within(octets, ((letter.id, letter.octets) for letter in oldest))
    if ids:
        connection.execute(_LEASE, {"ids": ids, "until": until})
    return ids


_LEASE = (
    sa.update(letters)
    .where(letters.c.id.in_(sa.bindparam("ids", expanding=True)))
    .values(leased_until=sa.bindparam("until"))
)


def _waiting(connection: sa.Connection, now: dt.datetime, order: sa.ColumnElement[Any], count: int) -> list[Waiting]:
    """Give letters without a lease, in this order."""
    rows = connection.execute(_WAITING.order_by(order), {"now": now, "count": count})
    return [Waiting(*row) for row in rows]


_WAITING = (
    sa.select(letters.c.id, letters.c.octets, letters.c.peer, letters.c.return_path)
    .where(
        letters.c.state == LetterState.KEPT,
        sa.or_(letters.c.leased_until.is_(None), letters.c.leased_until <= sa.bindparam("now")),
    )
    .limit(sa.bindparam("count"))
    .with_for_update(skip_locked=True)
)


def give_back(connection: sa.Connection, ids: Sequence[int], *, until: dt.datetime) -> None:
    """End the leases of letters that are leased *until* then."""
    mine = sa.and_(letters.c.id.in_(ids), letters.c.state == LetterState.KEPT, letters.c.leased_until == until)
    connection.execute(sa.update(letters).where(mine).values(leased_until=None))


def release(connection: sa.Connection) -> None:
    """End every lease."""
    leased = sa.and_(letters.c.state == LetterState.KEPT, letters.c.leased_until.is_not(None))
    connection.execute(sa.update(letters).where(leased).values(leased_until=None))


def first_within(octets: int, sized: Iterable[tuple[int, int]]) -> list[int]:
    """Of (id, octets), give the first ids that have at most *octets* in all; the very first whatever its size."""
    ids: list[int] = []
    for letter_id, size in sized:
        octets -= size
        if ids and octets < 0:
            break
        ids.append(letter_id)
    return ids
