"""Deliver: parcels of the outbox leave, each at least once, with backoff over days and a record when given up.

A parcel is leased, told through the channel, and marked. A crash in between repeats it under the same Message-ID once the
lease has run out. There is one such stage for each courier, with a lane of the outbox to itself: it takes no more parcels than its
courier hands over at a time and its pace allows, and the others stay in line. While nothing can be handed over at all, one
parcel now and then finds out whether that has changed, and the others wait untried.
"""

import asyncio
import contextlib
import datetime as dt
import logging
import random
from collections.abc import Awaitable, Callable

from bouncer.compose.plain_text import line
from bouncer.errors import StoreError
from bouncer.logs import tell
from bouncer.policy.backoff import Backoff, is_over, wait
from bouncer.policy.records import ParcelKind
from bouncer.policy.throttle import CourierState, Rate
from bouncer.ports.delivery import Channel, DeliveryResult, Outcome
from bouncer.ports.outbox import EVERY_LANE, DeliveryJob, Lane, Outbox, OutboxEntry
from bouncer.settings import ForwardSettings
from bouncer.stages.naming import Naming

AHEAD = 8
"""Parcels under way for each that is being handed over: the next are composed meanwhile, and a lease of many costs little more."""
LEASE = dt.timedelta(hours=2)
"""Longer than AHEAD mails take any courier; after a crash a parcel waits this long at most."""
MOST_OCTETS = 64 << 20
"""Octets of the letters under way; with as many no more are leased."""
IDLE_SECONDS = 5.0
"""How often to look though nobody woke us: for parcels whose wait is over."""
PAUSE_SECONDS = 1.0
"""How long to wait when the store does not answer."""
DRAIN_SECONDS = 20.0
"""How long parcels under way may finish when we are stopped; those cut off are sent again."""
SAID_CHARACTERS = 500
"""Of the receiver's last words, as they are recorded."""

_OF_SEVERAL = (
    *(ParcelKind.DIGEST, ParcelKind.WARNINGS, ParcelKind.LISTED),
    *(ParcelKind.UNREAD_DIGEST, ParcelKind.UNSENT),
)

_log = logging.getLogger(__name__)


