"""A scope as conditions of a query: every query of an account's data has them."""

from typing import Any

import sqlalchemy as sa

from bouncer.ports.scope import Scope


def scope_checks(
    scope: Scope, account: sa.ColumnElement[str] | sa.ColumnElement[str | None]
) -> tuple[sa.ColumnElement[bool], ...]:
    """Give the conditions of ``scope_conditions`` for a query that finds its rows by another index than the account's."""
    return scope_conditions(scope, without_index(account))


def without_index(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Give a column of text in a form that no index has: a database without statistics may else read all rows of a value.

    The form has no bound parameter: so it is the same expression wherever a query has it.
    """
    return column.concat(_NOTHING)


_NOTHING = sa.literal_column("''", sa.Text)


def scope_conditions(
    scope: Scope, account: sa.ColumnElement[str] | sa.ColumnElement[str | None]
) -> tuple[sa.ColumnElement[bool], ...]:
    """Give the conditions that select the rows in *scope* by the column *account*; none for the operator's scope."""
    return () if scope.account is None else (account == scope.account,)
