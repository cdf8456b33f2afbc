"""The scope of an account's name: the account must exist, so that a misspelled name does not look like an empty account."""

from bouncer.errors import NotFound
from bouncer.mail.former import parse_former_name
from bouncer.ports.accounts import Account
from bouncer.ports.scope import OPERATOR, AccountScope, Scope
from bouncer.ports.store import Store


async def known_account(store: Store, scope: Scope, name: str) -> Account:
    """Give the account called *name*. Raises NotFound where there is none inside *scope*."""
    account = (await store.directory(scope)).accounts.get(name)
    if account is None:
        raise NotFound(f"there is no account {name!r}")
    return account


async def account_scope(store: Store, scope: Scope, name: str | None) -> Scope:
    """Narrow *scope* to the account called *name*; None leaves it as it is. Raises NotFound as ``known_account``."""
    if name is None:
        return scope
    return AccountScope((await known_account(store, scope, name)).name)


async def recorded_scope(store: Store, scope: Scope, name: str | None) -> Scope:
    """Narrow *scope* to an account whose records are kept: one that exists, or a removed one, under ``former_name``.

    None leaves *scope* as it is. Raises NotFound where no such account is inside *scope*.
    """
    former = parse_former_name(name) if name is not None else None
    if name and former and scope.covers(name) and former[1] <= await store.former_generation(OPERATOR, former[0]):
        return AccountScope(name)
    return await account_scope(store, scope, name)
