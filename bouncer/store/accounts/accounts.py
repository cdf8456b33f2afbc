"""Accounts and aliases in the store."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa

from bouncer.mail.returnpath import Generation
from bouncer.ports.accounts import Account, Alias, Directory
from bouncer.store.accounts import subscriptions
from bouncer.store.accounts.removing import last_generation
from bouncer.store.engine.engine import insert
from bouncer.store.tables import accounts, aliases, former_aliases, owners

KEPT_FREE = dt.timedelta(days=30)
"""How long an alias of a removed account is given to no other: reports on its mail come up to two weeks late."""


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
            Generation(row.generation, row.underived_until),
        )
        for row in connection.execute(sa.select(accounts).order_by(accounts.c.name))
    }
    for name, subscribed in subscriptions.by_account(connection).items():
        if name in named:
            named[name] = replace(named[name], subscriptions=subscribed)
    found = connection.execute(sa.select(aliases.c.address, aliases.c.account).order_by(aliases.c.address))
    kept_free = connection.execute(sa.select(former_aliases.c.address, former_aliases.c.removed_at))
    return Directory(
        named,
        {row.address: row.account for row in found},
        {row.address: row.removed_at + KEPT_FREE for row in kept_free},
    )


def add_account(connection: sa.Connection, account: Account, *, now: dt.datetime) -> bool:
    """Add it, as the next of its name; False where the name is taken. A removed one of this name has left nothing under it."""
    row = {
        "name": account.name,
        "owners": account.owners,
        "forwarding": account.forwarding,
        "created_at": account.created_at or now,
        "senders": account.senders,
        "terms": account.terms,
        "wishes": account.wishes,
        "generation": last_generation(connection, account.name) + 1,
    }
    return connection.execute(insert(connection, accounts).values(row).on_conflict_do_nothing()).rowcount > 0


def set_account(connection: sa.Connection, account: Account) -> bool:
    """Change all but its name and age; False where it is unknown."""
    change = {name: getattr(account, name) for name in ("owners", "forwarding", "senders", "terms", "wishes")}
    of_account = owners.c.account == account.name
    connection.execute(sa.update(owners).where(of_account).values(failed_at=None, failed_why=None))
    return connection.execute(sa.update(accounts).where(accounts.c.name == account.name).values(change)).rowcount > 0


def add_alias(connection: sa.Connection, alias: Alias, *, now: dt.datetime) -> bool:
    """Register it; False where the address is taken, or kept free, or the account unknown."""
    known = connection.scalar(sa.select(accounts.c.name).where(accounts.c.name == alias.account))
    this = former_aliases.c.address == alias.address
    removed_at = connection.scalar(sa.select(former_aliases.c.removed_at).where(this))
    if known is None or (removed_at is not None and now < removed_at + KEPT_FREE):
        return False
    row = {"address": alias.address, "account": alias.account, "created_at": now}
    return connection.execute(insert(connection, aliases).values(row).on_conflict_do_nothing()).rowcount > 0


def remove_alias(connection: sa.Connection, address: str) -> bool:
    """Unregister it, or keep it free no longer; False where it is unknown."""
    kept_free = connection.execute(sa.delete(former_aliases).where(former_aliases.c.address == address)).rowcount
    return kept_free + connection.execute(sa.delete(aliases).where(aliases.c.address == address)).rowcount > 0
