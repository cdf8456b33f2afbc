"""The watch for work: while the recording process rests, the receiving process looks in the store for it.

Letters that are kept wake the recording process at once. All other work comes with time, or from another process, as before it did
while the recording process ran and looked every five seconds: a mail whose retry is due, a digest, an order of a command.
"""

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from bouncer.errors import StoreError

LOOK_SECONDS = 5.0
"""Seconds between two looks: as long as a stage waits that nobody wakes."""
LEAP_SECONDS = 60.0
"""A step of the system's clock after which the recording process must correct recorded times (``stages.clock_back``)."""

_log = logging.getLogger(__name__)


class HasWork(Protocol):
    """``Store.has_work``."""

    def __call__(self, *, now: dt.datetime, since: dt.datetime) -> Awaitable[bool]:
        """Say whether there is work *now*, or a suppression has ended after *since*."""
        ...


class WorkWatch:
    """Looks for work every few seconds. *elapsed* is a clock in seconds that never leaps."""

    def __init__(
        self,
        has_work: HasWork,
        *,
        now: Callable[[], dt.datetime],
        elapsed: Callable[[], float],
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._has_work = has_work
        self._now = now
        self._elapsed = elapsed
        self._look_seconds = look_seconds
        self._since = now()
        self._ahead = self._measure()

    def note_start(self) -> None:
        """Note that a recording process starts: it does all that there is to do now."""
        self._since, self._ahead = self._now(), self._measure()

    async def wait(self, wake_event: asyncio.Event, seconds: float) -> None:
        """Wait until *wake_event* is set, the store has work or the clock leapt; *seconds* at the most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not (wake_event.is_set() or self._has_leapt() or await self._finds_work()):
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(self._look_seconds):
                            await wake_event.wait()

    async def _finds_work(self) -> bool:
        try:
            return await self._has_work(now=self._now(), since=self._since)
        except StoreError as error:
            _log.log(error.level(logging.WARNING), "the store does not answer, and is looked at again: %s", error)
            return False

    def _has_leapt(self) -> bool:
        return abs(self._measure() - self._ahead) > LEAP_SECONDS

    def _measure(self) -> float:
        """Give by how many seconds the system's clock is ahead of the one that never leaps."""
        return self._now().timestamp() - self._elapsed()
