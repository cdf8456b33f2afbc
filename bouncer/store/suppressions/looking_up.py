"""Looking up which addresses are suppressed: few queries for many addresses, of any accounts and streams.

It finds the rows of an import in force that are not merged yet, too, so nothing has to be merged before. The staged rows are read
before the suppressions: a merge moves rows, and one that is moved between the two queries is found by both and never missed.

The accounts and the addresses are two lists of the query, and SQLite searches the index for each pair; of a list of pairs it would
read the whole table. PostgreSQL gets each list as one array: as thousands of parameters, to write them takes several times as long
as to search.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bouncer.mail.address import ALL_OF_GMAIL, gmail_mailbox
from bouncer.policy.records import Suppression
from bouncer.store.engine.columns import MAX_KEY, ArrayLiteral, clean
from bouncer.store.engine.queries import fetch_each
from bouncer.store.engine.values import VALUES_PER_QUERY, in_parts
from bouncer.store.erasures import suppression_digests
from bouncer.store.suppressions.keys import ADDRESS
from bouncer.store.suppressions.staging import UNMERGED
from bouncer.store.suppressions.suppressions import FIELDS, suppression
from bouncer.store.tables import accounts, allowed, staged, suppressions

LOOKED_UP_AT_ONCE = 2_500
"""Addresses of one look-up: they take the event loop some ten milliseconds, for which all other callers wait."""
MAX_LOOK_UPS = 50
"""Look-ups of one query: with ``VALUES_PER_QUERY`` addresses, each of another account, they search the index for some ten
milliseconds."""
READ_AT_ONCE = 20_000
"""Rows of the index that one query reads: a hundredth of a second."""
IndexPlace = tuple[str, str]
"""A place in an index: an account, and an address in comparable form."""
START: IndexPlace = ("", "")
"""The place before the first row of an index."""

KEY, FOLDED = ADDRESS


@dataclass(frozen=True, slots=True)
class LookUp:
    """The question which of *keys*, addresses as given -> their comparable form, are suppressed for *account* at *now*.

    *stream* as in ``ports.suppressions.SuppressionList.suppressions_of``. At most ``LOOKED_UP_AT_ONCE`` addresses.
    """

    account: str
    keys: Mapping[str, str]
    stream: str | None
    now: dt.datetime

    @property
    def share(self) -> float:
        """The fraction (0 to 1) of one query that the look-up fills."""
        return min(max(len(self.keys) / VALUES_PER_QUERY, 1 / MAX_LOOK_UPS), 1.0)


Found = dict[str, tuple[Suppression, ...]]
"""The suppressed addresses of a look-up, as given, each with all of its suppressions that the look-up asks for."""
IndexKey = tuple[str, str, str]
"""A column of an address's form, an account, and the form: what the index of that column is searched for."""


def read_index(connection: sa.Connection, after: IndexPlace, column: str = "address_key") -> IndexPlace | None:
    """Read a part of an index of the look-ups, into the cache; give the place of its end, None at the end of the index."""
    place = (suppressions.c.account, suppressions.c[column])
    query = sa.select(*place).where(sa.tuple_(*place) > sa.tuple_(*after), place[1].is_not(None)).order_by(*place)
    last = connection.execute(query.offset(READ_AT_ONCE - 1).limit(1)).first()
    return (last[0], last[1]) if last else None


def look_up(connection: sa.Connection, look_ups: Sequence[LookUp]) -> list[Found]:
    """Give for each look-up its suppressed addresses, each with its suppressions in force."""
    folding, unmerged = _folding_and_unmerged(connection, look_ups)
    places = [
        {address: _index_key(entry.account, key, folding) for address, key in entry.keys.items()} for entry in look_ups
    ]
    rows = _rows(connection, {place for by_address in places for place in by_address.values()}, unmerged)
    answers = [_choose_in_force(entry, by_address, rows) for entry, by_address in zip(look_ups, places, strict=True)]
    if suppression_digests.has_any(connection):
        for entry, by_address, answer in zip(look_ups, places, answers, strict=True):
            _add_erased(connection, entry, by_address, answer)
    return answers


def _add_erased(connection: sa.Connection, entry: LookUp, places: Mapping[str, IndexKey], answer: Found) -> None:
    """Add the suppressions of a look-up that hold on after their address was erased."""
    forms = {address: form for address, (_, _, form) in places.items()}
    folds = any(column == FOLDED for column, _, _ in places.values())
    forms_to_find = set(forms.values())
    erased_entries = suppression_digests.look_up(
        connection, entry.account, forms_to_find, folds=folds, now=entry.now, stream=entry.stream
    )
    for address, form in forms.items():
        if form in erased_entries:
            answer[address] = (*answer.get(address, ()), *erased_entries[form])


def _folding_and_unmerged(connection: sa.Connection, look_ups: Sequence[LookUp]) -> tuple[frozenset[str], list[str]]:
    """Give the accounts that fold Gmail's addresses, among those that ask about such an address, and the imports to be merged."""
    names = {entry.account for entry in look_ups if any(map(gmail_mailbox, entry.keys.values()))}
    terms = [(_TERMS, {"accounts": sorted(names)})] if names else []
    imported, *accounts_terms = fetch_each(connection, (UNMERGED, {}), *terms)
    return frozenset(row.name for rows in accounts_terms for row in rows if row.terms.fold_gmail), [
        row.name for row in imported
    ]


