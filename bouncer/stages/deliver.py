"""Deliver: send the entries of the outbox, each at least once; retry with backoff over days, then give up and record that.

An entry is leased, sent through its channel, and marked. After a crash in between it is sent again, under the same Message-ID and
event, once the lease has run out. Each courier or other channel has a Deliver stage and a lane of the outbox of its own. The stage
leases no more entries than its connections and its rate limit allow; the others stay in the outbox. While the destination
takes nothing at all, a single entry is tried now and then, and the others wait without an attempt.
"""

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Sequence

from bouncer.compose.plain_text import line
from bouncer.errors import StoreError
from bouncer.logs import log_event
from bouncer.policy.backoff import Backoff, is_over, wait
from bouncer.policy.records import MAIL, EntryKind
from bouncer.ports.delivery import Delivery, DeliveryResult, Outcome
from bouncer.ports.outbox import DeliveryJob, Lane, Outbox, OutboxEntry
from bouncer.stages.lanes import make_lanes
from bouncer.stages.logged_addresses import LoggedAddresses

LEASE = dt.timedelta(hours=3)
"""Longer than LEASES_PER_CONNECTION mails take with any courier; after a crash an entry waits this long at most."""
MAX_OCTETS = 64 << 20
"""Octets of the letters under way, from which on nothing more is leased."""
IDLE_SECONDS = 5.0
"""Seconds between two looks without a wake-up: entries become due by time alone."""
PAUSE_SECONDS = 1.0
"""Seconds to wait when the store does not answer."""
DRAIN_SECONDS = 20.0
"""Seconds that entries under way may take to finish at a stop; an entry that is cut off is sent again."""
MAX_REPLY_CHARACTERS = 500
"""Characters of the receiver's last reply that are recorded."""

_KINDS_OF_SEVERAL = (
    *(EntryKind.DIGEST, EntryKind.WARNINGS, EntryKind.LISTED),
    *(EntryKind.UNREAD_DIGEST, EntryKind.UNSENT),
)

_log = logging.getLogger(__name__)


