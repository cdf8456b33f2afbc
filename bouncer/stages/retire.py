"""Retire: raw letters and old records are forgotten on schedule, a few at a time so that nobody waits."""

import asyncio
import datetime as dt
import logging
from collections.abc import Callable

from bouncer.errors import StoreError
from bouncer.ports import LetterStore

BATCH = 500
"""Rows forgotten in one commit."""
EVERY_SECONDS = 3600.0
"""How often to look for what is old enough."""

_log = logging.getLogger(__name__)


class Retire:
    """Forgets what is older than the settings say."""

    def __init__(
        self, store: LetterStore, *, letters: dt.timedelta, records: dt.timedelta, now: Callable[[], dt.datetime]
    ) -> None:
        self._store = store
        self._letters = letters
        self._records = records
        self._now = now

    async def run(self) -> None:
        """Forget every hour, for ever."""
        while True:
            try:
                letters, records = await self.all()
                if letters or records:
                    _log.info("forgot %d raw letters and %d records", letters, records)
            except StoreError as error:
                _log.warning("nothing is forgotten now, the store does not answer: %s", error)
            await asyncio.sleep(EVERY_SECONDS)

    async def all(self) -> tuple[int, int]:
        """Forget all that is old enough; gives how many raw letters and how many records."""
        now, letters, records = self._now(), 0, 0
        while True:
            gone = await self._store.retire(
                letters_before=now - self._letters, records_before=now - self._records, count=BATCH
            )
            letters, records = letters + gone[0], records + gone[1]
            if not any(gone):
                return letters, records
