"""The port Store on an SQL engine: most methods are one transaction, and call functions of the store's sub-packages."""

import datetime as dt
import random
from collections.abc import AsyncIterator, Callable, Sequence

import sqlalchemy as sa

from bouncer.mail.letter import Received
from bouncer.policy.clock_trust import ClockObservation
from bouncer.policy.records import Record
from bouncer.ports.day_octets import DayOctets
from bouncer.ports.letters import (
    KeptLetter,
    PendingDecision,
)
from bouncer.ports.scope import Scope
from bouncer.settings.sections import StoreSettings
from bouncer.store import clock_faults, clock_observations
from bouncer.store.api_keys.key_store import SqlApiKeys
from bouncer.store.bounces import recording
from bouncer.store.bounces.foreseeing import foresee, is_worthwhile
from bouncer.store.engine.backend import LEFT_BY_RECORDS
from bouncer.store.engine.databases import CREATORS, ENGINES, url_of
from bouncer.store.engine.engine import Engine, write_numbered
from bouncer.store.engine.group_commit import GroupCommit
from bouncer.store.engine.ids import Numbering
from bouncer.store.erasures.erasure_store import SqlErasures
from bouncer.store.letters import chunks, cutting, day_octets, leasing, letters, retiring
from bouncer.store.letters.keeping import Keeping
from bouncer.store.letters.retiring import Retirement
from bouncer.store.outbox import outbox, test_notice
from bouncer.store.outbox.delivery_store import MARK_SECONDS, MOST_MARKS, SqlDeliveries
from bouncer.store.outbox.queue import SqlQueue
from bouncer.store.presences import SqlPresences
from bouncer.store.record_lists import SqlRecordLists
from bouncer.store.saved_filters.filter_store import SqlSavedFilters
from bouncer.store.shares.share_store import SqlShares
from bouncer.store.sign_ins.sign_in_store import SqlSignIns
from bouncer.store.suppressions.allowing import MOST_DOMAINS
from bouncer.store.suppressions.importing import SuppressionImports
from bouncer.store.suppressions.list_store import SqlAddressLists
from bouncer.store.suppressions.places import ListPlaces
from bouncer.store.suppressions.suppression_store import SqlSendCounts, share_of_change
from bouncer.store.taught.taught_store import SqlTaughtRules
from bouncer.store.webhooks.webhook_store import ATTEMPT_SECONDS, MOST_ATTEMPTS, SqlWebhooks

MOST_SENDS = 500
"""Sends of one commit (group commit): a failing commit delays no more."""


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


async def open_store(
    settings: StoreSettings,
    *,
    hostname: str = "localhost",
    now: Callable[[], dt.datetime] = _utc_now,
    chance: Callable[[int], int] = random.getrandbits,
) -> "SqlStore":
    """Open the store of *settings* for the daemon: create it where it is missing, and migrate it to the present revision.

    The caller closes it; until then no other process migrates or restores it. *hostname* is the domain of entries' Message-IDs;
    ``now()`` and ``chance(bits)`` make the letters' ids. Raises ConfigError for a url without a store and for another program's
    file, NotNow where another daemon serves an older store or there is no room for its copy, StoreError when the store does not
    answer.
    """
    url = url_of(settings)
    engine = await ENGINES[url.drivername](url, settings, make_at=_utc_now())
    return SqlStore(engine, hostname=hostname, now=now, chance=chance)


async def find_store(settings: StoreSettings, *, hostname: str = "localhost") -> "SqlStore":
    """Open the store of *settings* for a command: it is neither created nor migrated. The caller closes it.

    Raises ConfigError as ``open_store`` does, and for a missing store or another revision; StoreError when it does not answer.
    """
    url = url_of(settings)
    engine = await ENGINES[url.drivername](url, settings)
    return SqlStore(engine, hostname=hostname, now=_utc_now, chance=random.getrandbits)


def create_store(settings: StoreSettings) -> bool:
    """Create the store of *settings*, and its folder; False, with nothing changed, where it exists in any revision.

    Blocks, and closes the store. Raises ConfigError for a url without a store and for another program's file, OSError
    and StoreError where it cannot be created.
    """
    url = url_of(settings)
    return CREATORS[url.drivername](url, settings)


