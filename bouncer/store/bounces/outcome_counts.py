"""Counts of the newest bounces, by outcome and by server: a page that shows numbers reads no whole rows of bounces and letters."""

import datetime as dt
from collections import Counter

import sqlalchemy as sa

from bouncer.ndr.reading import Action
from bouncer.policy.records import Belief
from bouncer.ports.letters import BounceFilter
from bouncer.ports.record_lists import ANSWER_LENGTH, NewestRefusals, OutcomeCount, ServerRefusals
from bouncer.ports.scope import Scope
from bouncer.store.bounces.filtering import Span, conditions, end_id_of, least_id_of
from bouncer.store.engine.ids import least_id
from bouncer.store.scoping import scope_conditions
from bouncer.store.tables import bounces

_ANSWERS = [
    bounces.c.remote_mta,
    *(sa.func.substr(bounces.c[name], 1, ANSWER_LENGTH).label(name) for name in ("diagnostic_code", "evidence")),
    bounces.c.reason,
]
_IS_PROVEN_FAILURE = sa.and_(bounces.c.action == Action.FAILED.value, bounces.c.belief == Belief.PROVEN.value)


def count_newest(connection: sa.Connection, scope: Scope, since: dt.datetime, limit: int) -> list[OutcomeCount]:
    """Count the newest bounces by outcome, as ``ports.record_lists.RecordLists.count_outcomes`` says."""
    columns = [bounces.c[name] for name in ("action", "category", "belief", "suppressed")]
    of_scope = scope_conditions(scope, bounces.c.account)
    recent = sa.select(*columns).where(bounces.c.id >= least_id(since), bounces.c.at >= since, *of_scope)
    rows = recent.order_by(bounces.c.id.desc()).limit(limit).subquery()
    query = sa.select(*rows.c, sa.func.count().label("number")).group_by(*rows.c)
    return [
        OutcomeCount(Action(row.action), row.category, Belief(row.belief), row.suppressed, row.number)
        for row in connection.execute(query)
    ]


def refusals(
    connection: sa.Connection, scope: Scope, since: dt.datetime, before: dt.datetime | None, limit: int
) -> NewestRefusals:
    """Count the newest bounces by what names their server, as ``ports.record_lists.RecordLists.refusals`` says."""
    criteria = BounceFilter(since=since, before=before)
    span = Span(least_id_of(criteria), end_id_of(criteria))
    columns = bounces.c.at, _IS_PROVEN_FAILURE.label("counts"), *_ANSWERS
    query = sa.select(*columns).where(*span.conditions(), *conditions(connection, scope, criteria))
    rows = connection.execute(query.order_by(bounces.c.id.desc()).limit(limit)).all()
    answers = Counter((row.remote_mta, row.diagnostic_code, row.evidence, row.reason) for row in rows if row.counts)
    counted = [ServerRefusals(*fields, count=number) for fields, number in answers.items()]
    return NewestRefusals(counted, len(rows), rows[-1].at if rows else None)
