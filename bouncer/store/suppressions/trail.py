"""The audit trail: an entry for every change of the suppressions and the allow-list, written in the change's own transaction."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.policy.records import ChangeSource, Release, Suppression
from bouncer.ports.accounts import AccountNote
from bouncer.ports.letters import Page
from bouncer.ports.scope import Scope
from bouncer.ports.suppressions import Allowed, TrailChange, TrailRow
from bouncer.store.engine.columns import microseconds
from bouncer.store.engine.ids import MAX_ID
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.engine.rows import write_rows
from bouncer.store.scoping import scope_conditions
from bouncer.store.suppressions.keys import ADDRESS, Keys, both_forms, select_forms_by_id
from bouncer.store.tables import suppressions, trail

_FIELDS = tuple(TrailRow.__dataclass_fields__)
_ADDING = sa.insert(trail)


def note_suppressed(connection: sa.Connection, changes: Sequence[Suppression]) -> None:
    """Write an entry for each new suppression."""
    write_rows(connection, _ADDING, [_suppression_row(added) for added in changes])


def note_released(connection: sa.Connection, released: Sequence[Release], reason: str = "") -> None:
    """Write that addresses were released. *reason* is ``block`` where they were taken off the list of blocks; else empty."""
    write_rows(connection, _ADDING, [{**_released_row(entry), "reason": reason} for entry in released])


def _released_row(entry: Release) -> dict[str, Any]:
    row = _row(entry.account, entry.address, TrailChange.FREED, entry.at, entry.source, entry.why)
    return {**row, "letter_id": entry.letter_id, "stream": entry.stream or ""}


def note_allow_list(
    connection: sa.Connection, entries: Sequence[Allowed], *, change: TrailChange, source: ChangeSource
) -> None:
    """Write that entries were added to the allow-list, or deleted."""
    rows = [_row(entry.account, entry.address, change, entry.at, source, entry.why) for entry in entries]
    write_rows(connection, _ADDING, rows)


def note_account(connection: sa.Connection, account: str, note: AccountNote) -> None:
    """Write that the account itself was changed; the entry is about no address."""
    row = _row(account, "", TrailChange.ACCOUNT, note.at, note.source, note.words)
    write_rows(connection, _ADDING, [row])


def list_changes(
    connection: sa.Connection, scope: Scope, *, address: str | None, page: Page, keys: Keys | None = None
) -> list[TrailRow]:
    """List changes inside *scope*, newest first."""
    if address is not None and scope.account is not None:
        return _changes_of_address(connection, scope.account, address, page, keys or Keys(connection))
    query = sa.select(*(trail.c[name] for name in _FIELDS)).where(
        trail.c.id < (MAX_ID if page.before is None else page.before), *scope_conditions(scope, trail.c.account)
    )
    if address is not None:
        query = query.where((keys or Keys(connection)).select_in_all_accounts(trail, address))
    return [_trail_row(row) for row in connection.execute(query.order_by(trail.c.id.desc()).limit(page.limit))]


def _changes_of_address(
    connection: sa.Connection, account: str, address: str, page: Page, keys: Keys
) -> list[TrailRow]:
    values = {
        "account": account,
        "forms": [keys.form(account, address)],
        "before": MAX_ID if page.before is None else page.before,
        "limit": page.limit,
    }
    return [_trail_row(row) for row in fetch_rows(connection, _OF_ADDRESS[keys.folds(account)], values)]


def _select_address(*columns: str) -> sa.Select[Any]:
    forms: sa.BindParameter[Any] = sa.bindparam("forms", type_=sa.Text, expanding=True)
    entries = sa.select(*(trail.c[name] for name in _FIELDS)).where(
        trail.c.id < sa.bindparam("before"),
        trail.c.account == sa.bindparam("account"),
        select_forms_by_id(trail, columns, forms),
    )
    return entries.order_by(trail.c.id.desc()).limit(sa.bindparam("limit", type_=sa.Integer))


_OF_ADDRESS = {False: _select_address(ADDRESS[0]), True: _select_address(*ADDRESS)}
"""By whether the account folds Gmail's addresses."""


def _trail_row(row: Any) -> TrailRow:
    fields = {name: getattr(row, name) for name in _FIELDS}
    return TrailRow(**{**fields, "change": TrailChange(row.change), "source": ChangeSource(row.source)})


def find_old(
    connection: sa.Connection, before: dt.datetime, after: tuple[int, int], count: int
) -> list[tuple[dt.datetime, int]]:
    """Give the time and the id of the next *count* old entries, except entries of an address that is still suppressed.

    *after* is the last one of the call before: its time, in microseconds since 1970, and its id. All entries are read in their
    order, *count* at a time: with a condition for those that stay, PostgreSQL would read and sort the whole trail for each call.
    """
    entries = list[tuple[dt.datetime, int]]()
    while len(entries) < count:
        rows = connection.execute(_next_old(before, after, count)).all()
        entries += [(row.at, row.id) for row in rows if not row.stays]
        if len(rows) < count:
            break
        after = microseconds(rows[-1].at), rows[-1].id
    return entries[:count]


def _next_old(before: dt.datetime, after: tuple[int, int], count: int) -> sa.Select[Any]:
    order = trail.c.at, trail.c.id
    later = sa.tuple_(*order) > sa.tuple_(sa.type_coerce(after[0], sa.BigInteger), after[1])
    some = sa.select(*order, trail.c.account, trail.c.address_key).where(later, trail.c.at < before)
    # these few first, or PostgreSQL makes ready for all
    old = some.order_by(*order).limit(count).subquery()
    return sa.select(old.c.at, old.c.id, _is_suppressed(old).label("stays")).order_by(old.c.at, old.c.id)


def delete_changes(connection: sa.Connection, ids: Sequence[int]) -> int:
    """Delete entries of the trail, except those of an address that is still suppressed; give their number."""
    return connection.execute(sa.delete(trail).where(trail.c.id.in_(ids), ~_is_suppressed(trail))).rowcount


def _is_suppressed(entries: sa.FromClause) -> sa.Exists:
    """Whether the address of one of *entries* is suppressed."""
    same = suppressions.c.account == entries.c.account, suppressions.c.address_key == entries.c.address_key
    return sa.exists().where(*same).correlate(entries)


def _suppression_row(added: Suppression) -> dict[str, Any]:
    row = _row(added.account, added.address, TrailChange.SUPPRESSED, added.since, added.source, added.why)
    details = {name: getattr(added, name) for name in ("stream", "reason", "until", "letter_id", "rule")}
    return {**row, **details}


def _row(
    account: str, address: str, change: TrailChange, at: dt.datetime, source: ChangeSource, why: str
) -> dict[str, Any]:
    return {
        "at": at,
        "account": account,
        "address": address,
        **both_forms(address),
        "stream": "",
        "change": change.value,
        "reason": "",
        "until": None,
        "source": source,
        "letter_id": None,
        "rule": None,
        "why": why,
    }
