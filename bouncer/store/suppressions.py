"""Suppressions in the store: one for an account and an address, the longer of two times stays."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.mail.address import comparable, split
from bouncer.policy.record import Suppression
from bouncer.ports import Page
from bouncer.store.columns import MAX_KEY, clean
from bouncer.store.engine import insert
from bouncer.store.ids import MAX_ID
from bouncer.store.tables import suppressions

ASKED_AT_ONCE = 500
"""Addresses in one query: far below every engine's limit of values."""

_CHANGED = ("address", "reason", "source", "letter_id", "until")


def add(connection: sa.Connection, wanted: Iterable[Suppression]) -> None:
    """Suppress; where one stands already only a longer one changes it, and one that is still in force keeps its since."""
    rows = [_row(one) for one in wanted]
    if not rows:
        return
    adding, there = insert(connection, suppressions), suppressions.c
    new = adding.excluded
    longer = sa.and_(there.until.is_not(None), sa.or_(new.until.is_(None), new.until > there.until))
    since = sa.case((there.until > new.since, there.since), else_=new.since)
    change = {"since": since, **{name: new[name] for name in _CHANGED}}
    connection.execute(
        adding.on_conflict_do_update(index_elements=["account", "address_key"], set_=change, where=longer), rows
    )


def suppress(connection: sa.Connection, one: Suppression) -> bool:
    """Suppress one address; False where it already was."""
    there = next(found(connection, one.account, [one.address], now=one.since), None)
    add(connection, [one])
    return there is None


def release(connection: sa.Connection, account: str, address: str) -> bool:
    """Lift a suppression; False where there was none."""
    gone = sa.delete(suppressions).where(suppressions.c.account == account, suppressions.c.address_key == key(address))
    return connection.execute(gone).rowcount > 0


def listed(
    connection: sa.Connection, *, account: str | None, now: dt.datetime, page: Page
) -> list[tuple[int, Suppression]]:
    """List suppressions in force, newest first."""
    wanted = sa.select(suppressions).where(
        suppressions.c.id < (MAX_ID if page.before is None else page.before), _in_force(now)
    )
    if account is not None:
        wanted = wanted.where(suppressions.c.account == account)
    rows = connection.execute(wanted.order_by(suppressions.c.id.desc()).limit(page.limit))
    return [(row.id, _suppression(row)) for row in rows]


def suppressed(
    connection: sa.Connection, account: str, addresses: Sequence[str], *, now: dt.datetime
) -> dict[str, Suppression]:
    """Say which of *addresses* are suppressed, keyed as they were asked."""
    there = dict(found(connection, account, addresses, now=now))
    return {address: there[key(address)] for address in addresses if key(address) in there}


def found(
    connection: sa.Connection, account: str, addresses: Sequence[str], *, now: dt.datetime
) -> Iterator[tuple[str, Suppression]]:
    """Give those in force, each with its address in comparable form."""
    keys = sorted({key(address) for address in addresses})
    for start in range(0, len(keys), ASKED_AT_ONCE):
        some = suppressions.c.address_key.in_(keys[start : start + ASKED_AT_ONCE])
        wanted = sa.select(suppressions).where(suppressions.c.account == account, some, _in_force(now))
        for row in connection.execute(wanted):
            yield row.address_key, _suppression(row)


def key(address: str) -> str:
    """Give the form that an address is found by, as the column holds it."""
    return clean(comparable(address), MAX_KEY)


def _in_force(now: dt.datetime) -> sa.ColumnElement[bool]:
    return sa.or_(suppressions.c.until.is_(None), suppressions.c.until > now)


def _row(one: Suppression) -> dict[str, Any]:
    return {
        "account": one.account,
        "address": one.address,
        "address_key": key(one.address),
        "address_domain": split(key(one.address))[1],
        "reason": one.reason,
        "source": one.source,
        "letter_id": one.letter_id,
        "since": one.since,
        "until": one.until,
    }


def _suppression(row: sa.Row[Any]) -> Suppression:
    return Suppression(row.account, row.address, row.reason, row.source, row.letter_id, row.since, row.until)
