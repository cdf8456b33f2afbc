"""Retire: raw letters and old records are forgotten on schedule, a few at a time so that nobody waits; sends are rolled up."""

import asyncio
import datetime as dt
import logging
from collections.abc import Callable

from bouncer.errors import StoreError
from bouncer.policy.clock_trust import Steady
from bouncer.ports.store import Store
from bouncer.settings.sections import RetentionSettings

BATCH = 500
"""Rows forgotten in one commit."""
EVERY_SECONDS = 3600.0
"""How often to look for what is old enough."""

_log = logging.getLogger(__name__)


class Retire:
    """Forgets what is older than the settings say."""

    def __init__(self, store: Store, settings: RetentionSettings, *, now: Callable[[], dt.datetime]) -> None:
        self._store = store
        self._settings = settings
        self._now = now
        self._warned_of: dt.datetime | None = None

    def renew(self, settings: RetentionSettings) -> None:
        """Let *settings* hold from the next time on."""
        self._settings = settings

    async def run(self) -> None:
        """Forget every hour, for ever."""
        while True:
            try:
                await self.once()
            except StoreError as error:
                _log.log(error.level(logging.WARNING), "nothing is forgotten now, the store does not answer: %s", error)
            await asyncio.sleep(EVERY_SECONDS)

    async def once(self) -> bool:
        """Forget what is old enough, if the clock can be trusted; gives whether it can."""
        seen = await self._store.look_at_clock(now=self._now())
        if not seen.is_trusted:
            self._warn(seen)
            return False
        letters, records = await self.all()
        if letters or records:
            _log.info("forgot %d raw letters and %d records", letters, records)
        return True

    def _warn(self, seen: Steady) -> None:
        """Say once for each leap what is the matter; that a store is new is no leap."""
        if seen.leapt_from is not None and seen.since != self._warned_of:
            self._warned_of = seen.since
            said = "the clock went from %s to %s, or nobody looked meanwhile: nothing is forgotten until %s, unless it is set right"
            moments = (seen.leapt_from, seen.since, seen.trusted_from)
            _log.warning(said, *(moment.isoformat(timespec="seconds") for moment in moments))

    async def all(self) -> tuple[int, int]:
        """Forget all that is old enough; gives how many raw letters and how many records."""
        now, letters, records = self._now(), 0, 0
        letters_before, others_before, records_before, messages_before, days_before = (
            now - dt.timedelta(days=days)
            for days in (
                self._settings.letters_days,
                self._settings.others_days,
                self._settings.records_days,
                self._settings.messages_days,
                self._settings.hours_days,
            )
        )
        await self._store.roll_up(
            now=now, days_before=days_before, messages_before=messages_before, counts_before=records_before
        )
        while await self._store.cut(before=others_before, count=BATCH):
            pass
        while True:
            gone = await self._store.retire(letters_before=letters_before, records_before=records_before, count=BATCH)
            letters, records = letters + gone[0], records + gone[1]
            if not any(gone):
                return letters, records
