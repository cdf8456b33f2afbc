"""Suppressions in the store: one row for an account, an address and a stream; ``merging`` joins two of them.

Each spelling of an address has a row of its own; for an account that folds Gmail's addresses, queries match all spellings of a
mailbox. Each change is written to the trail in the same transaction.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from bouncer.mail.address import split
from bouncer.policy.account_events import SuppressionChange
from bouncer.policy.address_list import is_wish, list_of
from bouncer.policy.records import ChangeSource, Release, Suppression
from bouncer.ports.letters import Page
from bouncer.ports.scope import Scope
from bouncer.store.engine.columns import MAX_KEY, clean
from bouncer.store.engine.engine import Insert, insert_of
from bouncer.store.engine.ids import MAX_ID
from bouncer.store.engine.queries import fetch_rows, queue_change
from bouncer.store.engine.rows import write_rows
from bouncer.store.engine.values import in_parts
from bouncer.store.erasures import suppression_digests
from bouncer.store.scoping import scope_conditions
from bouncer.store.suppressions import changes, merging, trail
from bouncer.store.suppressions.allow_list import find_allowed
from bouncer.store.suppressions.keys import ADDRESS, Keys, both_forms, key, select_forms_by_id
from bouncer.store.suppressions.merging import ExistingEntry
from bouncer.store.tables import suppressions

_CHANGED = ("address", "reason", "source", "letter_id", "rule", "why", "listed_in")
_SCOPE = ("account", "address_key", "stream")
FIELDS = ("account", "address", "reason", "source", "letter_id", "since", "until", "stream", "rule", "why")
"""The columns of a Suppression's fields."""

SuppressionKey = tuple[str, str, str]


def add(
    connection: sa.Connection, added: Iterable[Suppression], keys: Keys | None = None, *, tells: bool = True
) -> int:
    """Add suppressions, and write the trail; give the number of new or longer ones. Allow-listed addresses are skipped.

    *keys* are those of the accounts, where the caller has read their rules in this transaction. *tells*: webhooks are told.
    """
    return len(add_each(connection, list(added), keys, tells=tells))


def add_each(
    connection: sa.Connection, added: Sequence[Suppression], keys: Keys | None, *, tells: bool = True
) -> set[SuppressionKey]:
    """Add suppressions as ``add`` does; give which are new or longer."""
    changed = _changes(connection, added, keys)
    if not changed:
        return set()
    rows = [row(suppression, at) for at, suppression, _ in changed]
    write_rows(connection, _insertion(insert_of(connection)), rows)
    trail.note_suppressed(connection, [suppression for _, suppression, _ in changed])
    if tells:
        changes.note(connection, [SuppressionChange(entry, at[1], is_new) for at, entry, is_new in changed])
    return {at for at, _, _ in changed}


@cache
def _insertion(insert: Insert) -> sa.Insert:
    insertion, existing = insert(suppressions), suppressions.c
    new = insertion.excluded
    overruled = merging.overrules(existing, new)
    since = sa.case((overruled, new.since), (existing.until > new.since, existing.since), else_=new.since)
    change = {"since": since, **merging.changed_columns(existing, new, _CHANGED, new.since)}
    where = sa.or_(merging.is_longer(existing, new), overruled)
    return insertion.on_conflict_do_update(index_elements=_SCOPE, set_=change, where=where)


