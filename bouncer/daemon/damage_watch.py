"""The watch for damage: says in the log, once an hour, that pages of the database cannot be read.

Damage comes from the disk or from another program, and no restart mends it, so the daemon goes on: work that needs
the damaged pages is deferred, all other work is done. ``bouncer check`` searches the whole file.
"""

import asyncio
import logging
from collections.abc import Callable

LOOK_SECONDS = 1.0
"""Seconds between two looks; each looks at one variable."""
REPORT_SECONDS = 3600.0
"""Least time between two reports: each operation that meets the damage would make one."""

_log = logging.getLogger(__name__)


class DamageWatch:
    """Reports what *take_damage* gives: the damage that the store has met since the last call, in words, or None."""

    def __init__(self, take_damage: Callable[[], str | None]) -> None:
        self._take_damage = take_damage
        self._reported = float("-inf")

    async def run(self) -> None:
        """Look every second, for ever."""
        while True:
            self.look(asyncio.get_running_loop().time())
            await asyncio.sleep(LOOK_SECONDS)

    def look(self, now: float) -> None:
        """Look once; *now* is in seconds, of a monotonic clock."""
        damage = self._take_damage()
        if damage and now - self._reported >= REPORT_SECONDS:
            self._reported = now
            _log.error("the database is damaged, and what needs its damaged pages is put off: %s", damage)
