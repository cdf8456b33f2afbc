"""Accounts and aliases in the store."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa

from bouncer.mail.address import comparable
from bouncer.mail.returnpath import Generation
from bouncer.ports.accounts import Account, Alias, Directory
from bouncer.ports.scope import Scope
from bouncer.store.accounts import directory_version, subscriptions
from bouncer.store.accounts.removing import last_generation
from bouncer.store.engine.columns import clean
from bouncer.store.engine.engine import insert
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.scoping import scope_conditions
from bouncer.store.shares import shares
from bouncer.store.sign_ins import sign_ins
from bouncer.store.tables import accounts, aliases, former_aliases, owners
from bouncer.store.taught import taught
from bouncer.store.webhooks import endpoints

KEPT_FREE = dt.timedelta(days=30)
"""The time for which a removed account's alias is given to no other account: reports come up to two weeks after the mail."""


def directory(connection: sa.Connection, scope: Scope) -> Directory:
    """Give the accounts and aliases in *scope*; for the operator also the addresses that are kept free."""
    failing: dict[str, tuple[str, ...]] = {}
    failing_owners = sa.select(owners).where(
        owners.c.failed_at.is_not(None), *scope_conditions(scope, owners.c.account)
    )
    for row in connection.execute(failing_owners.order_by(owners.c.address)):
        failing[row.account] = (*failing.get(row.account, ()), row.address)
    by_name = {
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
        for row in connection.execute(
            sa.select(accounts).where(*scope_conditions(scope, accounts.c.name)).order_by(accounts.c.name)
        )
    }
    for name, subscribed in subscriptions.subscriptions_by_account(connection).items():
        if name in by_name:
            by_name[name] = replace(by_name[name], subscriptions=subscribed)
    for name, destinations in endpoints.endpoints_by_account(connection).items():
        if name in by_name:
            by_name[name] = replace(by_name[name], endpoints=destinations)
    query = sa.select(aliases.c.address, aliases.c.account).where(*scope_conditions(scope, aliases.c.account))
    return Directory(
        by_name,
        {row.address: row.account for row in connection.execute(query.order_by(aliases.c.address))},
        _kept_free(connection) if scope.account is None else {},
        taught.read_in_force(connection) if scope.account is None else (),
        directory_version.read_version(connection),
    )


def has_account(connection: sa.Connection, name: str) -> bool:
    """Whether there is an account of that name."""
    return any(row.name == name for row in fetch_rows(connection, _NAMED, {"name": clean(name)}))


_NAMED = sa.select(accounts.c.name).where(accounts.c.name == sa.bindparam("name"))


def names(connection: sa.Connection, scope: Scope, limit: int) -> tuple[str, ...]:
    """Give the first names of accounts in *scope*, *limit* at most."""
    query = sa.select(accounts.c.name).where(*scope_conditions(scope, accounts.c.name)).order_by(accounts.c.name)
    return tuple(connection.scalars(query.limit(limit)))


def _kept_free(connection: sa.Connection) -> dict[str, dt.datetime]:
    """Give the aliases of removed accounts, each with the time until which it is kept free."""
    former = connection.execute(sa.select(former_aliases.c.address, former_aliases.c.removed_at))
    return {row.address: row.removed_at + KEPT_FREE for row in former}


def add_account(connection: sa.Connection, account: Account, *, now: dt.datetime) -> bool:
    """Add an account as the next generation of its name; False where the name is taken.

    The rows of a removed account of the name must have been moved away before.
    """
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
    """Change all of an account but its name and age, and end what owners that it has no more are given: sessions, share links.

    False where it is unknown.
    """
    former_owners = connection.scalar(sa.select(accounts.c.owners).where(accounts.c.name == account.name)) or ()
    if former_forms := set(map(comparable, former_owners)) - set(map(comparable, account.owners)):
        shares.end_of_persons(connection, account.name, former_forms)
        sign_ins.end_of_owners(connection, account.name, former_forms)
    change = {name: getattr(account, name) for name in ("owners", "forwarding", "senders", "terms", "wishes")}
    of_account = owners.c.account == account.name
    connection.execute(sa.update(owners).where(of_account).values(failed_at=None, failed_why=None))
    return connection.execute(sa.update(accounts).where(accounts.c.name == account.name).values(change)).rowcount > 0


def add_alias(connection: sa.Connection, alias: Alias, *, now: dt.datetime) -> bool:
    """Register an alias; False where the address is taken or kept free, or the account unknown."""
    account_name = connection.scalar(sa.select(accounts.c.name).where(accounts.c.name == alias.account))
    same_address = former_aliases.c.address == alias.address
    removed_at = connection.scalar(sa.select(former_aliases.c.removed_at).where(same_address))
    if account_name is None or (removed_at is not None and now < removed_at + KEPT_FREE):
        return False
    row = {"address": alias.address, "account": alias.account, "created_at": now}
    return connection.execute(insert(connection, aliases).values(row).on_conflict_do_nothing()).rowcount > 0


def remove_alias(connection: sa.Connection, scope: Scope, address: str) -> bool:
    """Remove an alias; for the operator, also keep its address free no longer. False where it is unknown."""
    query = sa.delete(aliases).where(aliases.c.address == address, *scope_conditions(scope, aliases.c.account))
    removed = connection.execute(query).rowcount
    if scope.account is None:
        removed += connection.execute(sa.delete(former_aliases).where(former_aliases.c.address == address)).rowcount
    return removed > 0
