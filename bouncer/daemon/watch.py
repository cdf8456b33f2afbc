"""The watch over the store: where its files were moved away or replaced, waiting alone mends nothing.

Letters are put off meanwhile. Put back in time, they are kept again; else the daemon ends, and whoever started it (systemd:
Restart=on-failure) starts one that opens what is there now.
"""

import asyncio
import logging
from collections.abc import Callable

LOOK_SECONDS = 1.0
"""How often to look: at three names of files."""
WARN_SECONDS = 60.0
"""How often at most to say it."""

_log = logging.getLogger(__name__)


class Watch:
    """Looks whether the store is *astray*; *end* is called when that has lasted for *seconds*, and ``lost`` says why."""

    def __init__(self, astray: Callable[[], str | None], *, seconds: float, end: Callable[[], None]) -> None:
        self.lost: str | None = None
        self._astray = astray
        self._seconds = seconds
        self._end = end
        self._since: float | None = None
        self._warned = float("-inf")

    async def run(self) -> None:
        """Look for ever, or until the store is lost."""
        while self.lost is None:
            self.look(asyncio.get_running_loop().time())
            await asyncio.sleep(LOOK_SECONDS)

    def look(self, now: float) -> None:
        """Look once; *now* is in seconds, on a clock that never goes back."""
        why = self._astray()
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
