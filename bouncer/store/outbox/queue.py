"""The queue as people manage it: entries are listed, counted, retried and dropped, one by one or all that a filter chooses."""

import datetime as dt
from collections.abc import Callable, Sequence

from bouncer.policy.records import EntryState
from bouncer.ports.letters import Page
from bouncer.ports.outbox import EntryFilter, OutboxEntry
from bouncer.ports.scope import Scope
from bouncer.store.engine.engine import Engine
from bouncer.store.engine.ids import MAX_ID
from bouncer.store.outbox import outbox


class SqlQueue:
    """The part of the port Outbox that people use."""

    _engine: Engine

    async def entries(
        self, scope: Scope, *, state: EntryState | None, page: Page, to: str | None = None
    ) -> Sequence[OutboxEntry]:
        """List entries."""
        return await self._engine.read(outbox.list_entries, scope, state=state, page=page, to=to)

    async def count_entries(self, scope: Scope, criteria: EntryFilter) -> int:
        """Count entries."""
        return await self._engine.read(outbox.count_entries, scope, criteria)

    async def retry_entries(self, scope: Scope, criteria: EntryFilter, *, now: dt.datetime) -> int:
        """Let entries leave now."""
        return await self._change_entries(scope, criteria, outbox.retry, now)

    async def drop_entries(self, scope: Scope, criteria: EntryFilter, *, now: dt.datetime) -> int:
        """Drop entries: they are never sent."""
        return await self._change_entries(scope, criteria, outbox.drop, now)

    async def _change_entries(
        self, scope: Scope, criteria: EntryFilter, change: Callable[..., int], now: dt.datetime
    ) -> int:
        """Change entries batch by batch, from the newest on: an entry that is added meanwhile stays as it is."""
        total, before = 0, MAX_ID
        while True:
            count, oldest = await self._engine.write(
                outbox.change_some, scope, criteria, change, before=before, now=now
            )
            total += count
            if oldest is None:
                return total
            before = oldest

    async def entry(self, scope: Scope, entry_id: int) -> OutboxEntry | None:
        """Give one entry."""
        return await self._engine.read(outbox.entry, scope, entry_id)

    async def retry_entry(self, scope: Scope, entry_id: int, *, now: dt.datetime) -> bool:
        """Let an entry leave now."""
        return await self._engine.write(outbox.retry, scope, [entry_id], now=now) > 0

    async def drop_entry(self, scope: Scope, entry_id: int, *, now: dt.datetime) -> bool:
        """Drop an entry: it is never sent."""
        return await self._engine.write(outbox.drop, scope, [entry_id], now=now) > 0
