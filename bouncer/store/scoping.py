"""A scope as conditions of a query: every query about an account's data is narrowed by them."""

import sqlalchemy as sa

from bouncer.ports.scope import Scope


def inside(
    scope: Scope, account: sa.ColumnElement[str] | sa.ColumnElement[str | None]
) -> tuple[sa.ColumnElement[bool], ...]:
    """Give the conditions that keep to the rows of *scope*, by the column of the account; none for the operator's scope."""
    return () if scope.account is None else (account == scope.account,)
