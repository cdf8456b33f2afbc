"""Scope: whose data a call may see and change, one account's or all. Every call about an account's data begins with one.

A scope says whose authority a call has, not what it looks for: a row outside the scope is to the caller as if it did not
exist. There is no default and no None, so that a program that forgets to name an account cannot get all of them.
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
        """Raise ValueError for what names no account."""
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
        """Whether a row of *account* is inside the scope: each is."""
        return True


Scope: TypeAlias = AccountScope | OperatorScope
"""Whose data a call is about."""

OPERATOR = OperatorScope()
"""The one value of the operator's scope."""
