"""Imports on an SQL engine: the steps of ``staging``, each a commit, with pauses in which other writers have their turn."""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from bouncer.policy.records import Suppression
from bouncer.ports.imports import ImportLabel, ImportUndoing, RecordedImport, UndoneImport
from bouncer.ports.suppressions import ImportResult
from bouncer.store.engine.engine import Engine
from bouncer.store.suppressions import staging
from bouncer.store.suppressions.staging import MergedRows

STAGED_AT_ONCE = 5000
"""Rows of an import that one commit stages: few enough that no letter waits long."""
DELETED_AT_ONCE = 5000
"""Rows of an import that one commit deletes: few enough that no letter waits long."""
MERGED_AT_ONCE = 5000
"""Rows of an import that one commit merges into the suppressions."""
UNDONE_AT_ONCE = 1000
"""Rows of an import that one commit undoes: few enough that no letter waits long; a row costs more than one that is merged."""
PAUSE_SECONDS = 0.12
"""Seconds between two commits of an import: a waiting writer tries the file's lock every 0.1 seconds (sqlite3_busy_timeout)."""

UNDO_PAUSE_SECONDS = 0.06
"""Seconds between two commits of an undoing, which are shorter: about as long as a commit takes, so others have half the time."""


class SuppressionImports:
    """Imports of one store; ``now()`` gives the time of opening and of activation."""

    def __init__(self, engine: Engine, now: Callable[[], dt.datetime]) -> None:
        self._engine = engine
        self._now = now

    async def run(
        self, rows: Iterable[Suppression], merged: Callable[[int], None], label: ImportLabel | None = None
    ) -> ImportResult:
        """Activate all *rows*, or none, then merge them; *merged* is called with the number of rows of each part.

        A thread reads the rows, which takes a tenth of a second for each part.
        """
        name = await self.open()
        remaining = iter(rows)
        try:
            while part := await asyncio.to_thread(list, islice(remaining, STAGED_AT_ONCE)):
                await self.stage(name, part)
            await self.activate(name, label)
        except BaseException:
            await self.drop(name)
            raise
        merged(0)
        while True:
            progress = await self.merge(name)
            merged(progress.count)
            if not progress.has_more:
                return ImportResult(progress.new, progress.kept_out, name)

    async def open(self) -> str:
        """Begin an import and give its name; staged rows of older imports that never came in force are deleted."""
        await self.settle()
        name, abandoned_imports = await self._engine.read(staging.open_import, now=self._now())
        for older_import in abandoned_imports:
            await self.drop(older_import)
        return name

    async def stage(self, name: str, suppressions: Sequence[Suppression]) -> None:
        """Stage a part, which is not in force yet, and pause for other writers."""
        await self._engine.write(staging.stage, name, suppressions)
        await asyncio.sleep(PAUSE_SECONDS)

    async def activate(self, name: str, label: ImportLabel | None = None) -> None:
        """Put all staged rows in force by one commit, for every process."""
        await self._engine.write(staging.activate, name, label, now=self._now())

    async def merge(self, name: str) -> MergedRows:
        """Merge a part of an import that is in force into the suppressions; pause for other writers where rows are left."""
        progress = await self._engine.write(staging.merge, name, MERGED_AT_ONCE)
        if progress.has_more:
            await asyncio.sleep(PAUSE_SECONDS)
        return progress

    async def drop(self, name: str) -> None:
        """Delete the staged rows of an import; nothing where it is in force."""
        while await self._engine.write(staging.drop, name, DELETED_AT_ONCE):
            pass

    async def list_imports(self, account: str, since: dt.datetime, limit: int) -> Sequence[RecordedImport]:
        """List an account's imports of files, newest first."""
        from bouncer.store.suppressions import undoing  # noqa: PLC0415 -- as below

        return await self._engine.read(undoing.list_imports, account, since, limit)

    async def undo(self, order: ImportUndoing, *, limit: int) -> UndoneImport | None:
        """Free what an import suppressed, part by part, until about *limit* addresses are free."""
        from bouncer.store.suppressions import undoing  # noqa: PLC0415 -- few processes undo an import

        await self.settle()
        at = await self._engine.read(undoing.find, order)
        if at is None:
            return None
        freed_count, kept_count, last_id = 0, 0, 0
        while freed_count < limit:
            part = await self._engine.write(undoing.undo_part, order, at, last_id, UNDONE_AT_ONCE, freed_count)
            freed_count, kept_count, last_id = freed_count + part.freed, kept_count + part.stay, part.last
            if part.count < UNDONE_AT_ONCE:
                await self._engine.write(undoing.note_undone, order)
                return UndoneImport(freed_count, kept_count, has_more=False)
            await asyncio.sleep(UNDO_PAUSE_SECONDS)
        return UndoneImport(freed_count, kept_count, has_more=True)

    async def settle(self) -> None:
        """Merge the rest of every import in force: one that was interrupted, or runs in another process."""
        while (name := await self._engine.ask(staging.find_unmerged)) is not None:
            while (await self.merge(name)).has_more:
                pass