class Deliver:
    """Takes parcels of one lane that are due out of the outbox and tells them."""

    def __init__(
        self,
        outbox: Outbox,
        channel: Channel,
        settings: ForwardSettings,
        *,
        now: Callable[[], dt.datetime],
        naming: Naming | None = None,
        lane: Lane = EVERY_LANE,
        chance: Callable[[], float] = random.random,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        """*naming* words addresses for the log; without it none stands there."""
        self._outbox = outbox
        self._naming = naming
        self._channel = channel
        self._lane = lane
        self._most = AHEAD * settings.connections
        self._taking = CourierState(self._most, Rate(settings.per_minute))
        self._backoff = Backoff(
            first=dt.timedelta(seconds=settings.first_wait),
            longest=dt.timedelta(seconds=settings.longest_wait),
            give_up=dt.timedelta(days=settings.give_up_days),
        )
        self._now = now
        self._chance = chance
        self._pause_seconds = pause_seconds
        self._under_way: set[asyncio.Task[None]] = set()
        self._octets = 0  # of their letters
        self._more = False  # perhaps there are more than were leased

    async def run(self, parcels_came: asyncio.Event) -> None:
        """Deliver whatever is due, for ever; *parcels_came* wakes us at once. Cancelled, it lets parcels under way finish."""
        try:
            while True:
                parcels_came.clear()
                await self._start_due(parcels_came)
                await self._rest(parcels_came)
        finally:
            await self._drain()

    async def once(self) -> int:
        """Deliver one lease of what is due now; gives how many parcels were in it. Raises StoreError."""
        told = await self._lease(self._most)
        await asyncio.gather(*map(self._deliver, told))
        return len(told)

    async def _start_due(self, wake: asyncio.Event) -> None:
        """Fill the room that is free with parcels that are due; one that ends wakes us, where there are more."""
        while room := self._room():
            try:
                told = await self._lease(room)
            except StoreError as error:
                _log.log(error.level(logging.WARNING), "delivering pauses, the store does not answer: %s", error)
                await asyncio.sleep(self._pause_seconds)
                continue
            self._more = len(told) > 0
            if not told:
                return
            self._taking = self._taking.took(len(told), _elapsed())
            for one in told:
                self._start(one, wake)

    def _start(self, told: DeliveryJob, wake: asyncio.Event) -> None:
        def end(task: asyncio.Task[None]) -> None:
            self._under_way.discard(task)
            self._octets -= octets
            if self._more and len(self._under_way) <= self._most // 2:
                wake.set()

        octets = len(told.letter.received.raw) if told.letter else 0
        self._octets += octets
        task = asyncio.create_task(self._deliver(told))
        self._under_way.add(task)
        task.add_done_callback(end)

    def _room(self) -> int:
        if self._octets >= MOST_OCTETS:
            return 0
        return self._taking.room(len(self._under_way), _elapsed())

    async def _rest(self, wake: asyncio.Event) -> None:
        """Wait for parcels, or for room where there is none."""
        rest = self._taking.rest(_elapsed())
        if rest:
            await asyncio.sleep(min(rest, IDLE_SECONDS))
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(IDLE_SECONDS):
                await wake.wait()

    async def _drain(self) -> None:
        under_way = set(self._under_way)
        try:
            if under_way:
                await asyncio.wait(under_way, timeout=DRAIN_SECONDS)
        finally:
            while running := {task for task in under_way if not task.done()}:
                for task in running:
                    task.cancel()
                # one cancellation may be lost: Python 3.11's wait_for drops it where it meets what was waited for
                await asyncio.wait(running, timeout=PAUSE_SECONDS)

    async def _lease(self, count: int) -> list[DeliveryJob]:
        now = self._now()
        told = await self._outbox.lease_parcels(now=now, count=count, until=now + LEASE, lane=self._lane)
        if told and self._naming is not None:
            await self._naming.look_up()
        return list(told)

    async def _deliver(self, told: DeliveryJob) -> None:
        handed = await self._tell(told)
        self._taking = self._taking.noted(away=handed.outcome is Outcome.AWAY, now=_elapsed(), chance=self._chance())
        said = line(handed.said, SAID_CHARACTERS)
        await self._mark(lambda: self._outcome(told.row, handed.outcome, said))

    async def _tell(self, told: DeliveryJob) -> DeliveryResult:
        try:
            return await self._channel.tell(told)
        except Exception as error:  # noqa: BLE001 -- a channel's bug must not lose a notice, nor stop the others
            _log.error("parcel %d: channel %s failed with %s", told.row.id, self._channel.name, type(error).__name__)
            return DeliveryResult(Outcome.LATER, f"{self._channel.name} failed: {type(error).__name__}")

    async def _mark(self, mark: Callable[[], Awaitable[None]]) -> None:
        """Mark a parcel, however long the store is away: unmarked it would be sent again."""
        while True:
            try:
                return await mark()
            except StoreError as error:
                _log.log(
                    error.level(logging.WARNING),
                    "what became of a notice cannot be recorded yet, the store does not answer: %s",
                    error,
                )
                await asyncio.sleep(self._pause_seconds)

    async def _outcome(self, row: OutboxEntry, outcome: Outcome, said: str) -> None:
        now = self._now()
        if outcome is Outcome.SENT:
            await self._outbox.mark_sent(row.id, now=now, said=said)
            self._log(logging.INFO, "sent", row, said)
        elif outcome is Outcome.REFUSED or is_over(row.created_at, now, self._backoff):
            await self._outbox.mark_given_up(row.id, now=now, said=said)
            self._log(logging.WARNING, "given-up", row, said)
        else:
            tries = 1 if outcome is Outcome.AWAY else row.attempts  # the courier rests, so that the mail need not
            due = now + wait(tries, self._backoff, chance=self._chance())
            await self._outbox.mark_waiting(row.id, due=due, said=said)
            self._log(logging.WARNING, "deferred", row, said, until=due.isoformat(timespec="seconds"))

    def _log(self, level: int, event: str, row: OutboxEntry, said: str, until: str | None = None) -> None:
        """Tell what became of a parcel; one of several letters names none."""
        naming, account = self._naming, row.account or None
        facts = {
            "letter": None if row.kind in _OF_SEVERAL else row.report,
            "to": naming.recipient(account, row.to) if naming else None,
            "said": naming.words(account, said) if naming else None,
        }
        tell(
            _log,
            level,
            event,
            parcel=row.id,
            account=account,
            notice=row.kind.value,
            tries=row.attempts,
            until=until,
            **facts,
        )


def _elapsed() -> float:
    """Give the time of the event loop's clock, which never goes back."""
    return asyncio.get_running_loop().time()
