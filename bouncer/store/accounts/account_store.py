"""The port Accounts on an SQL engine: each method is one transaction, except a removal, which goes on part by part."""

import asyncio
import datetime as dt
from collections.abc import Callable

from bouncer.policy.notifications import Subscription
from bouncer.ports.accounts import Account, Alias, Directory
from bouncer.ports.scope import Scope
from bouncer.store.accounts import accounts, removing, subscriptions
from bouncer.store.suppressions.importing import PAUSE_SECONDS
from bouncer.store.suppressions.suppression_store import SqlSuppressionList


class SqlAccounts(SqlSuppressionList):
    """The port Accounts; its docstrings hold here. A removed account's suppressions go with it."""

    _now: Callable[[], dt.datetime]

    async def directory(self, scope: Scope) -> Directory:
        """Give the accounts and aliases in *scope*."""
        return await self._engine.read(accounts.directory, scope)

    async def add_account(self, scope: Scope, account: Account, *, now: dt.datetime) -> bool:
        """Add an account, after all rows of a removed account of its name have been moved away."""
        if scope.account is not None:
            return False
        await self._put_aside(account.name)
        return await self._engine.write(accounts.add_account, account, now=now)

    async def set_account(self, scope: Scope, account: Account) -> bool:
        """Change an account."""
        return scope.covers(account.name) and await self._engine.write(accounts.set_account, account)

    async def remove_account(self, scope: Scope, name: str) -> bool:
        """Remove an account, then move its rows to its former name, part by part, with pauses for other writers."""
        if not scope.covers(name):
            return False
        await self._settle()
        removed = await self._engine.write(removing.remove, name, now=self._now())
        await self._put_aside(name)
        return removed

    async def former_generation(self, scope: Scope, name: str) -> int:
        """Give the generation of the last removed account of a name; 0 where there was none."""
        return await self._engine.read(removing.last_generation, name) if scope.account is None else 0

    async def _put_aside(self, name: str) -> None:
        if not await self._engine.read(removing.last_generation, name):
            return
        while (part := await self._engine.read(removing.find, name)) is not None:
            await self._engine.write(part)
            await asyncio.sleep(PAUSE_SECONDS)

    async def subscribe(self, scope: Scope, subscription: Subscription, *, now: dt.datetime) -> bool:
        """Subscribe a destination to an account's events; False where the account is unknown."""
        if not scope.covers(subscription.account):
            return False
        return await self._engine.write(subscriptions.subscribe, subscription, now=now)

    async def unsubscribe(self, scope: Scope, account: str, channel: str, destination: str) -> bool:
        """End a subscription; False where there is none."""
        if not scope.covers(account):
            return False
        return await self._engine.write(subscriptions.unsubscribe, account, channel, destination, now=self._now())

    async def add_alias(self, scope: Scope, alias: Alias, *, now: dt.datetime) -> bool:
        """Register an alias; False where the address is taken or kept free, or the account unknown."""
        return scope.covers(alias.account) and await self._engine.write(accounts.add_alias, alias, now=now)

    async def remove_alias(self, scope: Scope, address: str) -> bool:
        """Remove an alias, or end the time for which its address is kept free."""
        return await self._engine.write(accounts.remove_alias, scope, address)
