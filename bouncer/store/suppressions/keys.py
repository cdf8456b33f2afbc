"""Keys: the forms that an address is found by, and which of them an account asks for today.

Each row has two, whatever the account's terms were when it was written: the address in comparable form, and for Gmail's
addresses the mailbox without what Gmail ignores. So a change of ``Terms.fold_gmail`` changes what is asked, and nothing
that is stored.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from bouncer.mail.address import comparable, fold, gmail_mailbox
from bouncer.policy.account_rules import AccountRules
from bouncer.store.engine.columns import MAX_KEY, clean
from bouncer.store.tables import accounts

ADDRESS = ("address_key", "address_folded")
"""The columns of both forms in all tables but ``bounces``."""
RECIPIENT = ("recipient_key", "recipient_folded")
"""The columns of both forms in ``bounces``."""


def key(address: str) -> str:
    """Give the form that an address is found by, as the column holds it."""
    return clean(comparable(address), MAX_KEY)


def both(address: str) -> dict[str, str | None]:
    """Give both forms of an address, by column."""
    plain = key(address)
    return dict(zip(ADDRESS, (plain, gmail_mailbox(plain)), strict=True))


class Keys:
    """The forms of addresses as accounts compare them today; asks for each account's terms once."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._terms: dict[str, AccountRules] = {}

    def terms(self, account: str) -> AccountRules:
        """Give an account's terms; the default ones where it is unknown."""
        if account not in self._terms:
            asked = sa.select(accounts.c.terms).where(accounts.c.name == account)
            self._terms[account] = self._connection.scalar(asked) or AccountRules()
        return self._terms[account]

    def folds(self, account: str) -> bool:
        """Whether spellings of one mailbox at Gmail are one address to *account*."""
        return self.terms(account).fold_gmail

    def form(self, account: str, address: str) -> str:
        """Give the form in which *account* compares an address."""
        plain = key(address)
        return fold(plain) if self.folds(account) else plain

    def form_of(self, account: str, row: Any, columns: tuple[str, str] = ADDRESS) -> str:
        """Give the form in which *account* compares the address of a row."""
        plain, folded = (getattr(row, name) for name in columns)
        form: str = folded if folded and self.folds(account) else plain
        return form

    def among(
        self, account: str, table: sa.FromClause, forms: Iterable[str], columns: tuple[str, str] = ADDRESS
    ) -> sa.ColumnElement[bool]:
        """Choose the rows whose address *account* takes for one of *forms*; the account's own column is asked beside it."""
        plain, folded = (table.c[name].in_(list(forms)) for name in columns)
        return sa.or_(plain, folded) if self.folds(account) else plain

    def anyones(self, table: sa.FromClause, address: str) -> sa.ColumnElement[bool]:
        """Choose the rows whose address their accounts take for *address*."""
        plain = key(address)
        folding = [row.name for row in self._connection.execute(sa.select(accounts)) if row.terms.fold_gmail]
        exact = table.c.address_key == plain
        if not folding:
            return exact
        return sa.or_(exact, sa.and_(table.c.account.in_(folding), table.c.address_folded == fold(plain)))
