"""The queries for the history of some addresses of some accounts; each is built once, and finds its rows by address."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bouncer.ports.suppressions import TrailChange
from bouncer.store.suppressions.keys import ADDRESS, RECIPIENT, select_forms_by_id
from bouncer.store.tables import bounces, suppressions
from bouncer.store.tables import trail as trail_table

MOST_CHANGES = 100
"""Changes of one address that are loaded, the newest."""


@dataclass(frozen=True, slots=True)
class HistoryQueries:
    """The queries for the history of some addresses of some accounts, each built once."""

    suppressions: sa.Select[Any]
    failures: sa.Select[Any]
    changes: sa.Select[Any]


def _queries(*, folds: bool) -> HistoryQueries:
    """Build the queries for accounts of which none folds Gmail's addresses, or some."""
    return HistoryQueries(_suppressions(folds), _failures(folds), _changes(folds))


def _suppressions(folds: bool) -> sa.Select[Any]:
    binds = (
        sa.bindparam("forms", type_=sa.Text, expanding=True),
        sa.bindparam("accounts", type_=sa.Text, expanding=True),
    )
    return sa.select(suppressions).where(select_forms_by_id(suppressions, ADDRESS if folds else ADDRESS[:1], *binds))


def _failures(folds: bool) -> sa.Select[Any]:
    columns = bounces.c
    return sa.select(
        columns.account, *(columns[name] for name in RECIPIENT), columns.at, columns.category, columns.stream
    ).where(
        _is_among(bounces, RECIPIENT, folds),
        columns.counts,
        columns.at > sa.bindparam("since"),
        columns.category.is_not(None),
        _is_of_accounts(bounces),
    )


def _changes(folds: bool) -> sa.Select[Any]:
    columns = trail_table.c
    newer = sa.func.row_number().over(partition_by=(columns.account, columns.address_key), order_by=columns.id.desc())
    names = ("account", *ADDRESS, "at", "change", "reason", "source")
    changes = (
        sa.select(columns.id, *(columns[name] for name in names), newer.label("nth"))
        .where(
            _is_among(trail_table, ADDRESS, folds),
            columns.change.in_((TrailChange.SUPPRESSED, TrailChange.FREED)),
            _is_of_accounts(trail_table),
        )
        .subquery()
    )
    return sa.select(*(changes.c[name] for name in names)).where(changes.c.nth <= MOST_CHANGES).order_by(changes.c.id)


def _is_among(table: sa.Table, columns: tuple[str, str], folds: bool) -> sa.ColumnElement[bool]:
    """Select the rows of some forms; ``Ledger._key_of_row`` assigns each to the form of its own account."""
    forms = sa.bindparam("forms", type_=sa.Text, expanding=True)
    plain, folded = (table.c[name].in_(forms) for name in columns)
    return sa.or_(plain, folded) if folds else plain


def _is_of_accounts(table: sa.Table) -> sa.ColumnElement[bool]:
    """Select the rows of some accounts, hidden from the database's query planner.

    By an account's index the database would read all rows of the account, which can be millions, and not those of some addresses.
    """
    return sa.func.coalesce(table.c.account, "").in_(sa.bindparam("accounts", expanding=True))


QUERIES = {folds: _queries(folds=folds) for folds in (False, True)}
"""By whether one of the accounts folds Gmail's addresses."""
