"""Addresses that fail for now again and again: counted in the database, so that no report is read for them."""

import datetime as dt

import sqlalchemy as sa

from bouncer.ndr.reading import Action
from bouncer.policy.records import Belief
from bouncer.ports.record_lists import MOST_REPEATED_EXAMINED, RepeatedFailure, RepeatedFailures
from bouncer.ports.scope import Scope
from bouncer.store.engine.ids import least_id
from bouncer.store.scoping import scope_conditions
from bouncer.store.tables import bounces
from bouncer.verdict.verdict import Category

_BELIEVED = (Belief.PROVEN, Belief.PLAUSIBLE)


def failures(connection: sa.Connection, scope: Scope, since: dt.datetime, fewest: int, limit: int) -> RepeatedFailures:
    """Count failures by address, as ``ports.record_lists.RecordLists.repeated_failures`` says."""
    columns = bounces.c
    of_scope = scope_conditions(scope, columns.account)
    recent = (
        sa.select(columns.account, columns.recipient, columns.action, columns.belief)
        .add_columns(_is_due(columns.counted_day, columns.counted_needed).label("due"))
        .where(columns.category == Category.SOFT, columns.id >= least_id(since), *of_scope)
        .order_by(columns.id.desc())
        .limit(MOST_REPEATED_EXAMINED)
        .cte("recent")
    )
    counts = recent.c.action == Action.FAILED, recent.c.belief.in_(_BELIEVED), recent.c.account.is_not(None)
    count = sa.func.count()
    addresses = (
        sa.select(recent.c.account, recent.c.recipient, count.label("failed"), sa.func.max(recent.c.due).label("due"))
        .where(*counts)
        .group_by(recent.c.account, recent.c.recipient)
        .having(count >= fewest)
        .cte("addresses")
    )
    examined = sa.select(count).select_from(recent).scalar_subquery()
    query = sa.select(*addresses.c, count.over().label("number"), examined.label("examined")).order_by(
        addresses.c.failed.desc(), addresses.c.account, addresses.c.recipient
    )
    rows = connection.execute(query.limit(limit)).all()
    listed = [RepeatedFailure(row.account, row.recipient, row.failed, bool(row.due)) for row in rows]
    return RepeatedFailures(listed, rows[0].number if rows else 0, rows[0].examined if rows else 0)


def _is_due(day: sa.ColumnElement[int | None], needed: sa.ColumnElement[int | None]) -> sa.ColumnElement[int]:
    """Whether one more day of failures suppresses, as 1 or 0."""
    return sa.case((day + 1 == needed, 1), else_=0)
