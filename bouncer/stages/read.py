"""Read: kept letters become records. Lease, read, decide, and one commit for all that follows.

A letter whose reading is cut off by a crash is leased again when its lease has run out; since ``record`` passes over
letters that are no longer kept, it is recorded exactly once.
"""

import asyncio
import dataclasses
import datetime as dt
import logging
from collections.abc import Callable, Iterator, Sequence

from bouncer.errors import ReaderError, StoreError, TryLater
from bouncer.mail.former import former_name, former_of
from bouncer.mail.letter import PathKind, Received, ReturnPath
from bouncer.mail.returnpath import LAST_DAY, Flaw, Generation, Key, Signed, verify
from bouncer.policy.opened import Opened
from bouncer.policy.records import Record
from bouncer.policy.route import Circumstances, compared
from bouncer.policy.route import RoutedLetter as RoutedCase
from bouncer.ports.accounts import Directory
from bouncer.ports.letters import KeptLetter, LetterStore, PendingDecision
from bouncer.ports.reading import Reader
from bouncer.stages.admit import Admit, former_signer, generations
from bouncer.stages.careful import Careful
from bouncer.stages.naming import Naming
from bouncer.stages.recounting import recount

BATCH_LETTERS = 64
"""Letters of one commit: enough to share its cost, few enough that a keeper never waits long behind it."""
FEWEST_LETTERS = 4
"""Letters of a batch where they take very long: one alone would cost a commit each."""
BATCH_TIME = dt.timedelta(milliseconds=300)
"""What a batch should take: where letters take longer, fewer are leased, so that those that come meanwhile have their turn soon."""
COMMIT_RECIPIENTS = 100
"""Recipients of one commit: each costs a seventh of a millisecond, and whoever keeps a letter or sends mail waits behind it."""
BATCH_OCTETS = 4 * 1024 * 1024
"""Octets of one batch: what is held in memory at once."""
LEASE = dt.timedelta(minutes=5)
"""How long a batch may take; after a crash its letters wait this long at most."""
IDLE_SECONDS = 5.0
"""How often to look though nobody woke us: for letters whose lease ran out."""
PAUSE_SECONDS = 1.0
"""How long to wait when the store does not answer."""
DAY_SECONDS = 86_400

_OPEN_TO_ALL = (PathKind.ALIAS, PathKind.VERP)

_log = logging.getLogger(__name__)


