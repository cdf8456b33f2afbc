"""Schedule: each entry of the outbox leaves at once, is held for a digest, or does not leave; digests that are due are made.

It stands between reading and delivering and sends nothing: ``deliver`` leases what may leave. A crash loses nothing. Each decision
is one commit with the buckets that it draws from, and after the next start the rest is decided.
"""

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Callable

from bouncer.errors import StoreError
from bouncer.ports.outbox import Outbox

IDLE_SECONDS = 5.0
"""How often to look though nobody woke us: for digests that are due, and entries that another process recorded."""
PAUSE_SECONDS = 1.0
"""How long to wait when the store does not answer."""

_log = logging.getLogger(__name__)


class Schedule:
    """Decides when the entries of the outbox leave; *wake* is called when some may leave now."""

    def __init__(
        self,
        outbox: Outbox,
        *,
        now: Callable[[], dt.datetime],
        wake: Callable[[], None],
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._outbox = outbox
        self._now = now
        self._wake = wake
        self._pause_seconds = pause_seconds

    async def run(self, entries_came: asyncio.Event) -> None:
        """Schedule for ever; *entries_came* wakes us at once."""
        while True:
            woken = entries_came.is_set()
            entries_came.clear()
            try:
                decided = await self.once()
            except StoreError as error:
                _log.log(error.level(logging.WARNING), "scheduling pauses, the store does not answer: %s", error)
                entries_came.set()
                await asyncio.sleep(self._pause_seconds)
                continue
            if decided or woken:  # of some entries nothing is to be decided
                self._wake()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(IDLE_SECONDS):
                    await entries_came.wait()

    async def once(self) -> int:
        """Schedule all that was recorded, part by part, so that no commit is long; give how many. Raises StoreError."""
        count, more = 0, True
        while more:
            scheduled = await self._outbox.schedule_entries(now=self._now())
            count, more = count + scheduled.count, scheduled.more
            if more:
                self._wake()
        return count
