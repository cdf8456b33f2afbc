"""Suppressions in the store: one for an account, an address and a stream; the longer of two times stays.

Each address has its own as it was named; an account that folds Gmail's addresses takes those of one mailbox for one when it asks.
Whatever changes here is written into the trail in the same transaction.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from bouncer.mail.address import ALL_OF_GMAIL, gmail_mailbox, split
from bouncer.policy.records import ChangeSource, Release, Suppression
from bouncer.ports.letters import Page
from bouncer.ports.scope import Scope
from bouncer.store.engine.columns import MAX_KEY, clean, microseconds
from bouncer.store.engine.engine import Engine, insert
from bouncer.store.engine.ids import MAX_ID
from bouncer.store.scoping import inside
from bouncer.store.suppressions import trail
from bouncer.store.suppressions.allow_list import allowed_of
from bouncer.store.suppressions.keys import Keys, both, key
from bouncer.store.tables import suppressions

T = TypeVar("T")

ASKED_AT_ONCE = 500
"""Values in one query: far below every engine's limit of values."""

_CHANGED = ("address", "reason", "source", "letter_id", "until", "rule", "why")
_SCOPE = ("account", "address_key", "stream")
_FIELDS = ("account", "address", "reason", "source", "letter_id", "since", "until", "stream", "rule", "why")
_READY = ", ".join("NULL" if field in ("letter_id", "rule") else field for field in _FIELDS)


def _now(column: str, domain: str) -> str:
    """Ask for one row by one form of the address, its *column*; *domain* is the allow-list's form of all of its domain."""
    those = f"account = ? AND {column} = ? AND stream IN ('', ?) AND (until IS NULL OR until > ?)"
    return (
        f"SELECT {', '.join(_FIELDS)} FROM suppressions WHERE {those}"  # noqa: S608 -- our own names
        f" UNION ALL SELECT {_READY} FROM staged WHERE name IN (SELECT name FROM imports WHERE NOT placed) AND {those}"
        " AND NOT EXISTS (SELECT 1 FROM allowed WHERE allowed.account = staged.account"
        f" AND allowed.{column} IN (staged.{column}, {domain})) LIMIT 1"
    )


NOW = _now("address_key", "'@' || staged.address_domain")
NOW_FOLDED = _now("address_folded", f"'{ALL_OF_GMAIL}'")
"""The second half of each is what an import has put in force before all of it is in its place."""
READ_AT_ONCE = 20_000
"""Rows of the index that are read through at once: a hundredth of a second."""

SuppressionKey = tuple[str, str, str]
Place = tuple[str, str]
"""In an index: an account, an address as compared."""
START: Place = ("", "")
"""Before the first row of an index."""


def add(connection: sa.Connection, wanted: Iterable[Suppression]) -> int:
    """Suppress, and write the trail; give how many were new or longer. Entries of the allow-list are passed over."""
    changed = _new_or_longer(connection, list(wanted))
    if not changed:
        return 0
    adding, there = insert(connection, suppressions), suppressions.c
    new = adding.excluded
    longer = sa.and_(there.until.is_not(None), sa.or_(new.until.is_(None), new.until > there.until))
    since = sa.case((there.until > new.since, there.since), else_=new.since)
    change = {"since": since, **{name: new[name] for name in _CHANGED}}
    rows = [row(one, at) for at, one in changed]
    connection.execute(adding.on_conflict_do_update(index_elements=_SCOPE, set_=change, where=longer), rows)
    trail.suppressed(connection, [one for _, one in changed])
    return len(changed)


def suppress(connection: sa.Connection, one: Suppression) -> bool:
    """Suppress one address; False where it already was, or is on the allow-list."""
    there = next(found(connection, one.account, [one.address], now=one.since, stream=one.stream), None)
    return add(connection, [one]) > 0 and there is None


def release(connection: sa.Connection, one: Release) -> bool:
    """Lift the suppressions of an address in all streams; False where none was in force."""
    keys = Keys(connection)
    named = keys.among(one.account, suppressions, [keys.form(one.account, one.address)])
    those = sa.and_(suppressions.c.account == one.account, named)
    was = connection.scalars(sa.select(suppressions.c.address).where(those, _in_force(one.at))).all()
    connection.execute(sa.delete(suppressions).where(those))
    spelled = {key(address): address for address in was}  # of several streams once, of several spellings each
    for address in spelled.values():
        trail.freed(connection, dataclasses.replace(one, address=address))
    return bool(was)


def listed(connection: sa.Connection, scope: Scope, *, now: dt.datetime, page: Page) -> list[tuple[int, Suppression]]:
    """List suppressions in force inside *scope*, newest first."""
    older = suppressions.c.id < (MAX_ID if page.before is None else page.before)
    wanted = sa.select(suppressions).where(older, _in_force(now), *inside(scope, suppressions.c.account))
    rows = connection.execute(wanted.order_by(suppressions.c.id.desc()).limit(page.limit))
    return [(row.id, suppression(row)) for row in rows]


