"""Accounts and aliases in the store."""

import datetime as dt

import sqlalchemy as sa

from bouncer.ports import Account, Alias, Directory
from bouncer.store.engine import insert
from bouncer.store.tables import accounts, aliases, allowed, buckets, owners, suppressions


def directory(connection: sa.Connection) -> Directory:
    """Give all accounts and aliases."""
    failing: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(sa.select(owners).where(owners.c.failed_at.is_not(None)).order_by(owners.c.address)):
        failing[row.account] = (*failing.get(row.account, ()), row.address)
    named = {
        row.name: Account(
            row.name,
            row.owners,
            row.forwarding,
            row.created_at,
            row.senders,
            row.terms,
            row.wishes,
            failing.get(row.name, ()),
        )
        for row in connection.execute(sa.select(accounts).order_by(accounts.c.name))
    }
    found = connection.execute(sa.select(aliases.c.address, aliases.c.account).order_by(aliases.c.address))
    return Directory(named, {row.address: row.account for row in found})


def add_account(connection: sa.Connection, account: Account, *, now: dt.datetime) -> bool:
    """Add it; False where the name is taken."""
    row = {
        "name": account.name,
        "owners": account.owners,
        "forwarding": account.forwarding,
        "created_at": account.created_at or now,
        "senders": account.senders,
        "terms": account.terms,
        "wishes": account.wishes,
    }
    return connection.execute(insert(connection, accounts).values(row).on_conflict_do_nothing()).rowcount > 0


def set_account(connection: sa.Connection, account: Account) -> bool:
    """Change all but its name and age; False where it is unknown."""
    change = {name: getattr(account, name) for name in ("owners", "forwarding", "senders", "terms", "wishes")}
    of_account = owners.c.account == account.name
    connection.execute(sa.update(owners).where(of_account).values(failed_at=None, failed_why=None))
    return connection.execute(sa.update(accounts).where(accounts.c.name == account.name).values(change)).rowcount > 0


def remove_account(connection: sa.Connection, name: str) -> bool:
    """Remove it with its aliases, suppressions and allow-list; its trail stays. False where it is unknown."""
    for table in (aliases, suppressions, allowed, owners, buckets):
        connection.execute(sa.delete(table).where(table.c.account == name))
    return connection.execute(sa.delete(accounts).where(accounts.c.name == name)).rowcount > 0


def add_alias(connection: sa.Connection, alias: Alias, *, now: dt.datetime) -> bool:
    """Register it; False where the address is taken or the account unknown."""
    known = connection.scalar(sa.select(accounts.c.name).where(accounts.c.name == alias.account))
    if known is None:
        return False
    row = {"address": alias.address, "account": alias.account, "created_at": now}
    return connection.execute(insert(connection, aliases).values(row).on_conflict_do_nothing()).rowcount > 0


def remove_alias(connection: sa.Connection, address: str) -> bool:
    """Unregister it; False where it is unknown."""
    return connection.execute(sa.delete(aliases).where(aliases.c.address == address)).rowcount > 0
