"""The port Accounts on an SQL engine: each method is one transaction, except a removal, which goes on part by part."""

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from bouncer.policy.notifications import Subscription
from bouncer.ports.accounts import Account, AccountNote, Alias, Directory
from bouncer.ports.scope import Scope
from bouncer.store.accounts import accounts, directory_version, removing, subscriptions
from bouncer.store.suppressions import trail
from bouncer.store.suppressions.importing import PAUSE_SECONDS
from bouncer.store.suppressions.suppression_store import SqlSuppressionList


class SqlAccounts(SqlSuppressionList):
    """The port Accounts; its docstrings hold here. A removed account's suppressions go with it."""

    _now: Callable[[], dt.datetime]

    async def directory(self, scope: Scope) -> Directory:
        """Give the accounts and aliases in *scope*."""
        return await self._engine.read(accounts.directory, scope)

    async def has_account(self, scope: Scope, name: str) -> bool:
        """Whether there is an account of that name."""
        return scope.covers(name) and await self._engine.ask(accounts.has_account, name)

    async def account_names(self, scope: Scope, *, limit: int) -> Sequence[str]:
        """Give the first names of accounts in *scope*."""
        return await self._engine.ask(accounts.names, scope, limit)

    async def changed_directory(self, scope: Scope, last_directory: Directory) -> Directory | None:
        """Give the accounts and aliases in *scope* if their version is another one than that of *last_directory*."""
        if await self._engine.ask(directory_version.read_version) == last_directory.version:
            return None
        return await self.directory(scope)

    async def _change(self, now: dt.datetime, work: Callable[[sa.Connection], bool]) -> bool:
        """Run *work*, which gives whether it changed the directory; a change gets a version in the same commit."""

        def change(connection: sa.Connection) -> bool:
            is_changed = work(connection)
            if is_changed:
                directory_version.renew(connection, now)
            return is_changed

        return await self._engine.write(change)

    async def _change_account(
        self, now: dt.datetime, name: str, note: AccountNote | None, work: Callable[[sa.Connection], bool]
    ) -> bool:
        """Run *work* as ``_change``; a change of the account *name* gets its entry of the audit trail in the same commit."""

        def change(connection: sa.Connection) -> bool:
            is_changed = work(connection)
            if is_changed and note is not None:
                trail.note_account(connection, name, note)
            return is_changed

        return await self._change(now, change)

    async def add_account(
        self, scope: Scope, account: Account, *, now: dt.datetime, note: AccountNote | None = None
    ) -> bool:
        """Add an account, after all rows of a removed account of its name have been moved away."""
        if scope.account is not None:
            return False
        await self._put_aside(account.name)
        return await self._change_account(
            now, account.name, note, lambda connection: accounts.add_account(connection, account, now=now)
        )

    async def set_account(self, scope: Scope, account: Account, note: AccountNote | None = None) -> bool:
        """Change an account."""
        return scope.covers(account.name) and await self._change_account(
            self._now(), account.name, note, lambda connection: accounts.set_account(connection, account)
        )

    async def remove_account(self, scope: Scope, name: str, note: AccountNote | None = None) -> bool:
        """Remove an account, then move its rows to its former name, part by part, with pauses for other writers."""
        if not scope.covers(name):
            return False
        await self._settle()
        now = self._now()
        removed = await self._change_account(
            now, name, note, lambda connection: removing.remove(connection, name, now=now)
        )
        await self._put_aside(name)
        return removed

    async def former_generation(self, scope: Scope, name: str) -> int:
        """Give the generation of the last removed account of a name; 0 where there was none."""
        return await self._engine.read(removing.last_generation, name) if scope.account is None else 0

    async def _put_aside(self, name: str) -> None:
        if not await self._engine.read(removing.last_generation, name):
            return
        while (part := await self._engine.read(removing.find_part, name)) is not None:
            await self._engine.write(part)
            await asyncio.sleep(PAUSE_SECONDS)

    async def subscribe(self, scope: Scope, subscription: Subscription, *, now: dt.datetime) -> bool:
        """Subscribe a destination to an account's events; False where the account is unknown."""
        if not scope.covers(subscription.account):
            return False
        return await self._change(now, lambda connection: subscriptions.subscribe(connection, subscription, now=now))

    async def unsubscribe(self, scope: Scope, account: str, channel: str, destination: str) -> bool:
        """End a subscription; False where there is none."""
        if not scope.covers(account):
            return False
        now = self._now()
        return await self._change(
            now, lambda connection: subscriptions.unsubscribe(connection, account, channel, destination, now=now)
        )

    async def add_alias(self, scope: Scope, alias: Alias, *, now: dt.datetime) -> bool:
        """Register an alias; False where the address is taken or kept free, or the account unknown."""
        return scope.covers(alias.account) and await self._change(
            now, lambda connection: accounts.add_alias(connection, alias, now=now)
        )

    async def remove_alias(self, scope: Scope, address: str) -> bool:
        """Remove an alias, or end the time for which its address is kept free."""
        return await self._change(self._now(), lambda connection: accounts.remove_alias(connection, scope, address))
