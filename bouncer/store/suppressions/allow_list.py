"""The allow-list in the store: addresses and whole domains (``@example.org``) that are never suppressed."""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bouncer.mail.address import ALL_OF_GMAIL, split
from bouncer.policy.records import ChangeSource
from bouncer.ports.scope import Scope
from bouncer.ports.suppressions import Allowed, TrailChange
from bouncer.store.engine.engine import insert
from bouncer.store.scoping import inside
from bouncer.store.suppressions import trail
from bouncer.store.suppressions.keys import Keys, both
from bouncer.store.tables import allowed, suppressions


@dataclass(frozen=True, slots=True)
class CoveredSuppressions:
    """The suppressions that fall under an entry, by id, and the newest id of all when they were looked for."""

    ids: Sequence[int]
    newest: int


def find(connection: sa.Connection, one: Allowed) -> CoveredSuppressions:
    """Look for what stands against an entry; for a domain that means to look at all of the account's, beside who writes."""
    newest = connection.scalar(sa.select(sa.func.max(suppressions.c.id))) or 0
    return CoveredSuppressions(
        connection.scalars(sa.select(suppressions.c.id).where(_falls_under(connection, one))).all(), newest
    )


def allow(connection: sa.Connection, one: Allowed, there: CoveredSuppressions, *, source: ChangeSource) -> bool:
    """Put it on the list and lift what was *there*, or came since; False where it was on the list.

    Another spelling of one that is on it is put beside it: it stays there when the account does not fold any more.
    """
    was = connection.scalar(sa.select(allowed.c.account).where(_is_entry(connection, one)).limit(1)) is not None
    row = {"account": one.account, **both(one.address), "address": one.address, "at": one.at}
    new = connection.execute(insert(connection, allowed).values(**row, why=one.why).on_conflict_do_nothing()).rowcount
    if not new:
        return False
    falls_under = _falls_under(connection, one)
    for start in range(0, len(there.ids), 500):
        those = suppressions.c.id.in_(there.ids[start : start + 500])
        connection.execute(sa.delete(suppressions).where(those, falls_under))
    connection.execute(sa.delete(suppressions).where(suppressions.c.id > there.newest, falls_under))
    trail.listed_or_not(connection, one, change=TrailChange.ALLOWED, source=source)
    return not was


def disallow(connection: sa.Connection, one: Allowed, *, source: ChangeSource) -> bool:
    """Take it off the list; False where it was not on it."""
    those = _is_entry(connection, one)
    spelled = connection.scalars(sa.select(allowed.c.address).where(those)).all()
    connection.execute(sa.delete(allowed).where(those))
    for address in spelled:
        entry = dataclasses.replace(one, address=address)
        trail.listed_or_not(connection, entry, change=TrailChange.DISALLOWED, source=source)
    return bool(spelled)


def listed(connection: sa.Connection, scope: Scope) -> list[Allowed]:
    """Give the list inside *scope*, in order of address."""
    entries = sa.select(allowed.c.account, allowed.c.address, allowed.c.at, allowed.c.why)
    entries = entries.where(*inside(scope, allowed.c.account)).order_by(allowed.c.address_key, allowed.c.account)
    return [Allowed(*row) for row in connection.execute(entries)]


def allowed_of(connection: sa.Connection, asked: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of (account, form as it compares) give those on the list, themselves or by their domain."""
    asked = list(asked)
    names = {account for account, _ in asked}
    there: set[tuple[str, str]] = set()
    if connection.scalar(sa.select(allowed.c.account).where(allowed.c.account.in_(names)).limit(1)) is None:
        return there
    keys, rows = Keys(connection), sa.select(allowed.c.account, allowed.c.address_key, allowed.c.address_folded)
    for name in names:
        forms = sorted({form for account, one in asked if account == name for form in (one, _domain(one))})
        for start in range(0, len(forms), 500):
            those = keys.among(name, allowed, forms[start : start + 500])
            found = connection.execute(rows.where(allowed.c.account == name, those))
            there |= {(name, keys.form_of(name, row)) for row in found}
    return {(account, one) for account, one in asked if {(account, one), (account, _domain(one))} & there}


def _domain(address_key: str) -> str:
    return f"@{split(address_key)[1]}"


def _is_entry(connection: sa.Connection, one: Allowed) -> sa.ColumnElement[bool]:
    """Choose the entries that are this one, as the account compares addresses."""
    keys = Keys(connection)
    those = keys.among(one.account, allowed, [keys.form(one.account, one.address)])
    return sa.and_(allowed.c.account == one.account, those)


def _falls_under(connection: sa.Connection, one: Allowed) -> sa.ColumnElement[bool]:
    keys = Keys(connection)
    form = keys.form(one.account, one.address)
    if not form.startswith("@"):
        there = keys.among(one.account, suppressions, [form])
    elif form == ALL_OF_GMAIL and keys.folds(one.account):
        there = suppressions.c.address_folded.is_not(None)
    else:
        there = suppressions.c.address_domain == form[1:]
    return sa.and_(suppressions.c.account == one.account, there)
