"""Counts of sends in the store, by hour, campaign, stream and domain; and their totals over all domains.

Each change of the counts changes the totals in the same transaction. A sender of a million mails has tens of thousands of counts,
and a few hundred totals.
"""

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
from bouncer.store.scoping import scope_conditions, without_index
from bouncer.store.sends import messages
from bouncer.store.tables import send_counts, send_totals

KEY = ("account", "hour", "campaign", "stream", "domain", "what")
"""The columns that identify a count."""
TOTAL_KEY = ("account", "hour", "campaign", "stream", "what")
"""The columns that identify a total."""
_HOUR = dt.timedelta(hours=1)

CountKey = tuple[str, dt.datetime, str, str, str, str]
TotalKey = tuple[str, dt.datetime, str, str, str]


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
    """Give the events of a message's recipients, each with its recipients."""
    return (
        (SendEvent.SENT, sent.recipients),
        (SendEvent.DROPPED, sent.dropped),
        (SendEvent.REFUSED, sent.refused),
    )


def count_outcomes(connection: sa.Connection, outcomes: Iterable[CountedOutcome]) -> None:
    """Count failures and the like beside the sends that they belong to."""
    _add(connection, Counter(_scope(t.account, t.at, t.campaign, t.stream, t.domain, t.kind) for t in outcomes))


_EMPTY = sa.literal("", sa.Text)


def sum_counts(connection: sa.Connection, scope: Scope, criteria: SendFilter, group_by: Sequence[str]) -> list[Count]:
    """Sum up inside *scope*, by account and event, and by *group_by*: some of hour, campaign, stream, domain."""
    table = send_counts if "domain" in group_by or criteria.domains is not None else send_totals
    # without an account, the hour is to choose the index, and not the order of the groups, for which all would be read
    account = without_index(table.c.account).label("account") if scope.account is None else table.c.account
    by = [account, *(table.c[name] for name in (*group_by, "what"))]
    empty_columns = (("hour", sa.null()), ("campaign", _EMPTY), ("stream", _EMPTY), ("domain", _EMPTY))
    fields = [table.c[name] if name in group_by else no_value.label(name) for name, no_value in empty_columns]
    total = sa.func.sum(table.c["count"]).label("count_of_all")
    query = sa.select(account, *fields, table.c.what, total).where(*_conditions(connection, table, scope, criteria))
    query = query.group_by(*by).order_by(*by)
    return [
        Count(*row[:5], event, row.count_of_all)
        for row in connection.execute(query)
        if (event := recorded_event(row.what)) is not None
    ]


def active_accounts(connection: sa.Connection, scope: Scope, since: dt.datetime | None) -> Sequence[str]:
    """Give the accounts inside *scope* that have counts of mail that was sent since then."""
    if scope.account is not None:
        return [scope.account]
    recent = sa.select(without_index(send_totals.c.account)).distinct()  # found by the hour, as above
    return connection.scalars(recent if since is None else recent.where(send_totals.c.hour >= since)).all()


def replace_counts(connection: sa.Connection, rows: Sequence[Any], counts: Counter[CountKey]) -> None:
    """Put *counts* in the place of *rows*, which have the columns of KEY, and their count as ``total``."""
    write_rows(connection, _DELETE, [{f"_{name}": getattr(row, name) for name in KEY} for row in rows])
    _write(connection, send_counts, KEY, counts)
    changes = _totals(counts)
    for row in rows:
        changes[row.account, row.hour, row.campaign, row.stream, row.what] -= row.total
    _write(connection, send_totals, TOTAL_KEY, changes)
    lessened_keys = (key for key, change in changes.items() if change < 0)
    write_rows(connection, _DELETE_EMPTY, [dict(zip(_OF_TOTAL, key, strict=True)) for key in lessened_keys])


_DELETE = sa.delete(send_counts).where(*(send_counts.c[name] == sa.bindparam(f"_{name}") for name in KEY))
_OF_TOTAL = tuple(f"_{name}" for name in TOTAL_KEY)
_DELETE_EMPTY = sa.delete(send_totals).where(
    *(send_totals.c[name] == sa.bindparam(f"_{name}") for name in TOTAL_KEY), send_totals.c["count"] <= 0
)


def _scope(account: str, at: dt.datetime, campaign: str | None, stream: str | None, domain: str, kind: str) -> CountKey:
    hour = at.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    return account, hour, clean(campaign or "", MAX_KEY), clean(stream or "", MAX_KEY), clean(domain, MAX_KEY), kind


def _add(connection: sa.Connection, counts: Counter[CountKey]) -> None:
    _write(connection, send_counts, KEY, counts)
    _write(connection, send_totals, TOTAL_KEY, _totals(counts))


def _totals(counts: Counter[CountKey]) -> Counter[TotalKey]:
    totals = Counter[TotalKey]()
    for (account, hour, campaign, stream, _domain, kind), number in counts.items():
        totals[account, hour, campaign, stream, kind] += number
    return totals


def _write(connection: sa.Connection, table: sa.Table, names: Sequence[str], counts: Counter[Any]) -> None:
    rows = [{**dict(zip(names, key, strict=True)), "count": n} for key, n in counts.items() if n]
    write_rows(connection, _insert_statement(insert_of(connection), table), rows)


@cache
def _insert_statement(insert: Insert, table: sa.Table) -> sa.Insert:
    statement = insert(table)
    added = {"count": table.c["count"] + statement.excluded["count"]}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=added)


def _conditions(
    connection: sa.Connection, table: sa.Table, scope: Scope, criteria: SendFilter
) -> list[sa.ColumnElement[bool]]:
    conditions = list(scope_conditions(scope, table.c.account))
    conditions += [
        table.c[name] == value for name in ("campaign", "stream") if (value := getattr(criteria, name)) is not None
    ]
    if criteria.domains is not None:
        conditions.append(table.c.domain.in_(criteria.domains))
        if scope.account is None:  # the index of domains begins with the account
            conditions.append(table.c.account.in_(active_accounts(connection, scope, criteria.since)))
    if criteria.since is not None:
        conditions.append(table.c.hour >= criteria.since)
    if criteria.before is not None:
        conditions.append(table.c.hour < criteria.before)
    return conditions
