"""Observations of the clock in the store; see ``policy.clock_trust``."""

import datetime as dt

import sqlalchemy as sa

from bouncer.policy import clock_trust
from bouncer.policy.clock_trust import ClockObservation
from bouncer.store.engine.engine import insert
from bouncer.store.tables import clock, letters

ONLY_ID = 1
"""The id of the table's only row."""


def last_observation(connection: sa.Connection) -> ClockObservation | None:
    """Give the last observation; in an older store without one, the arrival of the newest letter; None without either."""
    row = connection.execute(sa.select(clock.c.since, clock.c.last, clock.c.leapt_from)).first()
    if row is not None:
        return ClockObservation(*row)
    newest = connection.scalar(sa.select(letters.c.received_at).order_by(letters.c.id.desc()).limit(1))
    return ClockObservation(newest, newest) if newest else None


def observe(connection: sa.Connection, *, now: dt.datetime) -> ClockObservation:
    """Add the observation of *now*, and give the result."""
    observation = clock_trust.observe(last_observation(connection), now)
    row = {"since": observation.steady_since, "last": observation.last_at, "leapt_from": observation.leapt_from}
    statement = insert(connection, clock)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row), {"id": ONLY_ID, **row})
    return observation
