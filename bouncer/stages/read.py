"""Read: turn kept letters into records: lease a batch, read it, decide, and commit each decision with all its effects.

After a crash, the batch's letters are leased again once their leases have run out. Since ``record`` skips letters
that are no longer in state kept, each letter is recorded exactly once.
"""

import asyncio
import contextlib
import dataclasses
import datetime as dt
import logging
from collections.abc import Callable, Sequence

from bouncer.errors import ReaderError, StoreError, TryLater
from bouncer.mail.former import former_name, parse_former_name
from bouncer.mail.letter import PathKind, Received, ReturnPath
from bouncer.mail.returnpath import LAST_DAY, Flaw, Generation, Key, Signed, verify
from bouncer.policy.circumstances import Circumstances
from bouncer.policy.read_letter import ReadLetter
from bouncer.policy.records import Record
from bouncer.policy.route import RoutedLetter as RoutedCase
from bouncer.policy.route import with_comparison
from bouncer.ports.accounts import Directory
from bouncer.ports.letters import KeptLetter, LetterStore, PendingDecision
from bouncer.ports.reading import Reader
from bouncer.stages.admit import Admit, former_signing_generation, generation_lookup
from bouncer.stages.batches import (
    BATCH_LETTERS,
    BATCH_OCTETS,
    BATCH_TIME,
    FEW_LETTERS,
    GATHER_SECONDS,
    next_count,
    split_for_commits,
)
from bouncer.stages.careful import Careful
from bouncer.stages.logged_addresses import LoggedAddresses
from bouncer.stages.outcome_log import log_record
from bouncer.stages.read_ahead import read_ahead
from bouncer.verdict.taught_rule import TaughtRule

LEASE = dt.timedelta(minutes=5)
"""The longest time for a batch; after a crash its letters wait this long at most."""
IDLE_SECONDS = 5.0
"""Seconds between two looks without a wake-up: leases of letters run out by time alone."""
PAUSE_SECONDS = 1.0
"""Seconds to wait when the store does not answer."""
DAY_SECONDS = 86_400

_OPEN_TO_ALL = (PathKind.ALIAS, PathKind.VERP)

_log = logging.getLogger(__name__)


