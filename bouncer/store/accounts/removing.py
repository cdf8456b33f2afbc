"""Removing an account: it is gone by one commit, and what was recorded of it is brought under another name part by part.

A later account of its name is another generation and inherits nothing: it is added when no part is left. Where that was
broken off, whoever adds the account goes on with it.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.mail.former import former_name
from bouncer.policy.records import ParcelState
from bouncer.store.bounces import day_counts
from bouncer.store.engine.engine import insert
from bouncer.store.sends import counts
from bouncer.store.tables import (
    accounts,
    aliases,
    allowed,
    bounces,
    buckets,
    former_accounts,
    former_aliases,
    letters,
    outbox,
    owners,
    sent_messages,
    staged,
    subscriptions,
    suppressions,
    tallies,
    trail,
)
from bouncer.store.tables import day_counts as day_counts_table

AT_ONCE = 2000
"""Rows of one commit: whoever keeps a letter waits no longer than they take."""

_RENAMED = (letters, bounces, outbox, trail, sent_messages)
"""What stays, under the former name; each has a number."""
_FORGOTTEN = (allowed, owners, buckets, subscriptions)


def remove(connection: sa.Connection, name: str, *, now: dt.datetime) -> bool:
    """Take the account and its aliases away and let nothing of it leave any more; False where it is unknown."""
    generation = connection.scalar(sa.select(accounts.c.generation).where(accounts.c.name == name))
    if generation is None:
        return False
    row = {"name": name, "generation": generation, "removed_at": now}
    connection.execute(_putting(connection, former_accounts), row)
    bore = connection.scalars(sa.select(aliases.c.address).where(aliases.c.account == name)).all()
    if bore:
        former = former_name(name, generation)
        rows = [{"address": address, "account": former, "removed_at": now} for address in bore]
        connection.execute(_putting(connection, former_aliases), rows)
    connection.execute(sa.delete(aliases).where(aliases.c.account == name))
    _drop_parcels(connection, outbox.c.account == name, now)
    connection.execute(sa.delete(accounts).where(accounts.c.name == name))
    return True


def _putting(connection: sa.Connection, table: sa.Table) -> sa.Insert:
    """An INSERT that takes the place of the row that bore the same name before."""
    adding = insert(connection, table)
    key, *rest = (column.name for column in table.columns)
    return adding.on_conflict_do_update(index_elements=[key], set_={each: adding.excluded[each] for each in rest})


def _drop_parcels(
    connection: sa.Connection, these: sa.ColumnElement[bool], at: dt.datetime | sa.ScalarSelect[dt.datetime]
) -> None:
    on_the_way = outbox.c.state.in_((ParcelState.WAITING, ParcelState.HELD))
    dropped = {"state": ParcelState.DROPPED.value, "ended_at": at, "scheduled": True}
    connection.execute(sa.update(outbox).where(on_the_way, these).values(dropped))


def last_generation(connection: sa.Connection, name: str) -> int:
    """Give the generation of the last account that was removed under *name*; 0 where there was none."""
    return connection.scalar(sa.select(former_accounts.c.generation).where(former_accounts.c.name == name)) or 0


def is_there(connection: sa.Connection, name: str) -> bool:
    """Whether an account bears *name* now: what stands under it is that account's."""
    return connection.scalar(sa.select(accounts.c.name).where(accounts.c.name == name)) is not None


Part = Callable[[sa.Connection], int]
"""Brings some rows to their place; gives how many there were."""


def find(connection: sa.Connection, name: str) -> Part | None:
    """Give the next part of what a removed account left under *name*; None where nothing is left. Looks only.

    The part does nothing where somebody took the name in the meantime: what stands under it then is the new account's.
    """
    if is_there(connection, name) or (part := _next(connection, name)) is None:
        return None
    return lambda connection: 0 if is_there(connection, name) else part(connection)


def _next(connection: sa.Connection, name: str) -> Part | None:
    for table in (*_RENAMED, suppressions):
        ids = connection.scalars(sa.select(table.c.id).where(table.c.account == name).limit(AT_ONCE)).all()
        if ids:
            return _forgetting(table, ids) if table is suppressions else _renaming(table, ids, name)
    for table, part in ((tallies, _move_counts), *((each, _forget(each)) for each in _FORGOTTEN)):
        if connection.scalar(sa.select(table.c.account).where(table.c.account == name).limit(1)) is not None:
            return _of_account(part, name)
    if connection.scalar(sa.select(staged.c.name).where(_of_imports(connection, name)).limit(1)) is not None:
        return lambda connection: connection.execute(sa.delete(staged).where(_of_imports(connection, name))).rowcount
    subject = day_counts_table.c.subject
    if connection.scalar(sa.select(subject).where(_of_day(name)).limit(1)) is not None:
        return lambda connection: connection.execute(sa.delete(day_counts_table).where(_of_day(name))).rowcount
    return None


def _of_account(work: Callable[[sa.Connection, str], int], name: str) -> Part:
    return lambda connection: work(connection, name)


def _of_imports(connection: sa.Connection, account: str) -> sa.ColumnElement[bool]:
    """The account's rows of every import that is laid ready; these few are found by name, as the table is in that order."""
    names = [""]
    after = sa.select(staged.c.name).where(staged.c.name > sa.bindparam("last")).order_by(staged.c.name).limit(1)
    while (found := connection.scalar(after, {"last": names[-1]})) is not None:
        names.append(found)
    return sa.and_(staged.c.name.in_(names), staged.c.account == account)


def _of_day(name: str) -> sa.ColumnElement[bool]:
    what, subject = day_counts.block(name, "")
    return sa.and_(day_counts_table.c.what == what, day_counts_table.c.subject.startswith(subject, autoescape=True))


def _renaming(table: sa.Table, ids: Sequence[int], name: str) -> Part:
    def part(connection: sa.Connection) -> int:
        former = former_name(name, last_generation(connection, name))
        change = {"account": former, **({"path_account": former} if table is letters else {})}
        these = sa.and_(table.c.id.in_(ids), table.c.account == name)
        if table is outbox:
            removed_at = sa.select(former_accounts.c.removed_at).where(former_accounts.c.name == name)
            _drop_parcels(connection, these, removed_at.scalar_subquery())
        return connection.execute(sa.update(table).where(these).values(change)).rowcount

    return part


def _forgetting(table: sa.Table, ids: Sequence[int]) -> Part:
    return lambda connection: connection.execute(sa.delete(table).where(table.c.id.in_(ids))).rowcount


def _forget(table: sa.Table) -> Callable[[sa.Connection, str], int]:
    return lambda connection, name: connection.execute(sa.delete(table).where(table.c.account == name)).rowcount


def _move_counts(connection: sa.Connection, name: str) -> int:
    """Add some of the account's counts to those under the former name."""
    former = former_name(name, last_generation(connection, name))
    columns = [tallies.c[field] for field in counts.KEY]
    rows: Sequence[Any] = connection.execute(
        sa.select(*columns, tallies.c["count"].label("total")).where(tallies.c.account == name).limit(AT_ONCE)
    ).all()
    counts.move(connection, rows, Counter({(former, *row[1:-1]): row.total for row in rows}))
    return len(rows)
