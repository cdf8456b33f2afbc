"""What was seen of the clock, in the store; see ``policy.clock_trust``."""

import datetime as dt

import sqlalchemy as sa

from bouncer.policy import clock_trust
from bouncer.policy.clock_trust import Steady
from bouncer.store.engine.engine import insert
from bouncer.store.tables import clock, letters

ONLY = 1
"""The number of the table's one row."""


def seen(connection: sa.Connection) -> Steady | None:
    """Give what was seen last; of a store from before that, when its newest letter came. None of a store without either."""
    row = connection.execute(sa.select(clock.c.since, clock.c.last, clock.c.leapt_from)).first()
    if row is not None:
        return Steady(*row)
    newest = connection.scalar(sa.select(letters.c.received_at).order_by(letters.c.id.desc()).limit(1))
    return Steady(newest, newest) if newest else None


def look(connection: sa.Connection, *, now: dt.datetime) -> Steady:
    """Write and give what has been seen with *now*."""
    found = clock_trust.look(seen(connection), now)
    row = {"since": found.since, "last": found.last, "leapt_from": found.leapt_from}
    adding = insert(connection, clock)
    connection.execute(adding.on_conflict_do_update(index_elements=["id"], set_=row), {"id": ONLY, **row})
    return found
