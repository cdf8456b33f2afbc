"""Accounts and aliases on an SQL engine: each method is one transaction, but for a removal, which goes on part by part."""

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
    """The part of the port Store that knows accounts; what they suppressed goes with them."""

    _now: Callable[[], dt.datetime]

    async def directory(self, scope: Scope) -> Directory:
        """Give all accounts and aliases."""
        return await self._engine.read(accounts.directory, scope)

    async def add_account(self, scope: Scope, account: Account, *, now: dt.datetime) -> bool:
        """Add it, when whatever a removed one left under its name is in its place."""
        if scope.account is not None:
            return False
        await self._put_aside(account.name)
        return await self._engine.write(accounts.add_account, account, now=now)

    async def set_account(self, scope: Scope, account: Account) -> bool:
        """Change it."""
        return scope.covers(account.name) and await self._engine.write(accounts.set_account, account)

    async def remove_account(self, scope: Scope, name: str) -> bool:
        """Remove it, then bring what it leaves to its place, part by part, and let others write."""
        if not scope.covers(name):
            return False
        await self._settle()
        removed = await self._engine.write(removing.remove, name, now=self._now())
        await self._put_aside(name)
        return removed

    async def former_generation(self, scope: Scope, name: str) -> int:
        """Say which was removed last."""
        return await self._engine.read(removing.last_generation, name) if scope.account is None else 0

    async def _put_aside(self, name: str) -> None:
        if not await self._engine.read(removing.last_generation, name):
            return
        while (part := await self._engine.read(removing.find, name)) is not None:
            await self._engine.write(part)
            await asyncio.sleep(PAUSE_SECONDS)

    async def subscribe(self, scope: Scope, subscription: Subscription, *, now: dt.datetime) -> bool:
        """Let a destination hear of an account's events; False where the account is unknown."""
        if not scope.covers(subscription.account):
            return False
        return await self._engine.write(subscriptions.subscribe, subscription, now=now)

    async def unsubscribe(self, scope: Scope, account: str, channel: str, destination: str) -> bool:
        """Let it hear of nothing more; False where it did not."""
        if not scope.covers(account):
            return False
        return await self._engine.write(subscriptions.unsubscribe, account, channel, destination, now=self._now())

    async def add_alias(self, scope: Scope, alias: Alias, *, now: dt.datetime) -> bool:
        """Register it; False where the account is unknown, too, or the address kept free."""
        return scope.covers(alias.account) and await self._engine.write(accounts.add_alias, alias, now=now)

    async def remove_alias(self, scope: Scope, address: str) -> bool:
        """Unregister it."""
        return await self._engine.write(accounts.remove_alias, scope, address)
