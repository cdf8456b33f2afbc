"""The port Store on an SQL engine: each method is one transaction; the work itself stands in the modules beside."""

import datetime as dt
import random
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from bouncer.mail.letter import Received
from bouncer.policy.clock_trust import Steady
from bouncer.policy.records import Record
from bouncer.ports.letters import (
    BounceFilter,
    BounceRow,
    DayOctets,
    KeptLetter,
    LetterFilter,
    LetterRow,
    Page,
    PendingDecision,
)
from bouncer.ports.outbox import EVERY_LANE, DeliveryJob, Lane, Scheduled
from bouncer.ports.scope import Scope
from bouncer.settings.sections import StoreSettings
from bouncer.store import steadiness
from bouncer.store.accounts.account_store import SqlAccounts
from bouncer.store.bounces import bounces, recording
from bouncer.store.engine.databases import ENGINES, url_of
from bouncer.store.engine.engine import Engine, write_numbered
from bouncer.store.engine.group_commit import GroupCommit
from bouncer.store.engine.ids import Numbering
from bouncer.store.engine.sqlite import create_sqlite
from bouncer.store.letters import chunks, cutting, day_octets, letters, retiring
from bouncer.store.letters.keeping import Keeping
from bouncer.store.outbox import delivery_facts, digests, outbox, scheduling, test_notice, unsent
from bouncer.store.outbox.queue import SqlParcels
from bouncer.store.presences import SqlPresences
from bouncer.store.suppressions.importing import SuppressionImports
from bouncer.store.suppressions.suppression_store import SqlSendBook

MOST_SENDS = 500
"""Sends of one commit: what a failing one may turn away at once."""
MOST_MARKS = 200
"""Marks of parcels of one commit: whoever keeps a letter waits no longer than they take."""

Mark = Callable[[sa.Connection], None]
"""What became of a parcel, to be written."""


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


async def open_store(
    settings: StoreSettings,
    *,
    hostname: str = "localhost",
    now: Callable[[], dt.datetime] = _utc_now,
    chance: Callable[[int], int] = random.getrandbits,
) -> "SqlStore":
    """Open the store that *settings* name as the daemon does: made where it is missing, its tables brought up to date.

    Until it is closed nobody migrates or restores it. Close it when done. *hostname* ends the Message-IDs of parcels; *now*
    and *chance* (so many random bits) number the letters. Raises ConfigError for a url that names no store and for another
    program's file, NotNow where an older store is served by another daemon or has no room for its copy, StoreError when the
    store does not answer.
    """
    url = url_of(settings)
    engine = await ENGINES[url.drivername](url, settings, make_at=_utc_now())
    return SqlStore(engine, hostname=hostname, now=now, chance=chance)


async def find_store(settings: StoreSettings, *, hostname: str = "localhost") -> "SqlStore":
    """Open the store that *settings* name as commands do: as it is. Close it when done.

    Raises ConfigError, too, where there is none, or one of another version; StoreError when the store does not answer.
    """
    url = url_of(settings)
    engine = await ENGINES[url.drivername](url, settings)
    return SqlStore(engine, hostname=hostname, now=_utc_now, chance=random.getrandbits)


def create_store(settings: StoreSettings) -> bool:
    """Make the store that *settings* name, and its folder; False where it is there already, in whatever revision, and left alone.

    Waits for the disk; nothing of it stays open. Raises ConfigError for a url that names no store and for another program's
    file, OSError and StoreError where it cannot be made.
    """
    return create_sqlite(url_of(settings), settings)


