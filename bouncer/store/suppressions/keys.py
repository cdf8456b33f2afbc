"""Keys: the forms by which an address is looked up, and the form that an account uses today.

Each row has two forms, independent of the account's rules when it was written: the address in comparable form, and for Gmail's
addresses the mailbox without the dots and the tag that Gmail ignores. So a change of ``AccountRules.fold_gmail`` changes queries,
and no stored row.
"""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from bouncer.mail.address import comparable, fold_comparable, gmail_mailbox
from bouncer.policy.account_rules import AccountRules
from bouncer.store.engine.columns import MAX_KEY, clean
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.tables import accounts, allowed, sent_messages

ADDRESS = ("address_key", "address_folded")
"""The columns of both forms in all tables but ``bounces``."""
RECIPIENT = ("recipient_key", "recipient_folded")
"""The columns of both forms in ``bounces``."""


def _has_any(table: sa.Table, second: str) -> sa.ColumnElement[bool]:
    """Whether *table* has rows of the account.

    Ordered by an index, so that the database uses it even where all rows are another account's.
    """
    account_rows = sa.select(table.c.account).where(table.c.account == accounts.c.name)
    return (
        account_rows.order_by(table.c.account, table.c[second])
        .limit(1)
        .correlate(accounts)
        .scalar_subquery()
        .is_not(None)
    )


_FACTS = sa.select(
    accounts.c.name,
    accounts.c.terms,
    _has_any(allowed, "address_key").label("allows"),
    _has_any(sent_messages, "reference").label("registers"),
).where(accounts.c.name.in_(sa.bindparam("names", expanding=True)))

_INDEXED_BY_ACCOUNT = ("suppressions",)
"""Tables with ids in which the index of the address begins with the account."""


def key(address: str) -> str:
    """Give the comparable form of an address as the column holds it."""
    return clean(comparable(address), MAX_KEY)


def both_forms(address: str) -> dict[str, str | None]:
    """Give both forms of an address, by column."""
    plain = key(address)
    return dict(zip(ADDRESS, (plain, gmail_mailbox(plain)), strict=True))


def select_forms_by_id(
    table: sa.Table,
    columns: Sequence[str],
    forms: sa.BindParameter[Any] | Sequence[str],
    names: sa.BindParameter[Any] | Sequence[str] | None = None,
) -> sa.ColumnElement[bool]:
    """Select the rows with one of *forms* in one of *columns* (of the accounts *names*), by the ids that the columns' indexes give.

    For plain conditions SQLite, which keeps no statistics, may take the index of the account and read all that the account has.
    """
    rows = _rows_of(table)
    of_accounts = [] if names is None else [rows.c.account.in_(names)]
    return table.c.id.in_(
        sa.union_all(*(sa.select(rows.c.id).where(*of_accounts, rows.c[column].in_(forms)) for column in columns))
    )


@functools.cache
def _rows_of(table: sa.Table) -> sa.FromClause:
    """Give the alias of a table for the ids in it: to make one for each query takes longer than to run it."""
    return table.alias()


@dataclass(frozen=True, slots=True)
class _Facts:
    """An account's rules, and what it may have: nothing is known of an account that does not exist."""

    terms: AccountRules = field(default_factory=AccountRules)
    allows: bool = True
    registers: bool = True
    exists: bool = False


class Keys:
    """The forms of addresses by the present rules of accounts; reads the rules of *names* at once, others one by one.

    With them comes whether an account has an allow-list and registered messages. Many have none, and need not be asked again.
    """

    def __init__(self, connection: sa.Connection, names: Iterable[str] = ()) -> None:
        self._connection = connection
        self._facts: dict[str, _Facts] = {}
        if account_names := sorted(set(names)):
            self._read(account_names)

    def facts(self) -> dict[str, object]:
        """Give all that was read of accounts, to be compared."""
        return dict(self._facts)

    def terms(self, account: str) -> AccountRules:
        """Give an account's rules; the default rules where the account is unknown."""
        return self._facts_of(account).terms

    def has_account(self, account: str) -> bool:
        """Whether there is an account of that name."""
        return self._facts_of(account).exists

    def has_allow_list(self, account: str) -> bool:
        """Whether the account may have entries on its allow-list."""
        return self._facts_of(account).allows

    def has_messages(self, account: str) -> bool:
        """Whether the account may have registered messages."""
        return self._facts_of(account).registers

    def _facts_of(self, account: str) -> _Facts:
        if account not in self._facts:
            self._read([account])
        return self._facts[account]

    def _read(self, names: Sequence[str]) -> None:
        rows = fetch_rows(self._connection, _FACTS, {"names": names})
        facts = {row.name: _Facts(row.terms, bool(row.allows), bool(row.registers), exists=True) for row in rows}
        self._facts.update({**dict.fromkeys(names, _Facts()), **facts})

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

    def select_forms(
        self, account: str, table: sa.Table, forms: Iterable[str], columns: tuple[str, str] = ADDRESS
    ) -> sa.ColumnElement[bool]:
        """Select the rows whose address *account* takes for one of *forms*; the caller selects the account itself."""
        form_list, names = list(forms), columns if self.folds(account) else columns[:1]
        if "id" not in table.c:
            return sa.or_(*(table.c[name].in_(form_list) for name in names))
        return select_forms_by_id(table, names, form_list, [account] if table.name in _INDEXED_BY_ACCOUNT else None)

    def select_in_all_accounts(self, table: sa.FromClause, address: str) -> sa.ColumnElement[bool]:
        """Select the rows, of all accounts, whose address their account takes for *address*."""
        plain = key(address)
        folding = [row.name for row in self._connection.execute(sa.select(accounts)) if row.terms.fold_gmail]
        exact = table.c.address_key == plain
        if not folding:
            return exact
        return sa.or_(exact, sa.and_(table.c.account.in_(folding), table.c.address_folded == fold_comparable(plain)))
