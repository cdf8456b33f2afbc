"""Lapse: tell webhooks of the suppressions whose time is over; nothing else happens at that time."""

import asyncio
import datetime as dt
import logging
from collections.abc import Callable

from bouncer.errors import StoreError
from bouncer.ports.suppressions import SuppressionList

INTERVAL_SECONDS = 60.0
"""Seconds between two searches: suppressions last for days, so a minute is exact enough."""

_log = logging.getLogger(__name__)


class Lapse:
    """Adds an event to the outbox for each suppression that has ended since the last minute; calls *wake* if there is any."""

    def __init__(
        self,
        suppressions: SuppressionList,
        *,
        now: Callable[[], dt.datetime],
        wake: Callable[[], None],
        interval_seconds: float = INTERVAL_SECONDS,
    ) -> None:
        self._suppressions = suppressions
        self._now = now
        self._wake = wake
        self._interval_seconds = interval_seconds

    async def run(self) -> None:
        """Search once a minute, for ever."""
        while True:
            try:
                if await self._suppressions.tell_ended_suppressions(now=self._now()):
                    self._wake()
            except StoreError as error:
                _log.log(
                    error.level(logging.WARNING),
                    "no end of a suppression is told, the store does not answer: %s",
                    error,
                )
            await asyncio.sleep(self._interval_seconds)
