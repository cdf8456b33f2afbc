"""The state of a store: the numbers of waiting and failed rows, the oldest ones, and the last letter and notice. Only reads."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from bouncer.policy.records import EntryState, LetterState
from bouncer.ports.standing import Standing
from bouncer.store.tables import letters, outbox, suppressions

LATELY = dt.timedelta(days=1)
"""The time for "lately": an operator who looks once a day sees each event once."""
EXAMINED_SENT = 10_000
"""The newest notices by id, among which the last sent one is searched; a late retry of an older notice may be missed."""


def read_standing(connection: sa.Connection, *, now: dt.datetime) -> Standing:
    """Give the state of the store; *now* decides what is recent and which suppressions are in force."""
    entry, recent_since = outbox.c, now - LATELY
    waiting = entry.state == EntryState.WAITING
    deferred = sa.and_(waiting, entry.last_error.is_not(None))
    given_up, shunted = entry.state == EntryState.GIVEN_UP, letters.c.state == LetterState.SHUNTED
    unread = letters.c.state == LetterState.KEPT
    in_force = sa.or_(suppressions.c.until.is_(None), suppressions.c.until > now)
    newest_letter = sa.select(letters.c.received_at).order_by(letters.c.id.desc()).limit(1)
    newest_sent = sa.select(entry.ended_at).where(entry.state == EntryState.SENT).order_by(entry.id.desc())
    newest_ends = newest_sent.limit(EXAMINED_SENT).subquery()

    def ask(column: Any, *where: sa.ColumnElement[bool]) -> Any:
        return connection.scalar(sa.select(column).where(*where))

    return Standing(
        unread_letters=ask(sa.func.count(letters.c.id), unread),
        oldest_unread=ask(sa.func.min(letters.c.received_at), unread),
        shunted_letters=ask(sa.func.count(letters.c.id), shunted),
        shunted_lately=ask(sa.func.count(letters.c.id), shunted, letters.c.recorded_at >= recent_since),
        last_letter=connection.scalar(newest_letter),
        waiting_notices=ask(sa.func.count(entry.id), waiting),
        oldest_waiting=ask(sa.func.min(entry.created_at), waiting),
        oldest_due=ask(sa.func.min(entry.due), waiting),
        deferred_notices=ask(sa.func.count(entry.id), deferred),
        oldest_deferred=ask(sa.func.min(entry.created_at), deferred),
        held_notices=ask(sa.func.count(entry.id), entry.state == EntryState.HELD),
        given_up_notices=ask(sa.func.count(entry.id), given_up),
        given_up_lately=ask(sa.func.count(entry.id), given_up, entry.ended_at >= recent_since),
        last_sent=connection.scalar(sa.select(sa.func.max(newest_ends.c.ended_at))),
        suppressed_addresses=ask(sa.func.count(suppressions.c.id), in_force),
    )
