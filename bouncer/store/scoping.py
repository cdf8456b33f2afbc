"""A scope as conditions of a query: every query of an account's data has them."""

import sqlalchemy as sa

from bouncer.ports.scope import Scope


def scope_conditions(
    scope: Scope, account: sa.ColumnElement[str] | sa.ColumnElement[str | None]
) -> tuple[sa.ColumnElement[bool], ...]:
    """Give the conditions that select the rows in *scope* by the column *account*; none for the operator's scope."""
    return () if scope.account is None else (account == scope.account,)
