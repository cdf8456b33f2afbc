"""The demo's month is played to the daemon: sends are counted, letters sent over SMTP, addresses freed, each at its own time.

The daemon meanwhile uses a clock of the playback, so that its records, suppressions and notices are those of that time.
"""

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bouncer.cli.demo_month import DemoMonth, Freed, groups
from bouncer.cli.demo_reports import SentMail
from bouncer.clock import now
from bouncer.logs import Event
from bouncer.manage.change_values import ChangedBy
from bouncer.manage.queue import count_notices
from bouncer.manage.sends import count_sends
from bouncer.manage.suppressing import release_addresses
from bouncer.policy.records import ChangeSource, EntryState
from bouncer.ports.outbox import EntryFilter
from bouncer.ports.scope import OPERATOR
from bouncer.ports.sends import Sent

if TYPE_CHECKING:
    from bouncer.ports.store import Store

WAIT_SECONDS = 8.0
"""Timeout for the letters that came together to be recorded; after it the playback goes on."""
LOOK_SECONDS = 0.02
"""Seconds between two looks at the notices."""
_READ = ("read", "shunted")
"""Events of a letter that is recorded."""


class PlaybackClock:
    """A clock that shows the moment that it was set to, and after its release the system's time."""

    def __init__(self) -> None:
        self._moment: dt.datetime | None = None

    def __call__(self) -> dt.datetime:
        """Give the time, UTC."""
        return self._moment or now()

    def set_to(self, moment: dt.datetime | None) -> None:
        """Show *moment* from now on; None: the system's time."""
        self._moment = moment


class PlayedLetters(logging.Handler):
    """A log handler that collects the letters that were recorded, and prints nothing."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.ids = set[str]()
        self._moved = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        """Hook of logging: note an event."""
        if isinstance(record.msg, Event) and record.msg.name in _READ:
            self.ids.add(str(record.msg.facts.get("letter")))
            self._moved.set()

    async def wait_for(self, count: int) -> None:
        """Wait until *count* letters are recorded in all."""
        while len(self.ids) < count:
            self._moved.clear()
            await self._moved.wait()


@dataclass(frozen=True, slots=True)
class Playback:
    """Plays a month of *account* to the SMTP server at *place*; *path_of* gives a message's return path, or with None an alias."""

    store: "Store"
    account: str
    place: tuple[str, int]
    path_of: Callable[[SentMail | None], str]
    clock: PlaybackClock
    letters: PlayedLetters

    async def play(self, month: DemoMonth) -> None:
        """Play *month*; after it the clock shows the system's time."""
        from aiosmtplib import SMTP  # noqa: PLC0415 -- only a playback needs it

        await self._count(month.sent)
        host, port = self.place
        freed, count = list(month.freed), 0
        try:
            async with SMTP(hostname=host, port=port, start_tls=False) as client:
                for group in groups(month.arrivals):
                    await self._free_addresses(
                        [freed.pop(0) for person in month.freed if person in freed and person.at < group[0].at]
                    )
                    self.clock.set_to(group[-1].at)
                    for arrival in group:
                        path = self.path_of(arrival.sent)
                        await client.sendmail("", [path], arrival.write(path))
                    count += len(group)
                    await self._settle(count)
        finally:
            self.clock.set_to(None)

    async def _settle(self, count: int) -> None:
        """Wait until *count* letters are recorded in all and no notice is on its way: the clock's next leap would end its lease."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WAIT_SECONDS):
                await self.letters.wait_for(count)
                waiting = EntryFilter((EntryState.WAITING,))
                while await count_notices(self.store, OPERATOR, self.account, waiting):  # noqa: ASYNC110 -- no event tells of a digest
                    await asyncio.sleep(LOOK_SECONDS)

    async def _count(self, mails: Sequence[SentMail]) -> None:
        sends = [
            Sent(self.account, mail.at, (mail.recipient,), mail.message_id, mail.subject, mail.campaign, mail.stream)
            for mail in mails
        ]
        await count_sends(self.store, OPERATOR, self.account, sends)

    async def _free_addresses(self, freed: Sequence[Freed]) -> None:
        for address, at, why in ((person.address, person.at, person.why) for person in freed):
            by = ChangedBy(ChangeSource.COMMAND, why)
            await release_addresses(self.store, OPERATOR, self.account, [address], by=by, now=at)