class Read:
    """Reads kept letters, decides on them, and records the decisions."""

    def __init__(
        self,
        store: LetterStore,
        reader: Reader,
        admit: Admit,
        *,
        keys: tuple[Key, ...],
        operator: str | None,
        now: Callable[[], dt.datetime],
        wake: Callable[[], None],
    ) -> None:
        self._store = store
        self._reader = reader
        self._admit = admit
        self._naming = LoggedAddresses(admit)
        self.keys = keys
        """The master keys; a reload replaces them."""
        self.outliving_days = 0
        """As in Circumstances, 0 by the default settings; whoever knows others sets it."""
        self._operator = operator
        self._now = now
        self._wake = wake
        self._count = BATCH_LETTERS
        self._rules: tuple[TaughtRule, ...] = ()

    async def run(self, letters_came: asyncio.Event) -> None:
        """Read kept letters for ever; *letters_came* wakes it at once."""
        while True:
            letters_came.clear()
            try:
                while count := await self.run_once():
                    if count < FEW_LETTERS:
                        await asyncio.sleep(GATHER_SECONDS)
            except (StoreError, TryLater, ReaderError) as error:
                level = error.level(logging.WARNING) if isinstance(error, StoreError) else logging.WARNING
                _log.log(level, "reading pauses, the letters stay kept: %s", error)
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            try:
                async with asyncio.timeout(IDLE_SECONDS):
                    await letters_came.wait()
            except TimeoutError:
                continue

    async def run_once(self) -> int:
        """Read one batch; gives the number of letters that are done. Raises StoreError, TryLater, ReaderError.

        A batch that takes longer than BATCH_TIME ends early: its other letters are given back, and newer ones have their turn.
        """
        now, self._rules = self._now(), (await self._admit.directory()).rules
        letters = await self._store.lease_letters(now=now, count=self._count, octets=BATCH_OCTETS, until=now + LEASE)
        if not letters:
            return 0
        waiting = {letter.id: letter for letter in letters}
        try:
            async with contextlib.aclosing(
                read_ahead(letters, self._begin, lambda: self._now() >= now + BATCH_TIME)
            ) as parts:
                async for part, readings in parts:
                    for letter_id in await self._record(part, readings, now + BATCH_TIME):
                        del waiting[letter_id]
        except (ReaderError, TryLater, StoreError):
            await self._give_back(letters, now + LEASE)
            raise
        if waiting:
            await self._give_back(list(waiting.values()), now + LEASE)
        count = len(letters) - len(waiting)
        self._count = next_count(self._count, count, self._now() - now)
        return count

    def _begin(self, part: Sequence[KeptLetter]) -> asyncio.Task[Sequence[ReadLetter | None]]:
        return asyncio.create_task(self._reader.read([letter.received for letter in part], self._rules))

    async def _record(
        self, letters: Sequence[KeptLetter], readings: Sequence[ReadLetter | None], deadline: dt.datetime
    ) -> Sequence[int]:
        """Decide on the letters that could be read, and record and log the decisions, with no further commit after *deadline*.

        Gives the ids of the letters that are done.
        """
        if unread_ids := [letter.id for letter, reading in zip(letters, readings, strict=True) if reading is None]:
            _log.warning(
                "%d letters wait until their lease has run out: one of their peer or path cannot be read",
                len(unread_ids),
            )
        finished_ids, records_of_all = unread_ids, list[Record]()
        try:
            for of_commit in split_for_commits(letters, readings):
                cases = await self.cases(*of_commit)
                records = await self._store.record(cases, now=self._now())
                if any(record.entries for record in records):
                    self._wake()
                records_of_all += records
                finished_ids += (case.letter_id for case in cases)
                if self._now() >= deadline:
                    break
        finally:
            for record in records_of_all:
                log_record(record, self._naming)
        return finished_ids

    async def _give_back(self, letters: Sequence[KeptLetter], until: dt.datetime) -> None:
        """Give back the leases of *letters*: the fault is not in them, so they may be leased again at once."""
        try:
            await self._store.give_back_letters([letter.id for letter in letters], until=until)
        except (StoreError, TryLater) as error:
            level = error.level(logging.WARNING) if isinstance(error, StoreError) else logging.WARNING
            _log.log(level, "%d letters are read again once their leases have run out: %s", len(letters), error)

    async def cases(
        self, letters: Sequence[KeptLetter], readings: Sequence[ReadLetter | None]
    ) -> list[PendingDecision]:
        """Make a pending decision of each letter that could be read: all that its decision needs beside the history."""
        directory, cases = await self._admit.newest_directory(), list[PendingDecision]()
        for letter, reading in zip(letters, readings, strict=True):
            if reading is not None:
                cases.append(self._case(letter, reading, directory))
                await asyncio.sleep(0)  # other tasks have their turn: a letter may name many recipients
        return cases

    def _case(self, letter: KeptLetter, read_letter: ReadLetter, directory: Directory) -> PendingDecision:
        received, reading = letter.received, read_letter.judgement.reading
        path = self._path_of_generation(received, directory)
        account = directory.accounts.get(path.account or "")
        generation_of = _generations(path.account, directory)
        signed, flaw = self._signature(path.address, received.received_at, generation_of)
        mark, mark_flaw = self._signature(reading.original.return_path or "", received.received_at, generation_of)
        circumstances = Circumstances(
            letter_id=letter.id,
            path=path,
            signed=signed,
            owners=account.owners if account and account.forwarding else (),
            operator=self._operator,
            now=self._now(),
            mark=mark,
            flaw=(mark_flaw if path.kind in _OPEN_TO_ALL else flaw),
            peer=received.peer,
            came_at=received.received_at,
            notices=read_letter.notices,
            is_from_bouncer=read_letter.is_from_bouncer,
            extract=read_letter.written,
            forwards=account is None or account.forwarding,
            subscriptions=account.subscriptions if account else (),
            endpoints=account.endpoints if account else (),
            outliving_days=self.outliving_days,
        )
        return Careful.of(RoutedCase(read_letter.judgement, with_comparison(circumstances, reading, read_letter.forms)))

    def _path_of_generation(self, received: Received, directory: Directory) -> ReturnPath:
        """Give the letter's path; under the former name of its account, where that was removed and another has the name now.

        The signature of a signed path tells the account. An alias's letter is the removed account's where it came before the new
        account was made: the server learns of changes a second late.
        """
        path, number = received.return_path, None
        account = directory.accounts.get(path.account or "")
        if account is None or account.generation.number == 1:
            return path
        if path.kind is PathKind.SIGNED:
            number = former_signing_generation(path.address, account, keys=self.keys)
        elif account.created_at and received.received_at < account.created_at:
            number = account.generation.number - 1
        return path if number is None else dataclasses.replace(path, account=former_name(account.name, number))

    def _signature(
        self, address: str, at: dt.datetime, generation_of: Callable[[str], Generation | None]
    ) -> tuple[Signed | None, str | None]:
        """Give the signature, or the flaw in it, as of the letter's arrival: it may have expired since."""
        if not address:
            return None, None
        signed = verify(address, keys=self.keys, today=int(at.timestamp()) // DAY_SECONDS, generation_of=generation_of)
        if isinstance(signed, Flaw):
            return None, signed.value
        return signed, None


def _generations(account: str | None, directory: Directory) -> Callable[[str], Generation | None]:
    """Give the generation of each account by which signatures count: for a letter of a removed account, that account's own."""
    present, former = generation_lookup(directory), parse_former_name(account or "")
    if former is None:
        return present
    name, number = former
    removed = Generation(number, LAST_DAY if number == 1 else None)
    return lambda signer: removed if signer == name else present(signer)