def suppressed(
    connection: sa.Connection, account: str, addresses: Sequence[str], *, now: dt.datetime, stream: str | None
) -> dict[str, Suppression]:
    """Say which of *addresses* are suppressed, keyed as they were asked."""
    there = dict(found(connection, account, addresses, now=now, stream=stream))
    keys = Keys(connection)
    forms = ((address, keys.form(account, address)) for address in addresses)
    return {address: there[form] for address, form in forms if form in there}


def in_force(connection: sa.Connection, account: str, address: str, *, now: dt.datetime) -> list[Suppression]:
    """Give every suppression of one address."""
    return [one for _, one in found(connection, account, [address], now=now)]


def found(
    connection: sa.Connection, account: str, addresses: Sequence[str], *, now: dt.datetime, stream: str | None = None
) -> Iterator[tuple[str, Suppression]]:
    """Give those in force, each with its address as the account compares it; of all streams where none is named."""
    keys = Keys(connection)
    wanted = (
        _in_force(now)
        if stream is None
        else sa.and_(_in_force(now), suppressions.c.stream.in_(("", clean(stream, MAX_KEY))))
    )
    for some in chunks(sorted({keys.form(account, address) for address in addresses})):
        those = sa.and_(suppressions.c.account == account, keys.among(account, suppressions, some))
        for row in connection.execute(sa.select(suppressions).where(those, wanted)):
            yield keys.form_of(account, row), suppression(row)


def suppressed_now(
    engine: Engine, account: str, form: str, stream: str, *, folds: bool, now: dt.datetime
) -> Suppression | None:
    """Give a suppression in force for an address; one row by one index."""
    plain = key(form)
    mailbox = gmail_mailbox(plain) if folds else None
    values = (account, mailbox or plain, clean(stream, MAX_KEY), microseconds(now))
    row = engine.look(NOW_FOLDED if mailbox else NOW, values * 2)
    if row is None:
        return None
    facts = dict(zip(_FIELDS, row, strict=True))
    times = {name: suppressions.c[name].type.process_result_value(facts[name], None) for name in ("since", "until")}  # type: ignore[attr-defined]
    return Suppression(**{**facts, **times, "source": ChangeSource(facts["source"])})


def read_on(connection: sa.Connection, after: Place, column: str = "address_key") -> Place | None:
    """Read a part of the index by *column* that ``suppressed_now`` looks into; give where it ends, None at the end of all."""
    place = (suppressions.c.account, suppressions.c[column])
    wanted = sa.select(*place).where(sa.tuple_(*place) > sa.tuple_(*after), place[1].is_not(None)).order_by(*place)
    last = connection.execute(wanted.offset(READ_AT_ONCE - 1).limit(1)).first()
    return (last[0], last[1]) if last else None


def chunks(keys: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut *keys* into lists that one query can hold."""
    return (keys[start : start + ASKED_AT_ONCE] for start in range(0, len(keys), ASKED_AT_ONCE))


def suppression(row: Any) -> Suppression:
    """Make a value of a row."""
    return Suppression(**{name: getattr(row, name) for name in _FIELDS} | {"source": ChangeSource(row.source)})


def row(one: Suppression, scope: SuppressionKey) -> dict[str, Any]:
    """Make a row of a value."""
    facts = {name: getattr(one, name) for name in _FIELDS}
    return {**facts, **both(scope[1]), "address_domain": split(scope[1])[1]}


def _new_or_longer(
    connection: sa.Connection, wanted: Sequence[Suppression]
) -> list[tuple[SuppressionKey, Suppression]]:
    if not wanted:
        return []
    scoped = [((one.account, key(one.address), one.stream), one) for one in wanted]
    there = _ends(connection, {scope[0] for scope, _ in scoped}, {scope[1] for scope, _ in scoped})
    keys = Keys(connection)
    forms = {scope[:2]: keys.form(one.account, one.address) for scope, one in scoped}
    kept_out = allowed_of(connection, {(account, form) for (account, _), form in forms.items()})
    changed: dict[SuppressionKey, Suppression] = {}
    for scope, one in scoped:
        if (scope[0], forms[scope[:2]]) in kept_out or (
            scope in there and not _is_longer(one.until, there[scope], one.since)
        ):
            continue
        there[scope], changed[scope] = one.until, one
    return list(changed.items())


def _is_longer(new: dt.datetime | None, old: dt.datetime | None, now: dt.datetime) -> bool:
    return old is not None and (new is None or new > old or old <= now)


def _ends(connection: sa.Connection, accounts: set[str], keys: set[str]) -> dict[SuppressionKey, dt.datetime | None]:
    columns = suppressions.c
    ends: dict[SuppressionKey, dt.datetime | None] = {}
    for some in chunks(sorted(keys)):
        asked = sa.select(columns.account, columns.address_key, columns.stream, columns.until)
        for account, address_key, stream, until in connection.execute(
            asked.where(columns.account.in_(accounts), columns.address_key.in_(some))
        ):
            ends[account, address_key, stream] = until
    return ends


def _in_force(now: dt.datetime) -> sa.ColumnElement[bool]:
    return sa.or_(suppressions.c.until.is_(None), suppressions.c.until > now)
