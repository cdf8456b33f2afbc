"""Counts of sends in the store, by hour, campaign, stream and domain."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from bouncer.mail.address import comparable, split
from bouncer.policy.rates import SendEvent, recorded_event
from bouncer.policy.records import CountedOutcome
from bouncer.ports.scope import Scope
from bouncer.ports.sends import Count, SendFilter, Sent
from bouncer.store.engine.columns import MAX_KEY, clean
from bouncer.store.engine.engine import Insert, insert_of
from bouncer.store.engine.rows import write_rows
from bouncer.store.scoping import scope_conditions
from bouncer.store.sends import messages
from bouncer.store.tables import send_counts

KEY = ("account", "hour", "campaign", "stream", "domain", "what")
"""The columns that identify a count."""
_HOUR = dt.timedelta(hours=1)

CountKey = tuple[str, dt.datetime, str, str, str, str]


def count(connection: sa.Connection, sends: Sequence[Sent]) -> None:
    """Count the sends and store the messages."""
    counts = Counter[CountKey]()
    for send in sends:
        for kind, addresses in _events(send):
            for address in addresses:
                counts[
                    _scope(send.account, send.at, send.campaign, send.stream, split(comparable(address))[1], kind)
                ] += 1
    _add(connection, counts)
    messages.remember(connection, sends)


def _events(sent: Sent) -> Sequence[tuple[SendEvent, Sequence[str]]]:
    """Give what happened to a message's recipients, and to which."""
    return (
        (SendEvent.SENT, sent.recipients),
        (SendEvent.DROPPED, sent.dropped),
        (SendEvent.REFUSED, sent.refused),
    )


def count_outcomes(connection: sa.Connection, outcomes: Iterable[CountedOutcome]) -> None:
    """Count failures and the like beside the sends that they belong to."""
    _add(connection, Counter(_scope(t.account, t.at, t.campaign, t.stream, t.domain, t.kind) for t in outcomes))


def summed(connection: sa.Connection, scope: Scope, which: SendFilter, apart: Sequence[str]) -> list[Count]:
    """Sum up inside *scope*, keeping *apart* some of hour, campaign, stream, domain."""
    by = [*(send_counts.c[name] for name in ("account", *apart)), send_counts.c.what.label("event")]
    total = sa.func.sum(send_counts.c["count"]).label("count")
    query = sa.select(*by, total).where(*_conditions(scope, which)).group_by(*by).order_by(*by)
    nothing = {"hour": None, "campaign": "", "stream": "", "domain": ""}
    return [
        Count(**{**nothing, **row, "event": event})
        for row in connection.execute(query).mappings()
        if (event := recorded_event(row["event"])) is not None
    ]


def replace_counts(connection: sa.Connection, rows: Sequence[Any], counts: Counter[CountKey]) -> None:
    """Put *counts* in the place of *rows*, which have the columns of KEY."""
    write_rows(connection, _DELETE, [{f"_{name}": getattr(row, name) for name in KEY} for row in rows])
    _add(connection, counts)


_DELETE = sa.delete(send_counts).where(*(send_counts.c[name] == sa.bindparam(f"_{name}") for name in KEY))


def _scope(account: str, at: dt.datetime, campaign: str | None, stream: str | None, domain: str, kind: str) -> CountKey:
    hour = at.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    return account, hour, clean(campaign or "", MAX_KEY), clean(stream or "", MAX_KEY), clean(domain, MAX_KEY), kind


def _add(connection: sa.Connection, counts: Counter[CountKey]) -> None:
    rows = [{**dict(zip(KEY, scope, strict=True)), "count": n} for scope, n in counts.items()]
    write_rows(connection, _adding(insert_of(connection)), rows)


@cache
def _adding(insert: Insert) -> sa.Insert:
    adding = insert(send_counts)
    added = {"count": send_counts.c["count"] + adding.excluded["count"]}
    return adding.on_conflict_do_update(index_elements=KEY, set_=added)


def _conditions(scope: Scope, which: SendFilter) -> list[sa.ColumnElement[bool]]:
    conditions = list(scope_conditions(scope, send_counts.c.account))
    conditions += [
        send_counts.c[name] == value
        for name in ("campaign", "stream", "domain")
        if (value := getattr(which, name)) is not None
    ]
    if which.since is not None:
        conditions.append(send_counts.c.hour >= which.since)
    if which.before is not None:
        conditions.append(send_counts.c.hour < which.before)
    return conditions
