"""Erasing an address from the texts of rows about others: reasons and causes, events, answers of endpoints and mail servers.

A person may have written there "same as jane@example.org", and a program's answer may repeat what it was told of somebody else.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bouncer.policy.records import NO_ACCOUNT
from bouncer.ports.scope import Scope
from bouncer.store.engine.columns import StrangersText
from bouncer.store.engine.queries import with_pauses
from bouncer.store.engine.rows import Writing, write_rows
from bouncer.store.erasures.erased_address import ErasedAddresses
from bouncer.store.erasures.lists import Counts
from bouncer.store.erasures.records import ROWS_AT_ONCE, ROWS_PER_SEARCH
from bouncer.store.erasures.suppression_digests import REASON
from bouncer.store.scoping import scope_checks
from bouncer.store.tables import (
    allowed,
    imports,
    outbox,
    owners,
    staged,
    suppressions,
    trail,
    unsent,
    webhook_attempts,
    webhooks,
)

_EVENT = "about"
"""The column whose text is JSON; of it only the strings that name an address are replaced."""
Key = tuple[Any, ...]
"""The values of a row's primary key."""


def key_before_all(table: sa.Table) -> Key:
    """Give a primary key before those of all rows."""
    columns = table.primary_key.columns
    return tuple("" if isinstance(column.type, sa.Text | StrangersText) else -1 for column in columns)


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table of rows about others; *blanks* are its texts that may name anybody, and what replaces each."""

    table: sa.Table
    blanks: Mapping[str, str | None]
    update: Writing
    owner: tuple[sa.Column[Any], sa.Column[Any]] | None = None
    """Where the table has no account: its column for a row of another table, and that table's id."""

    @property
    def first_key(self) -> Key:
        """A key before those of all rows."""
        return key_before_all(self.table)

    @property
    def account(self) -> sa.ColumnElement[Any]:
        """The account of a row."""
        if self.owner is None:
            return self.table.c.account
        column, owner_id = self.owner
        return sa.select(owner_id.table.c.account).where(owner_id == column).correlate(self.table).scalar_subquery()

    @property
    def keys(self) -> tuple[sa.Column[Any], ...]:
        """The columns of the primary key."""
        return tuple(self.table.primary_key.columns)

    def scope_conditions(self, scope: Scope) -> Sequence[sa.ColumnElement[bool]]:
        """Give the conditions that select the rows in *scope*."""
        if self.owner is None:
            return scope_checks(scope, self.table.c.account)
        column, owner_id = self.owner
        checks = scope_checks(scope, owner_id.table.c.account)
        return [sa.exists().where(owner_id == column, *checks).correlate(self.table)] if checks else []


def _table(
    table: sa.Table, blanks: Mapping[str, str | None], owner: tuple[sa.Column[Any], sa.Column[Any]] | None = None
) -> TextTable:
    is_row = [column == sa.bindparam(f"_{column.name}", type_=column.type) for column in table.primary_key.columns]
    update = sa.update(table).where(*is_row).values({name: sa.bindparam(name) for name in blanks})
    return TextTable(table, blanks, update, owner)


_CAUSE = {"reason": REASON, "why": ""}
TEXT_TABLES = (
    _table(suppressions, _CAUSE),
    _table(staged, _CAUSE),
    _table(trail, _CAUSE),
    _table(allowed, {"why": ""}),
    _table(imports, {"why": ""}),
    _table(owners, {"failed_why": None}),
    _table(unsent, {"reason": REASON, "subject": ""}, (unsent.c.entry_id, outbox.c.id)),
    _table(outbox, {"said": None, "last_error": None, _EVENT: None}),
    _table(webhooks, {"last_answer": None}),
    _table(webhook_attempts, {"answer": ""}, (webhook_attempts.c.webhook, webhooks.c.id)),
)


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row that names an address: its account, or NO_ACCOUNT, and the parameters of the statement that changes it."""

    account: str
    change: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TextStep:
    """The rows that name an address among those of one step of a search, with their new values, and the last row's key."""

    rows: Sequence[ChangedRow]
    last: Key


def search_texts(
    connection: sa.Connection, texts: TextTable, scope: Scope, erased: ErasedAddresses, after: Key
) -> TextStep | None:
    """Search the next rows of a table after a key; None after the last ones. Only reads."""
    keys, names = texts.keys, tuple(texts.blanks)
    in_step = [is_after(keys, after), *texts.scope_conditions(scope)]
    step = sa.select(*keys).where(*in_step).order_by(*keys).limit(ROWS_PER_SEARCH)
    found_keys = connection.execute(step).all()
    if not found_keys:
        return None
    last = tuple(found_keys[-1])
    columns = [texts.table.c[name] for name in names]
    query = sa.select(texts.account, *keys, *columns).where(*in_step, ~is_after(keys, last))
    changed_rows = dict[Key, ChangedRow]()
    for condition in erased.may_name(columns):
        rows = connection.execute(query.where(condition), execution_options={"yield_per": ROWS_AT_ONCE})
        for account, *row in with_pauses(rows):
            values = dict(zip(names, row[len(keys) :], strict=True))
            if any(erased.names(value or "") for value in values.values()):
                changed_key = {f"_{column.name}": value for column, value in zip(keys, row, strict=False)}
                change = {**changed_key, **_without(values, texts.blanks, erased)}
                changed_rows[tuple(changed_key.values())] = ChangedRow(account or NO_ACCOUNT, change)
    return TextStep(list(changed_rows.values()), last)


def write_texts(connection: sa.Connection, texts: TextTable, rows: Sequence[ChangedRow]) -> Counts:
    """Write the new values of some rows."""
    write_rows(connection, texts.update, [row.change for row in rows])
    return Counts((row.account, "texts") for row in rows)


def is_after(keys: Sequence[sa.Column[Any]], key: Key) -> sa.ColumnElement[bool]:
    """Give the condition for the rows after the one with *key*, by the columns *keys* of the primary key."""
    values = [sa.literal(value, column.type) for value, column in zip(key, keys, strict=True)]
    return keys[0] > values[0] if len(keys) == 1 else sa.tuple_(*keys) > sa.tuple_(*values)


def _without(
    values: Mapping[str, str | None], blanks: Mapping[str, str | None], erased: ErasedAddresses
) -> dict[str, str | None]:
    """Give the texts of a row without those that name an address."""
    texts = dict(values)
    for name, value in values.items():
        if value and erased.names(value):
            texts[name] = _event_without(value, erased) if name == _EVENT else blanks[name]
    return texts


def _event_without(text: str, erased: ErasedAddresses) -> str | None:
    try:
        return json.dumps(_json_without(json.loads(text), erased), ensure_ascii=False)
    except ValueError:  # written by a later version
        return None


def _json_without(value: Any, erased: ErasedAddresses) -> Any:
    if isinstance(value, dict):
        return {name: _json_without(part, erased) for name, part in value.items()}
    if isinstance(value, list):
        return [_json_without(part, erased) for part in value]
    return REASON if isinstance(value, str) and erased.names(value) else value
