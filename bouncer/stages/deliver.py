"""Deliver: parcels of the outbox leave, each at least once, with backoff over days and a record when given up.

A parcel is leased, told through the channel, and marked. A crash in between repeats it under the same Message-ID once the
lease has run out. A few are under way at a time; one that hangs holds back none of the others.
"""

import asyncio
import datetime as dt
import logging
import random
from collections.abc import Awaitable, Callable

from bouncer.errors import StoreError
from bouncer.policy.backoff import Backoff, is_over, wait
from bouncer.policy.compose.plain import line
from bouncer.ports import Channel, Handed, Outbox, OutboxRow, Outcome, Told
from bouncer.settings import ForwardSettings

UNDER_WAY = 8
"""Parcels under way at once: each may hold a letter of up to ``max_message`` octets in memory."""
LEASE = dt.timedelta(minutes=15)
"""Longer than any courier takes; after a crash a parcel waits this long at most."""
IDLE_SECONDS = 5.0
"""How often to look though nobody woke us: for parcels whose wait is over."""
PAUSE_SECONDS = 1.0
"""How long to wait when the store does not answer."""
DRAIN_SECONDS = 20.0
"""How long parcels under way may finish when we are stopped; those cut off are sent again."""
SAID_CHARACTERS = 500
"""Of the receiver's last words, as they are recorded."""

_log = logging.getLogger(__name__)


class Deliver:
    """Takes parcels that are due out of the outbox and tells them."""

    def __init__(
        self,
        outbox: Outbox,
        channel: Channel,
        settings: ForwardSettings,
        *,
        now: Callable[[], dt.datetime],
        chance: Callable[[], float] = random.random,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._outbox = outbox
        self._channel = channel
        self._backoff = Backoff(
            first=dt.timedelta(seconds=settings.first_wait),
            longest=dt.timedelta(seconds=settings.longest_wait),
            give_up=dt.timedelta(days=settings.give_up_days),
        )
        self._now = now
        self._chance = chance
        self._pause_seconds = pause_seconds
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self, parcels_came: asyncio.Event) -> None:
        """Deliver whatever is due, for ever; *parcels_came* wakes us at once. Cancelled, it lets parcels under way finish."""
        try:
            while True:
                parcels_came.clear()
                await self._start_due()
                await self._rest(parcels_came)
        finally:
            await self._drain()

    async def once(self) -> int:
        """Deliver one lease of what is due now; gives how many parcels were in it. Raises StoreError."""
        told = await self._lease(UNDER_WAY)
        await asyncio.gather(*map(self._deliver, told))
        return len(told)

    async def _start_due(self) -> None:
        """Fill the room that is free with parcels that are due."""
        while room := UNDER_WAY - len(self._under_way):
            try:
                told = await self._lease(room)
            except StoreError as error:
                _log.warning("delivering pauses, the store does not answer: %s", error)
                await asyncio.sleep(self._pause_seconds)
                continue
            for one in told:
                task = asyncio.create_task(self._deliver(one))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)
            if len(told) < room:
                return

    async def _rest(self, parcels_came: asyncio.Event) -> None:
        """Wait for room when there is none, else for parcels."""
        if len(self._under_way) >= UNDER_WAY:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
            return
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await parcels_came.wait()
        except TimeoutError:
            return

    async def _drain(self) -> None:
        under_way = set(self._under_way)
        try:
            if under_way:
                await asyncio.wait(under_way, timeout=DRAIN_SECONDS)
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _lease(self, count: int) -> list[Told]:
        now = self._now()
        return list(await self._outbox.lease_parcels(now=now, count=count, until=now + LEASE))

    async def _deliver(self, told: Told) -> None:
        handed = await self._tell(told)
        said = line(handed.said, SAID_CHARACTERS)
        await self._mark(lambda: self._outcome(told.row, handed.outcome, said))

    async def _tell(self, told: Told) -> Handed:
        try:
            return await self._channel.tell(told)
        except Exception as error:  # noqa: BLE001 -- a channel's bug must not lose a notice, nor stop the others
            _log.error("parcel %d: channel %s failed with %s", told.row.id, self._channel.name, type(error).__name__)
            return Handed(Outcome.LATER, f"{self._channel.name} failed: {type(error).__name__}")

    async def _mark(self, mark: Callable[[], Awaitable[None]]) -> None:
        """Mark a parcel, however long the store is away: unmarked it would be sent again."""
        while True:
            try:
                return await mark()
            except StoreError as error:
                _log.warning("a parcel cannot be marked yet, the store does not answer: %s", error)
                await asyncio.sleep(self._pause_seconds)

    async def _outcome(self, row: OutboxRow, outcome: Outcome, said: str) -> None:
        now = self._now()
        if outcome is Outcome.SENT:
            await self._outbox.mark_sent(row.id, now=now, said=said)
        elif outcome is Outcome.REFUSED or is_over(row.created_at, now, self._backoff):
            _log.error("parcel %d of account %s is given up after %d tries", row.id, row.account, row.attempts)
            await self._outbox.mark_given_up(row.id, now=now, said=said)
        else:
            due = now + wait(row.attempts, self._backoff, chance=self._chance())
            _log.warning("parcel %d of account %s did not leave, try %d", row.id, row.account, row.attempts)
            await self._outbox.mark_waiting(row.id, due=due, said=said)