class SqlStore(
    SqlTaughtRules,
    SqlQueue,
    SqlDeliveries,
    SqlSendCounts,
    SqlPresences,
    SqlApiKeys,
    SqlSignIns,
    SqlShares,
    SqlSavedFilters,
    SqlWebhooks,
    SqlAddressLists,
    SqlErasures,
    SqlRecordLists,
):
    """The port Store; its docstrings hold here."""

    def __init__(
        self, engine: Engine, *, hostname: str, now: Callable[[], dt.datetime], chance: Callable[[int], int]
    ) -> None:
        self._engine = engine
        self._hostname = hostname
        self._now = now
        self._bounce_numbering = Numbering(chance)
        self._letter_numbering = numbering = Numbering(chance)
        self._keep_group = Keeping(engine, lambda: numbering.next_id(now()))
        self._leases = leasing.Leases()
        self._imports = SuppressionImports(engine, now)
        self._places = ListPlaces()
        self._lookup_group = GroupCommit(self._look_up, lambda look_up: look_up.share)
        self._change_group = GroupCommit(self._change_all, share_of_change)
        self._covered_group = GroupCommit(self._find_covered, lambda _: 1 / MOST_DOMAINS)
        self._count_group = GroupCommit(self._count, lambda sends: len(sends) / MOST_SENDS)
        self._mark_group = GroupCommit(self._mark, lambda _: 1 / MOST_MARKS, gather_seconds=MARK_SECONDS)
        self._attempt_group = GroupCommit(
            self._record_attempts, lambda _: 1 / MOST_ATTEMPTS, gather_seconds=ATTEMPT_SECONDS
        )

    async def close(self) -> None:
        """Finish the waiting commits, then close the engine."""
        for group in (
            self._keep_group,
            self._lookup_group,
            self._covered_group,
            self._change_group,
            self._count_group,
            self._mark_group,
            self._attempt_group,
        ):
            await group.finish()
        await self._engine.close()

    def lost_files(self) -> str | None:
        """Give why no letter can be kept; None where all is well."""
        return self._engine.lost_files()

    def take_damage(self) -> str | None:
        """Give the damage that was met since the last call."""
        return self._engine.take_damage()

    async def release_leases(self) -> None:
        """End every lease."""
        await self._engine.write(leasing.release)
        await self._engine.write(outbox.release)

    async def bring_back(self, *, now: dt.datetime) -> int:
        """Bring back what a clock that was ahead has dated."""
        return await self._engine.write(clock_faults.bring_back, now=now)

    async def forget_unfinished(self) -> None:
        """Delete all pieces without a letter; where another process is keeping one now, ``chunks.require_leading`` refuses it."""
        await self._engine.write(chunks.delete_lost)

    async def add_test_notice(self, scope: Scope, to: str, *, now: dt.datetime) -> int:
        """Add a test notice to the outbox; give its id."""
        return await write_numbered(self._engine, self._post_test, to, scope.account, now)

    def _post_test(self, connection: sa.Connection, to: str, account: str | None, now: dt.datetime) -> int:
        number = self._letter_numbering.next_id(now)
        return test_notice.add(connection, number=number, to=to, account=account, hostname=self._hostname, now=now)

    # letters

    async def keep(self, letters: Sequence[Received]) -> Sequence[int]:
        """Commit the letters of one DATA; many callers share a commit (group commit)."""
        return await self._keep_group.commit(letters) if letters else ()

    async def lease_letters(
        self, *, now: dt.datetime, count: int, octets: int, until: dt.datetime
    ) -> Sequence[KeptLetter]:
        """Lease kept letters; their octets are loaded after the commit, so that no other writer waits for that.

        A power cut may undo the lease, which is no loss: the letters are leased again.
        """
        ids = await self._engine.write_unsynced(self._leases.lease, now=now, count=count, octets=octets, until=until)
        if not ids:
            return ()
        loaded = {letter.id: letter for letter in await self._engine.ask(letters.load, ids)}
        # in the order of the turns: of a batch that takes long the last letters are given back
        return [loaded[letter_id] for letter_id in ids if letter_id in loaded]

    async def give_back_letters(self, ids: Sequence[int], *, until: dt.datetime) -> None:
        """End the leases that last *until* then, unless the letters have been leased again."""
        await self._engine.write(self._leases.give_back, ids, until=until)

    async def record(self, cases: Sequence[PendingDecision], *, now: dt.datetime) -> Sequence[Record]:
        """Decide on letters that are still kept, and commit the records."""
        numbering = self._bounce_numbering
        await self._engine.require_room(len(cases) * recording.OCTETS_OF_RECORD, leaving=LEFT_BY_RECORDS)
        foreseen = await self._engine.ask(foresee, cases, now=now) if is_worthwhile(cases) else None
        return await write_numbered(
            self._engine,
            recording.record,
            cases,
            now=now,
            hostname=self._hostname,
            numbering=numbering,
            foreseen=foreseen,
        )

    async def rerecord(self, scope: Scope, case: PendingDecision, *, now: dt.datetime) -> None:
        """Replace the record of a letter that is read or shunted; adds the suppressions that follow from it now."""
        numbering = self._bounce_numbering
        await write_numbered(self._engine, recording.rerecord, scope, case, now=now, numbering=numbering)

    async def foresee(self, scope: Scope, case: PendingDecision, *, now: dt.datetime) -> Record | None:
        """Decide as ``record`` does, on one snapshot, and write nothing."""
        return await self._engine.read(recording.preview, scope, case, now=now)

    async def letter(self, scope: Scope, letter_id: int) -> KeptLetter | None:
        """Give one letter with its octets."""
        return await self._engine.read(letters.load_one, scope, letter_id)

    async def retire(
        self, *, letters_before: dt.datetime, records_before: dt.datetime, count: int
    ) -> AsyncIterator[tuple[int, int]]:
        """Delete old letters and records, by the age in the letter's id; also merges the rest of interrupted imports."""
        await self._settle()
        for retirement in retiring.OCTETS:
            async for number in self._retire(retirement, letters_before, count):
                yield number, 0
        for retirement in retiring.RECORDS:
            async for number in self._retire(retirement, records_before, count):
                yield 0, number

    async def _retire(self, retirement: Retirement, before: dt.datetime, count: int) -> AsyncIterator[int]:
        """Delete rows of one kind; give their number after each step. A power cut may undo the last ones: they are done again."""
        place = retiring.START
        while (step := await self._engine.read(retirement.find, before, place, count)) is not None:
            yield await self._engine.write_unsynced(retirement.delete, step)
            place = step.place

    async def octets_between(self, since: dt.datetime, before: dt.datetime, *, limit: int) -> DayOctets:
        """Sum up the octets of letters by client and by path."""
        return await self._engine.read(day_octets.octets_between, since, before, limit)

    async def cut(self, *, before: dt.datetime, count: int) -> int:
        """Cut old letters that prove nothing to their beginning."""
        return await self._engine.write(cutting.cut, before=before, count=count)

    async def look_at_clock(self, *, now: dt.datetime) -> ClockObservation:
        """Record an observation of the clock."""
        return await self._engine.write(clock_observations.observe, now=now)
