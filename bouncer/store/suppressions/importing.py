"""Imports on an SQL engine: the steps of ``staging``, each one commit, and the pauses in which others write."""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from bouncer.policy.records import Suppression
from bouncer.ports.suppressions import ImportResult
from bouncer.store.engine.engine import Engine
from bouncer.store.suppressions import staging
from bouncer.store.suppressions.staging import MergedRows

STAGED_AT_ONCE = 5000
"""Rows of an import that one commit lays ready: few enough that no letter waits."""
FORGOTTEN_AT_ONCE = 5000
"""Rows of an import that one commit takes away: no letter waits for it."""
MERGED_AT_ONCE = 5000
"""Rows of an import that one commit merges into the list."""
PAUSE_SECONDS = 0.12
"""Between two commits of an import: who waits for the file's lock looks for it every 0.1 seconds (sqlite3_busy_timeout)."""


class SuppressionImports:
    """Imports of one store; *now* gives the time at which one is opened and activated."""

    def __init__(self, engine: Engine, now: Callable[[], dt.datetime]) -> None:
        self._engine = engine
        self._now = now

    async def run(self, rows: Iterable[Suppression], merged: Callable[[int], None]) -> ImportResult:
        """Put all *rows* in force, or none, then merge them; *merged* is called with the number of rows of each part."""
        name = await self.open()
        remaining = iter(rows)
        try:
            while part := list(islice(remaining, STAGED_AT_ONCE)):
                await self.stage(name, part)
            await self.activate(name)
        except BaseException:
            await self.drop(name)
            raise
        merged(0)
        while True:
            progress = await self.merge(name)
            merged(progress.count)
            if not progress.left:
                return ImportResult(progress.new, progress.kept_out)

    async def open(self) -> str:
        """Begin an import and give its name; what older ones left that never came in force is dropped."""
        await self.settle()
        name, abandoned = await self._engine.read(staging.open_import, now=self._now())
        for older in abandoned:
            await self.drop(older)
        return name

    async def stage(self, name: str, suppressions: Sequence[Suppression]) -> None:
        """Lay a part ready, and let others write; nothing of it is in force."""
        await self._engine.write(staging.stage, name, suppressions)
        await asyncio.sleep(PAUSE_SECONDS)

    async def activate(self, name: str) -> None:
        """Put all that was laid ready in force at once, for every process."""
        await self._engine.write(staging.take, name, now=self._now())

    async def merge(self, name: str) -> MergedRows:
        """Merge a part of an import that is in force into the list, and let others write; until nothing is left."""
        progress = await self._engine.write(staging.place, name, MERGED_AT_ONCE)
        if progress.left:
            await asyncio.sleep(PAUSE_SECONDS)
        return progress

    async def drop(self, name: str) -> None:
        """Forget what was laid ready; of an import that is in force, nothing."""
        while await self._engine.write(staging.drop, name, FORGOTTEN_AT_ONCE):
            pass

    async def settle(self) -> None:
        """Merge all that is in force: of an import that was interrupted, or runs in another process."""
        while (name := await self._engine.read(staging.unplaced)) is not None:
            while (await self.merge(name)).left:
                pass
