"""Suppressions in the store: one row for an account, an address and a stream; of two end times the later one stays.

Each spelling of an address has a row of its own; for an account that folds Gmail's addresses, queries match all spellings of a
mailbox. Each change is written to the trail in the same transaction.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from bouncer.mail.address import split
from bouncer.policy.records import ChangeSource, Release, Suppression
from bouncer.ports.letters import Page
from bouncer.ports.scope import Scope
from bouncer.store.engine.columns import MAX_KEY, clean
from bouncer.store.engine.engine import insert
from bouncer.store.engine.ids import MAX_ID
from bouncer.store.scoping import scope_conditions
from bouncer.store.suppressions import trail
from bouncer.store.suppressions.allow_list import allowed_of
from bouncer.store.suppressions.keys import Keys, both_forms, key
from bouncer.store.tables import suppressions

T = TypeVar("T")

VALUES_PER_QUERY = 500
"""Values in one query: far below every database's limit."""

_CHANGED = ("address", "reason", "source", "letter_id", "until", "rule", "why")
_SCOPE = ("account", "address_key", "stream")
FIELDS = ("account", "address", "reason", "source", "letter_id", "since", "until", "stream", "rule", "why")
"""The columns of a Suppression's fields."""
READ_AT_ONCE = 20_000
"""Rows of the index that one query reads: a hundredth of a second."""

SuppressionKey = tuple[str, str, str]
IndexPlace = tuple[str, str]
"""A place in an index: an account, and an address in comparable form."""
START: IndexPlace = ("", "")
"""The place before the first row of an index."""


def add(connection: sa.Connection, added: Iterable[Suppression]) -> int:
    """Add suppressions, and write the trail; give the number of new or longer ones. Allow-listed addresses are skipped."""
    changed = _new_or_longer(connection, list(added))
    if not changed:
        return 0
    adding, existing = insert(connection, suppressions), suppressions.c
    new = adding.excluded
    longer = sa.and_(existing.until.is_not(None), sa.or_(new.until.is_(None), new.until > existing.until))
    since = sa.case((existing.until > new.since, existing.since), else_=new.since)
    change = {"since": since, **{name: new[name] for name in _CHANGED}}
    rows = [row(suppression, at) for at, suppression in changed]
    connection.execute(adding.on_conflict_do_update(index_elements=_SCOPE, set_=change, where=longer), rows)
    trail.suppressed(connection, [suppression for _, suppression in changed])
    return len(changed)


def suppress(connection: sa.Connection, added: Suppression) -> bool:
    """Suppress an address; False where it was suppressed already, or is on the allow-list."""
    before = next(find_in_force(connection, added.account, [added.address], now=added.since, stream=added.stream), None)
    return add(connection, [added]) > 0 and before is None


def release(connection: sa.Connection, released: Release) -> bool:
    """Delete the suppressions of an address in all streams; False where none was in force."""
    keys = Keys(connection)
    same = keys.among(released.account, suppressions, [keys.form(released.account, released.address)])
    where = sa.and_(suppressions.c.account == released.account, same)
    addresses = connection.scalars(sa.select(suppressions.c.address).where(where, _in_force(released.at))).all()
    connection.execute(sa.delete(suppressions).where(where))
    spellings = {
        key(address): address for address in addresses
    }  # one trail entry for each spelling, whatever the streams
    for address in spellings.values():
        trail.note_released(connection, dataclasses.replace(released, address=address))
    return bool(addresses)


def listed(connection: sa.Connection, scope: Scope, *, now: dt.datetime, page: Page) -> list[tuple[int, Suppression]]:
    """List suppressions in force inside *scope*, newest first."""
    older = suppressions.c.id < (MAX_ID if page.before is None else page.before)
    query = sa.select(suppressions).where(older, _in_force(now), *scope_conditions(scope, suppressions.c.account))
    rows = connection.execute(query.order_by(suppressions.c.id.desc()).limit(page.limit))
    return [(row.id, suppression(row)) for row in rows]