def release_each(
    connection: sa.Connection, released: Sequence[Release], keys: Keys, *, tells: bool = True
) -> set[tuple[str, str]]:
    """Delete the suppressions of addresses, in all streams or in one, and write the trail.

    Gives those that were in force, each by its account and the form in which that compares addresses. The last of two releases of
    one form counts. *tells*: webhooks are told, except where the suppression for all mail still stops the stream that is freed.
    """
    if not released:
        return set()
    by_form = {(entry.account, keys.form(entry.account, entry.address)): entry for entry in released}
    query = _OF_FORMS[any(keys.folds(account) for account, _ in by_form)]
    accounts = sorted({account for account, _ in by_form})
    deleted, freed = list[int](), dict[tuple[str, str], Release]()
    for some in in_parts(sorted({form for _, form in by_form})):
        for row in fetch_rows(connection, query, {"accounts": accounts, "forms": some}):
            entry = by_form.get((row.account, keys.form_of(row.account, row)))
            if entry is not None and entry.stream in (None, row.stream):
                deleted.append(row.id)
                if row.until is None or row.until > entry.at:  # one entry for each spelling, whatever the streams
                    freed[row.account, row.address_key] = dataclasses.replace(entry, address=row.address)
    for ids in in_parts(deleted):
        queue_change(connection, _DELETE, {"ids": ids})
    for (account, form), entry in by_form.items() if suppression_digests.has_any(connection) else ():
        if suppression_digests.lift(
            connection, account, form, folds=keys.folds(account), now=entry.at, stream=entry.stream
        ):
            freed.setdefault((account, key(entry.address)), entry)
    trail.note_released(connection, list(freed.values()))
    if tells:
        free = [(form, entry) for (_, form), entry in freed.items() if not _still_stops(connection, entry)]
        changes.note(connection, [SuppressionChange(entry, form) for form, entry in free])
    return {(account, keys.form(account, form)) for account, form in freed}


def _still_stops(connection: sa.Connection, entry: Release) -> bool:
    """Whether mail of the stream that was freed is still stopped, by the suppression for all mail."""
    if not entry.stream:
        return False
    existing_entries = find_in_force(connection, entry.account, [entry.address], now=entry.at, stream="")
    return next(existing_entries, None) is not None


def select_by_forms(entries: sa.Select[Any]) -> Mapping[bool, sa.Select[Any]]:
    """Give the query of those of *entries* that have one of ``forms``, by whether one of ``accounts`` folds Gmail's addresses."""
    forms, accounts = (sa.bindparam(name, type_=sa.Text, expanding=True) for name in ("forms", "accounts"))
    by_columns = {False: ADDRESS[:1], True: ADDRESS}
    return {
        folds: entries.where(select_forms_by_id(suppressions, columns, forms, accounts))
        for folds, columns in by_columns.items()
    }


_OF_FORMS = select_by_forms(
    sa.select(*(suppressions.c[name] for name in ("id", "account", "address", *ADDRESS, "until", "stream")))
)
_DELETE = sa.delete(suppressions).where(suppressions.c.id.in_(sa.bindparam("ids", expanding=True)))


def list_suppressions(
    connection: sa.Connection, scope: Scope, *, now: dt.datetime, page: Page
) -> list[tuple[int, Suppression]]:
    """List suppressions in force inside *scope*, newest first."""
    is_before = suppressions.c.id < (MAX_ID if page.before is None else page.before)
    query = sa.select(suppressions).where(
        is_before, _is_in_force(now), *scope_conditions(scope, suppressions.c.account)
    )
    rows = connection.execute(query.order_by(suppressions.c.id.desc()).limit(page.limit))
    return [(row.id, suppression(row)) for row in rows]


def count(connection: sa.Connection, account: str, *, now: dt.datetime) -> int:
    """Count the suppressions of an account that are in force, out of the index of its lists."""
    return connection.scalar(_COUNT, {"account": account, "now": now}) or 0


_STANDING_OF_ACCOUNT = (
    suppressions.c.account == sa.bindparam("account"),
    sa.or_(suppressions.c.until.is_(None), suppressions.c.until > sa.bindparam("now", type_=suppressions.c.until.type)),
)
_COUNT = sa.select(sa.func.count()).where(*_STANDING_OF_ACCOUNT)


def suppressions_of_address(
    connection: sa.Connection, account: str, address: str, *, now: dt.datetime, keys: Keys | None = None
) -> list[Suppression]:
    """Give every suppression of one address."""
    return [suppression for _, suppression in find_in_force(connection, account, [address], now=now, keys=keys)]


