"""Group commit: callers that wait at the same time share one transaction, and so one fsync (law 1: 250 means kept).

While one transaction runs the next callers gather; the busier it is, the more share.
"""

import asyncio
import datetime as dt
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bouncer.errors import StoreError
from bouncer.mail.letter import Received
from bouncer.store import letters
from bouncer.store.engine import Engine, write_numbered
from bouncer.store.ids import Numbering

MOST_LETTERS = 500
"""Letters of one commit: what a failing one may turn away at once."""
MOST_OCTETS = 32 << 20
"""Octets of one commit: it holds them in memory, and the log, twice."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """One caller: its letters and what it waits for."""

    letters: Sequence[Received]
    kept: asyncio.Future[tuple[int, ...]]
    octets: int = field(init=False)

    def __post_init__(self) -> None:
        self.octets = sum(len(one.raw) for one in self.letters)


class Keeper:
    """Keeps letters for many callers. One that is cancelled has either not begun or is kept without anybody knowing."""

    def __init__(self, engine: Engine, numbering: Numbering, now: Callable[[], dt.datetime]) -> None:
        self._engine = engine
        self._numbering = numbering
        self._now = now
        self._waiting: deque[_Waiting] = deque()
        self._running: asyncio.Task[None] | None = None

    async def keep(self, wanted: Sequence[Received]) -> tuple[int, ...]:
        """Commit *wanted*, all or none, together with whoever else waits; give their ids. Raises StoreError."""
        if not wanted:
            return ()
        one = _Waiting(wanted, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        if self._running is None:
            self._running = asyncio.create_task(self._run(), name="keeper")
        return await one.kept

    async def finish(self) -> None:
        """Wait until everybody who waits has an answer."""
        if self._running is not None:
            await self._running

    async def _run(self) -> None:
        try:
            while batch := self._next_batch():
                await self._commit(batch)
        finally:
            self._running = None

    def _next_batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        count, octets = MOST_LETTERS, MOST_OCTETS
        while self._waiting:
            one = self._waiting[0]
            if batch and (len(one.letters) > count or one.octets > octets):
                break
            self._waiting.popleft()
            if not one.kept.cancelled():
                batch.append(one)
                count, octets = count - len(one.letters), octets - one.octets
        return batch

    async def _commit(self, batch: list[_Waiting]) -> None:
        try:
            wanted = [one.letters for one in batch]
            ids = await write_numbered(self._engine, letters.keep, wanted, self._number)
        except StoreError as error:
            _fail(batch, error)
        except Exception as error:  # noqa: BLE001 -- one caller's letter that cannot be stored must not cost the others theirs
            await self._commit_apart(batch, error)
        else:
            for one, numbers in zip(batch, ids, strict=True):
                if not one.kept.done():
                    one.kept.set_result(numbers)

    async def _commit_apart(self, batch: list[_Waiting], error: Exception) -> None:
        if len(batch) == 1:
            _fail(batch, error)
        else:
            for one in batch:
                await self._commit([one])

    def _number(self) -> int:
        return self._numbering.next(self._now())


def _fail(batch: list[_Waiting], error: Exception) -> None:
    for one in batch:
        if not one.kept.done():
            one.kept.set_exception(error)
