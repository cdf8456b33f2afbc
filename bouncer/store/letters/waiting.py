"""Letters that wait for a lease: the oldest, the newest, and the first ones of each client or path, however many wait."""

import datetime as dt
import hashlib
from collections.abc import Container, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from bouncer.policy.fair_queue import Waiting
from bouncer.policy.records import LetterState
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.tables import letters

_KEY_OCTETS, _KEY_SHIFT = 8, 1  # 63 bits: what a signed integer of the database holds


def key_of(text: str) -> int:
    """Give the number by which the letters of a client or path are found: a path may be too long for an index of PostgreSQL."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_KEY_OCTETS).digest()
    return int.from_bytes(digest) >> _KEY_SHIFT


def read_oldest(connection: sa.Connection, now: dt.datetime, count: int) -> list[Waiting]:
    """Give the *count* oldest letters that no lease hides *now*."""
    return _read(connection, _OLDEST, {"now": now, "count": count})


def read_newest(connection: sa.Connection, now: dt.datetime, count: int, known_ids: Container[int]) -> list[Waiting]:
    """Give the *count* newest letters that no lease hides *now*, without the letters *known_ids*."""
    return _read(connection, _NEWEST, {"now": now, "count": count}, known_ids)


class WaitingWalk:
    """Walks from one client or path to the next, and looks at the oldest letters of each; *column* has their keys.

    The database goes from key to key in a small index of the waiting letters, and does not read all letters of a key (a loose index
    scan, https://wiki.postgresql.org/wiki/Loose_indexscan).
    """

    def __init__(self, column: sa.Column[Any]) -> None:
        self._column = column
        self._after = -1  # the key behind which the next walk begins
        self._depth = 1  # letters of a key: the fewer keys there are, the more

    def read_next(
        self, connection: sa.Connection, now: dt.datetime, count: int, known_ids: Container[int]
    ) -> list[Waiting]:
        """Give up to *count* letters that no lease hides *now*, from where the last walk ended; after the end it begins anew.

        The letters *known_ids* are left out.
        """
        values = {"now": now, "count": count, "each": self._depth, "after": self._after}
        rows = fetch_rows(connection, _walk(self._column), values)
        keys = {row.key for row in rows}
        if len(rows) == count:
            self._after, self._depth = rows[-1].key, max(1, self._depth // 2)
        else:
            if self._after == -1:  # these are all keys; half of the room is for others that come
                self._depth = max(1, count // 2 // max(1, len(keys)))
            self._after = -1
        return _make_waiting(rows, known_ids)


def _read(
    connection: sa.Connection, query: sa.Select[Any], values: Mapping[str, Any], known_ids: Container[int] = ()
) -> list[Waiting]:
    return _make_waiting(fetch_rows(connection, query, values), known_ids)


def _make_waiting(rows: Sequence[Any], known_ids: Container[int]) -> list[Waiting]:
    return [Waiting(row.id, row.octets, row.peer, row.return_path) for row in rows if row.id not in known_ids]


def _is_free(table: Any) -> sa.ColumnElement[bool]:
    """Whether no lease hides the letter."""
    now = sa.bindparam("now", type_=letters.c.leased_until.type)
    return sa.or_(table.c.leased_until.is_(None), table.c.leased_until <= now)


_FACTS = (letters.c.id, letters.c.octets, letters.c.peer, letters.c.return_path)
_WAITS = sa.and_(letters.c.state == LetterState.KEPT, _is_free(letters))
_WAITING = sa.select(*_FACTS).where(_WAITS).limit(sa.bindparam("count")).with_for_update(skip_locked=True)
_OLDEST, _NEWEST = _WAITING.order_by(letters.c.id), _WAITING.order_by(letters.c.id.desc())


@cache
def _walk(column: sa.Column[Any]) -> sa.Select[Any]:
    """Make the query of a walk: each step goes to the next letter of the same key, after :each letters to the next key.

    It is built at its first use: that takes as long as all else at the opening of a store, and commands lease nothing.
    """

    def select_first_behind(key: sa.ColumnElement[Any]) -> sa.Select[Any]:
        table = letters.alias()
        keys = table.c[column.name]
        return sa.select(table.c.id).where(keys > key, _is_free(table)).order_by(keys, table.c.id).limit(1)

    first_letter, next_letter, same_key = letters.alias(), letters.alias(), letters.alias()
    number, place = sa.literal(1).label("number"), sa.literal(1).label("place")
    steps = (
        sa.select(first_letter.c[column.name].label("key"), first_letter.c.id, number, place)
        .where(first_letter.c.id == select_first_behind(sa.bindparam("after", type_=column.type)).scalar_subquery())
        .cte("steps", recursive=True)
    )
    following = sa.select(same_key.c.id).where(
        same_key.c[column.name] == steps.c.key, same_key.c.id > steps.c.id, _is_free(same_key)
    )
    following = following.order_by(same_key.c.id).limit(1)
    next_of_key, next_key = (
        first.correlate(steps).scalar_subquery() for first in (following, select_first_behind(steps.c.key))
    )
    is_inside = steps.c.place < sa.bindparam("each", type_=sa.Integer())
    key = next_letter.c[column.name]
    steps = steps.union_all(
        sa.select(key, next_letter.c.id, steps.c.number + 1, sa.case((key == steps.c.key, steps.c.place + 1), else_=1))
        .join_from(
            steps, next_letter, next_letter.c.id == sa.func.coalesce(sa.case((is_inside, next_of_key)), next_key)
        )
        .where(steps.c.number < sa.bindparam("count", type_=sa.Integer()))
    )
    query = sa.select(*_FACTS, steps.c.key).join_from(steps, letters, letters.c.id == steps.c.id).where(_WAITS)
    return query.order_by(steps.c.number).with_for_update(of=letters, skip_locked=True)