class SqlStore(SqlAccounts, SqlParcels, SqlSendBook, SqlPresences):
    """The port Store."""

    def __init__(
        self, engine: Engine, *, hostname: str, now: Callable[[], dt.datetime], chance: Callable[[int], int]
    ) -> None:
        self._engine = engine
        self._hostname = hostname
        self._now = now
        self._bounce_numbering = Numbering(chance)
        self._letter_numbering = numbering = Numbering(chance)
        self._keeping = Keeping(engine, lambda: numbering.next(now()))
        self._imports = SuppressionImports(engine, now)
        self._counting = GroupCommit(self._count, lambda sends: len(sends) / MOST_SENDS)
        self._marking = GroupCommit(self._mark, lambda _: 1 / MOST_MARKS)

    async def close(self) -> None:
        """Answer whoever waits, then close."""
        for each in (self._keeping, self._counting, self._marking):
            await each.finish()
        await self._engine.close()

    def astray(self) -> str | None:
        """Say why nothing can be kept."""
        return self._engine.astray()

    async def release_leases(self) -> None:
        """Take back every lease, and forget what nobody goes on with; the daemon is the only one that makes any."""
        await self._engine.write(chunks.forget_lost)
        await self._engine.write(letters.release)
        await self._engine.write(outbox.release)

    async def post_test(self, scope: Scope, to: str, *, now: dt.datetime) -> int:
        """Put a test notice in the outbox."""
        return await write_numbered(self._engine, self._post_test, to, scope.account, now)

    def _post_test(self, connection: sa.Connection, to: str, account: str | None, now: dt.datetime) -> int:
        number = self._letter_numbering.next(now)
        return test_notice.add(connection, number=number, to=to, account=account, hostname=self._hostname, now=now)

    # letters

    async def keep(self, letters: Sequence[Received]) -> Sequence[int]:
        """Commit the letters of one DATA; many callers share one commit."""
        return await self._keeping.keep(letters) if letters else ()

    async def lease_letters(
        self, *, now: dt.datetime, count: int, octets: int, until: dt.datetime
    ) -> Sequence[KeptLetter]:
        """Take kept letters; their octets are loaded after the commit, so that no keeper waits for that."""
        ids = await self._engine.write(letters.lease, now=now, count=count, octets=octets, until=until)
        return await self._engine.read(letters.load, ids) if ids else ()

    async def give_back_letters(self, ids: Sequence[int], *, until: dt.datetime) -> None:
        """End leases of ours."""
        await self._engine.write(letters.give_back, ids, until=until)

    async def record(self, cases: Sequence[PendingDecision], *, now: dt.datetime) -> Sequence[Record]:
        """Decide on letters that are still kept and commit what follows."""
        numbering = self._bounce_numbering
        return await write_numbered(
            self._engine, recording.record, cases, now=now, hostname=self._hostname, numbering=numbering
        )

    async def rerecord(self, scope: Scope, case: PendingDecision, *, now: dt.datetime) -> None:
        """Replace what was recorded of a letter that is read or shunted; adds suppressions that follow from it now."""
        numbering = self._bounce_numbering
        await write_numbered(self._engine, recording.rerecord, scope, case, now=now, numbering=numbering)

    async def foresee(self, scope: Scope, case: PendingDecision, *, now: dt.datetime) -> Record | None:
        """Give what would be recorded."""
        return await self._engine.read(recording.foresee, scope, case, now=now)

    async def letter(self, scope: Scope, letter_id: int) -> KeptLetter | None:
        """Give one letter with its octets."""
        return await self._engine.read(letters.load_one, scope, letter_id)

    async def letters(self, scope: Scope, which: LetterFilter, page: Page) -> Sequence[LetterRow]:
        """List letters."""
        return await self._engine.read(letters.listed, scope, which, page)

    async def bounces(self, scope: Scope, which: BounceFilter, page: Page) -> Sequence[BounceRow]:
        """List bounces."""
        return await self._engine.read(bounces.listed, scope, which, page)

    async def retire(self, *, letters_before: dt.datetime, records_before: dt.datetime, count: int) -> tuple[int, int]:
        """Forget what is old; a letter's age is that of its number. An import that was broken off comes to its place."""
        await self._settle()
        return await self._engine.write(
            retiring.retire, letters_before=letters_before, records_before=records_before, count=count
        )

    async def octets_between(self, since: dt.datetime, before: dt.datetime, *, most: int) -> DayOctets:
        """Sum up what came."""
        return await self._engine.read(day_octets.between, since, before, most)

    async def cut(self, *, before: dt.datetime, count: int) -> int:
        """Leave the beginning of what proves nothing."""
        return await self._engine.write(cutting.cut, before=before, count=count)

    async def look_at_clock(self, *, now: dt.datetime) -> Steady:
        """Write down what the clock says."""
        return await self._engine.write(steadiness.look, now=now)

    # outbox

    async def schedule_entries(self, *, now: dt.datetime) -> Scheduled:
        """Decide when entries leave."""
        decisions, others = await self._engine.write(_schedule, now=now)
        scheduling.log_decisions(decisions)
        return Scheduled(len(decisions) + others, more=len(decisions) == scheduling.AT_A_TIME)

    async def lease_parcels(
        self, *, now: dt.datetime, count: int, until: dt.datetime, lane: Lane = EVERY_LANE
    ) -> Sequence[DeliveryJob]:
        """Take entries that are due."""
        ids = await self._engine.write(outbox.lease, now=now, count=count, until=until, lane=lane)
        return await self._engine.read(delivery_facts.delivery_jobs, ids, with_letters=lane.letters) if ids else ()

    async def _mark(self, marks: list[Mark]) -> Sequence[None]:
        await self._engine.write(_write_all, marks)
        return [None] * len(marks)

    async def mark_sent(self, parcel_id: int, *, now: dt.datetime, said: str) -> None:
        """It left."""
        await self._marking.do(lambda connection: outbox.mark_sent(connection, parcel_id, now=now, said=said))

    async def mark_waiting(self, parcel_id: int, *, due: dt.datetime, said: str) -> None:
        """It did not leave."""
        await self._marking.do(lambda connection: outbox.mark_waiting(connection, parcel_id, due=due, said=said))

    async def mark_given_up(self, parcel_id: int, *, now: dt.datetime, said: str) -> None:
        """It will not leave."""
        await self._marking.do(lambda connection: outbox.mark_given_up(connection, parcel_id, now=now, said=said))


def _schedule(connection: sa.Connection, *, now: dt.datetime) -> tuple[list[scheduling.Decision], int]:
    """Decide on some entries, and let leave what was held until *now*; give the decisions, and how many others leave."""
    decisions = scheduling.schedule_entries(connection, now=now)
    return decisions, digests.bundle(connection, now=now) + unsent.release(connection, now=now)


def _write_all(connection: sa.Connection, marks: list[Mark]) -> None:
    for mark in marks:
        mark(connection)
