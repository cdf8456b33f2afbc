"""Read: kept letters become records. Lease, read, decide, and one commit for all that follows.

A letter whose reading is cut off by a crash is leased again when its lease has run out; since ``record`` passes over
letters that are no longer kept, it is recorded exactly once.
"""

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Sequence

from bouncer.errors import ReaderError, StoreError, TryLater
from bouncer.mail.letter import spell_id
from bouncer.mail.returnpath import Flaw, Key, Signed, verify
from bouncer.policy.record import LetterState, Record
from bouncer.policy.route import Circumstances, route
from bouncer.policy.verdict import Opened
from bouncer.ports import Directory, KeptLetter, LetterStore, Reader
from bouncer.stages.admit import Admit

BATCH_LETTERS = 64
"""Letters of one commit: enough to share its cost, few enough that a keeper never waits long behind it."""
BATCH_OCTETS = 4 * 1024 * 1024
"""Octets of one batch: what is held in memory at once."""
LEASE = dt.timedelta(minutes=5)
"""How long a batch may take; after a crash its letters wait this long at most."""
IDLE_SECONDS = 5.0
"""How often to look though nobody woke us: for letters whose lease ran out."""
PAUSE_SECONDS = 1.0
"""How long to wait when the store does not answer."""
DAY_SECONDS = 86_400

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
        self._keys = keys
        self._operator = operator
        self._now = now
        self._wake = wake

    async def run(self, letters_came: asyncio.Event) -> None:
        """Read whatever is kept, for ever; *letters_came* wakes us at once."""
        while True:
            letters_came.clear()
            try:
                while await self.once():
                    pass
            except (StoreError, TryLater, ReaderError) as error:
                _log.warning("reading pauses, the letters stay kept: %s", error)
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
        letters = await self._store.lease_letters(now=now, count=BATCH_LETTERS, octets=BATCH_OCTETS, until=now + LEASE)
        if not letters:
            return 0
        opened = await self._reader.open([letter.received.raw for letter in letters])
        records = await self.decide(letters, opened)
        await self._store.record(records, now=self._now())
        if any(record.parcels for record in records):
            self._wake()
        return len(letters)

    async def decide(self, letters: Sequence[KeptLetter], opened: Sequence[Opened]) -> list[Record]:
        """Say what follows from each letter."""
        directory = await self._admit.directory()
        return [self._decide(letter, one, directory) for letter, one in zip(letters, opened, strict=True)]

    def _decide(self, letter: KeptLetter, opened: Opened, directory: Directory) -> Record:
        try:
            return route(opened.judgement, self._circumstances(letter, opened, directory))
        except Exception as error:  # noqa: BLE001 -- a bug of ours must neither lose this letter nor hold up the next
            _log.exception("letter %s is shunted", spell_id(letter.id))
            path, reading = letter.received.return_path, opened.judgement.reading
            note = f"shunted after {type(error).__name__}"
            return Record(letter.id, LetterState.SHUNTED, reading.kind, path.account, reading, note=note)

    def _circumstances(self, letter: KeptLetter, opened: Opened, directory: Directory) -> Circumstances:
        path = letter.received.return_path
        account = directory.accounts.get(path.account or "")
        return Circumstances(
            letter_id=letter.id,
            path=path,
            signed=self._signature(letter),
            ours=opened.ours,
            owners=account.owners if account and account.forwarding else (),
            operator=self._operator,
            now=self._now(),
        )

    def _signature(self, letter: KeptLetter) -> Signed | None:
        """The signature as it was when the letter came: it may have expired since."""
        day = int(letter.received.received_at.timestamp()) // DAY_SECONDS
        signed = verify(letter.received.return_path.address, keys=self._keys, today=day)
        return None if isinstance(signed, Flaw) else signed
