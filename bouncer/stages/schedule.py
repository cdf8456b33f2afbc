"""Schedule: decide for each entry of the outbox whether it leaves at once, is held for a digest, or not at all; make due digests.

The stage comes between Read and Deliver and sends nothing: Deliver leases the entries that may leave. A crash loses nothing: a
decision and the token bucket (rate limit) that it uses are one commit, and after a restart the remaining entries are decided.
"""

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Callable

from bouncer.errors import StoreError
from bouncer.ports.outbox import Outbox

IDLE_SECONDS = 5.0
"""Seconds between two looks without a wake-up: digests become due by time, and another process may record entries."""
GATHER_SECONDS = 0.03
"""Seconds in which entries gather after a wake-up: a decision on many costs hardly more than on one, and so does their lease."""
PAUSE_SECONDS = 1.0
"""Seconds to wait when the store does not answer."""

_log = logging.getLogger(__name__)


class Schedule:
    """Decides when the entries of the outbox leave; calls *wake* when some may leave now."""

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
        """Schedule for ever; *entries_came* wakes it at once."""
        while True:
            was_woken = entries_came.is_set()
            entries_came.clear()
            try:
                decided = await self.run_once()
            except StoreError as error:
                _log.log(error.level(logging.WARNING), "scheduling pauses, the store does not answer: %s", error)
                entries_came.set()
                await asyncio.sleep(self._pause_seconds)
                continue
            if decided or was_woken:  # some entries need no decision
                self._wake()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(IDLE_SECONDS):
                    await entries_came.wait()
                    await asyncio.sleep(GATHER_SECONDS)

    async def run_once(self) -> int:
        """Schedule all recorded entries, in parts, so that no commit is long; gives their number. Raises StoreError."""
        count, is_unfinished = 0, True
        while is_unfinished:
            schedule = await self._outbox.schedule_entries(now=self._now())
            count, is_unfinished = count + schedule.count, schedule.is_unfinished
            if is_unfinished:
                self._wake()
        return count
