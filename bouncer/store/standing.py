"""How a store stands: what waits in it, since when, and what came and left last. Only reads, and counts no more than it must."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from bouncer.policy.records import LetterState, ParcelState
from bouncer.ports.standing import Standing
from bouncer.store.tables import letters, outbox, suppressions

LATELY = dt.timedelta(days=1)
"""What counts as lately: one who looks once a day sees everything once."""
SENT_LOOKED_AT = 10_000
"""Notices sent that the last one is looked for among, by age: one that was sent again after very many others may be missed."""


def standing(connection: sa.Connection, *, now: dt.datetime) -> Standing:
    """Count and look; *now* says what is lately and what is in force."""
    there, lately = outbox.c, now - LATELY
    waiting = there.state == ParcelState.WAITING
    deferred = sa.and_(waiting, there.last_error.is_not(None))
    given_up, shunted = there.state == ParcelState.GIVEN_UP, letters.c.state == LetterState.SHUNTED
    unread = letters.c.state == LetterState.KEPT
    in_force = sa.or_(suppressions.c.until.is_(None), suppressions.c.until > now)
    newest_letter = sa.select(letters.c.received_at).order_by(letters.c.id.desc()).limit(1)
    newest_sent = sa.select(there.ended_at).where(there.state == ParcelState.SENT).order_by(there.id.desc())
    ends = newest_sent.limit(SENT_LOOKED_AT).subquery()

    def ask(wanted: Any, *where: sa.ColumnElement[bool]) -> Any:
        return connection.scalar(sa.select(wanted).where(*where))

    return Standing(
        unread_letters=ask(sa.func.count(letters.c.id), unread),
        oldest_unread=ask(sa.func.min(letters.c.received_at), unread),
        shunted_letters=ask(sa.func.count(letters.c.id), shunted),
        shunted_lately=ask(sa.func.count(letters.c.id), shunted, letters.c.recorded_at >= lately),
        last_letter=connection.scalar(newest_letter),
        waiting_notices=ask(sa.func.count(there.id), waiting),
        oldest_waiting=ask(sa.func.min(there.created_at), waiting),
        oldest_due=ask(sa.func.min(there.due), waiting),
        deferred_notices=ask(sa.func.count(there.id), deferred),
        oldest_deferred=ask(sa.func.min(there.created_at), deferred),
        held_notices=ask(sa.func.count(there.id), there.state == ParcelState.HELD),
        given_up_notices=ask(sa.func.count(there.id), given_up),
        given_up_lately=ask(sa.func.count(there.id), given_up, there.ended_at >= lately),
        last_sent=connection.scalar(sa.select(sa.func.max(ends.c.ended_at))),
        suppressed_addresses=ask(sa.func.count(suppressions.c.id), in_force),
    )
