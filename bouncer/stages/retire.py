"""Retire: delete raw letters and old records on schedule, in small commits so that no other writer waits; roll up sends."""

import asyncio
import datetime as dt
import logging
from collections.abc import Callable

from bouncer.errors import StoreError
from bouncer.policy.clock_trust import ClockObservation
from bouncer.ports.store import Store
from bouncer.settings.sections import RetentionSettings

BATCH_ROWS = 500
"""Rows deleted in one commit: some ten milliseconds."""
INTERVAL_SECONDS = 3600.0
"""Seconds between two runs."""

ATTEMPTS_KEPT = dt.timedelta(days=14)
"""The age to which attempts to post events of webhooks are kept: long enough for someone who comes back from a holiday."""

_log = logging.getLogger(__name__)


class Retire:
    """Deletes letters and records that are older than the retention settings allow."""

    def __init__(self, store: Store, settings: RetentionSettings, *, now: Callable[[], dt.datetime]) -> None:
        self._store = store
        self._settings = settings
        self._now = now
        self._warned_of: dt.datetime | None = None
        self.is_running = False
        """Whether letters and records are being deleted."""

    def renew(self, settings: RetentionSettings) -> None:
        """Use *settings* from the next run on."""
        self._settings = settings

    async def run(self, first_after: float = 0.0) -> None:
        """Run every hour, for ever; for the first time after *first_after* seconds."""
        await asyncio.sleep(first_after)
        while True:
            self.is_running = True
            try:
                await self.run_once()
            except StoreError as error:
                _log.log(error.level(logging.WARNING), "nothing is forgotten now, the store does not answer: %s", error)
            self.is_running = False
            await asyncio.sleep(INTERVAL_SECONDS)

    async def run_once(self) -> bool:
        """Run once, if the clock can be trusted; gives whether it can. Raises StoreError."""
        seen = await self._store.look_at_clock(now=self._now())
        if not seen.is_trusted:
            self._warn(seen)
            return False
        letters, records = await self.retire_all()
        if letters or records:
            _log.info("forgot %d raw letters and %d records", letters, records)
        return True

    def _warn(self, seen: ClockObservation) -> None:
        """Log each leap of the clock once; the start of a new store is no leap."""
        if seen.leapt_from is not None and seen.steady_since != self._warned_of:
            self._warned_of = seen.steady_since
            text = "the clock went from %s to %s, or nobody looked meanwhile: nothing is forgotten until %s, unless it is set right"
            moments = (seen.leapt_from, seen.steady_since, seen.trusted_from)
            _log.warning(text, *(moment.isoformat(timespec="seconds") for moment in moments))

    async def retire_all(self) -> tuple[int, int]:
        """Delete all that is old enough; gives the numbers of raw letters and of records. Raises StoreError."""
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
        while await self._store.cut(before=others_before, count=BATCH_ROWS):
            pass
        steps = self._store.retire(letters_before=letters_before, records_before=records_before, count=BATCH_ROWS)
        async for letters_retired, records_deleted in steps:
            letters, records = letters + letters_retired, records + records_deleted
        while await self._store.forget_webhook_attempts(before=now - ATTEMPTS_KEPT, count=BATCH_ROWS):
            pass
        return letters, records
