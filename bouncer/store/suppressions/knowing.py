"""The accounts that may know an address: found by a few queries, because the story of one account takes ten transactions."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.mail.address import split
from bouncer.ports.scope import Scope
from bouncer.store.engine.values import in_parts
from bouncer.store.erasures.digests import digest, secret_of
from bouncer.store.scoping import scope_conditions
from bouncer.store.suppressions.keys import ADDRESS, RECIPIENT, both_forms, key
from bouncer.store.tables import accounts, allowed, bounces, erased_suppressions, suppressions, trail

MOST_REPORTS = 10_000
"""Reports on an address, the newest, that are looked at: some ten milliseconds."""


def accounts_knowing(connection: sa.Connection, scope: Scope, address: str) -> frozenset[str]:
    """Give the names of accounts inside *scope* that may know *address*, or its domain, in any spelling that an account folds."""
    query = sa.select(accounts.c.name).where(*scope_conditions(scope, accounts.c.name))
    names = connection.scalars(query.order_by(accounts.c.name)).all()
    forms = both_forms(address), both_forms(f"@{split(key(address))[1]}")
    knowing_names = {name for query in _queries_by_address(forms[0]) for name in connection.scalars(query)}
    for some in in_parts(names):
        for query in _queries_by_accounts(forms, some):
            knowing_names |= set(connection.scalars(query))
        knowing_names |= _who_erased(connection, forms[0], some)
    return frozenset(knowing_names.intersection(names))


_Forms = dict[str, str | None]


def _queries_by_address(forms: _Forms) -> Iterator[sa.Select[Any]]:
    """Give the queries of tables in which an address is found without its account."""
    for column, of_bounces in zip(ADDRESS, RECIPIENT, strict=True):
        if (form := forms[column]) is not None:
            yield sa.select(trail.c.account).where(trail.c[column] == form).distinct()
            newest = sa.select(bounces.c.account).where(bounces.c[of_bounces] == form).limit(MOST_REPORTS).subquery()
            yield sa.select(newest.c.account).distinct()


def _queries_by_accounts(forms: Sequence[_Forms], names: Sequence[str]) -> Iterator[sa.Select[Any]]:
    """Give the queries of tables in which an address is found with its account."""
    for table, column in ((table, column) for table in (suppressions, allowed) for column in ADDRESS):
        column_forms = [form for form in (spelling[column] for spelling in forms) if form is not None]
        if column_forms:
            yield (
                sa.select(table.c.account)
                .where(table.c.account.in_(names), table.c[column].in_(column_forms))
                .distinct()
            )


def _who_erased(connection: sa.Connection, forms: _Forms, names: Sequence[str]) -> set[str]:
    """Give the accounts that keep a suppression of the erased address, by its digests."""
    secret = secret_of(connection)
    if secret is None:
        return set()
    knowing_names = set[str]()
    for column, of_erased in zip(ADDRESS, ("digest", "folded"), strict=True):
        if (form := forms[column]) is not None:
            digests = [digest(secret, name, form) for name in names]
            query = sa.select(erased_suppressions.c.account).where(erased_suppressions.c[of_erased].in_(digests))
            knowing_names |= set(connection.scalars(query.distinct()))
    return knowing_names