class Read:
    """Turns kept letters into records."""

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
        self._naming = Naming(admit)
        self.keys = keys
        """The master keys; a reload puts others in their place."""
        self._operator = operator
        self._now = now
        self._wake = wake
        self._count = BATCH_LETTERS

    async def run(self, letters_came: asyncio.Event) -> None:
        """Read whatever is kept, for ever; *letters_came* wakes us at once."""
        while True:
            letters_came.clear()
            try:
                while await self.once():
                    pass
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

    async def once(self) -> int:
        """Read one batch; gives how many letters were in it."""
        now = self._now()
        letters = await self._store.lease_letters(now=now, count=self._count, octets=BATCH_OCTETS, until=now + LEASE)
        if not letters:
            return 0
        done = list[Record]()
        try:
            opened = await self._reader.open([letter.received for letter in letters])
            if waiting := sum(one is None for one in opened):
                _log.warning(
                    "%d letters wait until their lease has run out: one of their peer or path cannot be read", waiting
                )
            for part in _commits(await self.cases(letters, opened), opened):
                records = await self._store.record(part, now=self._now())
                if any(record.parcels for record in records):
                    self._wake()
                done += records
        except (ReaderError, TryLater, StoreError):
            await self._give_back(letters, now + LEASE)
            raise
        finally:
            for record in done:
                recount(record, self._naming)
        self._count = _next_count(self._count, self._now() - now)
        return len(letters)

    async def _give_back(self, letters: Sequence[KeptLetter], until: dt.datetime) -> None:
        """Let *letters* be leased again at once: that none could be read is not for anything in them."""
        try:
            await self._store.give_back_letters([letter.id for letter in letters], until=until)
        except (StoreError, TryLater) as error:
            level = error.level(logging.WARNING) if isinstance(error, StoreError) else logging.WARNING
            _log.log(level, "%d letters are read again once their leases have run out: %s", len(letters), error)

    async def cases(self, letters: Sequence[KeptLetter], opened: Sequence[Opened | None]) -> list[PendingDecision]:
        """Say of each letter that was read all that is known beside the past, so that it can be decided on."""
        directory, cases = await self._admit.directory(), list[PendingDecision]()
        for letter, one in zip(letters, opened, strict=True):
            if one is not None:
                cases.append(self._case(letter, one, directory))
                await asyncio.sleep(0)  # the others' turn: a letter may name many
        return cases

    def _case(self, letter: KeptLetter, opened: Opened, directory: Directory) -> PendingDecision:
        received, reading = letter.received, opened.judgement.reading
        path = self._of_its_generation(received, directory)
        account = directory.accounts.get(path.account or "")
        whose = _generations(path.account, directory)
        signed, flaw = self._signature(path.address, received.received_at, whose)
        mark, mark_flaw = self._signature(reading.original.return_path or "", received.received_at, whose)
        about = Circumstances(
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
            notices=opened.notices,
            of_a_bouncer=opened.of_a_bouncer,
            written=opened.written,
            forwards=account is None or account.forwarding,
            subscriptions=account.subscriptions if account else (),
        )
        return Careful.of(RoutedCase(opened.judgement, compared(about, reading, opened.forms)))

    def _of_its_generation(self, received: Received, directory: Directory) -> ReturnPath:
        """Give the letter's path; where it was admitted for a removed account, as that one's, whoever bears the name now.

        The door may know of a change a second late. What is signed says by itself which account it is of.
        """
        path, number = received.return_path, None
        account = directory.accounts.get(path.account or "")
        if account is None or account.generation.number == 1:
            return path
        if path.kind is PathKind.SIGNED:
            number = former_signer(path.address, account, keys=self.keys)
        elif account.created_at and received.received_at < account.created_at:
            number = account.generation.number - 1
        return path if number is None else dataclasses.replace(path, account=former_name(account.name, number))

    def _signature(
        self, address: str, at: dt.datetime, whose: Callable[[str], Generation | None]
    ) -> tuple[Signed | None, str | None]:
        """The signature as it was when the letter came, it may have expired since; or what is wrong with it."""
        if not address:
            return None, None
        signed = verify(address, keys=self.keys, today=int(at.timestamp()) // DAY_SECONDS, whose=whose)
        if isinstance(signed, Flaw):
            return None, signed.value
        return signed, None


def _commits(cases: Sequence[PendingDecision], opened: Sequence[Opened | None]) -> Iterator[Sequence[PendingDecision]]:
    """Part *cases*, one for each of *opened* that is not None, into those of one commit."""
    sizes = (len(each.judgement.reading.recipients) for each in opened if each is not None)
    part, room = list[PendingDecision](), COMMIT_RECIPIENTS
    for case, size in zip(cases, sizes, strict=True):
        if part and size > room:
            yield part
            part, room = [], COMMIT_RECIPIENTS
        part.append(case)
        room -= size
    if part:
        yield part


def _next_count(count: int, took: dt.timedelta) -> int:
    """Say how many letters to lease next, after *count* *took* so long."""
    if took > BATCH_TIME:
        return max(FEWEST_LETTERS, int(count * (BATCH_TIME / took)))
    return min(BATCH_LETTERS, count * 2)


def _generations(account: str | None, directory: Directory) -> Callable[[str], Generation | None]:
    """Give what tells whose a signature may be: for a letter of a removed account that one's, for any other those of today."""
    of_today, former = generations(directory), former_of(account or "")
    if former is None:
        return of_today
    name, number = former
    was = Generation(number, LAST_DAY if number == 1 else None)
    return lambda signer: was if signer == name else of_today(signer)
