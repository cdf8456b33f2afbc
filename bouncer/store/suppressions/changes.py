"""Events about changes of suppressions for webhooks, written in the change's own transaction where an endpoint wants them."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.policy.account_events import MAX_CHANGES, AccountEvent, SuppressionChange, bulk_event, end_event
from bouncer.policy.records import ChangeSource, Release, Suppression
from bouncer.policy.webhooks import OF_SUPPRESSIONS, EventType
from bouncer.ports.suppressions import Allowed
from bouncer.ports.webhooks import WebhookState
from bouncer.store.engine.rows import write_rows
from bouncer.store.engine.values import in_parts
from bouncer.store.tables import staged, suppressions, webhooks
from bouncer.store.webhooks.endpoints import endpoint_of
from bouncer.store.webhooks.telling import Endpoints, endpoints_for, tell

_TYPES = (*OF_SUPPRESSIONS, EventType.SUPPRESSION_BULK)
_FACTS = (
    *("account", "address", "address_key", "reason", "source", "letter_id"),
    *("since", "until", "stream", "rule", "why"),
)


def note(connection: sa.Connection, changes: Sequence[SuppressionChange]) -> None:
    """Add an event for each of *changes*, for the endpoints that want it; the caller writes the changes themselves."""
    if not changes:
        return
    endpoints = endpoints_for(connection, {change.change.account for change in changes}, *_TYPES)
    if endpoints:
        now = max(change.event.at for change in changes)
        tell(connection, endpoints, ((change.change.account, change.event) for change in changes), now=now)


def _value(row: Any) -> Suppression:
    """Make the value of a row with the columns of _FACTS."""
    facts = {name: getattr(row, name) for name in _FACTS if name != "address_key"}
    return Suppression(**{**facts, "source": ChangeSource(row.source)})


# an entry of the allow-list

_OF_IDS = sa.select(*(suppressions.c[name] for name in _FACTS)).where(
    suppressions.c.id.in_(sa.bindparam("ids", expanding=True)),
    sa.or_(suppressions.c.until.is_(None), suppressions.c.until > sa.bindparam("now")),
)


def note_allowed(
    connection: sa.Connection, lifted: Sequence[tuple[Allowed, Sequence[int]]], *, source: ChangeSource
) -> None:
    """Add an event for each of the suppressions that entries of one account lift, given by id; the caller deletes them."""
    lifted = [(entry, ids) for entry, ids in lifted if ids]
    endpoints = endpoints_for(connection, {lifted[0][0].account}, *_TYPES) if lifted else {}
    for entry, ids in lifted if endpoints else ():
        events = _events_of_entry(connection, entry, ids, source)
        tell(connection, endpoints, ((entry.account, event) for event in events), now=entry.at)


def _events_of_entry(
    connection: sa.Connection, entry: Allowed, ids: Sequence[int], source: ChangeSource
) -> list[AccountEvent]:
    why = "; ".join(filter(None, (f"on the allow-list: {entry.address}", entry.why)))
    events = [
        SuppressionChange(Release(row.account, row.address, source, None, entry.at, why), row.address_key).event
        for some in in_parts(ids[:MAX_CHANGES])
        for row in connection.execute(_OF_IDS, {"ids": some, "now": entry.at})
    ]
    if len(ids) > MAX_CHANGES:
        events.append(bulk_event(entry.at, EventType.SUPPRESSION_RELEASED, source, len(ids), why))
    return events


# an import

_ANY_ENDPOINT = sa.select(webhooks.c.account).where(webhooks.c.state != WebhookState.ENDED).distinct()
_COUNT = sa.select(sa.func.count()).select_from(staged).where(staged.c.name == sa.bindparam("name"))
_in_force = sa.and_(
    *(suppressions.c[name] == staged.c[name] for name in ("account", "address_key", "stream")),
    sa.or_(suppressions.c.until.is_(None), suppressions.c.until > sa.bindparam("now")),
)
_STAGED = [
    *(staged.c[name] for name in _FACTS if name in staged.c),
    sa.null().label("letter_id"),
    sa.null().label("rule"),
    (~sa.exists().where(_in_force).correlate(staged)).label("is_new"),
]


def note_import(
    connection: sa.Connection, name: str, new: sa.ColumnElement[bool], *, earlier: int, at: dt.datetime
) -> None:
    """Add an event for each of the staged rows *new* of an import; *earlier*: how many rows of the import have events already.

    Past MAX_CHANGES rows of one import, a single event gives the number of its rows.
    """
    endpoints = endpoints_for(connection, accounts, *_TYPES) if (accounts := _with_endpoints(connection)) else {}
    if not endpoints or earlier > MAX_CHANGES:
        return
    room = MAX_CHANGES - earlier
    of_accounts = staged.c.account.in_(sorted(endpoints))
    order = (staged.c.account, staged.c.address_key, staged.c.stream)
    query = sa.select(*_STAGED).where(new, of_accounts).order_by(*order).limit(room + 1)
    rows = connection.execute(query, {"now": at}).all()
    changes = ((row.account, SuppressionChange(_value(row), row.address_key, row.is_new)) for row in rows[:room])
    events = [(account, dataclasses.replace(change.event, at=at)) for account, change in changes]
    if len(rows) > room:
        count = connection.scalar(_COUNT, {"name": name}) or 0
        events.append((rows[-1].account, _bulk_of_import(at, rows[-1], earlier + count)))
    tell(connection, endpoints, events, now=at)


def _with_endpoints(connection: sa.Connection) -> Sequence[str]:
    return connection.scalars(_ANY_ENDPOINT).all()


def _bulk_of_import(at: dt.datetime, row: Any, count: int) -> AccountEvent:
    return bulk_event(at, EventType.SUPPRESSION_CREATED, row.source, count, row.why)


# the end of a suppression's time

_WANTING = sa.select(webhooks).where(webhooks.c.state != WebhookState.ENDED).order_by(webhooks.c.id)
_TAKE = sa.select(webhooks.c.ends_told_until).where(webhooks.c.id == sa.bindparam("webhook")).with_for_update()
_other = suppressions.alias("other")
_GOES_ON = sa.exists().where(
    _other.c.account == suppressions.c.account,
    _other.c.address_key == suppressions.c.address_key,
    _other.c.stream.in_(("", suppressions.c.stream)),
    sa.or_(_other.c.until.is_(None), _other.c.until > sa.bindparam("now")),
)
_ENDED = (
    sa.select(*(suppressions.c[name] for name in _FACTS))
    .where(
        suppressions.c.account == sa.bindparam("account"),
        suppressions.c.until > sa.bindparam("after"),
        suppressions.c.until <= sa.bindparam("now"),
        ~_GOES_ON,
    )
    .order_by(suppressions.c.until, suppressions.c.id)
    .limit(sa.bindparam("most"))
)
_COUNT_ENDED = (
    sa.select(sa.func.count())
    .select_from(suppressions)
    .where(
        suppressions.c.account == sa.bindparam("account"),
        suppressions.c.until > sa.bindparam("after"),
        suppressions.c.until <= sa.bindparam("now"),
    )
)
_TOLD = (
    sa.update(webhooks).where(webhooks.c.id == sa.bindparam("webhook")).values(ends_told_until=sa.bindparam("moment"))
)


def note_ended(connection: sa.Connection, *, now: dt.datetime) -> int:
    """Tell each endpoint that wants it of the suppressions whose time is over since the last call; give their number."""
    count = 0
    for row in connection.execute(_WANTING).all():
        if EventType.SUPPRESSION_RELEASED in row.events:
            count += _note_ended(connection, row, now)
    return count


def _note_ended(connection: sa.Connection, webhook: Any, now: dt.datetime) -> int:
    after = connection.scalar(_TAKE, {"webhook": webhook.id}) or webhook.created_at
    if after >= now:  # another process was faster
        return 0
    bind_values = {"account": webhook.account, "after": after, "now": now}
    rows = connection.execute(_ENDED, {**bind_values, "most": MAX_CHANGES + 1}).all()
    events = [end_event(_value(row), row.address_key) for row in rows[:MAX_CHANGES]]
    if len(rows) > MAX_CHANGES:
        total = connection.scalar(_COUNT_ENDED, bind_values) or 0
        events.append(bulk_event(now, EventType.SUPPRESSION_RELEASED, "time", total, "their time is over"))
    endpoints: Endpoints = {webhook.account: (endpoint_of(webhook),)}
    tell(connection, endpoints, ((webhook.account, event) for event in events), now=now)
    write_rows(connection, _TOLD, [{"webhook": webhook.id, "moment": now}])
    return len(events)
