"""The scope of an account's name: the account must exist, so that a misspelled name does not look like an empty account."""

from bouncer.errors import NotFound
from bouncer.mail.former import parse_former_name
from bouncer.mail.keys import is_account_name
from bouncer.ports.accounts import Account
from bouncer.ports.scope import OPERATOR, AccountScope, Scope
from bouncer.ports.store import Store


async def known_account(store: Store, scope: Scope, name: str) -> Account:
    """Give the account called *name*. Raises NotFound where there is none inside *scope*."""
    scope_of_account = AccountScope(name) if scope.covers(name) and is_account_name(name) else scope
    account = (await store.directory(scope_of_account)).accounts.get(name)
    if account is None:
        raise _no_account(name)
    return account


async def require_account(store: Store, scope: Scope, name: str) -> None:
    """Raise NotFound where there is no account called *name* inside *scope*."""
    if not await store.has_account(scope, name):
        raise _no_account(name)


def _no_account(name: str) -> NotFound:
    return NotFound(f"there is no account {name!r}")


async def account_scope(store: Store, scope: Scope, name: str | None) -> Scope:
    """Narrow *scope* to the account called *name*; None leaves it as it is. Raises NotFound as ``known_account``."""
    if name is None:
        return scope
    await require_account(store, scope, name)
    return AccountScope(name)


async def recorded_scope(store: Store, scope: Scope, name: str | None) -> Scope:
    """Narrow *scope* to an account whose records are kept: one that exists, or a removed one, under ``former_name``.

    None leaves *scope* as it is. Raises NotFound where no such account is inside *scope*.
    """
    former = parse_former_name(name) if name is not None else None
    if name and former and scope.covers(name) and former[1] <= await store.former_generation(OPERATOR, former[0]):
        return AccountScope(name)
    return await account_scope(store, scope, name)
