"""The part of the port Outbox that scheduling and delivering use."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from bouncer.ports.outbox import EVERY_LANE, DeliveryJob, Lane, Scheduled
from bouncer.store.engine.engine import Engine
from bouncer.store.engine.group_commit import GroupCommit
from bouncer.store.outbox import marks, outbox, scheduling, unsent
from bouncer.store.outbox.marks import Mark

MOST_MARKS = 200
"""Marks of entries of one commit (group commit): few enough that no letter that is being kept waits long."""
MARK_SECONDS = 0.03
"""Seconds in which marks gather for a commit: no mail waits for a mark, and each commit takes a turn of the writer."""


class SqlDeliveries:
    """The part of the port Outbox that scheduling and delivering use."""

    _engine: Engine
    _mark_group: GroupCommit[Mark, None]

    async def has_work(self, *, now: dt.datetime, since: dt.datetime) -> bool:
        """Say whether anything waits for the process that records and delivers."""
        from bouncer.store import work  # noqa: PLC0415 -- only the daemon asks, and no command needs to load it

        return await self._engine.ask(work.has_work, now=now, since=since)

    async def schedule_entries(self, *, now: dt.datetime) -> Scheduled:
        """Decide when entries of the outbox leave."""
        decisions, others, is_unfinished = await self._engine.write(_schedule, now=now)
        scheduling.log_decisions(decisions)
        return Scheduled(len(decisions) + others, is_unfinished=is_unfinished)

    async def lease_entries(
        self, *, now: dt.datetime, count: int, until: dt.datetime, lane: Lane = EVERY_LANE
    ) -> Sequence[DeliveryJob]:
        """Lease entries that are due."""
        from bouncer.store.outbox import delivery_facts  # noqa: PLC0415 -- it loads the composer, and no command delivers

        ids = await self._engine.write(outbox.lease, now=now, count=count, until=until, lane=lane)
        return await self._engine.read(delivery_facts.delivery_jobs, ids, with_letters=lane.letters) if ids else ()

    async def _mark(self, entries: list[Mark]) -> Sequence[None]:
        await self._engine.write(marks.write, entries)
        return [None] * len(entries)

    async def mark_sent(self, entry_id: int, *, now: dt.datetime, reply: str) -> None:
        """Mark an entry as sent."""
        await self._mark_group.submit(marks.mark_sent(entry_id, now=now, reply=reply))

    async def mark_waiting(self, entry_id: int, *, due: dt.datetime, reply: str) -> None:
        """Mark an entry as waiting for a retry at *due*."""
        await self._mark_group.submit(marks.mark_deferred(entry_id, due=due, reply=reply))

    async def mark_given_up(self, entry_id: int, *, now: dt.datetime, reply: str) -> None:
        """Mark an entry as given up."""
        await self._mark_group.submit(marks.mark_given_up(entry_id, now=now, reply=reply))


def _schedule(connection: sa.Connection, *, now: dt.datetime) -> tuple[list[scheduling.Decision], int, bool]:
    """Schedule some entries, and release the digests that are due.

    Gives the decisions, the number of released digests, and whether there is more to do.
    """
    from bouncer.store.outbox import digests  # noqa: PLC0415 -- it loads the composer, and no command makes digests

    decisions = scheduling.schedule_entries(connection, now=now)
    bundled = digests.bundle(connection, now=now, limit=digests.AT_A_TIME)
    count = bundled.count + unsent.release(connection, now=now)
    return decisions, count, bundled.is_unfinished or len(decisions) == scheduling.AT_A_TIME
