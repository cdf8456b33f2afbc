"""Counts of the newest bounces by outcome: a page that shows numbers reads no rows of bounces and letters for them."""

import datetime as dt

import sqlalchemy as sa

from bouncer.ndr.reading import Action
from bouncer.policy.records import Belief
from bouncer.ports.record_lists import OutcomeCount
from bouncer.ports.scope import Scope
from bouncer.store.engine.ids import least_id
from bouncer.store.scoping import scope_conditions
from bouncer.store.tables import bounces


def newest(connection: sa.Connection, scope: Scope, since: dt.datetime, most: int) -> list[OutcomeCount]:
    """Count the newest bounces by outcome, as ``ports.record_lists.RecordLists.count_outcomes`` says."""
    columns = [bounces.c[name] for name in ("action", "category", "belief", "suppressed")]
    of_scope = scope_conditions(scope, bounces.c.account)
    recent = sa.select(*columns).where(bounces.c.id >= least_id(since), bounces.c.at >= since, *of_scope)
    rows = recent.order_by(bounces.c.id.desc()).limit(most).subquery()
    query = sa.select(*rows.c, sa.func.count().label("number")).group_by(*rows.c)
    return [
        OutcomeCount(Action(row.action), row.category, Belief(row.belief), row.suppressed, row.number)
        for row in connection.execute(query)
    ]