def in_force(connection: sa.Connection, account: str, address: str, *, now: dt.datetime) -> list[Suppression]:
    """Give every suppression of one address."""
    return [suppression for _, suppression in find_in_force(connection, account, [address], now=now)]


def find_in_force(
    connection: sa.Connection, account: str, addresses: Sequence[str], *, now: dt.datetime, stream: str | None = None
) -> Iterator[tuple[str, Suppression]]:
    """Give the suppressions in force, each after its address in the account's form; of all streams where *stream* is None."""
    keys = Keys(connection)
    condition = (
        _in_force(now)
        if stream is None
        else sa.and_(_in_force(now), suppressions.c.stream.in_(("", clean(stream, MAX_KEY))))
    )
    for some in chunks(sorted({keys.form(account, address) for address in addresses})):
        where = sa.and_(suppressions.c.account == account, keys.among(account, suppressions, some))
        for row in connection.execute(sa.select(suppressions).where(where, condition)):
            yield keys.form_of(account, row), suppression(row)


def read_index(connection: sa.Connection, after: IndexPlace, column: str = "address_key") -> IndexPlace | None:
    """Read a part of an index of ``looking_up``, into the cache; give the place of its end, None at the end of the index."""
    place = (suppressions.c.account, suppressions.c[column])
    query = sa.select(*place).where(sa.tuple_(*place) > sa.tuple_(*after), place[1].is_not(None)).order_by(*place)
    last = connection.execute(query.offset(READ_AT_ONCE - 1).limit(1)).first()
    return (last[0], last[1]) if last else None


def chunks(keys: Sequence[T]) -> Iterator[Sequence[T]]:
    """Split *keys* into lists that fit into one query."""
    return (keys[start : start + VALUES_PER_QUERY] for start in range(0, len(keys), VALUES_PER_QUERY))


def suppression(row: Any) -> Suppression:
    """Make the value of a row."""
    return Suppression(**{name: getattr(row, name) for name in FIELDS} | {"source": ChangeSource(row.source)})


def row(added: Suppression, scope: SuppressionKey) -> dict[str, Any]:
    """Make the row of a value."""
    facts = {name: getattr(added, name) for name in FIELDS}
    return {**facts, **both_forms(scope[1]), "address_domain": split(scope[1])[1]}


def _new_or_longer(connection: sa.Connection, added: Sequence[Suppression]) -> list[tuple[SuppressionKey, Suppression]]:
    if not added:
        return []
    scoped = [((entry.account, key(entry.address), entry.stream), entry) for entry in added]
    ends = _existing_ends(connection, {scope[0] for scope, _ in scoped}, {scope[1] for scope, _ in scoped})
    keys = Keys(connection)
    forms = {scope[:2]: keys.form(entry.account, entry.address) for scope, entry in scoped}
    kept_out = allowed_of(connection, {(account, form) for (account, _), form in forms.items()})
    changed: dict[SuppressionKey, Suppression] = {}
    for scope, entry in scoped:
        if (scope[0], forms[scope[:2]]) in kept_out or (
            scope in ends and not _is_longer(entry.until, ends[scope], entry.since)
        ):
            continue
        ends[scope], changed[scope] = entry.until, entry
    return list(changed.items())


def _is_longer(new: dt.datetime | None, old: dt.datetime | None, now: dt.datetime) -> bool:
    return old is not None and (new is None or new > old or old <= now)


def _existing_ends(
    connection: sa.Connection, accounts: set[str], keys: set[str]
) -> dict[SuppressionKey, dt.datetime | None]:
    columns = suppressions.c
    ends: dict[SuppressionKey, dt.datetime | None] = {}
    for some in chunks(sorted(keys)):
        query = sa.select(columns.account, columns.address_key, columns.stream, columns.until)
        for account, address_key, stream, until in connection.execute(
            query.where(columns.account.in_(accounts), columns.address_key.in_(some))
        ):
            ends[account, address_key, stream] = until
    return ends


def _in_force(now: dt.datetime) -> sa.ColumnElement[bool]:
    return sa.or_(suppressions.c.until.is_(None), suppressions.c.until > now)
