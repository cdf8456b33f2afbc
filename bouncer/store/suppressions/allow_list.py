"""The allow-list in the store: addresses and whole domains (``@example.org``) that are never suppressed."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bouncer.mail.address import split
from bouncer.ports.scope import Scope
from bouncer.ports.suppressions import Allowed
from bouncer.store.engine.engine import Engine
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.engine.values import in_parts
from bouncer.store.suppressions.keys import ADDRESS, Keys, key
from bouncer.store.tables import allowed

ENTRIES_AT_ONCE = 1000
"""Entries of one page of the allow-list: some five milliseconds of the event loop."""


@dataclass(frozen=True, slots=True)
class _Place:
    """The entry behind which a page begins, by its primary key."""

    account: str = ""
    form: str = ""


async def list_allowed(engine: Engine, scope: Scope) -> list[Allowed]:
    """List the entries in *scope*, in order of address; each page is read by itself, so that others have their turns."""
    listed, start = list[tuple[str, Allowed]](), _Place()
    while rows := await engine.read(read_page, scope, start):
        listed += [(row.address_key, Allowed(row.account, row.address, row.at, row.why)) for row in rows]
        start = _Place(rows[-1].account, rows[-1].address_key)
        if len(rows) < ENTRIES_AT_ONCE:
            break
    if scope.account is None:
        await asyncio.to_thread(listed.sort, key=lambda entry: (entry[0], entry[1].account))
    return [entry for _, entry in listed]


def read_page(connection: sa.Connection, scope: Scope, start: _Place) -> Sequence[Any]:
    """Give the entries behind *start* in *scope*, at most ENTRIES_AT_ONCE, in the order of the primary key."""
    values = {"account": start.account, "form": start.form, "most": ENTRIES_AT_ONCE}
    if scope.account is None:
        return fetch_rows(connection, _PAGE, values)
    return fetch_rows(connection, _PAGE_OF_ACCOUNT, {**values, "account": scope.account})


def entries_of(connection: sa.Connection, account: str, address: str, keys: Keys | None = None) -> list[Allowed]:
    """Give the entries of an account that cover *address*: its own, and that of its domain, in order of address."""
    keys = keys or Keys(connection, [account])
    rows = find_rows(connection, account, {keys.form(account, form) for form in (address, _domain(key(address)))}, keys)
    return [Allowed(account, row.address, row.at, row.why) for _, row in sorted(rows.items())]


def find_rows(connection: sa.Connection, account: str, forms: Iterable[str], keys: Keys) -> dict[str, Any]:
    """Give the entries of an account that it takes for one of *forms*, by ``address_key``: each spelling has one."""
    sought, query = sorted(set(forms)), _ENTRIES[keys.folds(account)]
    return {
        row.address_key: row
        for some in in_parts(sought)
        for row in fetch_rows(connection, query, {"names": [account], "forms": some})
        if keys.form_of(account, row) in sought
    }


def find_allowed(connection: sa.Connection, keys: Keys, pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Give the pairs (account, form) of *pairs*, forms by *keys*, whose address or domain is on the account's allow-list."""
    pairs = [pair for pair in pairs if keys.has_allow_list(pair[0])]
    if not pairs:
        return set()
    names = sorted({account for account, _ in pairs})
    query = _ALLOWED[any(map(keys.folds, names))]
    forms = sorted({form for _, address in pairs for form in (address, _domain(address))})
    entries = {
        (row.account, keys.form_of(row.account, row))
        for some in in_parts(forms)
        for row in fetch_rows(connection, query, {"names": names, "forms": some})
    }
    return {(account, form) for account, form in pairs if {(account, form), (account, _domain(form))} & entries}


_ENTRY = (allowed.c.account, allowed.c.address_key, allowed.c.address, allowed.c.at, allowed.c.why)
_IN_ORDER = (
    sa.select(*_ENTRY).order_by(allowed.c.account, allowed.c.address_key).limit(sa.bindparam("most", type_=sa.Integer))
)
_ACCOUNT, _FORM = sa.bindparam("account", type_=sa.Text), sa.bindparam("form", type_=sa.Text)
_PAGE = _IN_ORDER.where(sa.tuple_(allowed.c.account, allowed.c.address_key) > sa.tuple_(_ACCOUNT, _FORM))
_PAGE_OF_ACCOUNT = _IN_ORDER.where(allowed.c.account == _ACCOUNT, allowed.c.address_key > _FORM)
_OF_NAMES = allowed.c.account.in_(sa.bindparam("names", expanding=True))


def _queries(*names: str) -> Mapping[bool, sa.CompoundSelect[Any]]:
    """Make the queries for the columns *names*, by whether one of the accounts folds Gmail's addresses.

    They ask by each form of an address: with an OR, the database would read the accounts' whole lists.
    """
    entries = sa.select(*(allowed.c[name] for name in names)).where(_OF_NAMES)
    forms: sa.BindParameter[Any] = sa.bindparam("forms", type_=sa.Text, expanding=True)
    by_form = [entries.where(allowed.c[column].in_(forms)) for column in ADDRESS]
    return {False: sa.union_all(by_form[0]), True: sa.union_all(*by_form)}


_ALLOWED = _queries("account", *ADDRESS)
_ENTRIES = _queries("account", *ADDRESS, "address", "at", "why")


def _domain(address_key: str) -> str:
    return f"@{split(address_key)[1]}"