def _index_key(account: str, key: str, folding: frozenset[str]) -> IndexKey:
    mailbox = gmail_mailbox(key) if account in folding else None
    return (FOLDED, account, mailbox) if mailbox else (KEY, account, key)


def _rows(
    connection: sa.Connection, index_keys: set[IndexKey], unmerged: Sequence[str]
) -> Mapping[IndexKey, Sequence[Any]]:
    by_column = defaultdict[str, tuple[set[str], set[str]]](lambda: (set(), set()))
    for column, account, form in index_keys:
        names, forms = by_column[column]
        names.add(account)
        forms.add(form)
    arrays = connection.dialect.name == "postgresql"
    bound_queries = [
        (column, query[column], {"accounts": sorted(names), "forms": some, **of_imports})
        for query, of_imports in _queries(unmerged, arrays=arrays)
        for column, (names, forms) in by_column.items()
        for some in in_parts(sorted(forms), LOOKED_UP_AT_ONCE if arrays else VALUES_PER_QUERY)
    ]
    rows = defaultdict[IndexKey, list[Any]](list)
    answers = fetch_each(connection, *((query, values) for _, query, values in bound_queries))
    for (column, _, _), some in zip(bound_queries, answers, strict=True):
        for row in some:
            rows[column, row.account, row.form].append(row)
    return rows


def _queries(
    unmerged: Sequence[str], *, arrays: bool
) -> Iterator[tuple[Mapping[str, sa.Select[Any]], Mapping[str, Sequence[str]]]]:
    """Give the queries, by column, in the order in which they are asked, each with the imports that it asks about."""
    if unmerged:
        yield _STAGED[arrays], {"imports": unmerged}
    yield _MERGED[arrays], {}


def _choose_in_force(entry: LookUp, places: Mapping[str, IndexKey], rows: Mapping[IndexKey, Sequence[Any]]) -> Found:
    streams = None if entry.stream is None else ("", clean(entry.stream, MAX_KEY))
    hits: Found = {}
    for address, place in places.items():
        for row in rows.get(place, ()):
            if (row.until is None or row.until > entry.now) and (streams is None or row.stream in streams):
                hits[address] = (*hits.get(address, ()), suppression(row))
    return hits


def _query_merged(column: str, *, arrays: bool) -> sa.Select[Any]:
    """Make the query of suppressions by the form of the address in *column*; with *arrays* a list is one value."""
    fields = (suppressions.c[name] for name in FIELDS)
    condition = _is_asked(suppressions, column, arrays=arrays)
    return sa.select(*fields, suppressions.c[column].label("form")).where(condition)


def _query_unmerged(column: str, *, arrays: bool) -> sa.Select[Any]:
    """Make the query of the rows of imports."""
    fields = (staged.c[name] if name in staged.c else sa.null().label(name) for name in FIELDS)
    # by its bare name, SQLite would take the primary key for the folded form, too, and read all that the account has in the import
    name = staged.c.name if column == KEY else staged.c.name.concat("")
    entries = allowed.c[column].in_([staged.c[column], _ALLOWED_DOMAIN[column]])
    is_allowed = sa.exists().where(allowed.c.account == staged.c.account, entries)
    of_imports = name.in_(sa.bindparam("imports", expanding=True))
    where = (of_imports, _is_asked(staged, column, arrays=arrays), ~is_allowed)
    return sa.select(*fields, staged.c[column].label("form")).where(*where)


def _is_asked(table: sa.Table, column: str, *, arrays: bool) -> sa.ColumnElement[bool]:
    if not arrays:
        return sa.and_(table.c.account.in_(_ACCOUNTS), table.c[column].in_(_FORMS))
    return sa.and_(
        *(table.c[name] == sa.any_(of_all) for name, of_all in (("account", _ACCOUNT_ARRAY), (column, _FORM_ARRAY)))
    )


_ACCOUNTS: sa.BindParameter[Sequence[str]] = sa.bindparam("accounts", expanding=True)
_FORMS: sa.BindParameter[Sequence[str]] = sa.bindparam("forms", type_=sa.Text, expanding=True)
"""The type of forms in queries: they are clean already, and the columns' own type would clean each of them again."""
_ACCOUNT_ARRAY, _FORM_ARRAY = (
    sa.cast(sa.bindparam(name, type_=ArrayLiteral), sa.ARRAY(sa.Text)) for name in ("accounts", "forms")
)
_ALLOWED_DOMAIN = {KEY: "@" + staged.c.address_domain, FOLDED: sa.literal(ALL_OF_GMAIL)}
"""The allow-list's entry for the domain of a staged row."""
_MERGED = {arrays: {column: _query_merged(column, arrays=arrays) for column in ADDRESS} for arrays in (False, True)}
_STAGED = {arrays: {column: _query_unmerged(column, arrays=arrays) for column in ADDRESS} for arrays in (False, True)}
"""The queries, by whether lists are arrays, and by column."""
_TERMS = sa.select(accounts.c.name, accounts.c.terms).where(accounts.c.name.in_(_ACCOUNTS))
