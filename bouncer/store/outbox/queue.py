"""The queue as people look after it: listed, counted, retried and dropped, one parcel or all that a filter means."""

import datetime as dt
from collections.abc import Callable, Sequence

from bouncer.ports.letters import Page
from bouncer.ports.outbox import OutboxEntry, ParcelFilter
from bouncer.store.engine.engine import Engine
from bouncer.store.engine.ids import MAX_ID
from bouncer.store.outbox import outbox


class SqlParcels:
    """That part of the port Outbox."""

    _engine: Engine

    async def outbox(
        self, *, state: str | None, page: Page, account: str | None = None, to: str | None = None
    ) -> Sequence[OutboxEntry]:
        """List parcels."""
        return await self._engine.read(outbox.listed, state=state, page=page, account=account, to=to)

    async def count_parcels(self, which: ParcelFilter) -> int:
        """Count parcels."""
        return await self._engine.read(outbox.counted, which)

    async def retry_parcels(self, which: ParcelFilter, *, now: dt.datetime) -> int:
        """Let them leave now."""
        return await self._change_parcels(which, outbox.retry, now)

    async def drop_parcels(self, which: ParcelFilter, *, now: dt.datetime) -> int:
        """Let them never leave."""
        return await self._change_parcels(which, outbox.drop, now)

    async def _change_parcels(self, which: ParcelFilter, change: Callable[..., bool], now: dt.datetime) -> int:
        """Change them some at a time, from the newest on: one that came since is not meant."""
        total, before = 0, MAX_ID
        while True:
            count, oldest = await self._engine.write(outbox.change_some, which, change, before=before, now=now)
            total += count
            if oldest is None:
                return total
            before = oldest

    async def parcel(self, parcel_id: int) -> OutboxEntry | None:
        """Give one parcel."""
        return await self._engine.read(outbox.one, parcel_id)

    async def retry_parcel(self, parcel_id: int, *, now: dt.datetime) -> bool:
        """Let it leave now."""
        return await self._engine.write(outbox.retry, parcel_id, now=now)

    async def drop_parcel(self, parcel_id: int, *, now: dt.datetime) -> bool:
        """Let it never leave."""
        return await self._engine.write(outbox.drop, parcel_id, now=now)
