"""Reading by rules that are not kept yet, in a process of its own with the bounds of the daemon's."""

import contextlib
from collections.abc import AsyncIterator, Sequence

from bouncer.clock import now
from bouncer.daemon.admitting import make_admit
from bouncer.key_files import read_keys
from bouncer.manage.rereading import ReadAgain
from bouncer.ndr.taught_form import Outline
from bouncer.ports.letters import KeptLetter, PendingDecision
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings
from bouncer.stages.admit import Admit
from bouncer.stages.read import Read
from bouncer.verdict.taught_rule import TaughtRule
from bouncer.workers.reader_process import ReaderProcess


class TaughtReading:
    """Implements TaughtReader with a reading process; made by ``reading_taught``."""

    def __init__(self, reader: ReaderProcess, reading: Read, admit: Admit) -> None:
        self._reader = reader
        self._reading = reading
        self._admit = admit

    async def outline(self, letter: KeptLetter) -> Outline:
        """Give the lines of *letter*, and whether a new rule can read it; a letter that the rules in force read needs none."""
        rules = (await self._admit.newest_directory()).rules
        return await self._reader.outline(letter.received, rules)

    def reading_by(self, rules: Sequence[TaughtRule]) -> ReadAgain:
        """Give a function that reads letters by the rules in force, then by *rules*."""

        async def read(letter: KeptLetter) -> PendingDecision:
            in_force = (await self._admit.newest_directory()).rules
            added = (rule for rule in rules if rule.id not in {rule_in_force.id for rule_in_force in in_force})
            readings = await self._reader.read([letter.received], (*in_force, *added))
            return (await self._reading.cases([letter], readings))[0]

        return read


@contextlib.asynccontextmanager
async def reading_taught(store: Store, settings: Settings) -> AsyncIterator[TaughtReading]:
    """Open the reading process, which ends with the context."""
    keys = read_keys(settings.tokens.keys)
    admit = make_admit(settings.smtp, store, keys)
    reader = ReaderProcess(settings.reading)
    reading = Read(store, reader, admit, keys=keys, operator=None, now=now, wake=lambda: None)
    reading.outliving_days = settings.outliving_days
    try:
        yield TaughtReading(reader, reading, admit)
    finally:
        await reader.close()
