"""Scope: the data that a call may see and change, of one account or of all. It is the first argument of such calls.

A scope is an authority, not a filter: for the caller, rows outside the scope do not exist. There is no default and no None, so
that a program that forgets to name an account cannot get all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias


@dataclass(frozen=True, slots=True)
class AccountScope:
    """One account: its own rows, and no row of another account or of none.

    *account* is the account's name, or that of a removed account whose records are kept (``mail.former.former_name``).
    """

    account: str

    def __post_init__(self) -> None:
        """Raise ValueError for an empty name."""
        if not self.account:
            raise ValueError("an account's scope needs the account's name")

    def covers(self, account: str | None) -> bool:
        """Whether a row of *account* is inside the scope; None is the account of a row that belongs to nobody."""
        return account == self.account


@dataclass(frozen=True, slots=True)
class OperatorScope:
    """All accounts, and the rows that belong to none: the operator of the installation, and the daemon itself."""

    account: ClassVar[None] = None

    def covers(self, _account: str | None) -> bool:
        """Whether a row is inside the scope: every row is."""
        return True


Scope: TypeAlias = AccountScope | OperatorScope
"""The authority of a call: one account, or the operator."""

OPERATOR = OperatorScope()
"""The one value of the operator's scope."""
