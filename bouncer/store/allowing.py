"""The allow-list in the store: addresses and whole domains (``@example.org``) that are never suppressed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bouncer.mail.address import split
from bouncer.ports import Allowed
from bouncer.store import trail
from bouncer.store.engine import insert
from bouncer.store.keys import Keys
from bouncer.store.tables import allowed, suppressions


@dataclass(frozen=True, slots=True)
class Found:
    """The suppressions that fall under an entry, by id, and the newest id of all when they were looked for."""

    ids: Sequence[int]
    newest: int


def find(connection: sa.Connection, one: Allowed) -> Found:
    """Look for what stands against an entry; for a domain that means to look at all of the account's, beside who writes."""
    newest = connection.scalar(sa.select(sa.func.max(suppressions.c.id))) or 0
    return Found(connection.scalars(sa.select(suppressions.c.id).where(_falls_under(connection, one))).all(), newest)


def allow(connection: sa.Connection, one: Allowed, there: Found, *, source: str) -> bool:
    """Put it on the list and lift what was *there*, or came since; False where it was on the list."""
    row = {"account": one.account, "address_key": _key(connection, one), "address": one.address, "at": one.at}
    new = connection.execute(insert(connection, allowed).values(**row, why=one.why).on_conflict_do_nothing()).rowcount
    if not new:
        return False
    falls_under = _falls_under(connection, one)
    for start in range(0, len(there.ids), 500):
        those = suppressions.c.id.in_(there.ids[start : start + 500])
        connection.execute(sa.delete(suppressions).where(those, falls_under))
    connection.execute(sa.delete(suppressions).where(suppressions.c.id > there.newest, falls_under))
    trail.listed_or_not(connection, one, change=trail.ALLOWED, source=source)
    return True


def disallow(connection: sa.Connection, one: Allowed, *, source: str) -> bool:
    """Take it off the list; False where it was not on it."""
    those = sa.and_(allowed.c.account == one.account, allowed.c.address_key == _key(connection, one))
    if not connection.execute(sa.delete(allowed).where(those)).rowcount:
        return False
    trail.listed_or_not(connection, one, change=trail.DISALLOWED, source=source)
    return True


def listed(connection: sa.Connection, account: str | None) -> list[Allowed]:
    """Give the list, in order of address."""
    wanted = sa.select(allowed.c.account, allowed.c.address, allowed.c.at, allowed.c.why)
    if account is not None:
        wanted = wanted.where(allowed.c.account == account)
    return [Allowed(*row) for row in connection.execute(wanted.order_by(allowed.c.address_key, allowed.c.account))]


def allowed_of(connection: sa.Connection, asked: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of (account, key) give those on the list, themselves or by their domain."""
    asked = list(asked)
    names = {account for account, _ in asked}
    there: set[tuple[str, str]] = set()
    if connection.scalar(sa.select(allowed.c.account).where(allowed.c.account.in_(names)).limit(1)) is None:
        return there
    forms = sorted({form for _, one in asked for form in (one, _domain(one))})
    for start in range(0, len(forms), 500):
        wanted = sa.select(allowed.c.account, allowed.c.address_key)
        found = connection.execute(wanted.where(allowed.c.address_key.in_(forms[start : start + 500])))
        there |= {(row.account, row.address_key) for row in found}
    return {(account, one) for account, one in asked if {(account, one), (account, _domain(one))} & there}


def _domain(address_key: str) -> str:
    return f"@{split(address_key)[1]}"


def _key(connection: sa.Connection, one: Allowed) -> str:
    return Keys(connection).of(one.account, one.address)[-1]


def _falls_under(connection: sa.Connection, one: Allowed) -> sa.ColumnElement[bool]:
    form = _key(connection, one)
    by_domain = form.startswith("@")
    there = suppressions.c.address_domain == form[1:] if by_domain else suppressions.c.address_key == form
    return sa.and_(suppressions.c.account == one.account, there)