def find_in_force(
    connection: sa.Connection,
    account: str,
    addresses: Sequence[str],
    *,
    now: dt.datetime,
    stream: str | None = None,
    keys: Keys | None = None,
) -> Iterator[tuple[str, Suppression]]:
    """Give the suppressions in force, each after its address in the account's form; of all streams where *stream* is None."""
    keys = keys or Keys(connection)
    streams = None if stream is None else ("", clean(stream, MAX_KEY))
    forms = sorted({keys.form(account, address) for address in addresses})
    for some in in_parts(forms):
        values = {"account": account, "accounts": [account], "forms": some, "now": now}
        for row in fetch_rows(connection, _IN_FORCE[keys.folds(account)], values):
            if streams is None or row.stream in streams:
                yield keys.form_of(account, row), suppression(row)
    erased = suppression_digests.look_up(connection, account, forms, folds=keys.folds(account), now=now, stream=stream)
    for form, suppressions_of_form in erased.items():
        yield from ((form, entry) for entry in suppressions_of_form)


_IN_FORCE = select_by_forms(sa.select(suppressions).where(*_STANDING_OF_ACCOUNT))


def suppression(row: Any) -> Suppression:
    """Make the value of a row."""
    return Suppression(**{name: getattr(row, name) for name in FIELDS} | {"source": ChangeSource(row.source)})


def row(added: Suppression, scope: SuppressionKey) -> dict[str, Any]:
    """Make the row of a value."""
    facts = {name: getattr(added, name) for name in FIELDS}
    derived = {"address_domain": split(scope[1])[1], "listed_in": str(list_of(added.reason, added.stream))}
    return {**facts, **both_forms(scope[1]), **derived}


def _changes(
    connection: sa.Connection, added: Sequence[Suppression], keys: Keys | None
) -> list[tuple[SuppressionKey, Suppression, bool]]:
    """Give the suppressions that change a row, merged with the existing ones, each with whether none was in force before."""
    if not added:
        return []
    pairs = [((entry.account, key(entry.address), entry.stream), entry) for entry in added]
    existing_entries = _find_existing(connection, {scope[0] for scope, _ in pairs}, {scope[1] for scope, _ in pairs})
    keys = keys or Keys(connection, (entry.account for entry in added))
    forms = {scope[:2]: keys.form(entry.account, entry.address) for scope, entry in pairs}
    kept_out = find_allowed(connection, keys, {(account, form) for (account, _), form in forms.items()})
    changed: dict[SuppressionKey, Suppression] = {}
    latest = max(entry.since for entry in added)
    before = {scope for scope, existing in existing_entries.items() if existing.is_in_force(latest)}
    for scope, entry in pairs:
        if (scope[0], forms[scope[:2]]) in kept_out:
            continue
        new = existing_entries[scope].merge(entry) if scope in existing_entries else entry
        if new is not None:
            changed[scope] = merging.wish_first(changed.get(scope), new)
            existing_entries[scope] = ExistingEntry.of(changed[scope])
    return [(scope, entry, scope not in before) for scope, entry in changed.items()]


def _find_existing(
    connection: sa.Connection, accounts: set[str], keys: set[str]
) -> dict[SuppressionKey, ExistingEntry]:
    existing_entries: dict[SuppressionKey, ExistingEntry] = {}
    for some in in_parts(sorted(keys)):
        for row in fetch_rows(connection, _STANDING, {"accounts": list(accounts), "keys": some}):
            existing_entries[row.account, row.address_key, row.stream] = ExistingEntry(row.until, is_wish(row.reason))
    return existing_entries


_STANDING = sa.select(*(suppressions.c[name] for name in (*_SCOPE, "until", "reason"))).where(
    suppressions.c.account.in_(sa.bindparam("accounts", expanding=True)),
    suppressions.c.address_key.in_(sa.bindparam("keys", expanding=True)),
)


def _is_in_force(now: dt.datetime) -> sa.ColumnElement[bool]:
    return sa.or_(suppressions.c.until.is_(None), suppressions.c.until > now)
