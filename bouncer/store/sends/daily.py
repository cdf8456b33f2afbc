"""Counts of sends and failures by the UTC day of sending, read from the totals: no count of a domain and no bounce is read."""

import datetime as dt

import sqlalchemy as sa

from bouncer.policy.rates import recorded_event
from bouncer.ports.scope import Scope
from bouncer.ports.sends import DayCount
from bouncer.store.scoping import scope_conditions
from bouncer.store.tables import send_totals

_DAY = dt.timedelta(days=1)


def sum_days(connection: sa.Connection, scope: Scope, first: dt.date, days: int) -> list[DayCount]:
    """Sum up by event and day, as ``ports.sends.SendCounts.daily_counts`` says."""
    columns = send_totals.c
    begins = dt.datetime.combine(first, dt.time(), dt.UTC)
    place = sa.case(*((columns.hour < begins + (n + 1) * _DAY, n) for n in range(days)))
    of_scope = scope_conditions(scope, columns.account)
    # a subquery, so that the places are the same expression where they are chosen and where they are grouped
    rows = (
        sa.select(place.label("place"), columns.what, columns["count"])
        .where(columns.hour >= begins, columns.hour < begins + days * _DAY, *of_scope)
        .subquery()
    )
    query = sa.select(rows.c.place, rows.c.what, sa.func.sum(rows.c["count"]).label("total"))
    return [
        DayCount(first + row.place * _DAY, event, row.total)
        for row in connection.execute(query.group_by(rows.c.place, rows.c.what))
        if (event := recorded_event(row.what)) is not None
    ]
