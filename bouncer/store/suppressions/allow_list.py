"""The allow-list in the store: addresses and whole domains (``@example.org``) that are never suppressed."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bouncer.mail.address import ALL_OF_GMAIL, split
from bouncer.policy.records import ChangeSource
from bouncer.ports.scope import Scope
from bouncer.ports.suppressions import Allowed, TrailChange
from bouncer.store.engine.engine import insert
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.engine.values import in_parts
from bouncer.store.erasures import suppression_digests
from bouncer.store.scoping import scope_conditions
from bouncer.store.suppressions import changes, trail
from bouncer.store.suppressions.keys import ADDRESS, Keys, both_forms, key
from bouncer.store.tables import allowed, suppressions


@dataclass(frozen=True, slots=True)
class CoveredSuppressions:
    """The suppressions that an entry of the allow-list covers, by id, and the newest id of all suppressions at that time."""

    ids: Sequence[int]
    newest: int


def find_covered(connection: sa.Connection, entry: Allowed) -> CoveredSuppressions:
    """Find the suppressions that an entry covers; for a domain it reads all of the account's, outside of a write transaction."""
    newest = connection.scalar(sa.select(sa.func.max(suppressions.c.id))) or 0
    return CoveredSuppressions(
        connection.scalars(sa.select(suppressions.c.id).where(_falls_under(connection, entry))).all(), newest
    )


def allow(connection: sa.Connection, entry: Allowed, covered: CoveredSuppressions, *, source: ChangeSource) -> bool:
    """Add an entry and delete the suppressions *covered*, and later ones; False where it was on the list already.

    Another spelling of an entry is added as a row of its own: it stays when the account folds Gmail's addresses no longer.
    """
    was_listed = (
        connection.scalar(sa.select(allowed.c.account).where(_is_entry(connection, entry)).limit(1)) is not None
    )
    row = {"account": entry.account, **both_forms(entry.address), "address": entry.address, "at": entry.at}
    new = connection.execute(insert(connection, allowed).values(**row, why=entry.why).on_conflict_do_nothing()).rowcount
    if not new:
        return False
    falls_under = _falls_under(connection, entry)
    later = connection.scalars(
        sa.select(suppressions.c.id).where(suppressions.c.id > covered.newest, falls_under)
    ).all()
    ids = [*covered.ids, *later]
    changes.note_allowed(connection, entry, ids, source=source)
    for some in in_parts(ids):
        connection.execute(sa.delete(suppressions).where(suppressions.c.id.in_(some), falls_under))
    keys = Keys(connection)
    form = keys.form(entry.account, entry.address)
    suppression_digests.lift(connection, entry.account, form, folds=keys.folds(entry.account), now=entry.at)
    trail.note_allow_list(connection, entry, change=TrailChange.ALLOWED, source=source)
    return not was_listed


def disallow(connection: sa.Connection, entry: Allowed, *, source: ChangeSource) -> bool:
    """Delete an entry in all spellings; False where it was not on the list."""
    where = _is_entry(connection, entry)
    spellings = connection.scalars(sa.select(allowed.c.address).where(where)).all()
    connection.execute(sa.delete(allowed).where(where))
    for address in spellings:
        spelling = dataclasses.replace(entry, address=address)
        trail.note_allow_list(connection, spelling, change=TrailChange.DISALLOWED, source=source)
    return bool(spellings)


def list_allowed(connection: sa.Connection, scope: Scope) -> list[Allowed]:
    """List the entries in *scope*, in order of address."""
    entries = sa.select(allowed.c.account, allowed.c.address, allowed.c.at, allowed.c.why)
    entries = entries.where(*scope_conditions(scope, allowed.c.account)).order_by(
        allowed.c.address_key, allowed.c.account
    )
    return [Allowed(*row) for row in connection.execute(entries)]


def entries_of(connection: sa.Connection, account: str, address: str, keys: Keys | None = None) -> list[Allowed]:
    """Give the entries of an account that cover *address*: its own, and that of its domain, in order of address."""
    keys = keys or Keys(connection, [account])
    own_form = keys.form(account, address)
    forms = sorted({own_form, keys.form(account, _domain(key(address)))})
    rows = fetch_rows(connection, _ENTRIES[keys.folds(account)], {"names": [account], "forms": forms})
    entries = {row.address_key: row for row in rows if keys.form_of(account, row) in forms}
    return [Allowed(account, row.address, row.at, row.why) for _, row in sorted(entries.items())]


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


def _is_entry(connection: sa.Connection, entry: Allowed) -> sa.ColumnElement[bool]:
    """Select the rows of an entry, in all spellings that the account takes for the same address."""
    keys = Keys(connection)
    same = keys.select_forms(entry.account, allowed, [keys.form(entry.account, entry.address)])
    return sa.and_(allowed.c.account == entry.account, same)


def _falls_under(connection: sa.Connection, entry: Allowed) -> sa.ColumnElement[bool]:
    keys = Keys(connection)
    form = keys.form(entry.account, entry.address)
    if not form.startswith("@"):
        covered = keys.select_forms(entry.account, suppressions, [form])
    elif form == ALL_OF_GMAIL and keys.folds(entry.account):
        covered = suppressions.c.address_folded.is_not(None)
    else:
        covered = suppressions.c.address_domain == form[1:]
    return sa.and_(suppressions.c.account == entry.account, covered)
