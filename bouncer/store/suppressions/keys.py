"""Keys: the forms by which an address is looked up, and the form that an account uses today.

Each row has two forms, independent of the account's rules when it was written: the address in comparable form, and for Gmail's
addresses the mailbox without the dots and the tag that Gmail ignores. So a change of ``AccountRules.fold_gmail`` changes queries,
and no stored row.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.mail.address import comparable, fold_comparable, gmail_mailbox
from bouncer.policy.account_rules import AccountRules
from bouncer.store.engine.columns import MAX_KEY, clean
from bouncer.store.tables import accounts

ADDRESS = ("address_key", "address_folded")
"""The columns of both forms in all tables but ``bounces``."""
RECIPIENT = ("recipient_key", "recipient_folded")
"""The columns of both forms in ``bounces``."""


_TERMS = sa.select(accounts.c.name, accounts.c.terms).where(accounts.c.name.in_(sa.bindparam("names", expanding=True)))

_INDEXED_BY_ACCOUNT = ("suppressions",)
"""Tables with ids in which the index of the address begins with the account."""


def key(address: str) -> str:
    """Give the comparable form of an address as the column holds it."""
    return clean(comparable(address), MAX_KEY)


def both_forms(address: str) -> dict[str, str | None]:
    """Give both forms of an address, by column."""
    plain = key(address)
    return dict(zip(ADDRESS, (plain, gmail_mailbox(plain)), strict=True))


def among_by_id(
    table: sa.Table,
    columns: Sequence[str],
    forms: sa.BindParameter[Any] | Sequence[str],
    names: sa.BindParameter[Any] | Sequence[str] | None = None,
) -> sa.ColumnElement[bool]:
    """Select the rows with one of *forms* in one of *columns* (of the accounts *names*), by the ids that the columns' indexes give.

    For plain conditions SQLite, which keeps no statistics, may take the index of the account and read all that the account has.
    """
    rows = table.alias()
    of_accounts = [] if names is None else [rows.c.account.in_(names)]
    return table.c.id.in_(
        sa.union_all(*(sa.select(rows.c.id).where(*of_accounts, rows.c[column].in_(forms)) for column in columns))
    )


class Keys:
    """The forms of addresses by the present rules of accounts; reads the rules of *names* at once, others one by one."""

    def __init__(self, connection: sa.Connection, names: Iterable[str] = ()) -> None:
        self._connection = connection
        self._terms: dict[str, AccountRules] = {}
        if asked := sorted(set(names)):
            self._read(asked)

    def terms(self, account: str) -> AccountRules:
        """Give an account's rules; the default rules where the account is unknown."""
        if account not in self._terms:
            self._read([account])
        return self._terms[account]

    def _read(self, names: Sequence[str]) -> None:
        rows = self._connection.execute(_TERMS, {"names": names})
        self._terms.update({**dict.fromkeys(names, AccountRules()), **{row.name: row.terms for row in rows}})

    def folds(self, account: str) -> bool:
        """Whether *account* takes all spellings of a mailbox at Gmail for one address."""
        return self.terms(account).fold_gmail

    def form(self, account: str, address: str) -> str:
        """Give the form in which *account* compares an address."""
        plain = key(address)
        return fold_comparable(plain) if self.folds(account) else plain

    def form_of(self, account: str, row: Any, columns: tuple[str, str] = ADDRESS) -> str:
        """Give the form in which *account* compares the address of a row."""
        plain, folded = (getattr(row, name) for name in columns)
        form: str = folded if folded and self.folds(account) else plain
        return form

    def among(
        self, account: str, table: sa.Table, forms: Iterable[str], columns: tuple[str, str] = ADDRESS
    ) -> sa.ColumnElement[bool]:
        """Select the rows whose address *account* takes for one of *forms*; the caller selects the account itself."""
        asked, names = list(forms), columns if self.folds(account) else columns[:1]
        if "id" not in table.c:
            return sa.or_(*(table.c[name].in_(asked) for name in names))
        return among_by_id(table, names, asked, [account] if table.name in _INDEXED_BY_ACCOUNT else None)

    def among_all_accounts(self, table: sa.FromClause, address: str) -> sa.ColumnElement[bool]:
        """Select the rows, of all accounts, whose address their account takes for *address*."""
        plain = key(address)
        folding = [row.name for row in self._connection.execute(sa.select(accounts)) if row.terms.fold_gmail]
        exact = table.c.address_key == plain
        if not folding:
            return exact
        return sa.or_(exact, sa.and_(table.c.account.in_(folding), table.c.address_folded == fold_comparable(plain)))