class Deliver:
    """Sends the entries of one lane of the outbox as they become due."""

    def __init__(
        self,
        outbox: Outbox,
        delivery: Delivery,
        backoff: Backoff,
        *,
        now: Callable[[], dt.datetime],
        chance: Callable[[], float],
        naming: LoggedAddresses | None = None,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        """*chance* gives a number below 1 (``random.random``). *naming* writes addresses for the log; without it none is logged."""
        self._outbox = outbox
        self._naming = naming
        self._channel = delivery.channel
        self._lanes = make_lanes(delivery)
        self._backoff = backoff
        self._waits_longer = delivery.waits_longer
        self._now = now
        self._chance = chance
        self._pause_seconds = pause_seconds
        self._under_way: set[asyncio.Task[None]] = set()
        self._octets = 0  # of the letters under way

    async def run(self, entries_came: asyncio.Event) -> None:
        """Deliver due entries for ever; *entries_came* wakes it at once. Cancelled, it drains: entries under way may finish."""
        try:
            while True:
                entries_came.clear()
                await self._start_due(entries_came)
                await self._wait(entries_came)
        finally:
            await self._drain()

    async def run_once(self) -> int:
        """Lease due entries once and deliver them; gives their number. Raises StoreError."""
        jobs = await self._lease()
        await asyncio.gather(*(self._deliver(job, lambda: None) for job in jobs))
        return len(jobs)

    async def _start_due(self, wake: asyncio.Event) -> None:
        """Lease and start due entries while there is room; the end of an entry sets *wake* where more may be due."""
        while self._has_room():
            try:
                jobs = await self._lease()
            except StoreError as error:
                _log.log(error.level(logging.WARNING), "delivering pauses, the store does not answer: %s", error)
                await asyncio.sleep(self._pause_seconds)
                continue
            if not jobs:
                return
            for job in jobs:
                self._start(job, wake)

    def _start(self, job: DeliveryJob, wake: asyncio.Event) -> None:
        def end(task: asyncio.Task[None]) -> None:
            self._under_way.discard(task)
            self._octets -= octets

        octets = len(job.letter.received.raw) if job.letter else 0
        self._octets += octets
        task = asyncio.create_task(self._deliver(job, wake.set))
        self._under_way.add(task)
        task.add_done_callback(end)

    def _has_room(self) -> bool:
        return self._octets < MAX_OCTETS and bool(self._lanes.leases(_elapsed_seconds()))

    async def _wait(self, wake: asyncio.Event) -> None:
        """Wait for *wake*, or until the lanes may lease again; IDLE_SECONDS at most."""
        seconds = self._lanes.pause_seconds(_elapsed_seconds())
        if seconds:
            await asyncio.sleep(min(seconds, IDLE_SECONDS))
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
                # a cancellation may be lost: Python 3.11's wait_for drops it when the awaited future ends at the same time
                await asyncio.wait(running, timeout=PAUSE_SECONDS)

    async def _lease(self) -> list[DeliveryJob]:
        """Lease as many entries as there is room for; if the store fails half-way, give those that are leased already."""
        jobs = list[DeliveryJob]()
        for lane, count in self._lanes.leases(_elapsed_seconds()):
            try:
                jobs += await self._lease_from(lane, count)
            except StoreError:
                if not jobs:
                    raise
                break
        if jobs and self._naming is not None:
            await self._naming.look_up()
        return jobs

    async def _lease_from(self, lane: Lane, count: int) -> Sequence[DeliveryJob]:
        now = self._now()
        jobs = await self._outbox.lease_entries(now=now, count=count, until=now + LEASE, lane=lane)
        self._lanes.begin((job.row for job in jobs), _elapsed_seconds())
        return jobs

    async def _deliver(self, job: DeliveryJob, wake: Callable[[], None]) -> None:
        """Send one entry and mark it; calls *wake* when it is time to lease more.

        The next entry does not wait for the mark, but for an event about the same address, which comes in order.
        """
        try:
            result = await self._send(job)
            self._lanes.note_result(job.row, result, now=_elapsed_seconds(), chance=self._chance())
        finally:
            if self._lanes.end(job.row, _elapsed_seconds()):
                wake()
        reply = line(result.reply, MAX_REPLY_CHARACTERS)
        await self._mark(lambda: self._outcome(job.row, result, reply))
        if job.row.recipient_key is not None:
            wake()

    async def _send(self, job: DeliveryJob) -> DeliveryResult:
        try:
            return await self._channel.send(job)
        except Exception as error:  # noqa: BLE001 -- a channel's bug must neither lose a notice nor stop the others
            _log.error("entry %d: channel %s failed with %s", job.row.id, self._channel.name, type(error).__name__)
            return DeliveryResult(Outcome.DEFERRED, f"{self._channel.name} failed: {type(error).__name__}")

    async def _mark(self, mark: Callable[[], Awaitable[None]]) -> None:
        """Await *mark* until it succeeds, however long the store is away: an unmarked entry would be sent again."""
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

    async def _outcome(self, row: OutboxEntry, result: DeliveryResult, reply: str) -> None:
        now, outcome = self._now(), result.outcome
        if outcome is Outcome.SENT:
            await self._outbox.mark_sent(row.id, now=now, reply=reply)
            self._log(logging.INFO, "sent", row, reply)
        elif outcome is Outcome.REFUSED or is_over(row.created_at, now, self._backoff):
            await self._outbox.mark_given_up(row.id, now=now, reply=reply)
            self._log(logging.WARNING, "given-up", row, reply)
        else:
            tries = (
                1 if outcome is Outcome.UNAVAILABLE and not self._waits_longer else row.attempts
            )  # the courier pauses already, so the mail need not wait longer
            retry_after = dt.timedelta(seconds=result.retry_after)
            due = now + max(wait(tries, self._backoff, chance=self._chance()), retry_after)
            await self._outbox.mark_waiting(row.id, due=due, reply=reply)
            self._log(logging.WARNING, "deferred", row, reply, until=due.isoformat(timespec="seconds"))

    def _log(self, level: int, event: str, row: OutboxEntry, reply: str, until: str | None = None) -> None:
        """Log an event of an entry; an entry about several letters is logged without a letter."""
        naming, account = self._naming, row.account or None
        facts = {
            "letter": None if row.kind in _KINDS_OF_SEVERAL else row.report,
            "channel": None if row.channel == MAIL else row.channel,
            "to": naming.recipient(account, row.to) if naming else None,
            "said": naming.words(account, reply) if naming else None,
        }
        log_event(
            _log,
            level,
            event,
            entry=row.id,
            account=account,
            notice=row.kind.value,
            tries=row.attempts,
            until=until,
            **facts,
        )


def _elapsed_seconds() -> float:
    """Give the time of the event loop's clock, which never goes back."""
    return asyncio.get_running_loop().time()
