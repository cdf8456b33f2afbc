"""Erasing addresses from the suppressions, the allow-list, imports that are not in force, and the audit trail."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.policy.records import NO_ACCOUNT
from bouncer.ports.erasures import ErasureOrder
from bouncer.ports.scope import Scope
from bouncer.ports.suppressions import TrailChange
from bouncer.store.engine.rows import write_rows
from bouncer.store.erasures import suppression_digests
from bouncer.store.erasures.digests import keep_secret
from bouncer.store.erasures.erased_address import ErasedAddresses
from bouncer.store.saved_filters import saved_filters
from bouncer.store.scoping import scope_checks
from bouncer.store.shares import shares
from bouncer.store.suppressions import staging
from bouncer.store.tables import accounts, allowed, former_accounts, staged, suppressions, trail

Counts = Counter[tuple[str, str]]
"""By account and kind, a field of ``ports.erasures.Erasure``: rows that were erased."""

ENTRIES_PER_COMMIT = 500
"""Entries of the trail of one commit: few enough that no letter that is being kept waits long."""

_ADDING = sa.insert(trail)


def erase_lists(
    connection: sa.Connection, scope: Scope, erased: ErasedAddresses, order: ErasureOrder, secret: bytes
) -> Counts:
    """Erase suppressions and entries of the allow-list in one commit, so that no mail passes in between; *secret* is a new one."""
    names = _accounts(connection, scope)
    counts = _erase_suppressions(connection, names, erased, order, secret)
    for where in erased.rows(allowed.c.address_key, allowed.c.address_folded):
        of_accounts = allowed.c.account.in_(names)
        for account in connection.scalars(sa.select(allowed.c.account).where(of_accounts, where)):
            counts[account, "allowed"] += 1
        connection.execute(sa.delete(allowed).where(of_accounts, where))
    for where in erased.rows(staged.c.address_key, staged.c.address_folded):
        connection.execute(
            sa.delete(staged).where(staged.c.name.in_(staging.staged_names(connection)), _is_of(staged, names), where)
        )
    return counts


def erase_links(connection: sa.Connection, scope: Scope, erased: ErasedAddresses) -> Counts:
    """Erase the links that show an address, and the saved filters that name it."""
    names = (*shares.erase(connection, scope, erased), *saved_filters.erase(connection, scope, erased))
    return Counts((account, "texts") for account in names)


def _accounts(connection: sa.Connection, scope: Scope) -> Sequence[str]:
    """Give the accounts of *scope*: the index of an address begins with its account."""
    if scope.account is not None:
        return [scope.account]
    return [*connection.scalars(sa.select(accounts.c.name)), *connection.scalars(sa.select(former_accounts.c.name))]


def _is_of(table: sa.Table, names: Sequence[str]) -> sa.ColumnElement[bool]:
    return table.c.account.in_(names)


def _erase_suppressions(
    connection: sa.Connection, names: Sequence[str], erased: ErasedAddresses, order: ErasureOrder, secret: bytes
) -> Counts:
    counts, rows = Counts(), dict[int, Any]()
    for where in erased.rows(suppressions.c.address_key, suppressions.c.address_folded):
        query = sa.select(suppressions).where(_is_of(suppressions, names), where)
        rows.update({row.id: row for row in connection.execute(query)})
    lasting_rows = [row for row in rows.values() if order.keeps_suppressions and _is_in_force(row, order.at)]
    if lasting_rows:
        suppression_digests.insert_digests(connection, keep_secret(connection, secret), lasting_rows)
    if not order.keeps_suppressions:
        for name in names:
            for form in (*erased.plain, *erased.folded):
                lifted_count = suppression_digests.lift(
                    connection, name, form, folds=form in erased.folded, now=order.at
                )
                counts.update({(name, "suppressions"): 1} if lifted_count else {})
    for row in rows.values():
        counts[row.account, "kept_suppressions" if row in lasting_rows else "suppressions"] += 1
    connection.execute(sa.delete(suppressions).where(suppressions.c.id.in_(sorted(rows))))
    return counts


def _is_in_force(row: Any, now: dt.datetime) -> bool:
    return row.until is None or row.until > now


def erase_trail(connection: sa.Connection, scope: Scope, erased: ErasedAddresses) -> Counts:
    """Erase some entries of the audit trail about the addresses."""
    counts = Counts()
    for where in erased.rows(trail.c.address_key, trail.c.address_folded):
        query = sa.select(trail.c.id, trail.c.account).where(where, *scope_checks(scope, trail.c.account))
        rows = connection.execute(query.limit(ENTRIES_PER_COMMIT)).all()
        for row in rows:
            counts[row.account, "changes"] += 1
        connection.execute(sa.delete(trail).where(trail.c.id.in_([row.id for row in rows])))
    return counts


def note_erasure(connection: sa.Connection, counts: Counts, order: ErasureOrder) -> None:
    """Write an entry of the audit trail for each account of which rows were erased: how many, by whose word, and no address."""
    by_account: dict[str, Counter[str]] = {}
    for (account, kind), number in counts.items():
        by_account.setdefault(account or NO_ACCOUNT, Counter())[kind] += number
    rows = [_entry(account, numbers, order) for account, numbers in by_account.items() if numbers.total()]
    write_rows(connection, _ADDING, rows)


def _entry(account: str, numbers: Counter[str], order: ErasureOrder) -> dict[str, Any]:
    in_words = ", ".join(f"{kind.replace('_', ' ')} {number}" for kind, number in sorted(numbers.items()) if number)
    texts = {"address": "", "address_key": "", "stream": "", "reason": "", "why": f"{order.words}: {in_words}"}
    empty = {"address_folded": None, "until": None, "letter_id": None, "rule": None}
    change = {"at": order.at, "account": account, "change": TrailChange.ERASED.value, "source": order.source.value}
    return {**change, **texts, **empty}
