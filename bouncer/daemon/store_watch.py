"""The watch over the store: notices that the database's files were moved away or replaced.

Meanwhile letters get a 4yz reply. If the files are put back in time, letters are kept again. If not, the daemon ends, and the
service manager (systemd: Restart=on-failure) starts a new one, which opens the files that are there then.
"""

import asyncio
import logging
from collections.abc import Callable

CHECK_SECONDS = 1.0
"""Seconds between two checks; a check is a stat of three files."""
WARN_SECONDS = 60.0
"""Least time between two warnings in the log."""

_log = logging.getLogger(__name__)


class StoreWatch:
    """Checks whether the store's files are gone; calls *end* when they have been gone for *seconds*; then ``lost`` says why.

    *missing_files* gives the reason in words, or None while the files are in place.
    """

    def __init__(self, missing_files: Callable[[], str | None], *, seconds: float, end: Callable[[], None]) -> None:
        self.lost: str | None = None
        self._missing_files = missing_files
        self._seconds = seconds
        self._end = end
        self._since: float | None = None
        self._warned = float("-inf")

    async def run(self) -> None:
        """Check every second until the store is lost."""
        while self.lost is None:
            self.check(asyncio.get_running_loop().time())
            await asyncio.sleep(CHECK_SECONDS)

    def check(self, now: float) -> None:
        """Check once; *now* is in seconds, of a monotonic clock."""
        why = self._missing_files()
        if why is None:
            if self._since is not None:
                _log.warning("the database's files are as they were: letters are kept again")
            self._since = None
            return
        self._since = now if self._since is None else self._since
        if now - self._since >= self._seconds:
            self.lost = f"{why}, for {self._seconds:g} seconds; ended, to be started again"
            self._end()
        elif now - self._warned >= WARN_SECONDS:
            self._warned = now
            _log.warning("%s: letters are put off, and in %g seconds the daemon ends", why, self._seconds)
