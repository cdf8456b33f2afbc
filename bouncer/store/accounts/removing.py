"""Removing an account: one commit removes it, and further commits move its records to its former name, part by part.

A later account of its name is another generation and inherits nothing: it is added only when no part is left. Adding it
resumes an interrupted move.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.mail.former import former_name
from bouncer.policy.records import EntryState
from bouncer.store.api_keys import keys as api_keys
from bouncer.store.bounces import day_counts
from bouncer.store.engine.engine import insert
from bouncer.store.saved_filters import saved_filters
from bouncer.store.sends import counts
from bouncer.store.shares import shares
from bouncer.store.sign_ins import sign_ins
from bouncer.store.suppressions.staging import staged_names
from bouncer.store.tables import (
    accounts,
    aliases,
    allowed,
    bounces,
    buckets,
    erased_suppressions,
    former_accounts,
    former_aliases,
    imports,
    letters,
    outbox,
    owners,
    send_counts,
    sent_messages,
    staged,
    subscriptions,
    suppressions,
    trail,
    webhooks,
)
from bouncer.store.tables import day_counts as day_counts_table

ROWS_PER_COMMIT = 2000
"""Rows of one commit: few enough that no letter that is being kept waits long for it."""

_RENAMED = (letters, bounces, outbox, trail, sent_messages)
"""Tables whose rows stay, under the former name; each has an id."""
_DELETED = (allowed, owners, buckets, subscriptions, webhooks, erased_suppressions, imports)
"""Tables whose rows are deleted."""


def remove(connection: sa.Connection, name: str, *, now: dt.datetime) -> bool:
    """Remove the account and its aliases, and drop its waiting outbox entries; False where it is unknown."""
    generation = connection.scalar(sa.select(accounts.c.generation).where(accounts.c.name == name))
    if generation is None:
        return False
    row = {"name": name, "generation": generation, "removed_at": now}
    connection.execute(_upsert(connection, former_accounts), row)
    addresses = connection.scalars(sa.select(aliases.c.address).where(aliases.c.account == name)).all()
    if addresses:
        former = former_name(name, generation)
        rows = [{"address": address, "account": former, "removed_at": now} for address in addresses]
        connection.execute(_upsert(connection, former_aliases), rows)
    connection.execute(sa.delete(aliases).where(aliases.c.account == name))
    api_keys.remove_account(connection, name)
    sign_ins.remove_account(connection, name)
    shares.remove_account(connection, name)
    saved_filters.remove_account(connection, name)
    _drop_entries(connection, outbox.c.account == name, now)
    connection.execute(sa.delete(accounts).where(accounts.c.name == name))
    return True


def _upsert(connection: sa.Connection, table: sa.Table) -> sa.Insert:
    """Make an INSERT that replaces the row with the same key (upsert)."""
    insertion = insert(connection, table)
    key, *value_columns = (column.name for column in table.columns)
    return insertion.on_conflict_do_update(
        index_elements=[key], set_={name: insertion.excluded[name] for name in value_columns}
    )


def _drop_entries(
    connection: sa.Connection, where: sa.ColumnElement[bool], at: dt.datetime | sa.ScalarSelect[dt.datetime]
) -> None:
    is_unsent = outbox.c.state.in_((EntryState.WAITING, EntryState.HELD))
    dropped = {"state": EntryState.DROPPED.value, "ended_at": at, "scheduled": True}
    connection.execute(sa.update(outbox).where(is_unsent, where).values(dropped))


def last_generation(connection: sa.Connection, name: str) -> int:
    """Give the generation of the last account that was removed under *name*; 0 where there was none."""
    return connection.scalar(sa.select(former_accounts.c.generation).where(former_accounts.c.name == name)) or 0


def has_account(connection: sa.Connection, name: str) -> bool:
    """Whether an account has *name* now: rows under it are that account's."""
    return connection.scalar(sa.select(accounts.c.name).where(accounts.c.name == name)) is not None


Part = Callable[[sa.Connection], int]
"""Moves or deletes some rows; gives their number."""


