"""The outbox: entries are leased and marked. Each is delivered at least once, with one Message-ID over all retries."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

import sqlalchemy as sa

from bouncer.policy.own_mail import letter_of
from bouncer.policy.priority import MAX_PRIORITY_DELAY
from bouncer.policy.records import EntryState
from bouncer.ports.letters import Page
from bouncer.ports.outbox import EntryFilter, Lane, OutboxEntry
from bouncer.ports.scope import Scope
from bouncer.store.engine.columns import Instant
from bouncer.store.engine.ids import MAX_ID
from bouncer.store.engine.queries import fetch_rows, queue_change
from bouncer.store.engine.values import in_parts
from bouncer.store.letters.leasing import first_within
from bouncer.store.outbox import unsent
from bouncer.store.outbox.rows import entry_of
from bouncer.store.scoping import scope_conditions
from bouncer.store.tables import letters, outbox

AT_A_TIME = 500
"""Entries that are changed in one commit, so that keeping a letter waits no longer than that."""
LEASED_OCTETS = 64 << 20
"""Octets of the letters that go along with one lease: a bound of the memory that they take at once."""


def lease(connection: sa.Connection, *, now: dt.datetime, count: int, until: dt.datetime, lane: Lane) -> list[int]:
    """Lease entries of *lane* that are due until *until*, and count one more attempt of each; give their ids."""
    statement = _DUE_IN_ORDER if lane.is_ordered else _DUE
    lanes = {"only": sorted(lane.included)} if lane.included else {"but": sorted(lane.excluded)}
    bind_values = {"now": now, "last": now + MAX_PRIORITY_DELAY, "count": count, "channel": lane.channel, **lanes}
    ids = first_within(LEASED_OCTETS, fetch_rows(connection, statement[bool(lane.included)], bind_values))
    if ids:
        queue_change(connection, _TAKE, {"ids": ids, "until": until})
    return ids


_TAKE = (
    sa.update(outbox)
    .where(outbox.c.id.in_(sa.bindparam("ids", expanding=True)))
    .values(attempts=outbox.c.attempts + 1, leased_until=sa.bindparam("until"))
)


def known_message_ids(connection: sa.Connection, notices: Sequence[str]) -> set[str]:
    """Give the Message-IDs among *notices*, in lower case, that belong to entries; entries are found by their letters."""
    numbers = sorted({number for notice in notices if (number := letter_of(notice)) is not None})
    known_ids = set[str]()
    for some in in_parts(numbers):
        query = sa.select(outbox.c.message_id).where(outbox.c.letter_id.in_(some))
        known_ids.update(message_id.lower() for message_id in connection.scalars(query))
    for names in in_parts(notices):
        known_ids |= unsent.known_message_ids(connection, names)
    return known_ids.intersection(notices)


def _due(*conditions: sa.ColumnElement[bool]) -> sa.Select[int, int]:
    """Build the query for entries that are due, by priority; once, as building it takes longer than running it."""
    return (
        sa.select(outbox.c.id, sa.func.coalesce(letters.c.octets, 0).label("octets"))
        .join(letters, letters.c.id == outbox.c.letter_id, isouter=True)
        .where(
            outbox.c.state == EntryState.WAITING,
            outbox.c.scheduled.is_(sa.true()),
            outbox.c.channel == sa.bindparam("channel"),
            outbox.c.turn <= sa.bindparam("last"),  # no other can be due: the index ends the search here
            *conditions,
            outbox.c.due <= sa.bindparam("now"),
            sa.or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= sa.bindparam("now")),
        )
        .order_by(outbox.c.turn, outbox.c.lane, outbox.c.id)  # the index's own order
        .limit(sa.bindparam("count"))
        .with_for_update(skip_locked=True, of=outbox)
    )


_earlier = outbox.alias("earlier")
_IN_TURN = ~sa.exists().where(
    _earlier.c.recipient_key == outbox.c.recipient_key,
    _earlier.c.channel == outbox.c.channel,
    _earlier.c.destination == outbox.c.destination,
    _earlier.c.state == EntryState.WAITING,
    _earlier.c.id < outbox.c.id,
)
"""Whether no earlier entry about the same address waits for the same destination."""
_TO = outbox.c.lane.in_(sa.bindparam("only", expanding=True))
_BUT = outbox.c.lane.not_in(sa.bindparam("but", expanding=True))
_DUE = {True: _due(_TO), False: _due(_BUT)}
"""By whether the lane names its destinations."""
_DUE_IN_ORDER = {True: _due(_TO, _IN_TURN), False: _due(_BUT, _IN_TURN)}


def release(connection: sa.Connection) -> None:
    """End every lease."""
    leased = sa.and_(outbox.c.state == EntryState.WAITING, outbox.c.leased_until.is_not(None))
    connection.execute(sa.update(outbox).where(leased).values(leased_until=None))


def list_entries(
    connection: sa.Connection, scope: Scope, *, state: EntryState | None, page: Page, to: str | None = None
) -> list[OutboxEntry]:
    """List entries, newest first."""
    query = sa.select(outbox).where(outbox.c.id < (MAX_ID if page.before is None else page.before))
    query = query.where(*_scope_conditions(scope, to))
    if state is not None:
        query = query.where(outbox.c.state == state)
    return [entry_of(row) for row in connection.execute(query.order_by(outbox.c.id.desc()).limit(page.limit))]


def count_deferred(connection: sa.Connection) -> tuple[int, OutboxEntry | None]:
    """Count the waiting entries of which an attempt has failed, and give the newest."""
    is_deferred = sa.and_(outbox.c.state == EntryState.WAITING, outbox.c.last_error.is_not(None))
    count = connection.scalar(sa.select(sa.func.count()).select_from(outbox).where(is_deferred)) or 0
    row = connection.execute(sa.select(outbox).where(is_deferred).order_by(outbox.c.id.desc()).limit(1)).one_or_none()
    return count, entry_of(row) if row else None


def entry(connection: sa.Connection, scope: Scope, entry_id: int) -> OutboxEntry | None:
    """Give one entry."""
    row = connection.execute(sa.select(outbox).where(outbox.c.id == entry_id, *_scope_conditions(scope))).one_or_none()
    return entry_of(row) if row else None


def _scope_conditions(scope: Scope, to: str | None = None) -> Iterator[sa.ColumnElement[bool]]:
    """Give the conditions for entries inside *scope*, and to *to* where it is not None."""
    yield from scope_conditions(scope, outbox.c.account)
    if to is not None:
        yield sa.func.lower(outbox.c.destination) == to.lower()


def count_entries(connection: sa.Connection, scope: Scope, criteria: EntryFilter) -> int:
    """Count entries."""
    query = sa.select(sa.func.count()).select_from(outbox)
    return (
        connection.scalar(query.where(outbox.c.state.in_(criteria.states), *_scope_conditions(scope, criteria.to))) or 0
    )


def change_some(
    connection: sa.Connection,
    scope: Scope,
    criteria: EntryFilter,
    change: Callable[..., int],
    *,
    before: int,
    now: dt.datetime,
) -> tuple[int, int | None]:
    """Do *change*, ``retry`` or ``drop``, with the newest AT_A_TIME of the chosen entries whose ids are below *before*.

    A leased entry leaves at this moment: it is not retried. Gives how many were changed, and the lowest id that was looked at;
    None where there were none.
    """
    query = sa.select(outbox.c.id).where(outbox.c.id < before, outbox.c.state.in_(criteria.states))
    query = query.where(*_scope_conditions(scope, criteria.to))
    leaving = sa.and_(
        outbox.c.state == EntryState.WAITING, sa.func.coalesce(outbox.c.leased_until, sa.literal(now, Instant)) > now
    )
    if change is retry:
        query = query.where(sa.not_(leaving))
    ids = list(connection.scalars(query.order_by(outbox.c.id.desc()).limit(AT_A_TIME)))
    return change(connection, scope, ids, now=now), ids[-1] if ids else None


_MAY_LEAVE = (EntryState.WAITING, EntryState.GIVEN_UP, EntryState.HELD, EntryState.DROPPED)


def retry(connection: sa.Connection, scope: Scope, ids: Sequence[int], *, now: dt.datetime) -> int:
    """Let entries, AT_A_TIME at most, leave now; their retry period begins anew. Gives how many were changed."""
    again = {
        "state": EntryState.WAITING.value,
        "due": now,
        "turn": now,
        "scheduled": True,
        "created_at": now,
        "attempts": 0,
        "leased_until": None,
        "ended_at": None,
    }
    entries = sa.and_(outbox.c.id.in_(ids), outbox.c.state.in_(_MAY_LEAVE), *_scope_conditions(scope))
    return connection.execute(sa.update(outbox).where(entries).values(again)).rowcount


def drop(connection: sa.Connection, scope: Scope, ids: Sequence[int], *, now: dt.datetime) -> int:
    """Drop entries, AT_A_TIME at most, so that they are never sent; gives how many were changed."""
    may_be_dropped = outbox.c.state.in_((EntryState.WAITING, EntryState.HELD))
    entries = sa.and_(outbox.c.id.in_(ids), may_be_dropped, *_scope_conditions(scope))
    dropped = {"state": EntryState.DROPPED.value, "ended_at": now}
    return connection.execute(sa.update(outbox).where(entries).values(dropped)).rowcount
