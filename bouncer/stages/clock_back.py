"""Clock back: notice that the system's clock was set back, and correct the times that it recorded too late (``Store.bring_back``).

The system's clock may leap; the clock of the event loop does not. Where the first has fallen behind the second, it was set back.
"""

import asyncio
import datetime as dt
import logging
from collections.abc import Callable

from bouncer.errors import StoreError
from bouncer.ports.store import Store

INTERVAL_SECONDS = 5.0
"""Seconds between two looks: two clocks are read, nothing else."""
SET_BACK_SECONDS = 60.0
"""The least step that is acted on: time servers (NTP) correct smaller errors, and no stored time needs to be more exact."""

_log = logging.getLogger(__name__)


class ClockBack:
    """Compares two clocks every few seconds; calls *wake* when waiting rows may leave. *elapsed* is a clock that never leaps."""

    def __init__(
        self,
        store: Store,
        *,
        now: Callable[[], dt.datetime],
        elapsed: Callable[[], float],
        wake: Callable[[], None],
        interval_seconds: float = INTERVAL_SECONDS,
    ) -> None:
        self._store = store
        self._now = now
        self._elapsed = elapsed
        self._wake = wake
        self._interval_seconds = interval_seconds
        self._furthest: float | None = None
        """The system's time minus the elapsed time, in seconds, where it was furthest ahead; None before the first look."""

    async def run(self) -> None:
        """Compare the clocks every few seconds, for ever."""
        while True:
            try:
                await self.run_once()
            except StoreError as error:
                _log.log(error.level(logging.WARNING), "the store does not answer, and is looked at again: %s", error)
            await asyncio.sleep(self._interval_seconds)

    async def run_once(self) -> int:
        """Compare once; gives the number of rows brought back. The first call always brings back; raises StoreError."""
        now = self._now()
        ahead = now.timestamp() - self._elapsed()
        if self._furthest is not None and ahead > self._furthest - SET_BACK_SECONDS:
            if ahead > self._furthest + SET_BACK_SECONDS:
                _log.info("the clock leapt ahead by %d seconds", ahead - self._furthest)
            self._furthest = max(self._furthest, ahead)
            return 0
        count = await self._store.bring_back(now=now)
        self._furthest = ahead
        if count:
            _log.warning("the clock was ahead: %d leases, plans and sessions of that time are brought back", count)
            self._wake()
        return count