def find_part(connection: sa.Connection, name: str) -> Part | None:
    """Find the next part of a removed account's rows under *name*; None where no row is left. Only reads.

    The part, when called, does nothing where a new account has the name by then: the rows are the new account's.
    """
    if has_account(connection, name) or (part := _next_part(connection, name)) is None:
        return None
    return lambda connection: 0 if has_account(connection, name) else part(connection)


def _next_part(connection: sa.Connection, name: str) -> Part | None:
    for table in (*_RENAMED, suppressions):
        ids = connection.scalars(_select_of_account(table, table.c.id, name).limit(ROWS_PER_COMMIT)).all()
        if ids:
            return _delete_rows(table, ids) if table is suppressions else _rename_rows(table, ids, name)
    for table, part in ((send_counts, _move_counts), *((table, _delete_all(table)) for table in _DELETED)):
        if connection.scalar(_select_of_account(table, table.c.account, name).limit(1)) is not None:
            return _bind_account(part, name)
    any_staged = sa.select(staged.c.name).where(_staged_rows(connection, name))
    if (
        connection.scalar(any_staged.order_by(staged.c.name, staged.c.account, staged.c.address_key).limit(1))
        is not None
    ):
        return lambda connection: connection.execute(sa.delete(staged).where(_staged_rows(connection, name))).rowcount
    subject = day_counts_table.c.subject
    if connection.scalar(sa.select(subject).where(_is_day_count(name)).order_by(subject).limit(1)) is not None:
        return lambda connection: connection.execute(sa.delete(day_counts_table).where(_is_day_count(name))).rowcount
    return None


def _select_of_account(table: sa.Table, column: sa.Column[Any], name: str) -> sa.Select[Any]:
    """Select *column* of the account's rows, in the order of an index that begins with the account.

    The condition is a range, which makes PostgreSQL use that order. For an equality it may read the table from its beginning, past
    all rows that earlier parts have moved.
    """
    return sa.select(column).where(table.c.account.between(name, name)).order_by(table.c.account)


def _bind_account(work: Callable[[sa.Connection, str], int], name: str) -> Part:
    return lambda connection: work(connection, name)


def _staged_rows(connection: sa.Connection, account: str) -> sa.ColumnElement[bool]:
    """Select the account's rows in every staged import; the condition names the imports, by which the table is sorted."""
    names = staged_names(connection)
    return sa.and_(staged.c.name.in_(names), staged.c.account == account)


def _is_day_count(name: str) -> sa.ColumnElement[bool]:
    kind, subject = day_counts.blocks_by(name, "")
    return sa.and_(day_counts_table.c.what == kind, day_counts_table.c.subject.startswith(subject, autoescape=True))


def _rename_rows(table: sa.Table, ids: Sequence[int], name: str) -> Part:
    def part(connection: sa.Connection) -> int:
        former = former_name(name, last_generation(connection, name))
        change = {"account": former, **({"path_account": former} if table is letters else {})}
        where = sa.and_(table.c.id.in_(ids), table.c.account == name)
        if table is outbox:
            removed_at = sa.select(former_accounts.c.removed_at).where(former_accounts.c.name == name)
            _drop_entries(connection, where, removed_at.scalar_subquery())
        return connection.execute(sa.update(table).where(where).values(change)).rowcount

    return part


def _delete_rows(table: sa.Table, ids: Sequence[int]) -> Part:
    return lambda connection: connection.execute(sa.delete(table).where(table.c.id.in_(ids))).rowcount


def _delete_all(table: sa.Table) -> Callable[[sa.Connection, str], int]:
    return lambda connection, name: connection.execute(sa.delete(table).where(table.c.account == name)).rowcount


def _move_counts(connection: sa.Connection, name: str) -> int:
    """Move some of the account's counts to its former name, where they are added up."""
    former = former_name(name, last_generation(connection, name))
    columns = [send_counts.c[field] for field in counts.KEY]
    rows: Sequence[Any] = connection.execute(
        sa.select(*columns, send_counts.c["count"].label("total"))
        .where(send_counts.c.account == name)
        .limit(ROWS_PER_COMMIT)
    ).all()
    counts.replace_counts(connection, rows, Counter({(former, *row[1:-1]): row.total for row in rows}))
    return len(rows)
